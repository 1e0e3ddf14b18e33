//! One value after the other to bytes.

use super::csv_table::CsvTable;
use super::facts::{ItemFacts, selected_offers};
use super::format::{Format, RenderOptions};
use super::json::JsonSink;
use super::structure;
use super::xml::XmlSink;
use crate::domain::{ItemResult, JobHead};

/// Why a result cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// [`JobHead::widest`] is smaller than the widest product that the caller's condition admits.
    #[error("a product has {offers} offers, the table has columns for {widest}")]
    TooWide { offers: usize, widest: usize },
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Csv(#[from] csv::Error),
}

/// Writes a job's results in one format: `begin` once, `item` for every value in request order, `end` once. Bytes are
/// appended to the given buffer, which the caller may empty between calls.
pub struct Renderer {
    format: Format,
    head: JobHead,
    writer: Writer,
}

enum Writer {
    Json(JsonSink),
    Xml(Box<XmlSink>),
    Csv(CsvTable),
}

impl Renderer {
    pub fn new(format: Format, options: RenderOptions, head: JobHead) -> Renderer {
        let writer = match format {
            Format::Json => Writer::Json(JsonSink::default()),
            Format::Xml => Writer::Xml(Box::default()),
            Format::CsvRow => Writer::Csv(CsvTable::rows(options)),
            Format::CsvColumn => Writer::Csv(CsvTable::columns(options, head.widest)),
        };
        Renderer { format, head, writer }
    }

    pub fn format(&self) -> Format {
        self.format
    }

    pub fn head(&self) -> &JobHead {
        &self.head
    }

    /// What stands before the first value.
    pub fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), RenderError> {
        match &mut self.writer {
            Writer::Json(sink) => {
                structure::open_job(&self.head, sink)?;
                sink.drain_into(out);
            }
            Writer::Xml(sink) => {
                structure::open_job(&self.head, sink.as_mut())?;
                sink.drain_into(out);
            }
            Writer::Csv(table) => table.header(out)?,
        }
        Ok(())
    }

    /// One value.
    pub fn item(&mut self, item: &ItemResult, out: &mut Vec<u8>) -> Result<(), RenderError> {
        let offers = selected_offers(&self.head, item);
        let facts = ItemFacts::new(&self.head, item, &offers);
        match &mut self.writer {
            Writer::Json(sink) => {
                structure::item(&facts, sink)?;
                sink.drain_into(out);
            }
            Writer::Xml(sink) => {
                structure::item(&facts, sink.as_mut())?;
                sink.drain_into(out);
            }
            Writer::Csv(table) => table.item(&facts, out)?,
        }
        Ok(())
    }

    /// What stands after the last value.
    pub fn end(&mut self, out: &mut Vec<u8>) -> Result<(), RenderError> {
        match &mut self.writer {
            Writer::Json(sink) => {
                structure::close_job(sink)?;
                sink.drain_into(out);
            }
            Writer::Xml(sink) => {
                structure::close_job(sink.as_mut())?;
                sink.drain_into(out);
            }
            Writer::Csv(_) => {}
        }
        Ok(())
    }
}
