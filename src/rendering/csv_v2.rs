//! The CSV of version 2, read off the table of columns: a line per entry of the topic's list.

use super::columns_v2::{CellV2, ColumnV2, Datum, Kind, each_line};
use super::csv_writer::{BOM, lines, write_cell};
use super::facts_v2::EntryFacts;
use super::format::RenderOptions;
use super::renderer::RenderError;
use crate::domain::Topic;
use std::borrow::Cow;

/// Writes lines of a topic's table.
pub struct CsvLines {
    options: RenderOptions,
    columns: Vec<&'static ColumnV2>,
}

impl CsvLines {
    pub fn new(options: RenderOptions, topic: Topic) -> CsvLines {
        CsvLines { options, columns: ColumnV2::of(topic) }
    }

    /// The header line.
    pub fn header(&self, out: &mut Vec<u8>) -> Result<(), RenderError> {
        if self.options.bom {
            out.extend_from_slice(BOM);
        }
        let mut lines = lines(out);
        lines.write_record(self.columns.iter().map(|column| column.name))?;
        Ok(lines.flush()?)
    }

    /// The line or lines of one value.
    pub fn entry(&self, facts: &EntryFacts<'_>, out: &mut Vec<u8>) -> Result<(), RenderError> {
        let mut lines = lines(out);
        each_line(&self.columns, facts, |line| {
            for (column, cell) in self.columns.iter().zip(line) {
                let text = as_text(cell);
                let is_guarded = column.kind == Kind::PageText && !self.options.raw;
                write_cell(&mut lines, text, is_guarded)?;
            }
            lines.write_record(None::<&[u8]>)
        })?;
        Ok(lines.flush()?)
    }
}

fn as_text<'a>(cell: &'a CellV2<'_>) -> Cow<'a, str> {
    match cell {
        None => Cow::Borrowed(""),
        Some(Datum::Text(text)) => Cow::Borrowed(text),
        Some(Datum::Integer(number)) => Cow::Owned(number.to_string()),
        // As JSON has it: 4.0, not 4.
        Some(Datum::Float(number)) => Cow::Owned(format!("{number:?}")),
        Some(Datum::Money(amount)) => Cow::Owned(amount.to_string()),
        Some(Datum::Boolean(value)) => Cow::Borrowed(if *value { "true" } else { "false" }),
        Some(Datum::Time(time)) => Cow::Owned(time.to_string()),
    }
}
