//! How v2 reads a request and writes an answer.

mod answer;
pub mod estimate_view;
pub mod job_object;
pub mod parse;
pub mod statement;
pub mod view;

pub use answer::answer;
