//! Lookups against a small marketplace inside the test: its pages are JSON, its addresses `embedded://`.

use super::*;
use crate::clock::Clock;
use crate::domain::{
    Country, Key, Lookup, LookupOptions, MaxAge, PageLimit, Reason, Selection, SourceName, Timestamp, Topic,
    check_value,
};
use crate::fetching::Fetcher;
use crate::ids::Ids;
use crate::sources::Registry;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(super) const TABLET: &str = "00885909666966";
const NOW: Timestamp = Timestamp(1_800_000_000_000_000);

/// A comparator: search → product → offers, paged by link.
const LINKED: &str = r#"
name = "linked"
kind = "comparator"
topics = ["product_and_offers"]
countries = ["de", "jp"]
base_url = "embedded://market/shop/{country}"
[keys.gtin]
[keys.keyword]
[keys.source_id]
[steps.search]
url = "{base_url}/search?q={value}"
[steps.search.page]
format = "json"
no_result = [{ empty_path = "hits" }]
[steps.search.page.results]
item = "hits"
fields.id = { path = "id" }
fields.gtin = { path = "gtin" }
[steps.product]
url = "{base_url}/product/{id}"
[steps.product.page]
format = "json"
fields.name = { path = "name" }
fields.offer_count = { path = "count" }
[steps.offers]
url = "{base_url}/offers/{id}"
max_pages = 5
[steps.offers.page]
format = "json"
next = { path = "next" }
[steps.offers.page.offers]
item = "offers"
fields.shop_name = { path = "shop" }
fields.price = { path = "price" }
fields.shipping_costs = { path = "shipping" }
"#;

/// The same, paged by number and without a product page of its own.
fn numbered() -> String {
    let (head, rest) = LINKED.split_once("[steps.product]").unwrap();
    let (_, offers) = rest.split_once("[steps.offers]").unwrap();
    let offers = offers
        .replace("/offers/{id}\"", "/offers/{id}?page={page}\"")
        .replace("next = { path = \"next\" }", "fields.name = { path = \"name\" }");
    format!("{head}[steps.offers]{offers}").replace("\"linked\"", "\"numbered\"")
}

/// What each path answers, and what was asked for.
#[derive(Clone, Default)]
pub(super) struct Market {
    pages: Arc<Mutex<HashMap<String, (u16, Value)>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Market {
    pub fn set(&self, path: &str, body: Value) {
        self.pages.lock().unwrap().insert(path.into(), (200, body));
    }

    pub fn set_status(&self, path: &str, status: u16) {
        self.pages.lock().unwrap().insert(path.into(), (status, Value::Null));
    }

    fn answer(&self, path: &str) -> EmbeddedAnswer {
        self.asked.lock().unwrap().push(path.to_owned());
        let (status, body) = self.pages.lock().unwrap().get(path).cloned().unwrap_or((404, Value::Null));
        EmbeddedAnswer { status, body: body.to_string(), content_type: "application/json".into() }
    }

    /// The paths asked for since the last call.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    /// A tablet with an offer a page.
    pub fn with_tablet(shops: &[&str]) -> Market {
        let market = Market::default();
        market.set(&format!("/de/search?q={TABLET}"), json!({"hits": [{"id": "15858468867886681869"}]}));
        market.set("/de/product/15858468867886681869", json!({"name": "Tablet"}));
        for (i, shop) in shops.iter().enumerate() {
            let next = (i + 1 < shops.len()).then(|| format!("/de/offers/15858468867886681869?p={}", i + 2));
            let offers = json!([{"shop": shop, "price": format!("{}.5", 10 + i), "shipping": "1"}]);
            let body = json!({"name": "Tablet", "offers": offers, "next": next.map(|path| format!("/shop{path}"))});
            let linked = if i == 0 { String::new() } else { format!("?p={}", i + 1) };
            market.set(&format!("/de/offers/15858468867886681869{linked}"), body.clone());
            market.set(&format!("/de/offers/15858468867886681869?page={}", i + 1), body);
        }
        market
    }
}

/// Never used: every answer is embedded.
fn fetcher() -> Fetcher {
    let outbound = crate::outbound::Outbound::new(Vec::new());
    Fetcher::new(outbound, crate::fetching::FetchSettings::default(), Clock::system()).unwrap()
}

pub(super) struct Bench {
    pub engine: Engine,
    pub market: Market,
    pub clock: Clock,
}

pub(super) fn bench(market: Market) -> Bench {
    let topical = super::topic_cases::TOPICAL.to_owned();
    let files = [("linked.toml", LINKED.to_owned()), ("numbered.toml", numbered()), ("topical.toml", topical)];
    let files = files.map(|(name, text)| (name.to_owned(), text));
    let registry = Registry::load(None, &files).unwrap();
    let clock = Clock::frozen_at(NOW);
    let answers = market.clone();
    let engine = Engine::new(
        Arc::new(registry),
        Arc::new(fetcher()),
        Arc::new(move |name, path| {
            assert_eq!(name, "shop");
            answers.answer(path)
        }),
        clock.clone(),
        Ids::seeded(7),
        no_metrics(),
    );
    Bench { engine, market, clock }
}

pub(super) fn lookup(source: &str, key: Key, value: &str) -> Lookup {
    Lookup {
        source: SourceName::new(source),
        country: "de".parse::<Country>().unwrap(),
        topic: Topic::ProductAndOffers,
        key,
        value: check_value(key, value).unwrap(),
    }
}

pub(super) fn options(page_limit: PageLimit) -> LookupOptions {
    LookupOptions { page_limit, max_age: MaxAge::DAILY, selection: Selection::default() }
}

impl Bench {
    async fn find(&self, source: &str, page_limit: PageLimit, stored: Vec<StoredPage>) -> Outcome {
        self.engine.find(&lookup(source, Key::Gtin, TABLET), &options(page_limit), stored).await
    }
}

/// Shops page by page, and whether the answer is incomplete.
pub(super) fn found(outcome: &Outcome) -> (Vec<String>, bool) {
    let Outcome::Found { pages, incomplete } = outcome else { panic!("{outcome:?}") };
    let mut shops = Vec::new();
    for (page, number) in pages.iter().zip(1..) {
        assert_eq!(page.number, number);
        let offers = &page.content.as_ref().unwrap().offers;
        shops.push(offers.iter().filter_map(|o| o.shop_name.clone()).collect::<Vec<_>>().join("+"));
    }
    (shops, *incomplete)
}

pub(super) fn stored(outcome: &Outcome) -> Vec<StoredPage> {
    match outcome {
        Outcome::Found { pages, .. } | Outcome::Later { pages, .. } => pages.iter().map(|p| (**p).clone()).collect(),
        Outcome::NotFound { page } => vec![(**page).clone()],
        Outcome::Failed(_) => Vec::new(),
    }
}

#[tokio::test]
async fn one_page_is_search_product_and_first_offers() {
    let bench = bench(Market::with_tablet(&["A", "B"]));
    let outcome = bench.find("linked", PageLimit::Pages(1), vec![]).await;
    assert_eq!(found(&outcome), (vec!["A".into()], false));
    assert_eq!(
        bench.market.asked(),
        ["/de/search?q=00885909666966", "/de/product/15858468867886681869", "/de/offers/15858468867886681869"]
    );
    let page = &stored(&outcome)[0];
    let content = page.content.as_ref().unwrap();
    assert_eq!(content.product.name.as_deref(), Some("Tablet"));
    assert_eq!(content.product.id.as_deref(), Some("15858468867886681869"));
    assert!(content.product.gtins.is_empty(), "the GTIN asked for is not evidence");
    assert_eq!((page.fetched_at, page.is_last, page.id.len()), (NOW, false, 32));
    let offer = &content.offers[0];
    assert_eq!(offer.currency, Some(crate::domain::Currency::EUR));
    assert_eq!(offer.price_with_shipping, "11.5".parse().ok());
}

#[tokio::test]
async fn pages_go_on_to_the_end_the_cap_or_enough() {
    for source in ["linked", "numbered"] {
        let bench = bench(Market::with_tablet(&["A", "A", "B"]));
        let all = bench.find(source, PageLimit::All, vec![]).await;
        assert_eq!(found(&all), (vec!["A".into(), "A".into(), "B".into()], false), "{source}");
        assert!(stored(&all)[2].is_last, "{source}");
        assert!(
            stored(&all)[1].content.as_ref().unwrap().product.name.is_none(),
            "only the first page has the product"
        );
        assert_eq!(found(&bench.find(source, PageLimit::Pages(2), vec![]).await).0.len(), 2);
        assert_eq!(found(&bench.find(source, PageLimit::UntilTwoShops, vec![]).await).0.len(), 3);
        let two = self::bench(Market::with_tablet(&["A", "B", "C"]));
        assert_eq!(found(&two.find(source, PageLimit::UntilTwoShops, vec![]).await).0.len(), 2);
        let long = self::bench(Market::with_tablet(&["A"; 9].map(|_| "A")));
        assert_eq!(found(&long.find("linked", PageLimit::All, vec![]).await).0.len(), 5, "max_pages");
    }
}

#[tokio::test]
async fn the_end_shows_as_nothing_or_as_the_last_page_again() {
    let market = Market::with_tablet(&["A", "B"]);
    market.set("/de/offers/15858468867886681869?page=3", json!({"name": "Tablet", "offers": []}));
    let empty = bench(market.clone()).find("numbered", PageLimit::All, vec![]).await;
    assert_eq!(found(&empty), (vec!["A".into(), "B".into()], false));
    let again = market.answer("/de/offers/15858468867886681869?page=2").body;
    market.set("/de/offers/15858468867886681869?page=3", serde_json::from_str(&again).unwrap());
    let repeated = bench(market).find("numbered", PageLimit::All, vec![]).await;
    assert_eq!(found(&repeated), (vec!["A".into(), "B".into()], false));
    assert!(stored(&repeated)[1].is_last);
}

#[tokio::test]
async fn next_links_that_lead_round_or_away_end_the_list() {
    let first = "/de/offers/15858468867886681869";
    let second = "/shop/de/offers/15858468867886681869?p=2";
    let round = "/shop/de/offers/15858468867886681869";
    let next_of_second = [round, second, "embedded://elsewhere/x", "http://a.example/", ""];
    for next in next_of_second {
        let market = Market::with_tablet(&["A", "B"]);
        market.set(&format!("{first}?p=2"), json!({"offers": [{"shop": "B", "price": "1"}], "next": next}));
        let bench = bench(market);
        let (shops, incomplete) = found(&bench.find("linked", PageLimit::All, vec![]).await);
        assert!(shops.len() <= 3 && !incomplete, "{next}: {shops:?}");
        assert!(bench.market.asked().len() <= 5, "{next}");
    }
}

#[tokio::test]
async fn a_failed_later_page_makes_it_incomplete() {
    for (status, incomplete) in [(503, true), (404, false)] {
        let market = Market::with_tablet(&["A", "B", "C"]);
        market.set_status("/de/offers/15858468867886681869?p=3", status);
        let outcome = bench(market).find("linked", PageLimit::All, vec![]).await;
        assert_eq!(found(&outcome), (vec!["A".into(), "B".into()], incomplete), "{status}");
    }
    let market = Market::with_tablet(&["A", "B"]);
    market.set("/de/offers/15858468867886681869?p=2", json!("surprise"));
    let outcome = bench(market).find("linked", PageLimit::All, vec![]).await;
    assert_eq!(found(&outcome), (vec!["A".into()], true), "a page that is not understood");
}

#[tokio::test]
async fn what_the_source_says_about_missing_products() {
    let search = format!("/de/search?q={TABLET}");
    let outcome_of = async |change: &dyn Fn(&Market)| {
        let market = Market::with_tablet(&["A"]);
        change(&market);
        bench(market).find("linked", PageLimit::All, vec![]).await
    };
    let not_found =
        |outcome: &Outcome| matches!(outcome, Outcome::NotFound { page } if page.content.is_none() && page.is_last);

    assert!(not_found(&outcome_of(&|m| m.set(&search, json!({"hits": []}))).await));
    assert!(not_found(&outcome_of(&|m| m.set_status("/de/product/15858468867886681869", 410)).await));
    let other_gtin = json!({"hits": [{"id": "1", "gtin": "4006381333931"}]});
    assert!(not_found(&outcome_of(&|m| m.set(&search, other_gtin.clone())).await));

    let failed = async |change: &dyn Fn(&Market)| match outcome_of(change).await {
        Outcome::Failed(reason) => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(failed(&|m| m.set(&search, json!({"hits": [{"name": "no id"}]}))).await, Reason::Error);
    assert_eq!(failed(&|m| m.set_status(&search, 404)).await, Reason::Error, "a lost search page is no answer");
    assert_eq!(failed(&|m| m.set_status(&search, 503)).await, Reason::FailedToAccessSource);
    assert_eq!(failed(&|m| m.set("/de/product/15858468867886681869", json!({}))).await, Reason::Error);

    let second_hit =
        json!({"hits": [{"id": "1", "gtin": "4006381333931"}, {"id": "15858468867886681869", "gtin": TABLET}]});
    let outcome = outcome_of(&|m| m.set(&search, second_hit.clone())).await;
    assert_eq!(found(&outcome).0, ["A"], "the hit with another GTIN is skipped");
    let nobody = outcome_of(&|m| m.set_status("/de/offers/15858468867886681869", 404)).await;
    assert_eq!(found(&nobody), (vec![String::new()], false), "found, and nobody offers it");
}

#[tokio::test]
async fn an_id_is_not_searched() {
    let bench = bench(Market::with_tablet(&["A"]));
    let by_id = lookup("linked", Key::SourceId, "15858468867886681869");
    let outcome = bench.engine.find(&by_id, &options(PageLimit::All), vec![]).await;
    assert_eq!(found(&outcome).0, ["A"]);
    assert_eq!(bench.market.asked().len(), 2);
    let unknown = lookup("linked", Key::SourceId, "9");
    assert!(matches!(bench.engine.find(&unknown, &options(PageLimit::All), vec![]).await, Outcome::NotFound { .. }));
}

#[tokio::test]
async fn stored_pages_are_taken_while_they_are_fresh() {
    for source in ["linked", "numbered"] {
        let bench = bench(Market::with_tablet(&["A", "B", "C"]));
        let two = stored(&bench.find(source, PageLimit::Pages(2), vec![]).await);
        bench.market.asked();
        bench.clock.advance(Duration::from_secs(20 * 3600));
        let again = bench.find(source, PageLimit::Pages(2), two.clone()).await;
        assert_eq!(stored(&again), two);
        assert_eq!(bench.market.asked(), [""; 0], "20 hours old is fresh enough");

        let all = bench.find(source, PageLimit::All, two.clone()).await;
        assert_eq!(found(&all).0, ["A", "B", "C"]);
        assert_eq!(stored(&all)[..2], two[..]);
        let asked = bench.market.asked();
        assert!(!asked.iter().any(|path| path.contains("/product/")), "{asked:?}");
        assert!(asked.iter().all(|path| !path.ends_with("page=1") && !path.ends_with("page=2")), "{asked:?}");

        bench.clock.advance(Duration::from_secs(1));
        let renewed = bench.find(source, PageLimit::Pages(2), two.clone()).await;
        assert_ne!(stored(&renewed)[0].id, two[0].id, "a second too old");
        let never_cached = LookupOptions { max_age: MaxAge { minutes: 0 }, ..options(PageLimit::Pages(1)) };
        let fresh = stored(&renewed);
        let live = bench.engine.find(&lookup(source, Key::Gtin, TABLET), &never_cached, fresh.clone()).await;
        assert_ne!(stored(&live)[0].id, fresh[0].id);
    }
}

#[tokio::test]
async fn a_stored_not_found_is_an_answer_too() {
    let bench = bench(Market::default());
    bench.market.set(&format!("/de/search?q={TABLET}"), json!({"hits": []}));
    let first = bench.find("linked", PageLimit::All, vec![]).await;
    bench.market.asked();
    assert_eq!(bench.find("linked", PageLimit::All, stored(&first)).await, first);
    assert_eq!(bench.market.asked(), [""; 0]);
}

#[tokio::test]
async fn an_empty_first_page_is_read_by_what_the_product_page_counts() {
    for (count, is_found) in [(json!(0), true), (json!(3), false), (Value::Null, true)] {
        let market = Market::with_tablet(&["A"]);
        market.set("/de/product/15858468867886681869", json!({"name": "Tablet", "count": count}));
        market.set("/de/offers/15858468867886681869", json!({"offers": []}));
        let outcome = bench(market).find("linked", PageLimit::All, vec![]).await;
        match is_found {
            true => assert_eq!(found(&outcome), (vec![String::new()], false)),
            false => assert_eq!(outcome, Outcome::Failed(Reason::Error), "three offers, and none could be read"),
        }
    }
}

#[tokio::test]
async fn the_test_source_answers_in_any_country_without_network() {
    let registry = Arc::new(Registry::load(None, &[]).unwrap());
    let answer = |name: &str, path: &str| {
        let page = match (name, path) {
            ("test", "/jp/search?q=ipad%20mini") => {
                r#"<ul><li class="hit" data-pid="15858468867886681869"><h3>iPad</h3></li></ul>"#
            }
            ("test", "/jp/product/15858468867886681869") => r#"<main id="product"><h1>iPad mini</h1></main>"#,
            ("test", "/jp/product/15858468867886681869/offers?page=1") => {
                r#"<table><tr class="offer"><td class="shop"><a href="/s">Some Shop</a></td><td class="price">¥1,299</td></tr></table>"#
            }
            _ => return EmbeddedAnswer { status: 404, body: String::new(), content_type: "text/html".into() },
        };
        EmbeddedAnswer { status: 200, body: page.into(), content_type: "text/html".into() }
    };
    let (clock, ids) = (Clock::frozen_at(NOW), Ids::seeded(1));
    let engine = Engine::new(registry, Arc::new(fetcher()), Arc::new(answer), clock, ids, no_metrics());
    let ipad = Lookup { country: "jp".parse().unwrap(), ..lookup("test", Key::Keyword, "ipad mini") };
    let outcome = engine.find(&ipad, &options(PageLimit::All), vec![]).await;
    assert_eq!(found(&outcome), (vec!["Some Shop".into()], false));
    let page = stored(&outcome).remove(0);
    let content = page.content.unwrap();
    assert_eq!(content.product.name.as_deref(), Some("iPad mini"));
    assert_eq!(content.product.id.as_deref(), Some("15858468867886681869"));
    assert_eq!(content.offers[0].price, "1299".parse().ok());
    assert_eq!(content.offers[0].currency, Some(crate::domain::Currency::JPY));
}
