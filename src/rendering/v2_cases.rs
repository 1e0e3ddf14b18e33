//! Every format of version 2 of one value per topic, and what stands at the edges.

use super::columns_v2::{ColumnV2, Datum, Kind, each_line};
use super::facts_v2::EntryFacts;
use super::format_cases::{head, render, renderer};
use super::read_book::{Held, parts, sheets};
use super::{Book, COLUMNS_V2, FormatV2, RenderOptions};
use crate::domain::*;
use serde_json::{Value, json};

const PLAIN: RenderOptions = RenderOptions { raw: false, bom: false, extended: false };

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// 2026-11-25 09:30:00 UTC.
const FETCHED: Timestamp = Timestamp(1_795_599_000_000_000);

fn of(topic: Topic) -> JobHead {
    let options = LookupOptions { page_limit: PageLimit::Pages(2), ..head().options };
    JobHead { topic, options, ..head() }
}

fn product() -> Product {
    Product {
        id: text("15858468867886681869"),
        name: text("Stabilo point 88"),
        url: text("https://shop.example/p/88"),
        image_url: text("https://shop.example/i/88.jpg"),
        brand_name: text("Stabilo"),
        category_path: vec!["Büro".into(), "Stifte".into()],
        review_count: Some(37),
        review_rating: Some(98),
        gtins: vec!["4006381333931".parse().unwrap()],
        mpns: vec!["88/40".into()],
        price: "0.79".parse().ok(),
        list_price: "0.9".parse().ok(),
        currency: Some(Currency::EUR),
        availability_text: text("Auf Lager"),
        condition: Some(Condition::New),
        feature_bullets: vec!["Strichbreite 0,4 mm".into()],
        specifications: vec![Specification { label: "Farbe".into(), values: vec!["Schwarz".into(), "Rot".into()] }],
        offers_url: text("https://shop.example/p/88/offers"),
        seller_name: text("Shop"),
        shipping_costs: "2.9".parse().ok(),
        offer_count: Some(20),
        ..Product::default()
    }
}

fn offers() -> Vec<Offer> {
    let offer = Offer {
        id: text("o1"),
        shop_name: text("Some Shop"),
        shop_id: text("s1"),
        shop_url: text("https://www.some-shop.example/88"),
        shop_review_count: Some(12),
        shop_review_rating: Some(90),
        price: "0.85".parse().ok(),
        shipping_costs: "0".parse().ok(),
        currency: Some(Currency::EUR),
        url: text("https://www.some-shop.example/88"),
        availability: Some(Availability::InStock),
        availability_text: text("sofort"),
        condition: Some(Condition::New),
        condition_text: text("Neu"),
        ..Offer::default()
    };
    vec![offer, Offer { price: "0.949".parse().ok(), currency: Some(Currency::EUR), ..Offer::default() }]
}

fn search_results() -> Vec<SearchResult> {
    let product = SearchResult {
        position: 1,
        id: text("88"),
        name: text("Stabilo point 88"),
        url: text("https://shop.example/p/88"),
        image_url: text("https://shop.example/i/88.jpg"),
        min_price: "0.79".parse().ok(),
        max_price: "1.5".parse().ok(),
        currency: Some(Currency::EUR),
        review_count: Some(37),
        review_rating: Some(98),
        ..SearchResult::default()
    };
    let offer = SearchResult {
        position: 2,
        name: text("point 88 rot"),
        price: "0.85".parse().ok(),
        shipping_costs: "3".parse().ok(),
        currency: Some(Currency::EUR),
        shop_name: text("Some Shop"),
        shop_url: text("some-shop.example"),
        ..SearchResult::default()
    };
    vec![product, offer]
}

fn reviews() -> Vec<Review> {
    let review = Review {
        id: text("r1"),
        date: Some(Timestamp(1_730_246_400_000_000)),
        rating: Some(80),
        title: text("Gut"),
        comment: text("Schreibt fein."),
        helpful_count: Some(3),
        verified_purchase: Some(true),
        ..Review::default()
    };
    vec![review, Review { rating: Some(0), ..Review::default() }]
}

fn item(value: &str, outcome: ItemOutcome) -> ItemResult {
    ItemResult { value: value.into(), reference: text("SKU-1"), outcome, effort: Effort { pages_live: 1, requests: 3 } }
}

fn found(topic: Topic) -> ItemResult {
    let mut found = FoundResult { pages_delivered: 2, page_lengths: vec![1, 1], ..FoundResult::of(product(), FETCHED) };
    match topic {
        Topic::ProductAndOffers | Topic::Offers => found.offers = offers(),
        Topic::Product => (found.pages_delivered, found.page_lengths) = (1, vec![]),
        Topic::SearchResults => {
            found.search_results = search_results();
            found.total_search_result_count = Some(48);
        }
        Topic::Reviews => {
            found.reviews = reviews();
            found.rating_distribution = Some(RatingDistribution { stars: [1, 0, 0, 0, 36] });
        }
    }
    item("4006381333931", ItemOutcome::Found(Box::new(found)))
}

fn failed() -> ItemResult {
    let effort = Effort { pages_live: 0, requests: 1 };
    ItemResult { effort, ..item("08718108041581", ItemOutcome::Failed(Reason::NotFound)) }
}

fn entries(head: JobHead, items: &[ItemResult]) -> Vec<Value> {
    let whole: Value = serde_json::from_str(&render(FormatV2::Json, PLAIN, head, items)).unwrap();
    whole["results"].as_array().unwrap().clone()
}

fn book(head: JobHead, items: &[ItemResult]) -> std::fs::File {
    let mut book = Book::new(head);
    items.iter().for_each(|item| book.item(item).unwrap());
    book.finish().unwrap()
}

#[test]
fn json() {
    insta::assert_snapshot!(render(
        FormatV2::Json,
        PLAIN,
        of(Topic::ProductAndOffers),
        &[found(Topic::ProductAndOffers), failed()]
    ));
}

#[test]
fn xml() {
    for topic in Topic::ALL {
        let name = format!("xml_{}", topic.as_str());
        insta::assert_snapshot!(name, render(FormatV2::Xml, PLAIN, of(topic), &[found(topic), failed()]));
    }
}

#[test]
fn csv() {
    for topic in Topic::ALL {
        let name = format!("csv_{}", topic.as_str());
        insta::assert_snapshot!(name, render(FormatV2::Csv, PLAIN, of(topic), &[found(topic), failed()]));
    }
}

/// The page of the API shows these very entries, broken into lines.
#[test]
fn the_documentation_shows_an_entry_of_every_topic() {
    let page = include_str!("../../docs/API/bulk-v2.md");
    let unbroken: String = page.lines().map(str::trim).collect();
    let shown = |topic, item: &ItemResult, what: &str| {
        let line = render(FormatV2::Ndjson, PLAIN, of(topic), std::slice::from_ref(item));
        let line = line.trim_end();
        assert!(unbroken.contains(line), "docs/API/bulk-v2.md does not show, of {what}:\n{line}");
    };
    for topic in Topic::ALL {
        shown(topic, &found(topic), topic.as_str());
    }
    shown(Topic::ProductAndOffers, &failed(), "a value that was not found");
}

#[test]
fn the_documentation_lists_every_column_in_order() {
    let page = include_str!("../../docs/API/bulk-v2.md");
    let (_, table) = page.split_once("| column | cells | topics | meaning |").unwrap();
    let listed: Vec<&str> = table.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
    let line = |column: &ColumnV2| {
        let cells = match column.kind {
            Kind::Text => "text",
            Kind::PageText => "text, guarded",
            Kind::Number => "number",
            Kind::Money => "money",
            Kind::Boolean => "boolean",
            Kind::Time => "time",
        };
        let topics: Vec<&str> = match column.topics.len() == Topic::ALL.len() {
            true => vec!["all"],
            false => column.topics.iter().map(|topic| topic.as_str()).collect(),
        };
        format!("| `{}` | {cells} | {} | {} |", column.name, topics.join(", "), column.meaning)
    };
    let expected: Vec<String> = COLUMNS_V2.iter().map(line).collect();
    assert_eq!(listed, expected, "\n{}", expected.join("\n"));
}

#[test]
fn every_cell_is_what_its_column_says() {
    for topic in Topic::ALL {
        let (head, item) = (of(topic), found(topic));
        let columns = ColumnV2::of(topic);
        let check = |line: &[Option<Datum<'_>>]| {
            for (column, cell) in columns.iter().zip(line) {
                let fits = match cell {
                    None => true,
                    Some(Datum::Text(_)) => matches!(column.kind, Kind::Text | Kind::PageText),
                    Some(Datum::Integer(_) | Datum::Float(_)) => column.kind == Kind::Number,
                    Some(Datum::Money(_)) => column.kind == Kind::Money,
                    Some(Datum::Boolean(_)) => column.kind == Kind::Boolean,
                    Some(Datum::Time(_)) => column.kind == Kind::Time,
                };
                assert!(fits, "{}: {cell:?}", column.name);
            }
            Ok::<_, ()>(())
        };
        each_line(&columns, &EntryFacts::new(&head, &item), check).unwrap();
    }
}

#[test]
fn what_is_unknown_is_null_but_for_texts_that_clients_need() {
    let nothing = |topic| {
        let found = FoundResult {
            offers: vec![Offer::default()],
            search_results: vec![SearchResult::default()],
            reviews: vec![Review::default()],
            ..FoundResult::of(Product::default(), FETCHED)
        };
        entries(of(topic), &[item("x", ItemOutcome::Found(Box::new(found)))]).remove(0)["content"].clone()
    };
    let product = nothing(Topic::ProductAndOffers);
    for key in ["name", "url", "image_url"] {
        assert_eq!(product[key], "", "{key}");
        assert_eq!(nothing(Topic::SearchResults)["search_results"][0][key], "", "{key}");
    }
    for key in ["id", "price", "rrp", "buybox", "review_count", "description"] {
        assert!(product.as_object().unwrap().contains_key(key) && product[key].is_null(), "{key}");
    }
    assert_eq!(
        (&product["gtins"], &product["category_path"], &product["specifications"]),
        (&json!([]), &json!([]), &json!([]))
    );
    assert_eq!(product["offer_count"], 1, "as many as are listed");
    assert_eq!(nothing(Topic::Product)["offers"], Value::Null, "the topic has none");
    assert_eq!(nothing(Topic::Reviews)["rating"], Value::Null);
    assert_eq!(nothing(Topic::Reviews)["rating_distribution"], Value::Null);
}

#[test]
fn a_buybox_needs_a_price_of_the_condition_asked_for() {
    let with = |price: Option<&str>, asked: Option<ConditionFilter>| {
        let product = Product { price: price.and_then(|p| p.parse().ok()), availability_text: None, ..product() };
        let result = item("x", ItemOutcome::Found(Box::new(FoundResult::of(product, FETCHED))));
        let mut head = of(Topic::Product);
        head.options.selection.condition = asked;
        entries(head, &[result]).remove(0)["content"].clone()
    };
    let content = with(Some("0.785"), None);
    assert_eq!(content["buybox"]["min_price"], "0.79");
    assert_eq!(content["buybox"]["shipping_cost"], "2.90");
    assert_eq!(content["buybox"]["availability_text"], "");
    assert_eq!(with(None, None)["buybox"], Value::Null);
    assert_eq!(with(Some("1"), Some(ConditionFilter::New))["price"], "1.00");
    let used = with(Some("1"), Some(ConditionFilter::Used));
    assert!(used["buybox"].is_null() && used["price"].is_null());
}

#[test]
fn pages_are_counted_and_conditions_named() {
    let entry = |limit, condition, live, incomplete| {
        let found = FoundResult { pages_delivered: 2, incomplete, ..FoundResult::of(Product::default(), FETCHED) };
        let mut result = item("x", ItemOutcome::Found(Box::new(found)));
        result.effort.pages_live = live;
        let mut head = of(Topic::Offers);
        head.options.page_limit = limit;
        head.options.selection.condition = condition;
        let entry = entries(head, &[result]).remove(0);
        let metadata = &entry["metadata"];
        let count = |name: &str| metadata[name].as_u64().unwrap();
        let pages = ["requested", "delivered", "from_cache", "live"].map(|name| count(&format!("page_count_{name}")));
        (
            entry["query"]["max_pages"].clone(),
            entry["query"]["condition"].clone(),
            metadata["from_cache"].clone(),
            pages,
        )
    };
    let any = json!("any");
    assert_eq!(entry(PageLimit::Pages(3), None, 1, true), (json!(3), any.clone(), json!(false), [3, 2, 1, 1]));
    assert_eq!(
        entry(PageLimit::All, Some(ConditionFilter::All), 0, true),
        (json!(null), any, json!(true), [3, 2, 2, 0])
    );
    let new = Some(ConditionFilter::New);
    assert_eq!(entry(PageLimit::UntilTwoShops, new, 9, false), (json!(null), json!("new"), json!(false), [2, 2, 0, 2]));
    let failed = entries(of(Topic::Offers), &[failed()]).remove(0);
    assert_eq!(failed["metadata"]["page_count_delivered"], 0);
    assert_eq!(failed["metadata"]["from_cache"], false);
    assert!(!failed.as_object().unwrap().contains_key("content"));
}

#[test]
fn what_is_selected_keeps_its_page_and_is_counted_anew() {
    let priced = |price: &str| Offer { price: price.parse().ok(), currency: Some(Currency::EUR), ..Offer::default() };
    let found = FoundResult {
        offers: ["3", "1", "9", "2"].map(priced).to_vec(),
        page_lengths: vec![2, 2],
        ..FoundResult::of(product(), FETCHED)
    };
    let mut head = of(Topic::ProductAndOffers);
    head.options.selection.sort_by = SortBy::PriceAscending;
    head.options.selection.max_price = "5".parse().ok();
    let entry = entries(head, &[item("x", ItemOutcome::Found(Box::new(found)))]).remove(0);
    assert_eq!(entry["query"]["sort_by"], "price_ascending");
    let offers = entry["content"]["offers"].as_array().unwrap();
    let told: Vec<_> = offers.iter().map(|o| json!([o["price"], o["page"], o["position"]])).collect();
    assert_eq!(told, [json!(["1.00", 1, 1]), json!(["2.00", 2, 2]), json!(["3.00", 1, 3])]);
    assert_eq!(entry["content"]["offer_count"], 20);
}

#[test]
fn stars_are_of_five() {
    let stars = |rating| {
        let reviews = vec![Review { rating, ..Review::default() }];
        let found = FoundResult { reviews, ..FoundResult::of(Product { review_rating: rating, ..product() }, FETCHED) };
        let content = entries(of(Topic::Reviews), &[item("x", ItemOutcome::Found(Box::new(found)))]).remove(0);
        (content["content"]["rating"].to_string(), content["content"]["reviews"][0]["rating"].to_string())
    };
    let pair = |whole: &str, single: &str| (whole.to_owned(), single.to_owned());
    assert_eq!(stars(Some(87)), pair("4.35", "4"));
    assert_eq!(stars(Some(90)), pair("4.5", "5"));
    assert_eq!(stars(Some(100)), pair("5.0", "5"));
    assert_eq!(stars(Some(0)), pair("0.0", "1"));
    assert_eq!(stars(None), pair("null", "null"));
}

#[test]
fn ndjson_is_the_list_of_the_json_a_line_each() {
    let items = [found(Topic::Product), failed()];
    let lines = render(FormatV2::Ndjson, PLAIN, of(Topic::Product), &items);
    let joined = lines.trim_end().replace('\n', ",");
    let json = render(FormatV2::Json, PLAIN, of(Topic::Product), &items);
    assert!(json.ends_with(&format!("\"results\":[{joined}]}}")), "{json}");
    assert_eq!(render(FormatV2::Ndjson, PLAIN, of(Topic::Product), &[]), "");
}

/// Nothing a value needed is kept once it is written.
#[test]
fn a_long_job_leaves_nothing_behind() {
    for format in FormatV2::ALL.into_iter().filter(|format| *format != FormatV2::Xlsx) {
        let mut renderer = renderer(format, PLAIN, of(Topic::ProductAndOffers));
        let mut out = Vec::new();
        renderer.begin(&mut out).unwrap();
        out = Vec::new();
        renderer.item(&found(Topic::ProductAndOffers), &mut out).unwrap();
        renderer.item(&found(Topic::ProductAndOffers), &mut out).unwrap();
        let two = std::mem::take(&mut out).len();
        for _ in 0..1000 {
            renderer.item(&found(Topic::ProductAndOffers), &mut out).unwrap();
            assert!(out.len() <= two, "{format:?}");
            out.clear();
        }
    }
}

#[test]
fn options_of_the_csv() {
    let bom = render(FormatV2::Csv, RenderOptions { bom: true, ..PLAIN }, of(Topic::Offers), &[]);
    assert!(bom.starts_with("\u{FEFF}\"source\""));
    let mut formula = found(Topic::ProductAndOffers);
    if let ItemOutcome::Found(found) = &mut formula.outcome {
        found.product.name = text("=1+1");
    }
    let csv = |raw| render(FormatV2::Csv, RenderOptions { raw, ..PLAIN }, of(Topic::Product), &[formula.clone()]);
    assert!(csv(false).contains("\"'=1+1\"") && csv(true).contains("\"=1+1\""));
}

#[test]
fn a_workbook_has_typed_cells() {
    let sheet = sheets(book(of(Topic::ProductAndOffers), &[found(Topic::ProductAndOffers)])).remove(0);
    let columns = ColumnV2::of(Topic::ProductAndOffers);
    let cell = |row: u32, name: &str| {
        let column = columns.iter().position(|column| column.name == name).unwrap();
        sheet.get(&(row, column as u32)).cloned()
    };
    let text = |text: &str| Some(Held::Text(text.into()));
    assert_eq!(cell(0, "offer.price"), text("offer.price"));
    assert_eq!(cell(1, "value"), text("4006381333931"));
    assert_eq!(cell(1, "gtins"), text("04006381333931"));
    assert_eq!(cell(1, "id"), text("15858468867886681869"));
    assert_eq!(cell(1, "reference"), text("SKU-1"));
    assert_eq!(cell(1, "success"), Some(Held::Boolean(true)));
    assert_eq!(cell(1, "review_count"), Some(Held::Number("37".into())));
    assert_eq!(cell(1, "offer.price"), Some(Held::Number("0.85".into())));
    assert_eq!(cell(2, "offer.price"), Some(Held::Number("0.95".into())));
    assert_eq!(cell(1, "updated_at"), Some(Held::Number("46351.395833333336".into())));
    assert_eq!(cell(2, "offer.shop_name"), None);
}

#[test]
fn a_workbook_holds_text_as_text_and_has_no_links() {
    let mut result = found(Topic::Product);
    if let ItemOutcome::Found(found) = &mut result.outcome {
        found.product.name = text("=HYPERLINK(\"http://x\",\"y\")");
        found.product.description = Some("ä😀".repeat(20_000));
        found.product.brand_name = text("a\r\nb\rc\u{0}d\u{FFFE} _x0041_");
        found.product.category_name = text("  blanks  ");
    }
    let file = book(of(Topic::Product), &[result]);
    let parts = parts(file.try_clone().unwrap());
    let sheet = &parts["xl/worksheets/sheet1.xml"];
    assert!(!sheet.contains("<f>") && !sheet.contains("hyperlink"), "a formula or a link");
    assert!(sheet.contains("<autoFilter ref=\"A1:") && sheet.contains("state=\"frozen\""));
    let cells: Vec<Held> = sheets(file).remove(0).into_values().collect();
    let has = |text: &str| cells.contains(&Held::Text(text.into()));
    assert!(has("=HYPERLINK(\"http://x\",\"y\")"));
    assert!(has("a\nb\nc\u{FFFD}d\u{FFFD} _x0041_"), "{cells:?}");
    assert!(has("  blanks  "));
    let long = cells.iter().find_map(|cell| match cell {
        Held::Text(text) if text.starts_with("ä😀") => Some(text),
        _ => None,
    });
    let long = long.unwrap();
    assert!(long.ends_with('…') && long.encode_utf16().count() <= 32_767 && long.encode_utf16().count() > 32_764);
}

#[test]
fn rows_beyond_a_sheet_go_on_in_another() {
    let mut book = Book::with_most_rows(of(Topic::Product), 4);
    for n in 0..8 {
        let outcome = ItemOutcome::Failed(Reason::NotFound);
        book.item(&item(&n.to_string(), outcome)).unwrap();
    }
    let sheets = sheets(book.finish().unwrap());
    let values = |index: usize| -> Vec<Held> {
        sheets[index].iter().filter(|((_, column), _)| *column == 4).map(|(_, held)| held.clone()).collect()
    };
    let texts = |texts: &[&str]| texts.iter().map(|text| Held::Text((*text).into())).collect::<Vec<_>>();
    assert_eq!(sheets.len(), 3);
    assert_eq!(values(0), texts(&["value", "0", "1", "2"]));
    assert_eq!(values(2), texts(&["value", "6", "7"]));
}

#[test]
fn amounts_beyond_a_double_are_text() {
    let offer = |price: &str| Offer { price: price.parse().ok(), currency: Some(Currency::EUR), ..Offer::default() };
    let offers = vec![offer("9999999999999.99"), offer("10000000000000.01"), offer("-0.07")];
    let found = FoundResult { offers, ..FoundResult::of(Product::default(), FETCHED) };
    let file = book(of(Topic::Offers), &[item("x", ItemOutcome::Found(Box::new(found)))]);
    let column = ColumnV2::of(Topic::Offers).iter().position(|column| column.name == "offer.price").unwrap();
    let sheet = sheets(file).remove(0);
    let cell = |row| sheet[&(row, column as u32)].clone();
    assert_eq!(cell(1), Held::Number("9999999999999.99".into()));
    assert_eq!(cell(2), Held::Text("10000000000000.01".into()));
    assert_eq!(cell(3), Held::Number("-0.07".into()));
}

#[test]
fn an_empty_job_is_whole() {
    let empty = of(Topic::Reviews);
    assert!(render(FormatV2::Json, PLAIN, empty.clone(), &[]).ends_with("\"results\":[]}"));
    assert!(render(FormatV2::Xml, PLAIN, empty.clone(), &[]).contains("  <results type=\"array\"/>\n</hash>\n"));
    assert_eq!(sheets(book(empty, &[]))[0].len(), ColumnV2::of(Topic::Reviews).len());
}

#[test]
fn a_suffix_names_a_format() {
    assert_eq!(FormatV2::parse("XLSX"), Some(FormatV2::Xlsx));
    assert_eq!(FormatV2::parse("ndjson"), Some(FormatV2::Ndjson));
    assert_eq!(FormatV2::parse("pdf"), None);
}

#[test]
fn the_name_of_a_column_is_unique_in_its_table() {
    for topic in Topic::ALL {
        let mut names: Vec<&str> = ColumnV2::of(topic).iter().map(|column| column.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "{topic:?}");
    }
}
