//! The formats a download comes in.

/// A format of a job's results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Json,
    Xml,
    /// A line per offer, the product repeated.
    CsvRow,
    /// A line per value, a group of columns per offer.
    CsvColumn,
}

impl Format {
    pub const ALL: [Format; 4] = [Format::Json, Format::Xml, Format::CsvRow, Format::CsvColumn];

    /// Value of the `Content-Type` header.
    pub fn content_type(self) -> &'static str {
        match self {
            Format::Json => "application/json",
            Format::Xml => "application/xml; charset=utf-8",
            Format::CsvRow | Format::CsvColumn => "text/csv; charset=utf-8",
        }
    }

    /// Without the dot.
    pub fn file_extension(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Xml => "xml",
            Format::CsvRow | Format::CsvColumn => "csv",
        }
    }
}

/// What a caller may change about a CSV download; JSON and XML have no options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RenderOptions {
    /// Page text is written as it is, without the guard against spreadsheet formulas.
    pub raw: bool,
    /// A byte order mark stands first, as some spreadsheet programs want it.
    pub bom: bool,
    /// The columns the default header lacks are appended.
    pub extended: bool,
}
