//! How v2 reads a request and writes an answer.

pub mod download;
pub mod entries;
pub mod estimate_view;
pub mod events;
pub mod job_list;
pub mod job_object;
mod minutes;
pub mod parse_job;
pub mod parse_results;
