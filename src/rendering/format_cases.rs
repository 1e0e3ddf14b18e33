//! Every format of one job that has every kind of result.

use super::{COLUMNS, Format, FormatV1, RenderError, RenderOptions, Renderer, Rendering, Shown};
use crate::domain::*;

pub fn head() -> JobHead {
    JobHead {
        job_id: "1234567890abcdef12345678".parse().unwrap(),
        status: JobStatus::Finished,
        source: SourceName::new("google-shopping"),
        country: "de".parse().unwrap(),
        topic: Topic::ProductAndOffers,
        key: Key::Gtin,
        options: plain(),
        free_credits: 1,
        paid_credits: 3,
        widest: 2,
    }
}

fn plain() -> LookupOptions {
    LookupOptions { page_limit: PageLimit::Pages(1), max_age: MaxAge::DAILY, selection: Selection::default() }
}

/// The head of a job that asked for a condition.
pub fn asking(condition: ConditionFilter) -> JobHead {
    let selection = Selection { condition: Some(condition), ..Selection::default() };
    JobHead { options: LookupOptions { selection, ..plain() }, ..head() }
}

/// Of a format that is text.
pub fn renderer(format: impl Into<Format>, options: RenderOptions, head: JobHead) -> Renderer {
    match Rendering::new(format, options, head) {
        Rendering::Text(renderer) => *renderer,
        Rendering::Book(_) => panic!("not a text"),
    }
}

pub fn render(format: impl Into<Format>, options: RenderOptions, head: JobHead, items: &[ItemResult]) -> String {
    let mut renderer = renderer(format, options, head);
    let mut out = Vec::new();
    renderer.begin(&mut out).unwrap();
    for item in items {
        renderer.item(item, &mut out).unwrap();
    }
    renderer.end(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn item(value: &str, outcome: ItemOutcome) -> ItemResult {
    ItemResult { value: value.into(), reference: None, outcome, effort: Effort::default() }
}

fn found(value: &str, product: Product, offers: Vec<Offer>) -> ItemResult {
    let updated_at = Timestamp(1_476_662_400_000_000);
    let found = FoundResult { offers, ..FoundResult::of(product, updated_at) };
    item(value, ItemOutcome::Found(Box::new(found)))
}

fn documented() -> ItemResult {
    let product = Product {
        id: text("15858468867886681869"),
        name: text("Apple iPad mini Wi-Fi 16 GB - Schwarz & Graphit"),
        brand_name: text("Apple"),
        category_name: text("Tablet"),
        review_count: Some(37),
        review_rating: Some(100),
        gtins: ["00047165900004", "10885909575326", "00885909666966"].map(|g| g.parse().unwrap()).to_vec(),
        url: text("https://www.google.de/shopping/product/15858468867886681869"),
        price: "399".parse().ok(),
        currency: Some(Currency::EUR),
        ..Product::default()
    };
    let some_shop = Offer {
        shop_name: text("Some Shop"),
        price: "284.99".parse().ok(),
        shipping_costs: "0".parse().ok(),
        currency: Some(Currency::EUR),
        availability: Some(Availability::InStock),
        condition: Some(Condition::New),
        details: text(""),
        ..Offer::default()
    };
    let another = Offer {
        shop_name: text("Another shop"),
        price: "289.8249".parse().ok(),
        currency: Some(Currency::EUR),
        condition: Some(Condition::Used),
        ..Offer::default()
    };
    found("885909666966", product, vec![another, some_shop])
}

fn hostile() -> ItemResult {
    let product = Product {
        id: text("=1"),
        name: text("=HYPERLINK(\"http://x\",\"y\")"),
        description: text("a\u{0}b\u{1F}c\r\nd \u{FFFE}]]> \u{1F4B6}"),
        brand_name: text("@brand"),
        category_name: text("  "),
        url: text("-1+1"),
        ..Product::default()
    };
    let offer = Offer {
        name: text("\tcmd"),
        shop_name: text("+49 \"shop\", Inc"),
        price: "1299.5".parse().ok(),
        shipping_costs: "-5".parse().ok(),
        currency: Some(Currency::JPY),
        availability_text: text("\rline"),
        ..Offer::default()
    };
    found("=1+1", product, vec![offer])
}

fn incomplete() -> ItemResult {
    let mut result = found("4006381333931", Product { name: text(""), ..Product::default() }, vec![]);
    if let ItemOutcome::Found(found) = &mut result.outcome {
        found.incomplete = true;
        found.product.price = "12.345".parse().ok();
        found.product.currency = Some(Currency::EUR);
        found.product.category_path = vec!["Büro".into(), "Stifte".into()];
    }
    result.reference = text("=SKU");
    result
}

fn items() -> Vec<ItemResult> {
    vec![
        documented(),
        incomplete(),
        hostile(),
        item("00885909666967", ItemOutcome::Failed(Reason::InvalidValue)),
        item("08718108041581", ItemOutcome::Failed(Reason::NotFound)),
    ]
}

#[test]
fn json() {
    insta::assert_snapshot!(render(FormatV1::Json, RenderOptions::default(), head(), &items()));
}

#[test]
fn xml() {
    insta::assert_snapshot!(render(FormatV1::Xml, RenderOptions::default(), head(), &items()));
}

#[test]
fn csv_rows() {
    insta::assert_snapshot!(render(FormatV1::CsvRow, RenderOptions::default(), head(), &items()));
}

#[test]
fn csv_columns() {
    insta::assert_snapshot!(render(FormatV1::CsvColumn, RenderOptions::default(), head(), &items()));
}

#[test]
fn csv_rows_extended_and_raw() {
    let options = RenderOptions { raw: true, bom: false, extended: true };
    let head = asking(ConditionFilter::All);
    insta::assert_snapshot!(render(FormatV1::CsvRow, options, head, &items()));
}

#[test]
fn a_condition_filters_renumbers_and_is_named() {
    let head = asking(ConditionFilter::New);
    let json = render(FormatV1::Json, RenderOptions::default(), head, &[documented()]);
    let result: serde_json::Value = serde_json::from_str(&json).unwrap();
    let product = &result["products"][0];
    assert_eq!(product["condition"], "new");
    assert_eq!(product["price"], "284.99");
    assert_eq!(product["offers"].as_array().unwrap().len(), 1);
    assert_eq!(product["offers"][0]["shop_name"], "Some Shop");
    assert_eq!(product["offers"][0]["position"], 1);
    assert_eq!(product["offers"][0]["position_with_shipping"], 1);
}

#[test]
fn the_headers_of_the_documentation() {
    let product = "\"source\",\"country\",\"key\",\"value\",\"success\",\"reason\",\"source_id\",\"source_url\",\
        \"updated_at\",\"gtins\",\"eans\",\"name\",\"brand_name\",\"category_name\",\"review_count\",\"review_rating\",\
        \"relevance\"";
    let offer = |prefix: &str, names: &[&str]| names.iter().map(|n| format!(",\"{prefix}.{n}\"")).collect::<String>();
    let names = [
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
    let without_positions: Vec<_> = names.into_iter().filter(|n| !n.starts_with("position")).collect();
    let plain = RenderOptions::default();
    assert_eq!(render(FormatV1::CsvRow, plain, head(), &[]), format!("{product}{}\n", offer("offer", &names)));
    let two = offer("offers[0]", &without_positions) + &offer("offers[1]", &without_positions);
    assert_eq!(render(FormatV1::CsvColumn, plain, head(), &[]), format!("{product}{two}\n"));
    let none = JobHead { widest: 0, ..head() };
    assert_eq!(render(FormatV1::CsvColumn, plain, none, &[]), format!("{product}\n"));
}

#[test]
fn extended_columns_come_after_the_default_header() {
    for format in [FormatV1::CsvRow, FormatV1::CsvColumn] {
        let header = |extended| render(format, RenderOptions { extended, ..Default::default() }, head(), &[]);
        let (default, extended) = (header(false), header(true));
        assert!(extended.starts_with(default.trim_end()), "{extended}");
        for column in COLUMNS.iter().filter(|column| column.shown == Shown::Extended) {
            assert!(extended[default.len() - 1..].contains(&format!("{}\"", column.name)), "{}", column.name);
        }
    }
}

#[test]
fn a_byte_order_mark_on_demand() {
    let options = RenderOptions { bom: true, ..Default::default() };
    assert!(render(FormatV1::CsvRow, options, head(), &[]).starts_with("\u{FEFF}\"source\""));
    assert!(render(FormatV1::Json, options, head(), &[]).starts_with('{'));
}

#[test]
fn a_job_without_results_is_whole() {
    let plain = RenderOptions::default();
    assert!(render(FormatV1::Json, plain, head(), &[]).ends_with("\"products\":[]}"));
    assert!(render(FormatV1::Xml, plain, head(), &[]).contains("  <products type=\"array\"/>\n</hash>\n"));
}

#[test]
fn a_product_wider_than_the_table_is_an_error() {
    let mut renderer = renderer(FormatV1::CsvColumn, RenderOptions::default(), JobHead { widest: 1, ..head() });
    let refused = renderer.item(&documented(), &mut Vec::new());
    assert!(matches!(refused, Err(RenderError::TooWide { offers: 2, widest: 1 })));
}

#[test]
fn prices_of_two_currencies_are_not_compared() {
    let offer = |price: &str, currency| Offer { price: price.parse().ok(), currency, ..Offer::default() };
    let offers =
        vec![offer("20", Some(Currency::EUR)), offer("5", Some(Currency::PLN)), offer("19.9", Some(Currency::EUR))];
    let json = render(FormatV1::Json, RenderOptions::default(), head(), &[found("1", Product::default(), offers)]);
    let result: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(result["products"][0]["price"], "19.90");
}

#[test]
fn the_documentation_lists_every_column_in_order() {
    let page = include_str!("../../docs/API/bulk-v1.md");
    let (_, table) = page.split_once("| column (row / column) | shown | guarded | meaning |").unwrap();
    let listed: Vec<&str> = table.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
    let expected: Vec<String> = COLUMNS
        .iter()
        .map(|column| {
            let name = column.name;
            let name = match column.is_about_offers() {
                true => format!("`offer.{name}` / `offers[i].{name}`"),
                false => format!("`{name}`"),
            };
            let shown = match column.shown {
                Shown::Always => "always",
                Shown::InRows => "row; column only extended",
                Shown::Extended => "extended",
            };
            let guarded = if column.is_page_text { "yes" } else { "no" };
            format!("| {name} | {shown} | {guarded} | {} |", column.meaning)
        })
        .collect();
    assert_eq!(listed, expected);
}

/// Nothing a value needed is kept once it is written.
#[test]
fn a_long_job_leaves_nothing_behind() {
    for format in FormatV1::ALL {
        let mut renderer = renderer(format, RenderOptions::default(), head());
        let mut out = Vec::new();
        renderer.begin(&mut out).unwrap();
        out = Vec::new();
        renderer.item(&documented(), &mut out).unwrap();
        renderer.item(&documented(), &mut out).unwrap();
        let two = std::mem::take(&mut out).len();
        for _ in 0..2000 {
            renderer.item(&documented(), &mut out).unwrap();
            assert!(out.len() <= two, "{format:?}");
            out.clear();
        }
    }
}
