//! A job's results as bytes: JSON, XML, CSV with a row or with columns per offer.
//!
//! Values come in one by one and bytes go out; nothing is kept but the depth of the document, so memory stays flat however
//! large the job is. What is told about a value is worked out in ONE place ([`facts`]); JSON and XML share ONE walk over it
//! ([`structure`]) and both CSV shapes ONE table of columns ([`columns`]), so that the formats cannot tell different things.

mod columns;
mod csv_line;
mod csv_table;
mod facts;
mod format;
mod json;
mod renderer;
mod structure;
mod xml;

#[cfg(test)]
mod equivalence;
#[cfg(test)]
mod format_cases;

pub use columns::{COLUMNS, Column, Shown};
pub use csv_line::csv_line;
pub use format::{Format, RenderOptions};
pub use renderer::{RenderError, Renderer};
