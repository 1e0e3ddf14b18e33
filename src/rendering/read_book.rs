//! Reads a workbook back for the tests: what its sheets' XML says, no more.

use quick_xml::events::Event;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;

/// A cell as the file holds it.
#[derive(Debug, Clone, PartialEq)]
pub enum Held {
    Text(String),
    /// As its digits stand there.
    Number(String),
    Boolean(bool),
}

/// A sheet: cells by row and column, both from 0.
pub type Sheet = BTreeMap<(u32, u32), Held>;

/// Every file of the archive by its name.
pub fn parts(file: File) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(file).unwrap();
    let mut parts = BTreeMap::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        let name = part.name().unwrap().into_owned();
        parts.insert(name, text);
    }
    parts
}

/// The sheets in order.
pub fn sheets(file: File) -> Vec<Sheet> {
    let parts = parts(file);
    (1..).map_while(|n| parts.get(&format!("xl/worksheets/sheet{n}.xml"))).map(|xml| sheet(xml)).collect()
}

fn sheet(xml: &str) -> Sheet {
    let mut cells = Sheet::new();
    let mut reader = quick_xml::Reader::from_str(xml);
    let (mut place, mut kind, mut text) = ((0, 0), String::new(), String::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) if start.name().as_ref() == "c" => {
                let attribute = |name: &str| {
                    let found = start.attributes().map(Result::unwrap).find(|a| a.key.as_ref() == name);
                    found.map(|a| a.value.into_owned()).unwrap_or_default()
                };
                (place, kind, text) = (place_of(&attribute("r")), attribute("t"), String::new());
            }
            Event::End(end) if end.name().as_ref() == "c" => {
                let text = std::mem::take(&mut text);
                let held = match kind.as_str() {
                    "inlineStr" => Held::Text(text.replace("_x005F_", "_")),
                    "b" => Held::Boolean(text == "1"),
                    "" => Held::Number(text),
                    other => panic!("unexpected type {other}"),
                };
                cells.insert(place, held);
            }
            Event::Start(start) => assert_ne!(start.name().as_ref(), "f", "a formula"),
            Event::Text(piece) => text.push_str(&piece),
            Event::GeneralRef(reference) => {
                let reference: &str = &reference;
                text.push(match reference {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    other => panic!("unexpected reference {other}"),
                });
            }
            Event::Eof => return cells,
            _ => {}
        }
    }
}

/// `C2` is row 1, column 2.
fn place_of(name: &str) -> (u32, u32) {
    let digits = name.find(|c: char| c.is_ascii_digit()).unwrap();
    let column = name[..digits].bytes().fold(0, |column, letter| column * 26 + u32::from(letter - b'A') + 1);
    (name[digits..].parse::<u32>().unwrap() - 1, column - 1)
}
