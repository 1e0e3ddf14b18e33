//! Whose turn it is, and two servers on one database.

use crate::harness::{Setup, Terms, TestDatabase, TestServer};
use pricemill::demo::sample_gtins;
use serde_json::{Value, json};

fn job(country: &str, values: usize) -> Value {
    let values: Vec<String> = sample_gtins(values).iter().map(ToString::to_string).collect();
    json!({"source": "ebay", "country": country, "key": "gtin", "values": values, "completeness": "all_pages"})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_job_never_waits_for_the_end_of_a_large_one() {
    let one_batch = |config: &mut pricemill::config::Config| config.jobs.batches = 1;
    let server = TestServer::start(Setup { change: Box::new(one_batch), ..Setup::default() }).await;
    let large_caller = server.caller(Terms::plan("business")).await;
    let other_caller = server.caller(Terms::plan("business")).await;
    let large = large_caller.submit(&job("de", 1000)).await;
    let own_small = large_caller.submit(&job("fr", 3)).await;
    let other_small = other_caller.submit(&job("it", 3)).await;
    other_caller.wait_finished(&other_small).await;
    large_caller.wait_finished(&own_small).await;
    let status = large_caller.get(&format!("/jobs/{large}")).await.ok();
    assert!(status["completed"].as_u64().unwrap() < 1000, "the large one was first: {status}");
    large_caller.wait_finished(&large).await;
    server.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_share_a_job_and_settle_it_once() {
    let first = TestServer::start(Setup::default()).await;
    let at = TestDatabase::at(first.database.url.clone());
    let second = TestServer::start(Setup { database: Some(at), ..Setup::default() }).await;
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
