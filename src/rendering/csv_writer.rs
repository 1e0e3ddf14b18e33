//! How every CSV is written.
//!
//! Rule from: RFC 4180, except that lines end with LF; every cell is quoted.

use super::characters::held;
use super::renderer::RenderError;
use std::borrow::Cow;

/// Stands first where the caller wants it: some spreadsheets take a file without it for another encoding.
pub const BOM: &[u8] = "\u{FEFF}".as_bytes();

/// Appends one line of a table of our own: no text in it comes from a page or a caller, so none needs a guard.
pub fn csv_line<'a>(cells: impl IntoIterator<Item = &'a str>, out: &mut Vec<u8>) -> Result<(), RenderError> {
    let mut lines = lines(out);
    lines.write_record(cells)?;
    Ok(lines.flush()?)
}

/// A writer of quoted cells behind what is in `out`.
pub(super) fn lines(out: &mut Vec<u8>) -> csv::Writer<&mut Vec<u8>> {
    csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::Always)
        .terminator(csv::Terminator::Any(b'\n'))
        .from_writer(out)
}

/// Appends a cell of a line, with what no reader holds replaced; `is_guarded`: it must not begin a formula.
pub(super) fn write_cell(
    lines: &mut csv::Writer<&mut Vec<u8>>,
    cell: Cow<'_, str>,
    is_guarded: bool,
) -> Result<(), csv::Error> {
    let cell = held(cell);
    lines.write_field(if is_guarded { guarded(cell) } else { cell }.as_bytes())
}

/// A spreadsheet runs a cell that begins so as a formula; an apostrophe in front keeps it text.
///
/// Rule from: OWASP, "CSV Injection".
fn guarded(cell: Cow<'_, str>) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { Cow::Owned(format!("'{cell}")) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_is_quoted() {
        let mut out = Vec::new();
        csv_line(["a", "", "b \"c\", d"], &mut out).unwrap();
        assert_eq!(out, b"\"a\",\"\",\"b \"\"c\"\", d\"\n");
    }

    #[test]
    fn a_cell_holds_no_control_characters_and_begins_no_formula() {
        let mut out = Vec::new();
        let mut cells = lines(&mut out);
        for (cell, is_guarded) in [("a\0b\u{1B}\t\r\n", true), ("=1\0", true), ("=1", false)] {
            write_cell(&mut cells, Cow::Borrowed(cell), is_guarded).unwrap();
        }
        cells.write_record(None::<&[u8]>).unwrap();
        drop(cells);
        let told = String::from_utf8(out).unwrap();
        assert_eq!(told, "\"a\u{FFFD}b\u{FFFD}\t\r\n\",\"'=1\u{FFFD}\",\"=1\"\n");
    }
}
