//! Lookups of each topic: which pages are asked, which count, and what stands in them.

use super::find_cases::{Bench, Market, bench, lookup, options, stored};
use super::*;
use crate::domain::{Effort, Key, Lookup, LookupOptions, MaxAge, PageContent, PageLimit, Reason, Selection, Topic};
use serde_json::{Value, json};
use std::sync::Arc;

/// A marketplace that serves all: search by number, offers and reviews by link.
pub(super) const TOPICAL: &str = r#"
name = "topical"
kind = "marketplace"
topics = ["product_and_offers", "product", "offers", "search_results", "reviews"]
countries = ["de"]
base_url = "embedded://market/shop/{country}"
[keys.gtin]
[keys.keyword]
[keys.source_id]
[steps.search]
keys = ["keyword", "gtin"]
url = "{base_url}/find?q={value}&p={page}"
max_pages = 4
[steps.search.page]
format = "json"
no_result = [{ empty_path = "hits" }]
total = { path = "total" }
[steps.search.page.results]
item = "hits"
fields.id = { path = "id" }
fields.name = { path = "name" }
fields.price = { path = "price" }
[steps.product]
url = "{base_url}/thing/{id}"
[steps.product.page]
format = "json"
no_result = [{ empty_path = "name" }]
fields.name = { path = "name" }
fields.brand_name = { path = "brand" }
fields.gtins = { path = "gtin" }
fields.price = { path = "price" }
fields.seller_name = { path = "seller" }
fields.review_count = { path = "reviews" }
[steps.offers]
url = "{base_url}/sellers/{id}"
[steps.offers.page]
format = "json"
next = { path = "next" }
fields.name = { path = "name" }
fields.url = { path = "url" }
fields.image_url = { path = "image" }
[steps.offers.page.offers]
item = "offers"
fields.shop_name = { path = "shop" }
fields.price = { path = "price" }
[steps.reviews]
url = "{base_url}/said/{id}"
max_pages = 3
[steps.reviews.page]
format = "json"
next = { path = "next" }
fields.review_count = { path = "count" }
fields.review_rating = { path = "stars" }
rating_distribution.star_1 = { path = "one" }
rating_distribution.star_5 = { path = "five" }
[steps.reviews.page.reviews]
item = "reviews"
fields.id = { path = "id" }
fields.date = { path = "date" }
fields.rating = { path = "stars" }
fields.comment = { path = "text" }
"#;

const GTIN: &str = "04006381333931";

fn market() -> Market {
    let market = Market::default();
    for (page, ids) in [(1, vec!["7", "8"]), (2, vec!["9"])] {
        let hits: Vec<Value> =
            ids.iter().map(|id| json!({"id": id, "name": format!("Cup {id}"), "price": "3.50"})).collect();
        market.set(&format!("/de/find?q=cup&p={page}"), json!({"hits": hits, "total": 3}));
    }
    market.set("/de/find?q=cup&p=3", json!({"hits": [], "total": 3}));
    market.set(&format!("/de/find?q={GTIN}&p=1"), json!({"hits": [{"id": "7"}], "total": 1}));
    let product =
        json!({"name": "Cup", "brand": "Kaolin", "gtin": GTIN, "price": "4", "seller": "Potter", "reviews": 9});
    market.set("/de/thing/7", product);
    let offers = json!([{"shop": "Potter", "price": "4"}, {"shop": "Tea", "price": "5"}]);
    let head = json!({"name": "Cup", "url": "https://p.example/7", "image": "https://p.example/7.png"});
    let page = |offers: Value, next: Value| {
        let mut page = head.clone();
        (page["offers"], page["next"]) = (offers, next);
        page
    };
    market.set("/de/sellers/7", page(offers, json!("/shop/de/sellers/7?p=2")));
    market.set("/de/sellers/7?p=2", page(json!([{"shop": "Late", "price": "6"}]), Value::Null));
    let review = |id: u32| json!({"id": id, "date": "2023-08-14", "stars": 4, "text": format!("Text {id}")});
    let spread = |reviews: Vec<Value>, next: Value| json!({"count": 12, "stars": "4.5", "one": 2, "five": 10, "reviews": reviews, "next": next});
    market.set("/de/said/7", spread(vec![review(1), review(2)], json!("/shop/de/said/7?p=2")));
    market.set("/de/said/7?p=2", spread(vec![review(3)], Value::Null));
    market
}

impl Bench {
    async fn ask(&self, topic: Topic, key: Key, value: &str, pages: PageLimit) -> (Outcome, Effort, Vec<String>) {
        let lookup = Lookup { topic, ..lookup("topical", key, value) };
        let (outcome, effort) = self.engine.find_with_effort(&lookup, &options(pages), vec![]).await;
        (outcome, effort, self.market.asked())
    }
}

fn contents(outcome: &Outcome) -> Vec<Arc<PageContent>> {
    let Outcome::Found { pages, incomplete: false } = outcome else { panic!("{outcome:?}") };
    pages.iter().map(|page| page.content.clone().unwrap()).collect()
}

#[tokio::test]
async fn search_results_are_the_pages_of_the_search() {
    let bench = bench(market());
    let (one, effort, asked) = bench.ask(Topic::SearchResults, Key::Keyword, "cup", PageLimit::Pages(1)).await;
    assert_eq!(asked, ["/de/find?q=cup&p=1"]);
    assert_eq!(effort, Effort { pages_live: 1, requests: 1 });
    let first = contents(&one).remove(0);
    assert_eq!((first.search_results.len(), first.total_search_result_count), (2, Some(3)));
    assert_eq!(first.search_results[0].currency, Some(crate::domain::Currency::EUR));
    assert_eq!((first.product.id.as_deref(), first.offers.len(), first.reviews.len()), (None, 0, 0));

    let (all, effort, asked) = bench.ask(Topic::SearchResults, Key::Keyword, "cup", PageLimit::All).await;
    assert_eq!(asked.len(), 3, "the third page is empty: the list ended before");
    assert_eq!(effort, Effort { pages_live: 2, requests: 3 });
    let ids: Vec<String> =
        contents(&all).iter().flat_map(|content| &content.search_results).filter_map(|r| r.id.clone()).collect();
    assert_eq!(ids, ["7", "8", "9"]);
    let (by_gtin, _, asked) = bench.ask(Topic::SearchResults, Key::Gtin, GTIN, PageLimit::Pages(1)).await;
    assert_eq!((contents(&by_gtin)[0].search_results.len(), asked.len()), (1, 1), "no product page is needed");
}

#[tokio::test]
async fn a_search_without_hits_is_not_found_and_a_lost_one_an_error() {
    let bench = bench(market());
    bench.market.set("/de/find?q=none&p=1", json!({"hits": [], "total": 0}));
    let (none, _, _) = bench.ask(Topic::SearchResults, Key::Keyword, "none", PageLimit::All).await;
    assert!(matches!(none, Outcome::NotFound { .. }), "{none:?}");
    let (lost, _, _) = bench.ask(Topic::SearchResults, Key::Keyword, "lost", PageLimit::All).await;
    assert_eq!(lost, Outcome::Failed(Reason::Error), "a search page that is gone says nothing");
    bench.market.set_status("/de/find?q=cup&p=2", 503);
    let (part, ..) = bench.ask(Topic::SearchResults, Key::Keyword, "cup", PageLimit::All).await;
    assert!(matches!(&part, Outcome::Found { pages, incomplete: true } if pages.len() == 1), "{part:?}");
}

#[tokio::test]
async fn a_product_is_its_page_alone() {
    let bench = bench(market());
    let (found, effort, asked) = bench.ask(Topic::Product, Key::Gtin, GTIN, PageLimit::All).await;
    assert_eq!(asked, [format!("/de/find?q={GTIN}&p=1"), "/de/thing/7".to_owned()]);
    assert_eq!(effort, Effort { pages_live: 1, requests: 2 });
    let Outcome::Found { pages, .. } = &found else { panic!() };
    assert!(pages[0].is_last, "there is never a second page");
    let content = contents(&found).remove(0);
    assert_eq!(
        (content.product.name.as_deref(), content.product.seller_name.as_deref()),
        (Some("Cup"), Some("Potter"))
    );
    assert!(content.offers.is_empty() && content.next_url.is_none());
    let (gone, _, _) = bench.ask(Topic::Product, Key::SourceId, "99", PageLimit::All).await;
    assert!(matches!(gone, Outcome::NotFound { .. }));
}

#[tokio::test]
async fn a_page_that_lists_offers_tells_a_product_its_lowest_price() {
    let listing = TOPICAL
        .replace("\"topical\"", "\"one-page\"")
        .replace("\"product_and_offers\", \"product\", \"offers\", \"search_results\", \"reviews\"", "\"product\"");
    let (head, rest) = listing.split_once("[steps.product]").unwrap();
    let (_, rest) = rest.split_once("[steps.offers]").unwrap();
    let (offers, _) = rest.split_once("[steps.reviews]").unwrap();
    let text = format!("{head}[steps.product]{}", offers.replace("steps.offers", "steps.product"));
    let registry = crate::sources::Registry::load(None, &[("it.toml".into(), text)]).unwrap();
    let bench = bench(market());
    let engine = Engine { registry: Arc::new(registry), ..bench.engine.clone() };
    let ask = Lookup { topic: Topic::Product, ..lookup("one-page", Key::SourceId, "7") };
    let content = contents(&engine.find(&ask, &options(PageLimit::All), vec![]).await).remove(0);
    assert_eq!((content.product.price, content.offers.len()), ("4".parse().ok(), 0));
    assert_eq!(bench.market.asked(), ["/de/sellers/7"]);
}

#[tokio::test]
async fn offers_need_the_product_page_only_for_a_proof() {
    let bench = bench(market());
    let (by_id, effort, asked) = bench.ask(Topic::Offers, Key::SourceId, "7", PageLimit::All).await;
    assert_eq!(asked, ["/de/sellers/7", "/de/sellers/7?p=2"]);
    assert_eq!(effort, Effort { pages_live: 2, requests: 2 });
    let pages = contents(&by_id);
    assert_eq!((pages[0].offers.len(), pages[1].offers.len()), (2, 1));
    assert_eq!((pages[0].product.id.as_deref(), pages[0].product.name.as_deref()), (Some("7"), Some("Cup")));
    let (_, _, asked) = bench.ask(Topic::Offers, Key::Gtin, GTIN, PageLimit::Pages(1)).await;
    assert!(asked.contains(&"/de/thing/7".to_owned()), "{asked:?}");
    bench.market.set("/de/thing/7", json!({"name": "Jug", "gtin": "4054278533728"}));
    let (other, ..) = bench.ask(Topic::Offers, Key::Gtin, GTIN, PageLimit::Pages(1)).await;
    assert!(matches!(other, Outcome::NotFound { .. }), "a page that names another number: {other:?}");
}

#[tokio::test]
async fn reviews_are_paged_behind_the_product() {
    let bench = bench(market());
    let (all, effort, asked) = bench.ask(Topic::Reviews, Key::Keyword, "cup", PageLimit::All).await;
    assert_eq!(asked, ["/de/find?q=cup&p=1", "/de/thing/7", "/de/said/7", "/de/said/7?p=2"]);
    assert_eq!(effort, Effort { pages_live: 2, requests: 4 });
    let pages = contents(&all);
    let (first, product) = (&pages[0], &pages[0].product);
    assert_eq!((product.name.as_deref(), product.brand_name.as_deref()), (Some("Cup"), Some("Kaolin")));
    assert_eq!((product.review_count, product.review_rating), (Some(12), Some(90)), "what the reviews' page says");
    assert_eq!(first.rating_distribution.map(|told| told.stars), Some([2, 0, 0, 0, 10]));
    assert_eq!((first.reviews.len(), pages[1].reviews.len(), first.offers.len()), (2, 1, 0));
    let review = &first.reviews[0];
    assert_eq!((review.id.as_deref(), review.rating, review.comment.as_deref()), (Some("1"), Some(80), Some("Text 1")));
    assert_eq!(review.date.map(|date| date.to_string()).as_deref(), Some("2023-08-14T00:00:00Z"));
}

#[tokio::test]
async fn a_product_that_nobody_reviewed_is_found() {
    for change in [Some(json!({"count": 0, "reviews": []})), None] {
        let bench = bench(market());
        match &change {
            Some(page) => bench.market.set("/de/said/7", page.clone()),
            None => bench.market.set_status("/de/said/7", 404),
        }
        let (found, ..) = bench.ask(Topic::Reviews, Key::SourceId, "7", PageLimit::All).await;
        assert_eq!(contents(&found).len(), 1, "{change:?}");
        assert!(contents(&found)[0].reviews.is_empty());
    }
    let bench = bench(market());
    let (gone, ..) = bench.ask(Topic::Reviews, Key::SourceId, "99", PageLimit::All).await;
    assert!(matches!(gone, Outcome::NotFound { .. }));
    bench.market.set_status("/de/said/7?p=2", 503);
    let (part, ..) = bench.ask(Topic::Reviews, Key::SourceId, "7", PageLimit::All).await;
    assert!(matches!(&part, Outcome::Found { pages, incomplete: true } if pages.len() == 1));
}

#[tokio::test]
async fn topics_keep_their_pages_apart_and_twins_share_theirs() {
    let bench = bench(market());
    let reviews = Lookup { topic: Topic::Reviews, ..lookup("topical", Key::SourceId, "7") };
    let search = Lookup { topic: Topic::SearchResults, ..lookup("topical", Key::Keyword, "cup") };
    let all = options(PageLimit::All);
    let hold = bench.engine.hold(&reviews);
    let one = bench.engine.find_with_effort(&reviews, &all, vec![]).await;
    let other = bench.engine.find_with_effort(&reviews, &all, vec![]).await;
    drop(hold);
    assert_eq!(one.0, other.0);
    assert_eq!((one.1.requests, other.1), (3, Effort::default()), "each page is asked once");
    bench.market.asked();
    let fresh = stored(&one.0);
    let (again, effort) = bench.engine.find_with_effort(&reviews, &all, fresh.clone()).await;
    assert_eq!((&again, effort, bench.market.asked().len()), (&one.0, Effort::default(), 0));
    // Pages of another topic are none of this one's.
    bench.engine.find(&search, &all, fresh).await;
    assert_eq!(bench.market.asked().len(), 3);
    let live = LookupOptions {
        page_limit: PageLimit::Pages(1),
        max_age: MaxAge { minutes: 0 },
        selection: Selection::default(),
    };
    bench.engine.find(&search, &live, vec![]).await;
    assert_eq!(bench.market.asked(), ["/de/find?q=cup&p=1"]);
}
