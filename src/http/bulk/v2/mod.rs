//! How v2 reads a request and writes an answer.

mod answer;
pub mod entries;
pub mod events;
pub mod job_object;
pub mod parse;
pub mod parse_results;
pub mod view;

pub use answer::answer;
