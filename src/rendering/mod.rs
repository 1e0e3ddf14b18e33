//! A job's results as bytes: JSON, XML, CSV with a row or with columns per offer.
//!
//! Values come in one by one and bytes go out; nothing is kept but the depth of the document, so memory stays flat however
//! large the job is. What is told about a value is worked out in ONE place ([`facts`]); JSON and XML share ONE walk over it
//! ([`structure`]) and both CSV shapes ONE table of columns ([`columns`]), so that the formats cannot tell different things.

mod book;
mod columns;
mod columns_v2;
mod csv_lines;
mod csv_table;
mod facts;
mod facts_v2;
mod format;
mod json;
mod renderer;
mod structure;
mod structure_v2;
mod xml;

#[cfg(test)]
mod equivalence;
#[cfg(test)]
mod format_cases;

pub use book::Book;
pub use columns::{COLUMNS, Column, Shown};
pub use columns_v2::{COLUMNS_V2, ColumnV2, Kind};
pub use format::{Format, FormatV1, FormatV2, RenderOptions};
pub use renderer::{RenderError, Renderer, Rendering};
