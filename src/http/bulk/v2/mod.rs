//! How v2 reads a request and writes an answer.

mod answer;
pub mod download;
pub mod entries;
pub mod estimate_view;
pub mod events;
pub mod job_list;
pub mod job_object;
mod minutes;
pub mod parse;
pub mod parse_job;
pub mod parse_results;
pub mod statement;
pub mod view;

pub use answer::answer;
