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

/// The same results, with what version 2 tells besides; entries of the topic's own list stand on pages of two.
pub fn items_of(topic: Topic) -> Vec<ItemResult> {
    let mut items = items();
    for (n, item) in items.iter_mut().enumerate() {
        item.reference = text(n);
        let ItemOutcome::Found(found) = &mut item.outcome else { continue };
        if n < TEXTS.len() {
            found.product = more_product(n, std::mem::take(&mut found.product));
        }
        match topic {
            Topic::ProductAndOffers | Topic::Offers => {}
            Topic::Product => found.offers.clear(),
            Topic::SearchResults => {
                found.total_search_result_count = Some(u64::MAX);
                found.search_results = (0..n % 5).map(|k| full_search_result(n + k)).collect();
                found.offers.clear();
            }
            Topic::Reviews => {
                found.rating_distribution =
                    n.is_multiple_of(2).then_some(RatingDistribution { stars: [u32::MAX, 2, 3, 4, 0] });
                found.reviews = (0..n % 5).map(|k| full_review(n + k)).collect();
                found.offers.clear();
            }
        }
        found.page_lengths = vec![2, 2, 2];
        found.pages_delivered = 3;
    }
    items
}

pub fn head_of(topic: Topic) -> JobHead {
    JobHead { topic, ..head() }
}

fn more_product(n: usize, product: Product) -> Product {
    Product {
        category_path: vec![TEXTS[n].to_owned(), TEXTS[(n + 3) % TEXTS.len()].to_owned()],
        mpns: vec![TEXTS[(n + 9) % TEXTS.len()].to_owned()],
        feature_bullets: vec![TEXTS[n].to_owned(); 2],
        specifications: vec![
            Specification { label: TEXTS[n].to_owned(), values: vec![TEXTS[(n + 1) % TEXTS.len()].to_owned()] },
            Specification { label: "none".into(), values: vec![] },
        ],
        list_price: "10.5".parse().ok(),
        shipping_costs: "-0.005".parse().ok(),
        availability_text: text(n + 2),
        seller_name: text(n + 9),
        condition: Some(Condition::Used),
        offers_url: text(n + 7),
        offer_count: Some(7),
        ..product
    }
}

fn full_search_result(n: usize) -> SearchResult {
    SearchResult {
        position: 1,
        id: Some("18446744073709551616".into()),
        name: text(n),
        url: text(n + 9),
        image_url: text(n + 2),
        price: n.is_multiple_of(2).then(|| "92233720368547758.07".parse().unwrap()),
        min_price: "0.1".parse().ok(),
        max_price: "0.30".parse().ok(),
        shipping_costs: "4.95".parse().ok(),
        currency: Some([Currency::EUR, Currency::JPY, Currency::KWD][n % 3]),
        shop_name: text(n + 4),
        shop_url: Some("https://www.shop.example/".into()),
        condition: None,
        condition_text: text(n + 5),
        review_count: Some(1),
        review_rating: Some(99),
        gtin: None,
    }
}

fn full_review(n: usize) -> Review {
    Review {
        // Ids are never guarded against formulas.
        id: Some("R2D2".into()),
        url: text(n + 1),
        date: Some(Timestamp(1_700_000_000_000_000 + n as i64 * 1_000_000)),
        rating: Some((n * 7 % 101) as u8),
        title: text(n + 9),
        comment: text(n + 3),
        helpful_count: Some(3),
        verified_purchase: Some(n.is_multiple_of(2)),
    }
}
