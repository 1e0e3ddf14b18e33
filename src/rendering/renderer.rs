//! One value after the other to bytes.

use super::book::Book;
use super::csv_v1::CsvTable;
use super::csv_v2::CsvLines;
use super::facts::{ItemFacts, selected_offers};
use super::facts_v2::EntryFacts;
use super::format::{Format, FormatV1, FormatV2, RenderOptions};
use super::json::JsonSink;
use super::structure::Sink;
use super::xml::XmlSink;
use super::{structure, structure_v2};
use crate::domain::{ItemResult, JobHead};
use std::io;

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
    #[error(transparent)]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
}

impl RenderError {
    /// Whether a temporary file could not be made or written.
    pub fn is_of_the_disk(&self) -> bool {
        use rust_xlsxwriter::XlsxError;
        // What is packed goes to a file, and nowhere else.
        matches!(
            self,
            RenderError::Io(_)
                | RenderError::Xlsx(XlsxError::TempFileError(..) | XlsxError::IoError(_) | XlsxError::ZipError(_))
        )
    }
}

/// How results are written in a format.
pub enum Rendering {
    /// Bytes after each value.
    Text(Box<Renderer>),
    /// A file that is whole only at the end.
    Book(Box<Book>),
}

impl Rendering {
    pub fn new(format: impl Into<Format>, options: RenderOptions, head: JobHead) -> Rendering {
        let writer = match format.into() {
            Format::V1(FormatV1::Json) => Writer::V1(WriterV1::Json(JsonSink::default())),
            Format::V1(FormatV1::Xml) => Writer::V1(WriterV1::Xml(Box::default())),
            Format::V1(FormatV1::CsvRow) => Writer::V1(WriterV1::Csv(CsvTable::rows(options))),
            Format::V1(FormatV1::CsvColumn) => Writer::V1(WriterV1::Csv(CsvTable::columns(options, head.widest))),
            Format::V2(FormatV2::Json) => Writer::V2(WriterV2::Json(JsonSink::default())),
            Format::V2(FormatV2::Ndjson) => Writer::V2(WriterV2::Ndjson(JsonSink::default())),
            Format::V2(FormatV2::Xml) => Writer::V2(WriterV2::Xml(Box::default())),
            Format::V2(FormatV2::Csv) => Writer::V2(WriterV2::Csv(CsvLines::new(options, head.topic))),
            Format::V2(FormatV2::Xlsx) => return Rendering::Book(Box::new(Book::new(head))),
        };
        Rendering::Text(Box::new(Renderer { head, writer }))
    }
}

/// Writes a job's results in one text format: `begin` once, `item` for every value in request order, `end` once. Bytes are
/// appended to the given buffer, which the caller may empty between calls.
pub struct Renderer {
    head: JobHead,
    writer: Writer,
}

enum Writer {
    V1(WriterV1),
    V2(WriterV2),
}

enum WriterV1 {
    Json(JsonSink),
    Xml(Box<XmlSink>),
    Csv(CsvTable),
}

enum WriterV2 {
    Json(JsonSink),
    Ndjson(JsonSink),
    Xml(Box<XmlSink>),
    Csv(CsvLines),
}

impl Renderer {
    /// A line per value; nothing stands before the first and after the last, so that any selection of values can be
    /// written. Without its last byte, a line is the value's entry in the list `results` of the JSON format.
    pub fn ndjson(head: JobHead) -> Renderer {
        Renderer { head, writer: Writer::V2(WriterV2::Ndjson(JsonSink::default())) }
    }

    /// What stands before the first value.
    pub fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), RenderError> {
        let head = &self.head;
        match &mut self.writer {
            Writer::V1(WriterV1::Json(sink)) => drained(sink, out, |sink| structure::open_job(head, sink)),
            Writer::V1(WriterV1::Xml(sink)) => drained(sink.as_mut(), out, |sink| structure::open_job(head, sink)),
            Writer::V1(WriterV1::Csv(table)) => table.header(out),
            Writer::V2(WriterV2::Json(sink)) => drained(sink, out, |sink| structure_v2::open_job(head, sink)),
            Writer::V2(WriterV2::Ndjson(_)) => Ok(()),
            Writer::V2(WriterV2::Xml(sink)) => drained(sink.as_mut(), out, |sink| structure_v2::open_job(head, sink)),
            Writer::V2(WriterV2::Csv(lines)) => lines.header(out),
        }
    }

    /// One value.
    pub fn item(&mut self, item: &ItemResult, out: &mut Vec<u8>) -> Result<(), RenderError> {
        let head = &self.head;
        match &mut self.writer {
            Writer::V1(writer) => {
                let offers = selected_offers(head, item);
                writer.item(&ItemFacts::new(head, item, &offers), out)
            }
            Writer::V2(writer) => writer.entry(&EntryFacts::new(head, item), out),
        }
    }

    /// What stands after the last value.
    pub fn end(&mut self, out: &mut Vec<u8>) -> Result<(), RenderError> {
        match &mut self.writer {
            Writer::V1(WriterV1::Json(sink)) => drained(sink, out, structure::close_job),
            Writer::V1(WriterV1::Xml(sink)) => drained(sink.as_mut(), out, structure::close_job),
            Writer::V2(WriterV2::Json(sink)) => drained(sink, out, structure_v2::close_job),
            Writer::V2(WriterV2::Xml(sink)) => drained(sink.as_mut(), out, structure_v2::close_job),
            Writer::V1(WriterV1::Csv(_)) | Writer::V2(WriterV2::Ndjson(_) | WriterV2::Csv(_)) => Ok(()),
        }
    }
}

impl WriterV1 {
    fn item(&mut self, facts: &ItemFacts<'_>, out: &mut Vec<u8>) -> Result<(), RenderError> {
        match self {
            WriterV1::Json(sink) => drained(sink, out, |sink| structure::item(facts, sink)),
            WriterV1::Xml(sink) => drained(sink.as_mut(), out, |sink| structure::item(facts, sink)),
            WriterV1::Csv(table) => table.item(facts, out),
        }
    }
}

impl WriterV2 {
    fn entry(&mut self, facts: &EntryFacts<'_>, out: &mut Vec<u8>) -> Result<(), RenderError> {
        match self {
            WriterV2::Json(sink) => drained(sink, out, |sink| structure_v2::entry(facts, sink)),
            WriterV2::Ndjson(sink) => drained(sink, out, |sink| {
                structure_v2::entry(facts, sink)?;
                sink.end_line();
                Ok(())
            }),
            WriterV2::Xml(sink) => drained(sink.as_mut(), out, |sink| structure_v2::entry(facts, sink)),
            WriterV2::Csv(lines) => lines.entry(facts, out),
        }
    }
}

/// Lets the walk fill the sink and takes what it wrote.
fn drained<S: Sink>(
    sink: &mut S,
    out: &mut Vec<u8>,
    walk: impl FnOnce(&mut S) -> io::Result<()>,
) -> Result<(), RenderError> {
    walk(sink)?;
    sink.drain_into(out);
    Ok(())
}
