//! Other programs read what we write: ActiveSupport and xmllint the XML, Python's csv module in its strict mode and pandas
//! the CSV, openpyxl the workbooks, LibreOffice both.
//!
//! Without such a program the test says so loudly and passes; with `PRICEMILL_REQUIRE_RUBY=1` (xmllint, too),
//! `PRICEMILL_REQUIRE_PYTHON=1` (with pandas and openpyxl) and `PRICEMILL_REQUIRE_OFFICE=1` it fails.

mod foreign;
mod odd;
mod v2;

use foreign::{Foreign, PYTHON, RUBY, run};
use odd::{head, items, widest};
use pricemill::domain::{ItemResult, JobHead};
use pricemill::rendering::{Format, FormatV1, RenderOptions, Rendering};
use serde_json::{Map, Value};
use std::io::Read;

fn render(format: impl Into<Format>, options: RenderOptions) -> Vec<u8> {
    render_all(format, options, head(), &items())
}

fn render_all(format: impl Into<Format>, options: RenderOptions, head: JobHead, items: &[ItemResult]) -> Vec<u8> {
    let mut out = Vec::new();
    match Rendering::new(format, options, head) {
        Rendering::Text(mut renderer) => {
            renderer.begin(&mut out).unwrap();
            items.iter().for_each(|item| renderer.item(item, &mut out).unwrap());
            renderer.end(&mut out).unwrap();
        }
        Rendering::Book(mut book) => {
            items.iter().for_each(|item| book.item(item).unwrap());
            book.finish().unwrap().read_to_end(&mut out).unwrap();
        }
    }
    out
}

/// What Rails makes of our XML, as JSON.
const FROM_XML: &str = r#"
require "active_support"
require "active_support/core_ext/hash/conversions"
require "json"
$stdout.write JSON.generate(Hash.from_trusted_xml($stdin.read))
"#;

/// JSON as XML can tell it: what XML cannot hold is U+FFFD. An empty text stays one (it carries a type, else Rails
/// reads null).
fn as_told_by_xml(json: &Value) -> Value {
    match json {
        Value::String(text) => {
            let in_xml = |c: char| match c {
                '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'.. => c,
                _ => '\u{FFFD}',
            };
            Value::String(text.chars().map(in_xml).collect())
        }
        Value::Array(list) => list.iter().map(as_told_by_xml).collect(),
        Value::Object(object) => {
            let entries = object.iter().map(|(key, value)| (key.clone(), as_told_by_xml(value)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

#[test]
fn rails_reads_the_xml_as_the_json() {
    let xml = render(FormatV1::Xml, RenderOptions::default());
    let ruby = Foreign {
        program: "ruby",
        arguments: &["-E", "UTF-8:UTF-8", "-e", FROM_XML],
        probe: &["-e", "require 'active_support'"],
        required: RUBY,
    };
    let Some(read) = run(&ruby, &xml) else { return };
    let read: Value = serde_json::from_slice(&read).unwrap();
    let json: Value = serde_json::from_slice(&render(FormatV1::Json, RenderOptions::default())).unwrap();
    let (read, told) = (&read["hash"], as_told_by_xml(&json));
    // Piece by piece, so that a failure shows the piece.
    for (name, value) in told.as_object().unwrap().iter().filter(|(name, _)| *name != "products") {
        assert_eq!(&read[name], value, "{name}");
    }
    let products = |of: &Value| of["products"].as_array().unwrap().clone();
    assert_eq!(products(read).len(), products(&told).len());
    for (read, told) in products(read).iter().zip(&products(&told)) {
        for (name, value) in told.as_object().unwrap() {
            assert_eq!(&read[name], value, "{name} of {}", told["value"]);
        }
        assert_eq!(read, told);
    }
    assert_eq!(*read, told);
}

#[test]
fn xmllint_finds_the_xml_well_formed() {
    let lint = Foreign { program: "xmllint", arguments: &["--noout", "-"], probe: &["--version"], required: RUBY };
    run(&lint, &render(FormatV1::Xml, RenderOptions::default()));
}

/// Every row as long as the header, in JSON.
const FROM_CSV: &str = r#"
import csv, io, json, sys
text = sys.stdin.buffer.read().decode("utf-8")
rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
assert all(len(row) == len(rows[0]) for row in rows), [len(row) for row in rows]
sys.stdout.write(json.dumps(rows))
"#;

/// The rows Python reads, without the header; `None` without Python.
fn rows(format: FormatV1) -> Option<(Vec<String>, Vec<Vec<String>>)> {
    // Python's csv refuses NUL before 3.11, so that it is asked for what the default gives to spreadsheets.
    let csv = render(format, RenderOptions { raw: true, ..RenderOptions::default() });
    let python =
        Foreign { program: "python3", arguments: &["-c", FROM_CSV], probe: &["-c", "import csv"], required: PYTHON };
    let mut rows: Vec<Vec<String>> = serde_json::from_slice(&run(&python, &csv)?).unwrap();
    let header = rows.remove(0);
    Some((header, rows))
}

#[test]
fn python_reads_a_row_an_offer() {
    let Some((header, rows)) = rows(FormatV1::CsvRow) else { return };
    let cell = |row: &[String], name: &str| row[header.iter().position(|column| column == name).unwrap()].clone();
    let json: Value = serde_json::from_slice(&render(FormatV1::Json, RenderOptions::default())).unwrap();
    let mut rows = rows.iter();
    for product in json["products"].as_array().unwrap() {
        let none = [Value::Null];
        let offers = product["offers"].as_array().filter(|offers| !offers.is_empty()).map_or(&none[..], Vec::as_slice);
        for offer in offers {
            let row = rows.next().expect("a row is missing");
            let text = |value: &Value| as_told_by_xml(value).as_str().unwrap_or_default().to_owned();
            assert_eq!(cell(row, "value"), text(&product["value"]));
            assert_eq!(cell(row, "name"), text(&product["name"]));
            assert_eq!(cell(row, "source_id"), text(&product["id"]));
            for name in ["name", "shop_name", "price", "availability_text"] {
                assert_eq!(cell(row, &format!("offer.{name}")), text(&offer[name]), "{name} of {}", product["value"]);
            }
        }
    }
    assert!(rows.next().is_none(), "more rows than offers");
}

#[test]
fn python_reads_a_row_a_value() {
    let Some((header, rows)) = rows(FormatV1::CsvColumn) else { return };
    assert_eq!(rows.len(), items().len());
    let shops = header.iter().filter(|name| name.ends_with("].shop_name")).count();
    assert_eq!(shops, widest());
    for (row, item) in rows.iter().zip(items()) {
        assert_eq!(row[3], item.value);
    }
}
