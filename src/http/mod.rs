//! The web server: what a request says, which verb it means, how the answer is written. Nothing is decided here that a
//! caller without HTTP would need too.

pub mod bulk;
pub mod caller;
pub mod codes;
pub mod params;
pub mod stream;
