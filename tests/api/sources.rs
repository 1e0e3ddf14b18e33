//! `GET /v2/sources` and `GET /v2/sources/{name}/health`: what can be asked, and how well it answers.

use crate::harness::{Caller, IPAD, Setup, Terms, TestServer};
use crate::{gtins, special, start, start_idle};
use pricemill::demo::{SpecialKind, sample_gtins};
use pricemill::domain::{Key, SourceName, Switch};
use pricemill::lookup::{Embedded, EmbeddedAnswer};
use pricemill::storage::source_switch;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

/// A shop whose pages may lose the element the definition reads the price from.
const FICKLE: &str = r#"
name = "fickle-shop"
aliases = ["fickle"]
kind = "shop"
topics = ["product_and_offers"]
countries = ["de", "at"]
base_url = "embedded://market/fickle/{country}"
[keys.source_id]
[steps.product]
url = "{base_url}/p/{id}"
[steps.product.page.fields]
name = { selector = "h1" }
price = { selector = "b.price" }
"#;

fn fickle(has_changed: &Arc<AtomicBool>) -> Embedded {
    let has_changed = has_changed.clone();
    Arc::new(move |_, path| {
        let price =
            if has_changed.load(SeqCst) { "<b class=amount>1,99 €</b>" } else { "<b class=price>1,99 €</b>" };
        let body = format!("<h1>Thing {}</h1>{price}", path.replace('/', " "));
        EmbeddedAnswer { status: 200, body, content_type: "text/html".into() }
    })
}

/// A server with the fickle shop, which writes its counts only when told to.
async fn start_fickle(has_changed: &Arc<AtomicBool>) -> TestServer {
    let change = |config: &mut pricemill::config::Config| config.health.flush_ms = 3_600_000;
    let definitions = vec![("fickle.toml".to_owned(), FICKLE.to_owned())];
    let embedded = Some(fickle(has_changed));
    TestServer::start(Setup { change: Box::new(change), definitions, embedded, ..Setup::default() }).await
}

async fn flush(server: &TestServer) {
    let app = &server.app;
    pricemill::health::flush(&app.db, &app.health, &app.config.health, app.clock.now()).await.unwrap();
}

/// Asks for so many products that nobody asked for before.
async fn ask(caller: &Caller, round: u32, products: u32) {
    let ids: Vec<String> = (0..products).map(|n| format!("r{round}n{n}")).collect();
    caller.run(&json!({"source": "fickle", "country": "de", "key": "source_id", "values": ids})).await;
}

fn of<'a>(list: &'a Value, source: &str) -> &'a Value {
    list["data"].as_array().unwrap().iter().find(|entry| entry["source"] == source).unwrap()
}

fn country<'a>(entry: &'a Value, code: &str) -> &'a Value {
    entry["countries"].as_array().unwrap().iter().find(|entry| entry["country"] == code).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_can_be_asked_and_what_is_off() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("free")).await;
    let off = |country: Option<&str>, key, value: Option<&str>| Switch {
        source: SourceName::new("google-shopping"),
        country: country.map(|code| code.parse().unwrap()),
        key,
        value: value.map(str::to_owned),
    };
    for switch in
        [off(Some("at"), None, None), off(None, Some(Key::Keyword), None), off(None, Some(Key::Gtin), Some(IPAD))]
    {
        source_switch::insert(&server.app.db, &switch, server.clock.now()).await.unwrap();
    }
    let answer = caller.get("/v2/sources").await;
    let entry = concat!(
        r#"{"source":"google_shopping","title":"Google Shopping (demo)","kind":"comparator","keys":["gtin","term","id"],"#,
        r#""topics":["product_and_offers","product","offers","search_results","reviews"],"#,
        r#""topic_keys":{"offers":["gtin","term","id"],"product":["gtin","term","id"],"product_and_offers":["gtin","term","id"],"#,
        r#""reviews":["gtin","term","id"],"search_results":["gtin","term"]},"conditions":["any","new","used"],"#,
        r#""disabled":false,"countries":["#,
        r#"{"country":"at","currency":"EUR","disabled":true,"disabled_keys":["gtin","term","id"],"health":null},"#,
    );
    assert!(answer.text().contains(entry));
    let list = answer.ok();
    let names: Vec<&str> = list["data"].as_array().unwrap().iter().filter_map(|e| e["source"].as_str()).collect();
    assert_eq!(
        names,
        ["amazon", "ebay", "geizhals", "google_shopping", "idealo", "shopify", "test", "web", "woocommerce"]
    );
    let shopping = of(&list, "google_shopping");
    assert_eq!(
        *country(shopping, "gb"),
        json!({"country": "gb", "currency": "GBP", "disabled": false, "disabled_keys": ["term"], "health": null})
    );
    source_switch::insert(&server.app.db, &off(None, None, None), server.clock.now()).await.unwrap();
    let list = caller.get("/v2/sources/").await.ok();
    let shopping = of(&list, "google_shopping");
    assert_eq!((&shopping["disabled"], &country(shopping, "gb")["disabled"]), (&json!(true), &json!(true)));
    assert_eq!(of(&list, "amazon")["disabled"], false);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_ask_and_what_is_refused() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("free")).await;
    for path in ["/v2/sources", "/v2/sources/test/health", "/v2/sources/nile/health"] {
        server.stranger().get(path).await.refused(401, "unauthorized", Some("token"));
        let refused = caller.send(caller.request(Method::POST, path)).await;
        refused.refused(405, "method not allowed", None);
    }
    let unknown = caller.get("/v2/sources/nile/health").await.refused(400, "unknown source", Some("source"));
    assert!(unknown["valid_values"].as_array().unwrap().contains(&json!("google_shopping")), "{unknown}");
    let health = |query: &str| format!("/v2/sources/google-shopping/health?{query}");
    let country = caller.get(&health("country=jp")).await.refused(400, "unsupported country", Some("country"));
    assert!(country["valid_values"].as_array().unwrap().contains(&json!("de")), "{country}");
    for hours in ["0", "-1", "721", "many"] {
        caller.get(&health(&format!("hours={hours}"))).await.refused(400, "parameter value invalid", Some("hours"));
    }
    caller.get("/v2/sources/x/y").await.refused(404, "no such route", None);
    let nothing = caller.get(&health("country=UK&hours=2")).await.ok();
    assert_eq!(
        nothing,
        json!({"source": "google_shopping", "country": "gb", "from": "2026-09-21T11:00:00Z",
               "to": "2026-09-21T12:00:00Z", "states": [], "data": []})
    );
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_lost_its_price_is_told_before_anyone_complains() {
    let has_changed = Arc::new(AtomicBool::new(false));
    let server = start_fickle(&has_changed).await;
    let caller = server.caller(Terms::plan("business")).await;
    for round in 0..3 {
        ask(&caller, round, 40).await;
        // Out of the store: tells nothing of the source.
        ask(&caller, round, 40).await;
        flush(&server).await;
        server.clock.advance(HOUR);
    }
    let health = country(of(&caller.get("/v2/sources").await.ok(), "fickle_shop"), "de")["health"].clone();
    assert_eq!((&health["state"], &health["since"], &health["pages"]), (&json!("ok"), &json!(null), &json!(120)));
    assert_eq!((&health["understood"], &health["signals"]), (&json!(120), &json!([])));
    assert_eq!(server.metric("pricemill_source_drift", "").await, 0);

    has_changed.store(true, SeqCst);
    ask(&caller, 3, 40).await;
    flush(&server).await;
    let list = caller.get("/v2/sources").await.ok();
    let health = &country(of(&list, "fickle_shop"), "de")["health"];
    assert_eq!((&health["state"], &health["since"]), (&json!("drifting"), &json!("2026-09-21T15:00:00Z")));
    assert_eq!(country(of(&list, "fickle_shop"), "at")["health"], json!(null));
    // The newest hours with 50 pages are two: half of their pages lost the price.
    let signal = json!({"step": "product", "signal": "field:price", "state": "drifting",
        "since": "2026-09-21T15:00:00Z", "recent_percent": 50, "past_percent": 0});
    assert_eq!(health["signals"], json!([signal]));
    let series = caller.get("/v2/sources/fickle/health?hours=2").await;
    assert_eq!(series.ok()["states"], json!([{"country": "de", "state": "drifting", "signals": [signal]}]));
    let told = series.ok();
    let hours: Vec<(&str, u64)> = told["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["hour"].as_str().unwrap(), entry["understood"].as_u64().unwrap()))
        .collect();
    assert_eq!(hours, [("2026-09-21T14:00:00Z", 40), ("2026-09-21T15:00:00Z", 40)]);
    let hour = concat!(
        r#"{"hour":"2026-09-21T15:00:00Z","country":"de","step":"product","pages":40,"understood":40,"no_result":0,"#,
        r#""not_understood":0,"blocked":0,"failed":0,"timed_out":0,"latency_ms":{"p50":12,"p95":23}}"#,
    );
    assert!(series.text().contains(hour), "{}", series.text());
    let at = r#"source="fickle-shop",country="de",step="product""#;
    assert_eq!(server.metric("pricemill_source_drift", &format!(r#"{at},signal="field:price""#)).await, 2);
    assert_eq!(server.metric("pricemill_source_pages_total", &format!(r#"{at},outcome="understood""#)).await, 160);
    assert_eq!(server.metric("pricemill_source_page_seconds_count", "fickle-shop").await, 160);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_begins_to_block_shows() {
    let server = start().await;
    let caller = server.caller(Terms::plan("business")).await;
    let fine: Vec<String> = sample_gtins(35).into_iter().map(|gtin| gtin.to_string()).collect();
    caller.run(&gtins(&fine.iter().map(String::as_str).collect::<Vec<_>>())).await;
    flush(&server).await;
    server.clock.advance(25 * HOUR);
    let blocked: Vec<String> = (0..35).map(|nth| special(SpecialKind::Blocked, nth)).collect();
    caller.run(&gtins(&blocked.iter().map(String::as_str).collect::<Vec<_>>())).await;
    flush(&server).await;
    let health = country(of(&caller.get("/v2/sources").await.ok(), "google_shopping"), "de")["health"].clone();
    assert_eq!((&health["state"], &health["blocked"]), (&json!("drifting"), &json!(35)), "{health}");
    let signals = health["signals"].as_array().unwrap();
    assert_eq!(signals.len(), 1, "{health}");
    assert_eq!((&signals[0]["step"], &signals[0]["signal"]), (&json!("product"), &json!("blocked")));
    assert!(health["latency_ms"]["p95"].as_u64() >= health["latency_ms"]["p50"].as_u64(), "{health}");
    let series = caller.get("/v2/sources/google_shopping/health?country=de&hours=26").await.ok();
    let count = |step: &str, what: &str| -> u64 {
        let entries = series["data"].as_array().unwrap().iter().filter(|entry| entry["step"] == step);
        entries.map(|entry| entry[what].as_u64().unwrap()).sum()
    };
    assert_eq!((count("search", "pages"), count("product", "blocked")), (70, 35));
    // A few samples are not sold in a country.
    let understood = count("product", "understood");
    assert!((30..=35).contains(&understood) && count("offers", "pages") == understood, "{series}");
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_server_has_written_what_it_saw() {
    let has_changed = Arc::new(AtomicBool::new(false));
    let server = start_fickle(&has_changed).await;
    let caller = server.caller(Terms::plan("free")).await;
    ask(&caller, 0, 3).await;
    let database = server.stop().await;
    let definitions = vec![("fickle.toml".to_owned(), FICKLE.to_owned())];
    let again =
        TestServer::start(Setup { database: Some(database), definitions, works: false, ..Setup::default() }).await;
    let caller = Caller { app: again.app.clone(), base: again.base.clone(), ..caller };
    let series = caller.get("/v2/sources/fickle-shop/health?country=de").await.ok();
    assert_eq!(series["data"][0]["understood"], 3, "{series}");
    again.close().await;
}
