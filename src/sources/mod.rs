//! What is known about each source: where it answers, what it can be asked, and how its pages are read.
//!
//! A source is one TOML file (`docs/SOURCES.md`). Loading turns every file into a checked [`Definition`], with each selector,
//! pattern and URL template compiled once, or into errors that name file and line. [`plan`] then answers, without any I/O,
//! which page a lookup needs next and how to read it.

mod check;
mod check_steps;
mod definition;
#[cfg(test)]
mod definition_cases;
mod document;
mod error;
mod file;
mod page_at;
pub mod plan;
mod recipes;
mod registry;
mod template;
mod value;

pub use definition::{Definition, Kind, Site, Step, StepKind, ValueForm, ValueRule};
pub use error::DefinitionError;
pub use page_at::KnownPage;
pub use registry::{MAX_DEFINITION_BYTES, Registry, with_market_port};
pub use template::UrlTemplate;
