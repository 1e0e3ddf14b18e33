//! All formats tell the same facts: arbitrary results are written in each, read back and compared cell by cell.

use super::format_cases::{asking, head, render};
use super::{FormatV1, RenderOptions};
use crate::domain::*;
use proptest::prelude::*;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value, json};

pub const RAW: RenderOptions = RenderOptions { raw: true, bom: false, extended: false };

pub fn hostile_text() -> impl Strategy<Value = Option<String>> {
    let plain = "[ -~\\x00-\\x1F\u{80}-\u{A0}\u{FFFD}-\u{FFFF}äß€😀\r\n]{0,12}";
    proptest::option::of(prop_oneof![plain, any::<String>(), Just(String::new()), Just("]]>&amp;\"".to_owned())])
}

pub fn amount() -> impl Strategy<Value = Option<Amount>> {
    proptest::option::of(
        (-1_000_000i64..100_000_000, 0u8..=6).prop_map(|(units, scale)| Amount::new(units, scale).unwrap()),
    )
}

pub fn currency() -> impl Strategy<Value = Option<Currency>> {
    proptest::option::of(prop_oneof![Just(Currency::EUR), Just(Currency::JPY), Just(Currency::KWD)])
}

pub fn condition() -> impl Strategy<Value = Option<Condition>> {
    proptest::option::of(prop_oneof![Just(Condition::New), Just(Condition::Used), Just(Condition::Refurbished)])
}

pub fn offer() -> impl Strategy<Value = Offer> {
    let texts = (hostile_text(), hostile_text(), hostile_text(), hostile_text(), hostile_text());
    let availability = proptest::option::of(prop_oneof![Just(Availability::InStock), Just(Availability::Preorder)]);
    (texts, amount(), amount(), currency(), availability, condition()).prop_map(
        |(
            (shop_name, url, name, availability_text, details),
            price,
            shipping_costs,
            currency,
            availability,
            condition,
        )| {
            Offer {
                shop_name,
                url,
                name,
                availability_text,
                details,
                price,
                shipping_costs,
                currency,
                availability,
                condition,
                ..Offer::default()
            }
        },
    )
}

fn gtin() -> impl Strategy<Value = Gtin> {
    (1u64..10_000_000_000_000).prop_map(|number| {
        let first = format!("{number:013}");
        let check = char::from(Gtin::check_digit(first.as_bytes()));
        format!("{first}{check}").parse().unwrap()
    })
}

pub fn product() -> impl Strategy<Value = Product> {
    let texts = (hostile_text(), hostile_text(), hostile_text(), hostile_text(), hostile_text());
    let numbers = (proptest::option::of(any::<u32>()), proptest::option::of(0u8..=100));
    (texts, numbers, proptest::collection::vec(gtin(), 0..3), amount(), currency()).prop_map(
        |((id, name, url, brand_name, dimensions), (review_count, review_rating), gtins, price, currency)| Product {
            id,
            name,
            url,
            brand_name,
            dimensions,
            review_count,
            review_rating,
            gtins,
            price,
            currency,
            ..Product::default()
        },
    )
}

fn outcome() -> impl Strategy<Value = ItemOutcome> {
    let found = (product(), proptest::collection::vec(offer(), 0..4), any::<bool>(), 0i64..4_000_000_000_000_000);
    prop_oneof![
        1 => proptest::sample::select(Reason::ALL.to_vec()).prop_map(ItemOutcome::Failed),
        4 => found.prop_map(|(product, offers, incomplete, micros)| {
            let updated_at = Timestamp(micros);
            ItemOutcome::Found(Box::new(FoundResult { offers, incomplete, ..FoundResult::of(product, updated_at) }))
        }),
    ]
}

fn results() -> impl Strategy<Value = (JobHead, Vec<ItemResult>)> {
    let filter = proptest::option::of(proptest::sample::select(ConditionFilter::ALL.to_vec()));
    let item = ("[^\r]{1,8}", outcome()).prop_map(|(value, outcome)| ItemResult {
        value,
        reference: None,
        outcome,
        effort: Effort::default(),
    });
    (filter, proptest::collection::vec(item, 0..4)).prop_map(|(condition, items)| {
        let widest = items.iter().map(|item| match &item.outcome {
            ItemOutcome::Found(found) => found.offers.len() as u32,
            ItemOutcome::Failed(_) => 0,
        });
        let asked = condition.map_or_else(head, asking);
        (JobHead { widest: widest.max().unwrap_or(0), ..asked }, items)
    })
}

/// What `Hash.from_trusted_xml(xml)["hash"]` returns.
///
/// Rule from: ActiveSupport `XMLConverter#process_hash`.
pub fn as_rails_reads(xml: &str) -> Value {
    struct Element {
        name: String,
        typed: Option<String>,
        nil: bool,
        text: String,
        children: Vec<(String, Value)>,
    }
    fn element(start: &BytesStart<'_>) -> Element {
        let attribute = |name: &str| {
            let found = start.attributes().map(Result::unwrap).find(|a| a.key.as_ref() == name);
            found.map(|a| a.value.into_owned())
        };
        let name = start.name().as_ref().replace('-', "_");
        Element {
            name,
            typed: attribute("type"),
            nil: attribute("nil").is_some(),
            text: String::new(),
            children: Vec::new(),
        }
    }
    fn value(element: Element) -> Value {
        let Element { typed, nil, text, children, .. } = element;
        match typed.as_deref() {
            Some("array") => Value::Array(children.into_iter().map(|(_, child)| child).collect()),
            Some("string") if text.trim().is_empty() => json!(""),
            Some("integer") => json!(text.parse::<u64>().unwrap()),
            Some("float") => json!(text.parse::<f64>().unwrap()),
            Some("boolean") => json!(text == "true"),
            _ if !children.is_empty() => Value::Object(children.into_iter().collect::<Map<_, _>>()),
            _ if nil || text.is_empty() => Value::Null,
            _ => json!(text),
        }
    }
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut open: Vec<Element> =
        vec![Element { name: String::new(), typed: None, nil: false, text: String::new(), children: Vec::new() }];
    loop {
        let closed = match reader.read_event().unwrap() {
            Event::Start(start) => {
                open.push(element(&start));
                continue;
            }
            Event::Empty(start) => element(&start),
            Event::End(_) => open.pop().unwrap(),
            Event::Text(text) => {
                open.last_mut().unwrap().text.push_str(&text);
                continue;
            }
            Event::GeneralRef(reference) => {
                let reference: &str = &reference;
                let text = match reference {
                    "amp" => "&",
                    "lt" => "<",
                    "gt" => ">",
                    "#13" => "\r",
                    other => panic!("unexpected reference {other}"),
                };
                open.last_mut().unwrap().text.push_str(text);
                continue;
            }
            Event::Decl(_) => continue,
            Event::Eof => break,
            other => panic!("unexpected {other:?}"),
        };
        let name = closed.name.clone();
        open.last_mut().unwrap().children.push((name, value(closed)));
    }
    open.pop().unwrap().children.pop().unwrap().1
}

/// What XML cannot hold, replaced throughout.
pub fn as_xml_can_hold(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(
            text.chars()
                .map(|c| match c {
                    '\t' | '\n' | '\r' => c,
                    c if c < ' ' || c == '\u{FFFE}' || c == '\u{FFFF}' => '\u{FFFD}',
                    c => c,
                })
                .collect(),
        ),
        Value::Array(values) => values.iter().map(as_xml_can_hold).collect(),
        Value::Object(map) => Value::Object(map.iter().map(|(k, v)| (k.clone(), as_xml_can_hold(v))).collect()),
        other => other.clone(),
    }
}

/// A JSON value as the cell that tells it.
pub fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(cell).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// The JSON value a column's header points at.
fn pointed_at<'a>(product: &'a Value, header: &str, row_offer: usize) -> &'a Value {
    static NULL: Value = Value::Null;
    let (offer, field) = match header.split_once("].") {
        Some((group, field)) => (Some(group["offers[".len()..].parse().unwrap()), field),
        None => match header.strip_prefix("offer.") {
            Some(field) => (Some(row_offer), field),
            None => (None, header),
        },
    };
    match (offer, field) {
        (Some(index), field) => {
            product["offers"].get(index).and_then(|offer: &Value| offer.get(field)).unwrap_or(&NULL)
        }
        (None, "source_id") => &product["id"],
        (None, "source_url") => &product["url"],
        (None, "relevance") => &NULL,
        (None, field) => &product[field],
    }
}

pub fn read_csv(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::ReaderBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_reader(text.as_bytes());
    let own = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    let header = own(reader.headers().unwrap());
    (header, reader.records().map(|record| own(&record.unwrap())).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn every_format_tells_the_same((head, items) in results()) {
        let write = |format| render(format, RAW, head.clone(), &items);
        let whole: Value = serde_json::from_str(&write(FormatV1::Json)).unwrap();
        let products = whole["products"].as_array().unwrap();
        prop_assert_eq!(products.len(), items.len());

        let from_xml = as_rails_reads(&write(FormatV1::Xml));
        let held = as_xml_can_hold(&whole);
        prop_assert_eq!(&from_xml, &held);

        let products = held["products"].as_array().unwrap();
        let (header, lines) = read_csv(&write(FormatV1::CsvRow));
        let expected = products.iter().flat_map(|product| {
            let offers = product["offers"].as_array().map_or(0, Vec::len).max(1);
            (0..offers).map(move |offer| (product, offer))
        });
        let mut expected_lines = 0;
        for ((product, offer), line) in expected.zip(&lines) {
            expected_lines += 1;
            for (name, found) in header.iter().zip(line) {
                prop_assert_eq!(found, &cell(pointed_at(product, name, offer)), "{}", name);
            }
        }
        prop_assert_eq!(expected_lines, lines.len());

        let (header, lines) = read_csv(&write(FormatV1::CsvColumn));
        prop_assert_eq!(lines.len(), products.len());
        for (product, line) in products.iter().zip(&lines) {
            for (name, found) in header.iter().zip(line) {
                prop_assert_eq!(found, &cell(pointed_at(product, name, 0)), "{}", name);
            }
        }
    }

    /// Without `raw` no cell of page text begins a formula, and nothing but the apostrophe is added.
    #[test]
    fn no_page_text_begins_a_formula((head, items) in results()) {
        let plain = render(FormatV1::CsvRow, RenderOptions::default(), head.clone(), &items);
        let (header, guarded) = read_csv(&plain);
        let (_, raw) = read_csv(&render(FormatV1::CsvRow, RAW, head, &items));
        for (name, (guarded, raw)) in guarded.iter().zip(&raw).flat_map(|(g, r)| header.iter().zip(g.iter().zip(r))) {
            let is_ours = ["value", "source_id"].contains(&name.as_str()) || name.contains("price") || name.contains("shipping");
            if raw.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_ours {
                prop_assert_eq!(guarded, &format!("'{raw}"), "{}", name);
            } else {
                prop_assert_eq!(guarded, raw, "{}", name);
            }
        }
    }
}
