//! The formats a download comes in.

/// A format of a job's results, in the shape of one version of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    V1(FormatV1),
    V2(FormatV2),
}

/// A format of version 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormatV1 {
    Json,
    Xml,
    /// A line per offer, the product repeated.
    CsvRow,
    /// A line per value, a group of columns per offer.
    CsvColumn,
}

/// A format of version 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormatV2 {
    Json,
    /// A line of JSON per value, without the job around them.
    Ndjson,
    Xml,
    /// A line per offer, search result or review, the value repeated.
    Csv,
    /// The same table as a workbook.
    Xlsx,
}

impl FormatV1 {
    pub const ALL: [FormatV1; 4] = [FormatV1::Json, FormatV1::Xml, FormatV1::CsvRow, FormatV1::CsvColumn];
}

impl FormatV2 {
    pub const ALL: [FormatV2; 5] = [FormatV2::Json, FormatV2::Ndjson, FormatV2::Xml, FormatV2::Csv, FormatV2::Xlsx];

    /// By its name, which is its file extension.
    pub fn parse(name: &str) -> Option<FormatV2> {
        FormatV2::ALL.into_iter().find(|format| name.eq_ignore_ascii_case(Format::from(*format).file_extension()))
    }
}

impl From<FormatV1> for Format {
    fn from(format: FormatV1) -> Format {
        Format::V1(format)
    }
}

impl From<FormatV2> for Format {
    fn from(format: FormatV2) -> Format {
        Format::V2(format)
    }
}

impl Format {
    /// Value of the `Content-Type` header.
    pub fn content_type(self) -> &'static str {
        match self {
            Format::V1(FormatV1::Json) | Format::V2(FormatV2::Json) => "application/json",
            Format::V2(FormatV2::Ndjson) => "application/x-ndjson",
            Format::V1(FormatV1::Xml) | Format::V2(FormatV2::Xml) => "application/xml; charset=utf-8",
            Format::V1(FormatV1::CsvRow | FormatV1::CsvColumn) | Format::V2(FormatV2::Csv) => "text/csv; charset=utf-8",
            Format::V2(FormatV2::Xlsx) => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// Packing it once more would take time and save nothing.
    pub fn is_compressed(self) -> bool {
        self == Format::V2(FormatV2::Xlsx)
    }

    /// Without the dot.
    pub fn file_extension(self) -> &'static str {
        match self {
            Format::V1(FormatV1::Json) | Format::V2(FormatV2::Json) => "json",
            Format::V2(FormatV2::Ndjson) => "ndjson",
            Format::V1(FormatV1::Xml) | Format::V2(FormatV2::Xml) => "xml",
            Format::V1(FormatV1::CsvRow | FormatV1::CsvColumn) | Format::V2(FormatV2::Csv) => "csv",
            Format::V2(FormatV2::Xlsx) => "xlsx",
        }
    }
}

/// What a caller may change about a CSV download; the other formats have no options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RenderOptions {
    /// Page text is written as it is, without the guard against spreadsheet formulas.
    pub raw: bool,
    /// A byte order mark stands first, as some spreadsheet programs want it.
    pub bom: bool,
    /// The columns that the default header of version 1 lacks are appended; version 2 always has them all.
    pub extended: bool,
}
