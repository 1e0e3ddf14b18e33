//! Results with everything that a format may stumble over.

use pricemill::domain::*;

pub fn head() -> JobHead {
    JobHead {
        job_id: "1234567890abcdef12345678".parse().unwrap(),
        status: JobStatus::Finished,
        source: SourceName::new("google-shopping"),
        country: "de".parse().unwrap(),
        topic: Topic::ProductAndOffers,
        key: Key::Keyword,
        options: LookupOptions {
            page_limit: PageLimit::Pages(1),
            max_age: MaxAge::DAILY,
            selection: Selection { condition: Some(ConditionFilter::All), ..Selection::default() },
        },
        free_credits: 1,
        paid_credits: 4_000_000_000,
        widest: u32::try_from(widest()).unwrap(),
    }
}

/// Texts as pages have them, and as nobody should.
const TEXTS: [&str; 12] = [
    "",
    " ",
    "  blanks around  ",
    "Schwarz & Graphit <b>\"quoted\"</b> 'single'",
    "&amp; &#13; &lt;![CDATA[ ]]>",
    "one\nline\r\nafter\ranother\t.",
    "bell \u{7} escape \u{1B} vertical \u{B} last \u{1F} delete \u{7F} next line \u{85}",
    "not a character \u{FFFE} \u{FFFF}, replaced \u{FFFD}, mark \u{FEFF}",
    "größer, 東京, שלום, 😀, e\u{301}, \u{202E}turned",
    "=1+1",
    "nil",
    "true",
];

fn text(n: usize) -> Option<String> {
    Some(TEXTS[n % TEXTS.len()].to_owned())
}

fn full_offer(n: usize) -> Offer {
    Offer {
        id: Some("18446744073709551616".into()),
        shop_name: text(n),
        url: text(n + 1),
        name: text(n + 2),
        price: "1299.5".parse().ok(),
        shipping_costs: "0".parse().ok(),
        currency: Some([Currency::EUR, Currency::JPY, Currency::KWD][n % 3]),
        availability: Some(Availability::InStock),
        availability_text: text(n + 3),
        condition: Some(Condition::Refurbished),
        details: text(n + 4),
        ..Offer::default()
    }
}

fn full_product(n: usize) -> Product {
    Product {
        // Larger than a signed number of 64 bits: ids are text.
        id: Some("15858468867886681869".into()),
        name: text(n),
        url: text(n + 1),
        image_url: text(n + 2),
        description: text(n + 3),
        brand_name: text(n + 4),
        category_name: text(n + 5),
        review_count: Some(u32::MAX),
        review_rating: Some(0),
        gtins: ["00047165900004", "00885909666966"].map(|gtin| gtin.parse().unwrap()).to_vec(),
        price: "0.005".parse().ok(),
        currency: Some(Currency::EUR),
        dimensions: text(n + 6),
        ..Product::default()
    }
}

fn found(value: &str, product: Product, offers: Vec<Offer>, incomplete: bool) -> ItemResult {
    let updated_at = Timestamp(1_476_662_400_000_000);
    let found = FoundResult { offers, incomplete, ..FoundResult::of(product, updated_at) };
    ItemResult {
        value: value.into(),
        reference: None,
        outcome: ItemOutcome::Found(Box::new(found)),
        effort: Effort::default(),
    }
}

pub fn items() -> Vec<ItemResult> {
    let every_text = (0..TEXTS.len()).map(|n| {
        let offers = (0..n % 4).map(|k| full_offer(n + k)).collect();
        found(&format!("{n} & <{n}>"), full_product(n), offers, false)
    });
    let nothing_known = found("nothing", Product::default(), vec![], false);
    let broken_off = found("two\nlines", Product::default(), vec![Offer::default(), full_offer(0)], true);
    let failed = Reason::ALL.into_iter().map(|reason| ItemResult {
        value: format!("{reason:?} \"quoted\", & more"),
        reference: Some("SKU".into()),
        outcome: ItemOutcome::Failed(reason),
        effort: Effort::default(),
    });
    every_text.chain([nothing_known, broken_off]).chain(failed).collect()
}

/// Offers of the value with most of them.
pub fn widest() -> usize {
    let offers = |item: &ItemResult| match &item.outcome {
        ItemOutcome::Found(found) => found.offers.len(),
        ItemOutcome::Failed(_) => 0,
    };
    items().iter().map(offers).max().unwrap_or(0)
}
