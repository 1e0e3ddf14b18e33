//! Examples: made-up things, told by the code that tells real ones.

use crate::domain::{
    Availability, Condition, Country, Currency, Effort, FoundResult, ItemOutcome, ItemResult, JobHead, JobId,
    JobStatus, Key, LookupOptions, MaxAge, Offer, PageLimit, Product, Reason, Selection, SourceName, Timestamp, Topic,
};
use crate::rendering::{Format, FormatV1, FormatV2, RenderOptions, Rendering};
use serde::Serialize;
use serde_json::Value;

/// 2026-01-31T12:00:00Z.
pub const NOON: Timestamp = Timestamp(1_769_860_800_000_000);

/// The id every example has.
pub fn job_id() -> JobId {
    JobId::from_bytes([0x12, 0x34, 0x56, 0x78, 0x90, 0xab, 0xcd, 0xef, 0x12, 0x34, 0x56, 0x78])
}

/// A view as an example.
pub fn json(view: &impl Serialize) -> Value {
    serde_json::to_value(view).unwrap_or_default()
}

/// The results of a job of two values, one found, in a format; null of one that no text can show.
pub fn results(format: Format) -> Value {
    let head = JobHead {
        job_id: job_id(),
        status: JobStatus::Finished,
        source: SourceName::new("google-shopping"),
        country: Country::GERMANY,
        topic: Topic::ProductAndOffers,
        key: Key::Gtin,
        options: LookupOptions {
            page_limit: PageLimit::Pages(1),
            max_age: MaxAge::DAILY,
            selection: Selection::default(),
        },
        free_credits: 0,
        paid_credits: 2,
        widest: 1,
    };
    let Rendering::Text(mut renderer) = Rendering::new(format, RenderOptions::default(), head) else {
        return Value::Null;
    };
    let mut out = Vec::new();
    let written = renderer
        .begin(&mut out)
        .and_then(|()| items().iter().try_for_each(|item| renderer.item(item, &mut out)))
        .and_then(|()| renderer.end(&mut out));
    let text = String::from_utf8(out).unwrap_or_default();
    match (written, format) {
        (Err(_), _) => Value::Null,
        (Ok(()), Format::V1(FormatV1::Json) | Format::V2(FormatV2::Json)) => {
            serde_json::from_str(&text).unwrap_or_default()
        }
        (Ok(()), _) => Value::String(text),
    }
}

fn items() -> [ItemResult; 2] {
    let text = |text: &str| Some(text.to_owned());
    let product = Product {
        id: text("15858468867886681869"),
        name: text("A tablet of 16 GB"),
        brand_name: text("Brand"),
        category_name: text("Tablets"),
        review_count: Some(37),
        review_rating: Some(88),
        gtins: "00885909666966".parse().into_iter().collect(),
        url: text("https://comparator.example/product/15858468867886681869"),
        ..Product::default()
    };
    let offer = Offer {
        shop_name: text("Some Shop"),
        price: "284.99".parse().ok(),
        shipping_costs: "4.90".parse().ok(),
        currency: Some(Currency::EUR),
        url: text("https://shop.example/885909666966"),
        availability: Some(Availability::InStock),
        availability_text: text("In stock"),
        condition: Some(Condition::New),
        ..Offer::default()
    };
    let found = FoundResult { offers: vec![offer], page_lengths: vec![1], ..FoundResult::of(product, NOON) };
    let item = |value: &str, outcome| ItemResult {
        value: value.to_owned(),
        reference: None,
        outcome,
        effort: Effort { pages_live: 1, requests: 2 },
    };
    [
        item("00885909666966", ItemOutcome::Found(Box::new(found))),
        item("08718108041581", ItemOutcome::Failed(Reason::NotFound)),
    ]
}
