//! Two servers on one database, and two accounts that ask for the same.

use crate::harness::{Setup, Terms, TestDatabase, TestMarket, TestServer};
use crate::kill::check_books;
use crate::program::{FAR_TOO_LONG, Ground, Program};
use crate::wire::Wire;
use pricemill::clock::Clock;
use pricemill::demo::{definitions, sample_gtins};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn job(country: &str, values: usize) -> Value {
    let values: Vec<String> = sample_gtins(values).iter().map(ToString::to_string).collect();
    json!({"source": "ebay", "country": country, "key": "gtin", "values": values, "completeness": "all_pages"})
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_share_a_job_and_settle_it_once() {
    // One batch at a time, so that neither can take everything before the other looks.
    let one_batch = || Box::new(|config: &mut pricemill::config::Config| config.jobs.batches = 1);
    let first = TestServer::start(Setup { change: one_batch(), ..Setup::default() }).await;
    let at = TestDatabase::at(first.database.url.clone());
    let second = TestServer::start(Setup { database: Some(at), change: one_batch(), ..Setup::default() }).await;
    let caller = first.caller(Terms::plan("business")).await;
    let ids = [caller.submit(&job("de", 400)).await, caller.submit(&job("at", 400)).await];
    for id in &ids {
        assert_eq!(caller.results(id).await["products"].as_array().unwrap().len(), 400);
    }
    assert!(second.metric("pricemill_source_requests_total", "").await > 0, "the second one worked too");
    assert!(first.metric("pricemill_source_requests_total", "").await > 0, "and so did the first");
    second.close().await;
    first.close().await;
}

/// The demo's `ebay` behind the wire, as a source of its own.
fn watched(port: u16) -> Vec<(String, String)> {
    let (_, text) = definitions(port).into_iter().find(|(file, _)| file == "ebay.toml").unwrap();
    vec![("watched.toml".into(), text.replace("name = \"ebay\"", "name = \"watched\""))]
}

/// Two processes this time, and one of them dies: the other ends what it held.
#[tokio::test(flavor = "multi_thread")]
async fn the_survivor_of_two_programs_ends_the_work_of_both() {
    let market = TestMarket::start(Clock::system());
    let ground = Ground::lay(&market).await;
    let settings = [
        ("PRICEMILL_JOBS__LEASE_MS", "900"),
        ("PRICEMILL_JOBS__RECONCILE_MS", "100"),
        // Few enough that neither takes the whole job at once.
        ("PRICEMILL_JOBS__BATCHES", "2"),
        ("PRICEMILL_JOBS__BATCH_VALUES", "10"),
    ];
    let survivor = Program::start(&ground, &settings).await;
    let victim = Program::start(&ground, &settings).await;
    let ids = [survivor.submit(&job("de", 80)).await, victim.submit(&job("at", 80)).await];
    let requests = async |program: &Program| {
        let metrics = program.request("/metrics").send().await.unwrap().text().await.unwrap();
        let samples = metrics.lines().filter(|line| line.starts_with("pricemill_source_requests_total"));
        samples.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum::<u64>()
    };
    let given_up_at = Instant::now() + FAR_TOO_LONG;
    while requests(&victim).await < 20 || requests(&survivor).await < 20 {
        assert!(Instant::now() < given_up_at, "not both of them work");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    victim.kill();
    for id in &ids {
        while survivor.get(&format!("/jobs/{id}")).await["status"] != "finished" {
            assert!(Instant::now() < given_up_at, "{id} does not finish");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let results = survivor.get(&format!("/products/bulk/{id}")).await;
        let products = results["products"].as_array().unwrap();
        assert_eq!(products.len(), 80);
        let is_known = |product: &Value| product["success"] == true || product["reason"] == "not found";
        assert!(products.iter().all(is_known));
    }
    let today = survivor.get("/v2/me/usage_today").await;
    survivor.kill();
    check_books(&ground, &ids, today["usage"]["credits"].as_i64().unwrap()).await;
    market.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_accounts_ask_for_at_once_is_fetched_once_and_costs_both() {
    let market = TestMarket::start(Clock::frozen_at(crate::harness::NOON));
    let wire = Wire::to(market.port).await;
    let allow = format!("127.0.0.1:{}", wire.port);
    let server = TestServer::start(Setup {
        definitions: watched(wire.port),
        change: Box::new(|config| config.outbound.allow = vec![allow]),
        ..Setup::default()
    })
    .await;
    let (one, other) = (server.caller(Terms::plan("business")).await, server.caller(Terms::plan("business")).await);
    let mut asked = job("de", 150);
    asked["source"] = json!("watched");
    let (id, other_id) = tokio::join!(one.submit(&asked), other.submit(&asked));
    let (results, other_results) = (one.results(&id).await, other.results(&other_id).await);
    assert_eq!(results["products"], other_results["products"]);
    let fetched = wire.asked();
    assert!(fetched.len() > 150, "{} pages", fetched.len());
    let again: Vec<_> = fetched.iter().filter(|(_, times)| **times > 1).collect();
    assert!(again.is_empty(), "{} of {} pages were fetched again: {:?}", again.len(), fetched.len(), again.first());
    let credits = one.credits_today().await;
    assert!(credits >= 150);
    assert_eq!(credits, other.credits_today().await);
    server.close().await;
    market.stop().await;
}
