//! HTTP in, HTTP out: a handler reads its parameters, calls one use case or one storage read, and writes the answer in
//! the words of its API version. Nothing is decided here that a caller without HTTP would need too.

mod account;
pub mod bulk;
mod caller;
pub mod codes;
mod conditional;
mod dialect;
mod health;
mod json;
#[cfg(test)]
mod limits_cases;
mod list_page;
mod mount;
mod multipart;
mod observe;
mod open_streams;
pub mod openapi;
mod packed_body;
mod param_values;
mod params;
mod poll_pace;
mod rate_limit;
mod reference;
mod result_lengths;
mod routes;
mod schedules;
mod serve;
mod sources;
mod state;
mod stream;
mod value_file;
mod webhooks;

pub use bulk::v2::job_object::describe_job;
pub use observe::observe;
pub use serve::serve;
pub use state::HttpState;
