//! `completeness` and `conditions`.

use crate::harness::{Caller, IPAD, Terms};
use crate::{gtins, start, with};
use pricemill::demo::sample_gtins;
use serde_json::{Value, json};
use std::collections::HashSet;

/// Offers on one page of the demo's comparator.
const PAGE: usize = 10;

fn offers(product: &Value) -> &Vec<Value> {
    product["offers"].as_array().unwrap_or_else(|| panic!("{product}"))
}

fn credits(results: &Value) -> usize {
    (results["free_credits"].as_u64().unwrap() + results["paid_credits"].as_u64().unwrap()) as usize
}

async fn run(caller: &Caller, values: &[&str], more: Value) -> Value {
    caller.run(&with(gtins(values), more)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_pages_hold_all_offers_and_cost_a_credit_each() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let values: Vec<String> = sample_gtins(30).iter().map(ToString::to_string).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let one = run(&caller, &values, json!({"completeness": "one_page"})).await;
    let all = run(&caller, &values, json!({"completeness": "all_pages"})).await;
    let mut pages = 0;
    let mut widest = 0;
    for (one, all) in one["products"].as_array().unwrap().iter().zip(all["products"].as_array().unwrap()) {
        if one["success"] != true {
            assert_eq!((&one["reason"], &all["reason"]), (&json!("not found"), &json!("not found")));
            pages += 1;
            continue;
        }
        let (first, every) = (offers(one), offers(all));
        assert_eq!(first.len(), every.len().min(PAGE));
        assert_eq!(
            first.iter().map(|o| &o["url"]).collect::<Vec<_>>(),
            every[..first.len()].iter().map(|o| &o["url"]).collect::<Vec<_>>()
        );
        let positions: Vec<usize> = every.iter().map(|o| o["position"].as_u64().unwrap() as usize).collect();
        assert_eq!(positions, (1..=every.len()).collect::<Vec<_>>());
        pages += every.len().div_ceil(PAGE).max(1);
        widest = widest.max(every.len());
    }
    assert!(widest > 3 * PAGE, "{widest}");
    assert_eq!((credits(&one), credits(&all)), (30, pages));
    // From the store they cost the same, and realtime doubles them.
    let again = run(&caller, &values, json!({"completeness": "all_pages"})).await;
    assert_eq!((credits(&again), &again["products"]), (pages, &all["products"]));
    let fresh = run(&caller, &values, json!({"completeness": "all_pages", "currentness": "realtime"})).await;
    assert_eq!(credits(&fresh), 2 * pages);
    assert_eq!(caller.credits_today().await as usize, 30 + 4 * pages);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_least_two_shops_stops_as_soon_as_there_are_two() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let values: Vec<String> = sample_gtins(15).iter().map(ToString::to_string).collect();
    let mut values: Vec<&str> = values.iter().map(String::as_str).collect();
    values.push(IPAD);
    let two = run(&caller, &values, json!({"completeness": "at_least_two_shops"})).await;
    let all = run(&caller, &values, json!({"completeness": "all_pages"})).await;
    for (two, all) in two["products"].as_array().unwrap().iter().zip(all["products"].as_array().unwrap()) {
        if two["success"] != true {
            continue;
        }
        let shops = |offers: &[Value]| offers.iter().map(|o| o["shop_name"].clone()).collect::<HashSet<_>>().len();
        let (shown, every) = (offers(two), offers(all));
        assert!(shops(shown) >= shops(every).min(2));
        // At the demo's comparator no shop offers twice: the first page is always enough.
        assert_eq!(shown.len(), every.len().min(PAGE));
    }
    assert_eq!(credits(&two), values.len());
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_condition_is_named_only_when_it_was_asked_for() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let at_ebay =
        |more: Value| with(with(gtins(&[IPAD]), json!({"source": "ebay", "completeness": "all_pages"})), more);
    let plain = caller.run(&at_ebay(json!({}))).await["products"][0].take();
    assert!(plain.get("condition").is_none());
    let all = caller.run(&at_ebay(json!({"conditions": "all"}))).await["products"][0].take();
    assert_eq!((&all["condition"], offers(&all)), (&json!("all"), offers(&plain)));
    let mut counts = Vec::new();
    for (condition, admitted) in [("new", ["new"].as_slice()), ("used", &["used", "refurbished"])] {
        let some = caller.run(&at_ebay(json!({"conditions": condition}))).await["products"][0].take();
        assert_eq!(some["condition"], condition);
        for offer in offers(&some) {
            let of = offer["condition"].as_str().unwrap_or("new");
            assert!(admitted.contains(&of), "{condition}: {offer}");
        }
        counts.push(offers(&some).len());
    }
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
    assert_eq!(counts.iter().sum::<usize>(), offers(&all).len());
    server.close().await;
}
