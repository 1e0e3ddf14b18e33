//! What the API is, for programs: the OpenAPI document. Every route of the table has an operation here, in the file of its
//! noun; what an operation tells is taken from where the code has it: words from the domain's lists, limits from their
//! constants, refusals from the one table, answers from the views' structs and, where they are streamed, from a table that
//! a test compares with real bodies. Examples are what the renderers write.

mod account;
mod bulk_v1;
mod bulk_v2;
mod document;
#[cfg(test)]
mod document_cases;
mod job_life;
mod known;
mod operation;
mod parameter;
mod refusals;
mod results_v1;
mod results_v2;
mod samples;
mod schedules;
mod server;
mod shape;
mod sources;
mod webhooks;
pub mod words;

pub use document::document;
pub use known::Known;
