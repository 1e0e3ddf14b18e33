//! All formats of version 2 tell the same facts: arbitrary results are written in each, read back and compared.

use super::columns_v2::{ColumnV2, Kind};
use super::equivalence::{
    RAW, amount, as_rails_reads, as_xml_can_hold, cell, condition, currency, hostile_text, offer, product, read_csv,
};
use super::format_cases::{head, render};
use super::read_book::{Held, sheets};
use super::{Book, FormatV2, RenderOptions};
use crate::domain::*;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::Value;

fn full_product() -> impl Strategy<Value = Product> {
    let texts = (hostile_text(), hostile_text(), hostile_text(), vec("[a-z&<,: ]{0,6}", 0..3));
    let lists = vec(("[a-z:<]{0,4}", vec("[a-z,&]{0,4}", 0..3)), 0..3);
    let money = (amount(), amount(), condition(), option::of(any::<u32>()));
    (product(), texts, lists, money).prop_map(
        |(
            product,
            (description, seller_name, availability_text, words),
            lists,
            (list_price, shipping, condition, count),
        )| {
            Product {
                description,
                seller_name,
                availability_text,
                category_path: words.clone(),
                mpns: words.clone(),
                feature_bullets: words,
                specifications: lists.into_iter().map(|(label, values)| Specification { label, values }).collect(),
                list_price,
                shipping_costs: shipping,
                condition,
                offer_count: count,
                ..product
            }
        },
    )
}

fn search_result() -> impl Strategy<Value = SearchResult> {
    let texts = (hostile_text(), hostile_text(), hostile_text(), hostile_text());
    let money = (amount(), amount(), amount(), amount(), currency());
    (texts, money, option::of(0u8..=100)).prop_map(
        |((id, name, shop_name, shop_url), (price, min_price, max_price, shipping_costs, currency), review_rating)| {
            SearchResult {
                id,
                name,
                shop_name,
                shop_url,
                price,
                min_price,
                max_price,
                shipping_costs,
                currency,
                review_rating,
                ..SearchResult::default()
            }
        },
    )
}

fn review() -> impl Strategy<Value = Review> {
    let texts = (hostile_text(), hostile_text(), hostile_text());
    let facts = (option::of(0i64..4_000_000_000_000_000), option::of(0u8..=100), option::of(any::<bool>()));
    (texts, facts).prop_map(|((id, title, comment), (date, rating, verified_purchase))| Review {
        id,
        title,
        comment,
        date: date.map(Timestamp),
        rating,
        verified_purchase,
        ..Review::default()
    })
}

fn found() -> impl Strategy<Value = FoundResult> {
    let lists = (vec(offer(), 0..4), vec(search_result(), 0..4), vec(review(), 0..4));
    let facts =
        (option::of(any::<u64>()), option::of(any::<[u32; 5]>()), vec(0u32..3, 0..4), 0i64..4_000_000_000_000_000);
    (full_product(), lists, facts).prop_map(
        |(product, (offers, search_results, reviews), (total, stars, page_lengths, updated_at))| FoundResult {
            offers,
            search_results,
            reviews,
            total_search_result_count: total,
            rating_distribution: stars.map(|stars| RatingDistribution { stars }),
            pages_delivered: page_lengths.len().max(1) as u32,
            page_lengths,
            ..FoundResult::of(product, Timestamp(updated_at))
        },
    )
}

fn results() -> impl Strategy<Value = (JobHead, Vec<ItemResult>)> {
    let outcome = prop_oneof![
        1 => proptest::sample::select(Reason::ALL.to_vec()).prop_map(ItemOutcome::Failed),
        4 => found().prop_map(|found| ItemOutcome::Found(Box::new(found))),
    ];
    let effort = (0u32..4, any::<u32>()).prop_map(|(pages_live, requests)| Effort { pages_live, requests });
    let item = ("[^\r\u{0}-\u{1F}\u{FFFE}\u{FFFF}]{1,8}", hostile_text(), outcome, effort)
        .prop_map(|(value, reference, outcome, effort)| ItemResult { value, reference, outcome, effort });
    let limit = prop_oneof![(1u32..9).prop_map(PageLimit::Pages), Just(PageLimit::All)];
    (proptest::sample::select(Topic::ALL.to_vec()), limit, vec(item, 0..4)).prop_map(|(topic, page_limit, items)| {
        let options = LookupOptions { page_limit, ..head().options };
        (JobHead { topic, options, ..head() }, items)
    })
}

/// What the JSON entry says where a column's name points, as the column writes it.
fn told(entry: &Value, name: &str, index: usize) -> String {
    let of = |object: &Value, key: &str| cell(object.get(key).unwrap_or(&Value::Null));
    let content = &entry["content"];
    let texts = |key: &str, between: &str| {
        let list = content[key].as_array().map(Vec::as_slice).unwrap_or_default();
        list.iter().map(cell).collect::<Vec<_>>().join(between)
    };
    if let Some((group, field)) = name.split_once('.') {
        return match group {
            "buybox" | "rating_distribution" => of(&content[group], field),
            _ => content[format!("{group}s")].get(index).map(|listed| of(listed, field)).unwrap_or_default(),
        };
    }
    match name {
        "success" | "reason" => of(entry, name),
        "feature_bullets" => texts(name, "\n"),
        "category_path" => {
            let names = content[name].as_array().map(Vec::as_slice).unwrap_or_default();
            names.iter().map(|category| of(category, "name")).collect::<Vec<_>>().join(" > ")
        }
        "specifications" => {
            let lines = content[name].as_array().map(Vec::as_slice).unwrap_or_default();
            let line = |line: &Value| {
                let values: Vec<String> = line["value"].as_array().unwrap().iter().map(cell).collect();
                format!("{}: {}", of(line, "label"), values.join(", "))
            };
            lines.iter().map(line).collect::<Vec<_>>().join("\n")
        }
        _ if entry["query"].get(name).is_some() => of(&entry["query"], name),
        _ if entry["metadata"].get(name).is_some() => of(&entry["metadata"], name),
        _ => of(content, name),
    }
}

/// Lines of an entry in what has rows.
fn line_count(entry: &Value) -> usize {
    let list = ["offers", "search_results", "reviews"].into_iter().find_map(|list| entry["content"][list].as_array());
    list.map_or(1, |list| list.len().max(1))
}

fn as_cell_can_hold(text: &str) -> String {
    let unix = text.replace("\r\n", "\n").replace('\r', "\n");
    unix.chars()
        .map(|c| match c {
            '\t' | '\n' => c,
            c if c < ' ' || c == '\u{FFFE}' || c == '\u{FFFF}' => '\u{FFFD}',
            c => c,
        })
        .collect()
}

/// Whether a workbook's cell tells what the text of the other formats does.
fn tells(held: Option<&Held>, text: &str, kind: Kind) -> bool {
    match held {
        None => text.is_empty(),
        Some(Held::Text(held)) => {
            // Numbers that a double cannot hold are texts, too.
            !matches!(kind, Kind::Boolean | Kind::Time) && *held == as_cell_can_hold(text)
        }
        Some(Held::Boolean(held)) => kind == Kind::Boolean && held.to_string() == text,
        Some(Held::Number(held)) if kind == Kind::Time => {
            let days: f64 = held.parse().unwrap();
            let seconds = ((days - 25_569.0) * 86_400.0).round() as i64;
            Timestamp(seconds * 1_000_000).to_string() == text
        }
        // Exactly, digit by digit.
        Some(Held::Number(held)) => {
            matches!(kind, Kind::Number | Kind::Money)
                && held.parse::<Amount>().unwrap() == text.parse::<Amount>().unwrap()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn every_format_tells_the_same((head, items) in results()) {
        let write = |format| render(format, RAW, head.clone(), &items);
        let whole: Value = serde_json::from_str(&write(FormatV2::Json)).unwrap();
        let entries = whole["results"].as_array().unwrap();
        prop_assert_eq!(entries.len(), items.len());

        let ndjson = write(FormatV2::Ndjson);
        let lines: Vec<Value> = ndjson.split_terminator('\n').map(|line| serde_json::from_str(line).unwrap()).collect();
        prop_assert_eq!(&lines, entries);

        let held = as_xml_can_hold(&whole);
        prop_assert_eq!(&as_rails_reads(&write(FormatV2::Xml)), &held);

        let entries = held["results"].as_array().unwrap();
        let columns = ColumnV2::of(head.topic);
        let (header, lines) = read_csv(&write(FormatV2::Csv));
        prop_assert_eq!(header, columns.iter().map(|column| column.name).collect::<Vec<_>>());
        let expected: Vec<(&Value, usize)> =
            entries.iter().flat_map(|entry| (0..line_count(entry)).map(move |index| (entry, index))).collect();
        prop_assert_eq!(lines.len(), expected.len());
        for ((entry, index), line) in expected.iter().zip(&lines) {
            for (column, found) in columns.iter().zip(line) {
                prop_assert_eq!(found, &told(entry, column.name, *index), "{}", column.name);
            }
        }

        let mut book = Book::new(head.clone());
        items.iter().for_each(|item| book.item(item).unwrap());
        let sheets = sheets(book.finish().unwrap());
        prop_assert_eq!(sheets.len(), 1);
        for (row, line) in (1..).zip(&lines) {
            for (index, (column, text)) in (0..).zip(columns.iter().zip(line)) {
                let held = sheets[0].get(&(row, index));
                prop_assert!(tells(held, text, column.kind), "{}: {:?} and {:?}", column.name, held, text);
            }
        }
    }

    /// Without `raw` no cell of page text begins a formula, and nothing but the apostrophe is added.
    #[test]
    fn no_page_text_begins_a_formula((head, items) in results()) {
        let columns = ColumnV2::of(head.topic);
        let (_, guarded) = read_csv(&render(FormatV2::Csv, RenderOptions::default(), head.clone(), &items));
        let (_, raw) = read_csv(&render(FormatV2::Csv, RAW, head, &items));
        for (column, (guarded, raw)) in guarded.iter().zip(&raw).flat_map(|(g, r)| columns.iter().zip(g.iter().zip(r))) {
            if column.kind == Kind::PageText && raw.starts_with(['=', '+', '-', '@', '\t', '\r']) {
                prop_assert_eq!(guarded, &format!("'{raw}"), "{}", column.name);
            } else {
                prop_assert_eq!(guarded, raw, "{}", column.name);
            }
        }
    }
}
