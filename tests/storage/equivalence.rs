//! The four formats hold the same facts: each is parsed by a library of its own and compared cell by cell.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value, json};

const PRODUCT: [(&str, &str); 17] = [
    ("source", "source"),
    ("country", "country"),
    ("key", "key"),
    ("value", "value"),
    ("success", "success"),
    ("reason", "reason"),
    ("source_id", "id"),
    ("source_url", "url"),
    ("updated_at", "updated_at"),
    ("gtins", "gtins"),
    ("eans", "eans"),
    ("name", "name"),
    ("brand_name", "brand_name"),
    ("category_name", "category_name"),
    ("review_count", "review_count"),
    ("review_rating", "review_rating"),
    ("relevance", ""),
];

const BY_ROW: [&str; 10] = [
    "url",
    "name",
    "price",
    "price_with_shipping",
    "shipping_costs",
    "position",
    "position_with_shipping",
    "availability_code",
    "availability_text",
    "shop_name",
];

const BY_COLUMN: [&str; 8] = [
    "url",
    "name",
    "price",
    "price_with_shipping",
    "shipping_costs",
    "availability_code",
    "availability_text",
    "shop_name",
];

/// Panics at the first cell that differs.
pub fn same_facts(json: &Value, xml: &str, by_row: &str, by_column: &str) {
    assert_eq!(&from_xml(xml), json, "XML");
    let products = json["products"].as_array().unwrap();

    let mut rows = records(by_row);
    let header: Vec<String> = PRODUCT
        .iter()
        .map(|(column, _)| (*column).to_owned())
        .chain(BY_ROW.iter().map(|field| format!("offer.{field}")))
        .collect();
    assert_eq!(rows.remove(0), header);
    let mut expected = Vec::new();
    for product in products {
        match offers(product) {
            [] => expected.push(product_cells(product).chain(BY_ROW.map(|_| String::new())).collect::<Vec<_>>()),
            offers => expected.extend(offers.iter().map(|offer| {
                product_cells(product).chain(BY_ROW.iter().map(|field| cell(&offer[*field]))).collect::<Vec<_>>()
            })),
        }
    }
    same_rows(&rows, &expected);

    let mut rows = records(by_column);
    let widest = products.iter().map(|product| offers(product).len()).max().unwrap_or(0);
    let header: Vec<String> = PRODUCT
        .iter()
        .map(|(column, _)| (*column).to_owned())
        .chain((0..widest).flat_map(|i| BY_COLUMN.iter().map(move |field| format!("offers[{i}].{field}"))))
        .collect();
    assert_eq!(rows.remove(0), header);
    let expected: Vec<Vec<String>> = products
        .iter()
        .map(|product| {
            let offers = offers(product);
            let cells = (0..widest).flat_map(|i| {
                BY_COLUMN.iter().map(move |field| offers.get(i).map(|offer| cell(&offer[*field])).unwrap_or_default())
            });
            product_cells(product).chain(cells).collect()
        })
        .collect();
    same_rows(&rows, &expected);
}

fn same_rows(rows: &[Vec<String>], expected: &[Vec<String>]) {
    assert_eq!(rows.len(), expected.len());
    for (row, expected) in rows.iter().zip(expected) {
        assert_eq!(row, expected);
    }
}

fn offers(product: &Value) -> &[Value] {
    product["offers"].as_array().map_or(&[], Vec::as_slice)
}

fn product_cells(product: &Value) -> impl Iterator<Item = String> + '_ {
    PRODUCT.iter().map(|(_, field)| cell(&product[*field]))
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(cell).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

fn records(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The structure Rails' `Hash.from_xml` makes of the document's root.
fn from_xml(xml: &str) -> Value {
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(root) if root.name().as_ref() == "hash" => return element(&mut reader, String::new(), false),
            Event::Eof => panic!("no root"),
            _ => {}
        }
    }
}

/// What stands up to the end of the element that was just opened.
fn element(reader: &mut Reader<&[u8]>, kind: String, is_nil: bool) -> Value {
    let (mut text, mut map, mut list) = (String::new(), Map::new(), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                let (name, kind, is_nil) = opened(&start);
                let value = element(reader, kind, is_nil);
                list.push(value.clone());
                map.insert(name, value);
            }
            Event::Empty(start) => {
                let (name, kind, is_nil) = opened(&start);
                let value = typed(&kind, is_nil, String::new(), Map::new(), Vec::new());
                list.push(value.clone());
                map.insert(name, value);
            }
            Event::Text(part) => text.push_str(&part),
            Event::GeneralRef(entity) => match entity.resolve_char_ref().unwrap() {
                Some(character) => text.push(character),
                None => text.push_str(quick_xml::escape::resolve_predefined_entity(&entity).unwrap()),
            },
            Event::End(_) => return typed(&kind, is_nil, text, map, list),
            Event::Eof => panic!("an element is not closed"),
            _ => {}
        }
    }
}

fn opened(start: &quick_xml::events::BytesStart<'_>) -> (String, String, bool) {
    let name = start.name().as_ref().replace('-', "_");
    let attribute = |wanted: &str| {
        let found = start.attributes().map(Result::unwrap).find(|a| a.key.as_ref() == wanted);
        found.map(|a| a.value.into_owned()).unwrap_or_default()
    };
    (name, attribute("type"), attribute("nil") == "true")
}

fn typed(kind: &str, is_nil: bool, text: String, map: Map<String, Value>, list: Vec<Value>) -> Value {
    match kind {
        _ if is_nil => Value::Null,
        "array" => Value::Array(list),
        "integer" => json!(text.parse::<i64>().unwrap()),
        "boolean" => json!(text == "true"),
        "symbol" | "string" => Value::String(text),
        "" if !map.is_empty() => Value::Object(map),
        "" => Value::String(text),
        other => panic!("type {other}"),
    }
}
