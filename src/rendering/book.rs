//! The table of version 2 as a workbook, written to a temporary file while the values come, so that memory stays flat.
//!
//! Text stays text whatever it begins with: every text goes through `write_string`, and neither formulas nor links are
//! ever written.
//!
//! Rule from: ECMA-376 part 1 (18.3.1.53 rich text inline, 22.9.2.19 `ST_Xstring`); the limits of a sheet from Excel's
//! "specifications and limits".

use super::characters::held;
use super::columns_v2::{CellV2, ColumnV2, Datum, Kind, each_line};
use super::facts_v2::EntryFacts;
use super::renderer::RenderError;
use crate::domain::{Amount, ItemResult, JobHead, Timestamp};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet};
use std::borrow::Cow;
use std::fs::File;
use std::io::{Seek, SeekFrom};

/// Rows of a sheet, the header included; further ones go on in another sheet with the same header.
const MOST_ROWS: u32 = 1_048_576;
/// UTF-16 units of a cell; longer texts end with `…` there.
const MOST_UNITS: usize = 32_767;
/// The largest number of minor units that is written as a number: a double holds, and a spreadsheet shows, any decimal of
/// 15 digits exactly; a longer one stays text.
const MOST_EXACT: u64 = 999_999_999_999_999;
/// The largest whole number that is shown digit by digit without a format of its own, which takes time to look up.
const MOST_PLAIN: u64 = 9_999_999_999;
/// From so many bytes a sheet's part of the archive might pass 4 GiB, which needs the larger form of archive, which not
/// every program reads.
const LARGE_BYTES: u64 = 2 << 30;
/// Measured: half the time of the usual 6, and a tenth more bytes.
const PACKING_LEVEL: u8 = 3;
/// About what a cell takes in the sheet's XML besides its text.
const CELL_BYTES: u64 = 64;

/// Writes lines of a topic's table into a workbook. Blocks: it writes files.
pub struct Book {
    head: JobHead,
    columns: Vec<&'static ColumnV2>,
    formats: Formats,
    workbook: Workbook,
    /// How many rows a sheet may have.
    most_rows: u32,
    /// Sheets so far.
    sheets: u32,
    /// The next row of the last sheet.
    row: u32,
    /// About how long the sheets' XML is.
    bytes: u64,
}

/// The number formats of the cells.
struct Formats {
    header: Format,
    /// By count of decimals.
    decimals: Vec<Format>,
    time: Format,
}

impl Book {
    pub fn new(head: JobHead) -> Book {
        Book::with_most_rows(head, MOST_ROWS)
    }

    pub(super) fn with_most_rows(head: JobHead, most_rows: u32) -> Book {
        let decimals = (0..=usize::from(Amount::MAX_SCALE)).map(|scale| match scale {
            0 => Format::new().set_num_format("0"),
            _ => Format::new().set_num_format(format!("0.{}", "0".repeat(scale))),
        });
        let formats = Formats {
            header: Format::new().set_bold(),
            decimals: decimals.collect(),
            time: Format::new().set_num_format("yyyy-mm-dd\"T\"hh:mm:ss\"Z\""),
        };
        let columns = ColumnV2::of(head.topic);
        Book { head, columns, formats, workbook: Workbook::new(), most_rows, sheets: 0, row: 0, bytes: 0 }
    }

    pub fn head(&self) -> &JobHead {
        &self.head
    }

    /// One value.
    pub fn item(&mut self, item: &ItemResult) -> Result<(), RenderError> {
        let Book { head, columns, formats, workbook, most_rows, sheets, row, bytes } = self;
        let facts = EntryFacts::new(head, item);
        each_line(columns, &facts, |line| {
            if *sheets == 0 || *row == *most_rows {
                *sheets += 1;
                *row = 1;
                start_sheet(workbook, columns, formats, *sheets)?;
            }
            let sheet = workbook.worksheet_from_index(*sheets as usize - 1)?;
            for (column, cell) in (0..).zip(line) {
                *bytes += write_cell(sheet, *row, column, cell, formats)?;
            }
            *row += 1;
            Ok::<_, RenderError>(())
        })
    }

    /// The workbook's file, to be read from its beginning; it has no name and vanishes when it is closed.
    pub fn finish(mut self) -> Result<File, RenderError> {
        if self.sheets == 0 {
            self.sheets = 1;
            self.row = 1;
            start_sheet(&mut self.workbook, &self.columns, &self.formats, 1)?;
        }
        let last_column = u16::try_from(self.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
        for index in 1..=self.sheets {
            let rows = if index == self.sheets { self.row } else { self.most_rows };
            self.workbook.worksheet_from_index(index as usize - 1)?.autofilter(0, 0, rows - 1, last_column)?;
        }
        // Equal results make equal files: a download can be taken up in the middle.
        let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
        self.workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
        self.workbook.set_zip_compression_level(PACKING_LEVEL);
        self.workbook.use_zip_large_file(self.bytes > LARGE_BYTES);
        let mut file = tempfile::tempfile()?;
        self.workbook.save_to_writer(&mut file)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
}

/// Adds a sheet with its header; rows are written from the second one on.
fn start_sheet(
    workbook: &mut Workbook,
    columns: &[&'static ColumnV2],
    formats: &Formats,
    number: u32,
) -> Result<(), RenderError> {
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name(if number == 1 { "Results".to_owned() } else { format!("Results {number}") })?;
    sheet.set_freeze_panes(1, 0)?;
    for (index, column) in (0..).zip(columns) {
        sheet.set_column_width(index, width(column))?;
        sheet.write_string_with_format(0, index, column.name, &formats.header)?;
    }
    Ok(())
}

/// In characters of the default font.
fn width(column: &ColumnV2) -> f64 {
    let content = match column.kind {
        Kind::PageText => 30,
        Kind::Text => 16,
        Kind::Time => 20,
        Kind::Number | Kind::Money | Kind::Boolean => 10,
    };
    // Room for the header and the button of its filter.
    (content.max(column.name.len() + 3).min(40) as u32).into()
}

/// Returns about how many bytes the cell takes.
fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &CellV2<'_>,
    formats: &Formats,
) -> Result<u64, RenderError> {
    let Some(datum) = cell else { return Ok(0) };
    match datum {
        Datum::Text(text) => {
            sheet.write_string(row, column, as_cell_can_hold(text))?;
            return Ok(CELL_BYTES + text.len() as u64);
        }
        Datum::Integer(number) if *number <= MOST_PLAIN => {
            sheet.write_number(row, column, *number as f64)?;
        }
        Datum::Integer(number) if *number <= MOST_EXACT => {
            sheet.write_number_with_format(row, column, *number as f64, &formats.decimals[0])?;
        }
        Datum::Integer(number) => {
            sheet.write_string(row, column, number.to_string())?;
        }
        Datum::Float(number) => {
            sheet.write_number(row, column, *number)?;
        }
        Datum::Money(amount) => match (as_number(*amount), formats.decimals.get(usize::from(amount.scale()))) {
            (Some(number), Some(format)) => {
                sheet.write_number_with_format(row, column, number, format)?;
            }
            _ => {
                sheet.write_string(row, column, amount.to_string())?;
            }
        },
        Datum::Boolean(value) => {
            sheet.write_boolean(row, column, *value)?;
        }
        Datum::Time(time) => match as_date(*time) {
            Some(date) => {
                sheet.write_datetime_with_format(row, column, &date, &formats.time)?;
            }
            None => {
                sheet.write_string(row, column, time.to_string())?;
            }
        },
    }
    Ok(CELL_BYTES)
}

/// The double next to the amount, which is written as the amount's own decimals again. Both operands are exact and the
/// division rounds once.
fn as_number(amount: Amount) -> Option<f64> {
    let is_exact = amount.units().unsigned_abs() <= MOST_EXACT;
    is_exact.then(|| amount.units() as f64 / 10f64.powi(i32::from(amount.scale())))
}

/// `None` outside the years that spreadsheets know.
fn as_date(time: Timestamp) -> Option<ExcelDateTime> {
    ExcelDateTime::from_timestamp(time.as_micros().div_euclid(1_000_000)).ok()
}

/// Line ends become LF, as cells have them; control characters, which XML cannot hold and programs read differently,
/// become the replacement character; what is too long is cut.
fn as_cell_can_hold(text: &str) -> Cow<'_, str> {
    let unix = match text.contains('\r') {
        true => Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")),
        false => Cow::Borrowed(text),
    };
    let text = held(unix);
    // No text has more UTF-16 units than bytes.
    if text.len() <= MOST_UNITS || text.encode_utf16().count() <= MOST_UNITS {
        return text;
    }
    let mut units = 0;
    let kept = text.chars().take_while(|c| {
        units += c.len_utf16();
        units < MOST_UNITS
    });
    Cow::Owned(kept.chain(['…']).collect())
}
