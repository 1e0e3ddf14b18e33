//! Two servers on one database.

use crate::harness::{Setup, Terms, TestDatabase, TestServer};
use pricemill::demo::sample_gtins;
use serde_json::{Value, json};

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
