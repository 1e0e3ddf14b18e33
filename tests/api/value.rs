//! What becomes of single values.

use crate::harness::{COFFEE, IPAD, Setup, Terms, TestServer};
use crate::{gtins, special, start, with};
use pricemill::demo::{NOWHERE_GTIN, SpecialKind, wrong_gtins};
use pricemill::domain::{Key, SourceName, Switch};
use pricemill::storage::source_switch;
use serde_json::{Value, json};

/// A failed product holds nothing else: clients take a missing `name` for a failure.
fn failed(value: &str, reason: &str) -> Value {
    json!({"source": "google-shopping", "country": "de", "key": "gtin", "value": value, "success": false, "reason": reason})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_a_value_can_end() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let off = "08902527431911";
    let switch = Switch {
        source: SourceName::new("google-shopping"),
        country: None,
        key: Some(Key::Gtin),
        value: Some(off.to_owned()),
    };
    source_switch::insert(&server.app.db, &switch, server.clock.now()).await.unwrap();
    let wrong = &wrong_gtins(1)[0];
    let [blocked, broken, missing, slow] =
        [SpecialKind::Blocked, SpecialKind::Broken, SpecialKind::Missing, SpecialKind::Slow]
            .map(|kind| special(kind, 3));
    let values = [IPAD, wrong, NOWHERE_GTIN, &blocked, &broken, &missing, off, &slow, "not digits", "00000000000000"];
    let id = caller.submit(&gtins(&values)).await;
    let results = caller.results(&id).await;
    let products = results["products"].as_array().unwrap();
    assert_eq!(products.len(), values.len());
    for (nth, reason) in [
        (1, "invalid value"),
        (2, "not found"),
        (3, "failed to access source"),
        (4, "error"),
        (5, "not found"),
        (6, "value disabled"),
        (8, "invalid value"),
        (9, "invalid value"),
    ] {
        assert_eq!(products[nth], failed(values[nth], reason));
    }
    assert!(products[0]["success"] == true && products[7]["success"] == true);
    // Two found, two not found; what failed costs nothing.
    assert_eq!((&results["free_credits"], &results["paid_credits"]), (&json!(4), &json!(0)));
    assert_eq!(caller.credits_today().await, 4);
    let xml = caller.download(&id, ".xml").await;
    assert_eq!(xml.text().matches("<success type=\"boolean\">false</success>").count(), 8);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_of_values_that_cannot_be_ends_at_once_and_free() {
    let server = start().await;
    let caller = server.caller(Terms { free_credits: Some(0), ..Terms::plan("free") }).await;
    let id = caller.submit(&gtins(&["1", "00885909666967"])).await;
    let results = caller.results(&id).await;
    let wanted = json!({"job_id": id, "status": "finished", "free_credits": 0, "paid_credits": 0,
        "products": [failed("1", "invalid value"), failed("00885909666967", "invalid value")]});
    assert_eq!(results, wanted);
    assert_eq!(server.metric("pricemill_source_requests_total", "").await, 0);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn source_ids_have_the_sources_form() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let reasons = async |source: &str, key: &str, values: Value| -> Vec<Value> {
        let job = json!({"source": source, "country": "de", "key": key, "values": values});
        let results = caller.run(&job).await;
        results["products"].as_array().unwrap().iter().map(|product| product["reason"].clone()).collect()
    };
    let long = "x".repeat(256);
    let too_long_id = format!("http://a.example/{}", "x".repeat(2_048));
    let [null, invalid, missing] = [json!(null), json!("invalid value"), json!("not found")];
    assert_eq!(
        reasons("amazon", "asin", json!(["B0080DJ6CM", "B0080DJ6C", "b0080dj6cm", "B0080DJ6C?", "B000000000"])).await,
        [&null, &invalid, &invalid, &invalid, &missing].map(Clone::clone)
    );
    assert_eq!(reasons("amazon", "keyword", json!([long, "zeppelin of lead"])).await, [invalid.clone(), missing]);
    assert_eq!(
        reasons("web", "source_id", json!(["no url", "ftp://a.example/", "file:///etc/passwd", too_long_id])).await,
        [&invalid, &invalid, &invalid, &invalid].map(Clone::clone)
    );
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_test_source_works_everywhere_and_costs_nothing() {
    let server = start().await;
    // Neither credits nor quota are needed for it.
    let caller = server.caller(Terms { free_credits: Some(0), daily_quota: Some(0), ..Terms::plan("free") }).await;
    for country in ["de", "jp", "us", "ua"] {
        let job = with(gtins(&[IPAD, NOWHERE_GTIN, COFFEE]), json!({"source": "test", "country": country}));
        let results = caller.run(&job).await;
        let outcome: Vec<&Value> = results["products"].as_array().unwrap().iter().map(|p| &p["success"]).collect();
        assert_eq!(outcome, [&json!(true), &json!(false), &json!(true)], "{country}");
        assert!(results["products"][0]["offers"][0]["price"].is_string(), "{country}");
        // What it would have cost.
        let credits = results["free_credits"].as_u64().unwrap() + results["paid_credits"].as_u64().unwrap();
        assert_eq!(credits, 3, "{country}");
    }
    assert_eq!(caller.credits_today().await, 0);
    let month = caller.get("/v2/me/usage_month").await.ok();
    assert_eq!((&month["usage"]["credits"], &month["usages"]), (&json!(0), &json!([])));
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_shop_page_by_its_url() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let port = server.market.port;
    let url = format!("http://some-shop.localhost:{port}/de/p/{IPAD}");
    let gone = format!("http://some-shop.localhost:{port}/de/p/{NOWHERE_GTIN}");
    let blocked = format!("http://blocking-shop.localhost:{port}/de/p/{IPAD}");
    let private = "http://127.0.0.1:1/p".to_owned();
    let job = json!({"source": "web", "country": "de", "key": "source_id", "values": [url, gone, blocked, private]});
    let results = caller.run(&job).await;
    let products = results["products"].as_array().unwrap();
    let product = &products[0];
    assert_eq!(product["success"], true, "{product}");
    assert_eq!(product["value"], url);
    assert_eq!(product["name"], "Apple iPad mini Wi-Fi 16 GB - Schwarz & Graphit");
    assert_eq!((&product["price"], &product["offers"][0]["currency"]), (&json!("284.99"), &json!("EUR")));
    let reasons: Vec<&Value> = products[1..].iter().map(|product| &product["reason"]).collect();
    assert_eq!(reasons, ["not found", "failed to access source", "failed to access source"]);
    assert_eq!(results["free_credits"], 2);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_demo_source_finds_the_documented_products() {
    let server = TestServer::start(Setup::default()).await;
    let caller = server.caller(Terms::plan("pro")).await;
    for source in ["google-shopping", "amazon", "ebay", "idealo", "geizhals", "test"] {
        for country in ["de", "us", "br"] {
            let job = with(gtins(&[IPAD, COFFEE]), json!({"source": source, "country": country}));
            for product in caller.run(&job).await["products"].as_array().unwrap() {
                let asked = &product["value"];
                assert_eq!(product["success"], true, "{source} {country} {product}");
                assert!(product["gtins"].as_array().unwrap().contains(asked), "{source} {country} {product}");
                assert!(product["offers"][0]["price"].as_str().unwrap().contains('.'), "{source} {country} {product}");
            }
        }
    }
    server.close().await;
}
