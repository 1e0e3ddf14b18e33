//! The values of a job out of an uploaded file: a line a value, or a column of a table.

use super::codes::{Refusal, RefusalKind};
use super::params::is_long_reference;
use crate::domain::{Key, MAX_REFERENCE_CHARS, MAX_VALUES, RequestedValue};
use std::borrow::Cow;
use std::collections::HashSet;

/// Names of a header told in a refusal.
const MAX_NAMES_TOLD: usize = 20;

/// How a file is to be read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Layout<'a> {
    /// A plain text: whole lines are values, unless a column is named.
    pub is_lines: bool,
    /// The column with the values by its name in the first line; `None` = the first column.
    pub column: Option<&'a str>,
    /// The column with the caller's own references.
    pub reference_column: Option<&'a str>,
}

/// The different values in the order of the file. Lines without a value are left out.
///
/// Errors: what is no UTF-8, a quote without an end, a named column that is not there, more values than a job takes; each
/// with its line.
pub fn read_values(bytes: &[u8], layout: Layout<'_>) -> Result<Vec<RequestedValue>, Refusal> {
    let text = utf8(bytes)?;
    let mut values = Distinct::default();
    let named = named_delimiter(text);
    if layout.is_lines && named.is_none() && layout.column.is_none() && layout.reference_column.is_none() {
        for (line, value) in text.lines().enumerate() {
            values.add(line as u64 + 1, value, None)?;
        }
        return Ok(values.kept);
    }
    let mut reader = csv::ReaderBuilder::new();
    let (text, delimiter) = named.unwrap_or_else(|| (text, delimiter(text)));
    let text = &*tight_quotes(text, delimiter)?;
    let reader = reader.has_headers(false).flexible(true).delimiter(delimiter);
    let mut columns: Option<Columns> = None;
    for record in reader.from_reader(text.as_bytes()).records() {
        let record = record.map_err(|error| refuse(line_of(text, error.position()), &error.to_string()))?;
        let line = line_of(text, record.position());
        let Some(columns) = &columns else {
            let (found, is_header) = Columns::of(&record, line, layout)?;
            if !is_header {
                values.add_row(line, &record, &found)?;
            }
            columns = Some(found);
            continue;
        };
        values.add_row(line, &record, columns)?;
    }
    Ok(values.kept)
}

/// The line a record stands in, from 1: its position may be that of line ends before it.
fn line_of(text: &str, position: Option<&csv::Position>) -> u64 {
    let Some(position) = position else { return 1 };
    let from = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n');
    position.line() + ends.count() as u64
}

/// Where values and references stand.
struct Columns {
    value: usize,
    reference: Option<usize>,
}

impl Columns {
    /// From the first line, and whether that line is a header.
    fn of(first: &csv::StringRecord, line: u64, layout: Layout<'_>) -> Result<(Columns, bool), Refusal> {
        let find = |name: &str| {
            first.iter().position(|cell| cell.trim().eq_ignore_ascii_case(name.trim())).ok_or_else(|| {
                let names: Vec<&str> = first.iter().map(str::trim).take(MAX_NAMES_TOLD).collect();
                refuse(line, &format!("has no column `{name}`; its columns are: {}", names.join(", ")))
            })
        };
        if layout.column.is_some() || layout.reference_column.is_some() {
            let value = layout.column.map_or(Ok(0), find)?;
            return Ok((Columns { value, reference: layout.reference_column.map(find).transpose()? }, true));
        }
        let is_header = first.get(0).is_some_and(is_header_word);
        Ok((Columns { value: 0, reference: None }, is_header))
    }
}

/// A first cell that names what stands below it.
fn is_header_word(cell: &str) -> bool {
    let cell = cell.trim();
    Key::parse(cell).is_some() || ["value", "values"].iter().any(|word| cell.eq_ignore_ascii_case(word))
}

/// Values as they are gathered.
#[derive(Default)]
struct Distinct {
    seen: HashSet<String>,
    kept: Vec<RequestedValue>,
}

impl Distinct {
    fn add_row(&mut self, line: u64, record: &csv::StringRecord, columns: &Columns) -> Result<(), Refusal> {
        let reference = columns.reference.and_then(|at| record.get(at)).map(str::trim);
        self.add(line, record.get(columns.value).unwrap_or_default(), reference.filter(|text| !text.is_empty()))
    }

    fn add(&mut self, line: u64, value: &str, reference: Option<&str>) -> Result<(), Refusal> {
        let value = value.trim();
        if value.is_empty() || self.seen.contains(value) {
            return Ok(());
        }
        if self.kept.len() == MAX_VALUES {
            return Err(Refusal::of(RefusalKind::TooManyValues).about("file").because(format!(
                "Line {line} of the file holds a value more than the {MAX_VALUES} a job takes; split the file over several jobs."
            )));
        }
        if [Some(value), reference].into_iter().flatten().any(|text| text.contains('\0')) {
            return Err(refuse(line, "holds the character NUL, which no value has"));
        }
        if reference.is_some_and(is_long_reference) {
            return Err(refuse(line, &format!("holds a reference of more than {MAX_REFERENCE_CHARS} characters")));
        }
        self.seen.insert(value.to_owned());
        self.kept.push(RequestedValue { value: value.to_owned(), reference: reference.map(str::to_owned) });
        Ok(())
    }
}

/// Spreadsheet programs put a byte order mark in front.
fn utf8(bytes: &[u8]) -> Result<&str, Refusal> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        refuse(line, "is not text in UTF-8; save the file in that encoding")
    })
}

/// The mark that a first line `sep=;` names, as Excel writes and reads it, and the text behind that mark, which begins with
/// the end of the line.
fn named_delimiter(text: &str) -> Option<(&str, u8)> {
    let (_, rest) = text.split_at_checked(4).filter(|(word, _)| word.eq_ignore_ascii_case("sep="))?;

    let mark = *rest.as_bytes().first().filter(|mark| mark.is_ascii() && !matches!(mark, b'"' | b'\r' | b'\n'))?;
    let rest = &rest[1..];
    (rest.is_empty() || rest.starts_with(['\r', '\n'])).then_some((rest, mark))
}

/// The table without the blanks between a mark and a quote, which would make the quote one of the cell's own characters.
///
/// Errors: a quote that is opened and never closed: everything behind it would be one cell.
fn tight_quotes(text: &str, delimiter: u8) -> Result<Cow<'_, str>, Refusal> {
    let is_blank = |byte: u8| matches!(byte, b' ' | b'\t') && byte != delimiter;
    let bytes = text.as_bytes();
    let (mut kept, mut kept_to) = (String::new(), 0);
    let (mut at, mut begins_cell) = (0, true);
    while let Some(&byte) = bytes.get(at) {
        if !begins_cell {
            begins_cell = byte == delimiter || matches!(byte, b'\r' | b'\n');
            at += 1;
            continue;
        }
        begins_cell = false;
        let blanks = bytes[at..].iter().take_while(|byte| is_blank(**byte)).count();
        let opened = at + blanks;
        if bytes.get(opened) != Some(&b'"') {
            continue;
        }
        if blanks > 0 {
            kept.push_str(&text[kept_to..at]);
            kept_to = opened;
        }
        at = closed(bytes, opened).ok_or_else(|| {
            let line = bytes[..opened].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
            refuse(line, "opens a quote that is closed nowhere")
        })?;
    }
    Ok(if kept.is_empty() && kept_to == 0 { Cow::Borrowed(text) } else { Cow::Owned(kept + &text[kept_to..]) })
}

/// The place behind the quote that closes the one at `opened`; two in a row are one of the cell's own characters.
fn closed(bytes: &[u8], opened: usize) -> Option<usize> {
    let mut at = opened + 1;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == b'"')? + 1;
        if bytes.get(at) != Some(&b'"') {
            return Some(at);
        }
        at += 1;
    }
}

/// The mark most often found between the cells of the first line that is not blank.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut is_quoted = false;
    for byte in first.bytes() {
        is_quoted ^= byte == b'"';
        for (mark, count) in &mut counts {
            *count += usize::from(!is_quoted && byte == *mark);
        }
    }
    // The last of equals wins: a comma is found in ordinary text most easily.
    counts.into_iter().max_by_key(|(_, count)| *count).filter(|(_, count)| *count > 0).map_or(b',', |(mark, _)| mark)
}

fn refuse(line: u64, what: &str) -> Refusal {
    Refusal::invalid("file", format!("Line {line} of the file {}.", what.trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str, layout: Layout<'_>) -> Vec<(String, Option<String>)> {
        read_values(text.as_bytes(), layout).unwrap().into_iter().map(|one| (one.value, one.reference)).collect()
    }

    fn values(text: &str) -> Vec<String> {
        read(text, Layout::default()).into_iter().map(|(value, _)| value).collect()
    }

    fn refused(text: &[u8], layout: Layout<'_>) -> String {
        let refusal = read_values(text, layout).unwrap_err();
        assert_eq!(refusal.parameter.as_deref(), Some("file"));
        refusal.comment.unwrap().into()
    }

    #[test]
    fn the_first_column_of_any_table() {
        for text in [
            "1\n2\n3\n",
            "\u{FEFF}1\r\n2\r\n3",
            "gtin\n1\n2\n3",
            "EAN;Name\n1;Lamp, black\n2;x\n3;y",
            "sep=;\r\n1;a, b, c\r\n2;\r\n3;d, e",
            "SEP=|\nid|name\n1|a,a\n2|b\n3",
            "sep=\t\n1\t\"a\tb\"\n2\n3",
            "id,x\n \"1\" , \"a\"\"\nb\"\n\t\"2\",\n3,24\"",
            "1,a\n2,b\n2,again\n\n,none\n3",
            "1\ta;b\n2\t\n3",
            "\"1\";\"a\n b\"\n \"2\" ;c\n3",
            "id,name\n1,\"x; y; z\"\n2,\n3,",
        ] {
            assert_eq!(
                values(text).iter().map(|value| value.trim_matches('"')).collect::<Vec<_>>(),
                ["1", "2", "3"],
                "{text}"
            );
        }
        assert!(values("\n \n").is_empty() && values("").is_empty());
    }

    #[test]
    fn lines_of_a_text_are_whole() {
        let layout = Layout { is_lines: true, ..Layout::default() };
        let of = |text: &str| read(text, layout).into_iter().map(|(value, _)| value).collect::<Vec<_>>();
        assert_eq!(of("lamp, black\r\n\n \"desk\"; oak \n"), ["lamp, black", "\"desk\"; oak"]);
        assert_eq!(read("a;b\n1;2", Layout { column: Some("b"), ..layout }), [("2".into(), None)]);
    }

    #[test]
    fn columns_by_name() {
        let text = "Sku;Name;GTIN\nA-1;Lamp;1\n;Desk;2\nA-3;Chair;\n";
        let named = Layout { column: Some("gtin"), reference_column: Some(" SKU "), ..Layout::default() };
        assert_eq!(read(text, named), [("1".into(), Some("A-1".into())), ("2".into(), None)]);
        let first = Layout { reference_column: Some("Name"), ..Layout::default() };
        assert_eq!(read(text, first)[1], ("A-3".into(), Some("Chair".into())));
    }

    #[test]
    fn a_quote_behind_blanks_is_a_quote() {
        let named = Layout { column: Some("b"), reference_column: Some("a"), ..Layout::default() };
        assert_eq!(
            read("a, \"b\"\nx, \"1,2\"\n \"y \"\"z\", 3 \"4\"\n", named),
            [("1,2".into(), Some("x".into())), ("3 \"4\"".into(), Some("y \"z".into()))]
        );
        // A blank that separates is none.
        assert_eq!(values("\t\"x\"\n1\t\"y\""), ["1"]);
    }

    #[test]
    fn a_line_that_only_looks_like_a_mark_is_a_value() {
        assert_eq!(values("sep=\n1"), ["sep=", "1"]);
        assert_eq!(values("sep=;;\n1"), ["sep=", "1"]);
        assert_eq!(values("sep=ab\n1"), ["sep=ab", "1"]);
        assert!(values("sep=;").is_empty());
        let lines = Layout { is_lines: true, ..Layout::default() };
        assert_eq!(read("sep=;\n1;2\n", lines), [("1".into(), None)], "a table, whatever the file is called");
    }

    #[test]
    fn a_refusal_names_the_line() {
        for text in ["1,a\n2,\"b\n3,c\n", "sep=,\n1, \"a\"\"\n2\n", "1\n\"2"] {
            let told = refused(text.as_bytes(), Layout::default());
            assert_eq!(told, "Line 2 of the file opens a quote that is closed nowhere.", "{text}");
        }
        assert!(refused(b"sep=;\r\n1;a\r\n2\0;b", Layout::default()).starts_with("Line 3 "));
        let long = format!("id,sku\n1,{}\n2,{}", "x".repeat(255), "x".repeat(256));
        let skus = Layout { reference_column: Some("sku"), ..Layout::default() };
        assert_eq!(refused(long.as_bytes(), skus), "Line 3 of the file holds a reference of more than 255 characters.");
        let named = Layout { column: Some("ean"), ..Layout::default() };
        assert_eq!(refused(b"\na,b\n1,2", named), "Line 2 of the file has no column `ean`; its columns are: a, b.");
        assert!(
            refused(b"1\n2\nM\xFCller\n", Layout::default()).starts_with("Line 3 of the file is not text in UTF-8")
        );
        assert!(refused(b"\xFF\xFE1\x00", Layout::default()).starts_with("Line 1 "));
        assert!(refused(b"1,a\r\n\r\n\"2\n\",b\r\n3\0,c", Layout::default()).starts_with("Line 5 "));
        assert!(refused(b"1,a\n2\0,b", Layout::default()).starts_with("Line 2 of the file holds the character NUL"));
        let many: String = (0..1001).map(|n| format!("{n}\n{n}\n")).collect();
        let refusal = read_values(many.as_bytes(), Layout::default()).unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::TooManyValues);
        assert!(refusal.comment.unwrap().starts_with("Line 2001 "));
        assert_eq!(values(&many[..many.find("1000\n").unwrap()]).len(), 1000);
    }

    proptest! {
        #[test]
        fn no_bytes_bring_it_down(bytes in proptest::collection::vec(any::<u8>(), 0..200), lines: bool, named: bool) {
            let column = named.then_some("a");
            let _ = read_values(&bytes, Layout { is_lines: lines, column, reference_column: column });
        }
    }
}
