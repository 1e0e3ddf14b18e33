//! The formats of version 2, of every topic.

use crate::foreign::{Foreign, PYTHON, RUBY, convert, run};
use crate::odd::{head_of, items_of};
use crate::{as_told_by_xml, render_all};
use pricemill::domain::Topic;
use pricemill::rendering::{ColumnV2, FormatV2, Kind, RenderOptions};
use serde_json::Value;

const PLAIN: RenderOptions = RenderOptions { raw: false, bom: false, extended: false };
const RAW: RenderOptions = RenderOptions { raw: true, ..PLAIN };

fn write(format: FormatV2, options: RenderOptions, topic: Topic) -> Vec<u8> {
    render_all(format, options, head_of(topic), &items_of(topic))
}

fn json(topic: Topic) -> Value {
    serde_json::from_slice(&write(FormatV2::Json, PLAIN, topic)).unwrap()
}

/// Without trust, which refuses symbols.
const FROM_XML: &str = r#"
require "active_support"
require "active_support/core_ext/hash/conversions"
require "json"
$stdout.write JSON.generate(Hash.from_xml($stdin.read))
"#;

#[test]
fn rails_reads_the_xml_as_the_json() {
    let ruby = Foreign {
        program: "ruby",
        arguments: &["-E", "UTF-8:UTF-8", "-e", FROM_XML],
        probe: &["-e", "require 'active_support'"],
        required: RUBY,
    };
    for topic in Topic::ALL {
        let Some(read) = run(&ruby, &write(FormatV2::Xml, PLAIN, topic)) else { return };
        let read: Value = serde_json::from_slice(&read).unwrap();
        let told = as_told_by_xml(&json(topic));
        let results = |of: &Value| of["results"].as_array().unwrap().clone();
        // Piece by piece, so that a failure shows the piece.
        for (read, told) in results(&read["hash"]).iter().zip(&results(&told)) {
            for name in ["query", "metadata", "content"] {
                assert_eq!(read[name], told[name], "{name} of {}", told["query"]["value"]);
            }
        }
        assert_eq!(read["hash"], told, "{topic:?}");
    }
}

#[test]
fn xmllint_finds_the_xml_well_formed() {
    let lint = Foreign { program: "xmllint", arguments: &["--noout", "-"], probe: &["--version"], required: RUBY };
    for topic in Topic::ALL {
        run(&lint, &write(FormatV2::Xml, PLAIN, topic));
    }
}

/// The rows that pandas and, strictly, the csv module read, which must be the same; in JSON.
const FROM_CSV: &str = r#"
import csv, io, json, sys
import pandas
text = sys.stdin.buffer.read().decode("utf-8")
strict = list(csv.reader(io.StringIO(text, newline=""), strict=True))
assert all(len(row) == len(strict[0]) for row in strict), [len(row) for row in strict]
frame = pandas.read_csv(io.StringIO(text, newline=""), dtype=str, keep_default_na=False)
rows = [list(frame.columns)] + frame.values.tolist()
assert rows == strict
json.dump(rows, sys.stdout)
"#;

/// Every cell of every sheet as [type, value], in JSON; what may not be there is refused.
const FROM_XLSX: &str = r#"
import datetime, decimal, io, json, sys
import openpyxl
book = openpyxl.load_workbook(io.BytesIO(sys.stdin.buffer.read()))
sheet = book.worksheets[0]
if "--ours" in sys.argv:
    assert sheet.freeze_panes == "A2", sheet.freeze_panes
    assert sheet.auto_filter.ref.startswith("A1:"), sheet.auto_filter.ref
    assert sheet["A1"].font.bold
def held(cell):
    value = cell.value
    # LibreOffice stores booleans so.
    if value in ("=TRUE()", "=FALSE()") and "--ours" not in sys.argv: return ["boolean", value[1:-2].lower()]
    assert cell.data_type != "f" and cell.hyperlink is None, value
    if value is None: return ["none", ""]
    if isinstance(value, bool): return ["boolean", str(value).lower()]
    if isinstance(value, (int, float)): return ["number", repr(value)]
    if isinstance(value, datetime.datetime): return ["time", (value + datetime.timedelta(milliseconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")]
    assert isinstance(value, str), value
    return ["text", value]
json.dump([[held(cell) for cell in row] for row in sheet.iter_rows()], sys.stdout)
"#;

/// Looked for and not imported, which takes seconds.
const HAS_MODULES: &str = r#"
import importlib.util, sys
sys.exit(not all(map(importlib.util.find_spec, ("pandas", "openpyxl"))))
"#;

fn python(arguments: &'static [&'static str]) -> Foreign {
    Foreign { program: "python3", arguments, probe: &["-c", HAS_MODULES], required: PYTHON }
}

/// The header, and rows of texts, as pandas reads them.
fn csv_rows(topic: Topic) -> Option<Vec<Vec<String>>> {
    let read = run(&python(&["-c", FROM_CSV]), &write(FormatV2::Csv, RAW, topic))?;
    Some(serde_json::from_slice(&read).unwrap())
}

fn book_rows(book: &[u8], arguments: &'static [&'static str]) -> Option<Vec<Vec<(String, String)>>> {
    Some(serde_json::from_slice(&run(&python(arguments), book)?).unwrap())
}

#[test]
fn pandas_reads_a_row_an_entry() {
    for topic in Topic::ALL {
        let Some(rows) = csv_rows(topic) else { return };
        let (header, rows) = rows.split_first().unwrap();
        let json = json(topic);
        let lists = ["offers", "search_results", "reviews"];
        let mut rows = rows.iter();
        for entry in json["results"].as_array().unwrap() {
            let content = &entry["content"];
            let list = lists.into_iter().find_map(|list| content[list].as_array());
            for index in 0..list.map_or(1, |list| list.len().max(1)) {
                let row = rows.next().expect("a row is missing");
                let cell = |name: &str| &row[header.iter().position(|column| column == name).unwrap()];
                assert_eq!(cell("value"), entry["query"]["value"].as_str().unwrap());
                let reference = as_told_by_xml(&entry["query"]["reference"]);
                assert_eq!(cell("reference"), reference.as_str().unwrap_or_default());
                assert_eq!(*cell("success"), entry["success"].to_string());
                let singular = match topic {
                    Topic::ProductAndOffers | Topic::Offers => ("offer", "shop_name"),
                    Topic::SearchResults => ("search_result", "name"),
                    Topic::Reviews => ("review", "comment"),
                    Topic::Product => continue,
                };
                let told = list.and_then(|list| list.get(index)).map(|listed| as_told_by_xml(&listed[singular.1]));
                let told = told.as_ref().and_then(Value::as_str).unwrap_or_default();
                assert_eq!(cell(&format!("{}.{}", singular.0, singular.1)), told);
            }
        }
        assert!(rows.next().is_none(), "more rows than entries");
    }
}

/// As the workbook holds a text of the CSV.
fn as_cell_can_hold(text: &str) -> String {
    let unix = text.replace("\r\n", "\n").replace('\r', "\n");
    let held = |c: char| {
        if (c < ' ' && c != '\t' && c != '\n') || matches!(c, '\u{FFFE}' | '\u{FFFF}') { '\u{FFFD}' } else { c }
    };
    unix.chars().map(held).collect()
}

#[test]
fn openpyxl_reads_typed_cells_that_tell_what_the_csv_does() {
    for topic in Topic::ALL {
        let book = write(FormatV2::Xlsx, PLAIN, topic);
        let Some(read) = book_rows(&book, &["-c", FROM_XLSX, "--ours"]) else { return };
        let csv = write(FormatV2::Csv, RAW, topic);
        let mut told = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_slice());
        let told: Vec<csv::StringRecord> = told.records().map(Result::unwrap).collect();
        assert_eq!(read.len(), told.len(), "{topic:?}");
        let columns = ColumnV2::of(topic);
        for (read, told) in read.iter().zip(&told).skip(1) {
            for ((column, (kind, held)), text) in columns.iter().zip(read).zip(told) {
                let name = column.name;
                match kind.as_str() {
                    "none" => assert_eq!(text, "", "{name}"),
                    "number" => {
                        assert!(matches!(column.kind, Kind::Number | Kind::Money), "{name} is a number");
                        // Digit by digit, but for zeros at the end.
                        let plain = |text: &str| match text.contains('.') {
                            true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
                            false => text.to_owned(),
                        };
                        assert_eq!(plain(held), plain(text), "{name}");
                    }
                    "boolean" => assert_eq!((held.as_str(), column.kind), (text, Kind::Boolean), "{name}"),
                    "time" => assert_eq!((held.as_str(), column.kind), (text, Kind::Time), "{name}"),
                    _ => assert_eq!(*held, as_cell_can_hold(text), "{name}"),
                }
            }
        }
    }
}

/// What LibreOffice calculates would differ from what we wrote.
#[test]
fn libreoffice_runs_nothing_of_a_workbook() {
    let topic = Topic::ProductAndOffers;
    let book = write(FormatV2::Xlsx, PLAIN, topic);
    let Some(made) = convert(&book, "xlsx", "xlsx") else { return };
    let Some(read) = book_rows(&made, &["-c", FROM_XLSX]) else { return };
    let Some(ours) = book_rows(&book, &["-c", FROM_XLSX]) else { return };
    assert_eq!(read.len(), ours.len());
    assert!(read.iter().flatten().any(|(kind, held)| kind == "text" && held == "=1+1"), "the formula has run");
    for (read, ours) in read.iter().zip(&ours) {
        for (read, ours) in read.iter().zip(ours).filter(|(_, ours)| ours.0 == "text" && !ours.1.trim().is_empty()) {
            assert_eq!(read, ours);
        }
    }
}

/// Of the guarded CSV no cell of page text becomes a formula; the script refuses those.
#[test]
fn libreoffice_runs_nothing_of_the_csv() {
    for topic in [Topic::ProductAndOffers, Topic::Reviews] {
        let mut items = items_of(topic);
        // The caller's own texts are never guarded; here none of them begins a formula.
        items.iter_mut().for_each(|item| item.reference = None);
        let csv = render_all(FormatV2::Csv, PLAIN, head_of(topic), &items);
        let Some(made) = convert(&csv, "csv", "xlsx") else { return };
        let Some(rows) = book_rows(&made, &["-c", FROM_XLSX]) else { return };
        assert!(rows.iter().flatten().any(|(_, held)| held == "'=1+1"), "{topic:?}: the guard is gone");
    }
}
