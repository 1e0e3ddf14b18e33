//! How v1 reads a request and writes an answer; what is done in between is the same for every version.

pub mod download;
pub mod parse;
pub mod view;
