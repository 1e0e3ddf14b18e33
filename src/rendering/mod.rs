//! A job's results as bytes: JSON, XML and CSV in the shapes of version 1, these and NDJSON and XLSX in those of version 2.
//!
//! Values come in one by one and bytes go out; nothing is kept but the depth of the document, so memory stays flat however
//! large the job is (a workbook goes to a temporary file). Of each version, what is told about a value is worked out in ONE
//! place ([`facts`], [`facts_v2`]); JSON and XML share ONE walk over it ([`structure`], [`structure_v2`]) and what has rows
//! ONE table of columns ([`columns`], [`columns_v2`]), so that the formats cannot tell different things.

mod book;
mod characters;
mod columns;
mod columns_v2;
mod csv_v1;
mod csv_v2;
mod csv_writer;
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
mod equivalence_v2;
#[cfg(test)]
mod format_cases;
#[cfg(test)]
mod read_book;
#[cfg(test)]
mod v2_cases;

pub use book::Book;
pub use columns::{COLUMNS, Column, Shown};
pub use columns_v2::{COLUMNS_V2, ColumnV2, Kind};
pub use csv_writer::{BOM, csv_line};
pub use format::{Format, FormatV1, FormatV2, RenderOptions};
pub use renderer::{RenderError, Renderer, Rendering};
