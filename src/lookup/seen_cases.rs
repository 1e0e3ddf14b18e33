//! What lookups tell of the pages they asked for.

use super::find_cases::{Bench, Market, TABLET, bench, lookup, options, stored};
use super::*;
use crate::domain::{Key, PageLimit, PageOutcome, PageStep};
use serde_json::json;
use std::sync::{Arc, Mutex};

const PRODUCT: &str = "/de/product/15858468867886681869";
const OFFERS: &str = "/de/offers/15858468867886681869";

/// Step and outcome of each page, and the fields that were looked for: name, items, missing.
type Seen = (PageStep, PageOutcome, Vec<(String, u64, u64)>);

fn watch(bench: &mut Bench) -> Arc<Mutex<Vec<Seen>>> {
    let all: Arc<Mutex<Vec<Seen>>> = Arc::default();
    let told = all.clone();
    let hook = Arc::new(move |seen: &PageSeen<'_>| {
        assert!(seen.source.as_str() == "linked" && seen.country.as_str() == "de");
        assert!(seen.fields.iter().all(|(_, counts)| counts.pages == 1));
        let fields = seen.fields.iter().map(|(name, counts)| (name.clone(), counts.items, counts.missing)).collect();
        told.lock().unwrap().push((seen.step, seen.outcome, fields));
    });
    bench.engine = bench.engine.clone().with_page_hook(hook);
    all
}

/// The pages of one lookup on a market that was changed.
async fn seen(limit: PageLimit, change: impl Fn(&Market)) -> Vec<Seen> {
    let market = Market::with_tablet(&["A", "B"]);
    change(&market);
    let mut bench = bench(market);
    let told = watch(&mut bench);
    bench.engine.find(&lookup("linked", Key::Gtin, TABLET), &options(limit), vec![]).await;
    std::mem::take(&mut *told.lock().unwrap())
}

fn fields(fields: &[(&str, u64, u64)]) -> Vec<(String, u64, u64)> {
    fields.iter().map(|(name, items, missing)| ((*name).to_owned(), *items, *missing)).collect()
}

#[tokio::test]
async fn every_page_is_told_with_the_fields_it_was_asked_for() {
    use PageOutcome::Understood;
    let offer = [("offer.shop_name", 1, 0), ("offer.price", 1, 0), ("offer.shipping_costs", 1, 0)];
    let told = seen(PageLimit::All, |_| ()).await;
    let first = [&[("offers", 1, 0)], offer.as_slice()].concat();
    assert_eq!(
        told,
        [
            (PageStep::Search, Understood, vec![]),
            (PageStep::Product, Understood, fields(&[("name", 1, 0), ("offer_count", 1, 1)])),
            (PageStep::Offers, Understood, fields(&first)),
            (PageStep::Offers, Understood, fields(&offer)),
        ]
    );
}

#[tokio::test]
async fn what_came_out_empty_is_counted() {
    let told = seen(PageLimit::Pages(1), |market| {
        let offers = json!([{"shop": "A", "price": "1"}, {"shop": "B"}, {"shop": "C", "price": "no number"}]);
        market.set(OFFERS, json!({"offers": offers}));
    })
    .await;
    let offers = [("offers", 1, 0), ("offer.shop_name", 3, 0), ("offer.price", 3, 2), ("offer.shipping_costs", 3, 3)];
    assert_eq!(told[2].2, fields(&offers));
    let told = seen(PageLimit::Pages(1), |market| market.set(OFFERS, json!({"offers": []}))).await;
    assert_eq!(told[2], (PageStep::Offers, PageOutcome::Understood, fields(&[("offers", 1, 1)])));
}

#[tokio::test]
async fn what_did_not_come_or_was_not_understood_has_no_fields() {
    use PageOutcome::{Failed, NoResult, NotUnderstood, Understood};
    let search = format!("/de/search?q={TABLET}");
    let outcomes = async |change: &dyn Fn(&Market)| {
        let told = seen(PageLimit::All, change).await;
        assert!(told.iter().all(|(_, outcome, fields)| *outcome == Understood || fields.is_empty()), "{told:?}");
        told.into_iter().map(|(_, outcome, _)| outcome).collect::<Vec<_>>()
    };
    assert_eq!(outcomes(&|m| m.set(&search, json!({"hits": []}))).await, [NoResult]);
    assert_eq!(outcomes(&|m| m.set(&search, json!({"hits": [{"name": "no id"}]}))).await, [NotUnderstood]);
    assert_eq!(outcomes(&|m| m.set_status(&search, 503)).await, [Failed]);
    assert_eq!(outcomes(&|m| m.set(PRODUCT, json!({}))).await, [Understood, NotUnderstood]);
    assert_eq!(outcomes(&|m| m.set_status(PRODUCT, 404)).await, [Understood, NoResult]);
    let later = format!("{OFFERS}?p=2");
    let end = outcomes(&|m| m.set(&later, json!("surprise"))).await;
    assert_eq!(end, [Understood, Understood, Understood, NotUnderstood]);
}

#[tokio::test]
async fn nothing_of_the_store_is_told() {
    let mut bench = bench(Market::with_tablet(&["A", "B"]));
    let ask = lookup("linked", Key::Gtin, TABLET);
    let first = bench.engine.find(&ask, &options(PageLimit::Pages(1)), vec![]).await;
    let told = watch(&mut bench);
    bench.engine.find(&ask, &options(PageLimit::Pages(1)), stored(&first)).await;
    assert_eq!(told.lock().unwrap().len(), 0);
    bench.engine.find(&ask, &options(PageLimit::All), stored(&first)).await;
    assert_eq!(told.lock().unwrap().len(), 1, "the second page alone is fetched");
}
