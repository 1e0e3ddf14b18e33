//! How every CSV is written.
//!
//! Rule from: RFC 4180, except that lines end with LF; every cell is quoted.

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

/// A spreadsheet runs a cell that begins so as a formula; an apostrophe in front keeps it text.
///
/// Rule from: OWASP, "CSV Injection".
pub(super) fn guarded(cell: Cow<'_, str>) -> Cow<'_, str> {
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
}
