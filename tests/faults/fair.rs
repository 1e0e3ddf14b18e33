//! What a slow source does to the jobs of others: nothing.

use super::harness::{Caller, IPAD, Setup, Terms, TestServer};
use super::hostile::{Hostile, page};
use pricemill::app::App;
use pricemill::storage::bulk_job;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// A shop of which every page waits until the test lets go of it.
struct HeldShop {
    server: Hostile,
    hold: watch::Sender<bool>,
}

impl HeldShop {
    async fn start() -> HeldShop {
        let (hold, held) = watch::channel(true);
        let server = Hostile::start(move |_| {
            let mut held = held.clone();
            async move {
                let _ = held.wait_for(|held| !held).await;
                page("<title>Lamp</title><p>19</p>")
            }
        })
        .await;
        HeldShop { server, hold }
    }

    /// A definition that asks as much of it as it can, and waits for ever.
    fn definition(&self, name: &str) -> (String, String) {
        let definition = format!(
            r#"
            name = "{name}"
            title = "Held"
            kind = "shop"
            topics = ["product_and_offers"]
            countries = "*"
            [fetch]
            robots = false
            concurrency = 1000
            timeout_ms = 3600000
            breaker_failures = 0
            [keys.source_id]
            [steps.product]
            url = "http://{name}.localhost:{port}/{{id}}"
            [steps.product.page]
            embedded = ["json-ld", "visible"]
            "#,
            port = self.server.port()
        );
        (format!("{name}.toml"), definition)
    }

    fn allow(&self) -> String {
        format!("127.0.0.1:{}", self.server.port())
    }
}

async fn start(shop: &HeldShop, sources: &[&str], batches: usize) -> TestServer {
    let allow = shop.allow();
    TestServer::start(Setup {
        definitions: sources.iter().map(|name| shop.definition(name)).collect(),
        change: Box::new(move |config| {
            config.outbound.allow.push(allow);
            config.jobs.batches = batches;
            config.server.shutdown_ms = 1_000;
        }),
        ..Setup::default()
    })
    .await
}

fn slow_job(source: &str, first: usize, values: usize) -> Value {
    let values: Vec<String> = (first..first + values).map(|n| format!("p{n}")).collect();
    json!({"source": source, "country": "de", "key": "source_id", "values": values})
}

fn fast_job() -> Value {
    json!({"source": "google-shopping", "country": "de", "key": "gtin", "values": [IPAD]})
}

fn rich() -> Terms {
    Terms { daily_quota: Some(1_000_000), ..Terms::plan("business") }
}

/// Waits until the slow source holds so many values: as many batches as it can get are under way.
async fn wait_for_held(shop: &HeldShop, values: usize) {
    while shop.server.paths().len() < values {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn assert_found(caller: &Caller, job: &Value) {
    let results = caller.run(job).await;
    assert_eq!(results["products"][0]["success"], true, "{results}");
}

async fn open_jobs(app: &Arc<App>) -> u64 {
    bulk_job::count_by_status(&app.db).await.unwrap().into_iter().map(|(_, n)| n).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_never_answers_keeps_nobody_else_waiting() {
    let shop = HeldShop::start().await;
    let server = start(&shop, &["held"], 16).await;
    let (a, b) = (server.caller(rich()).await, server.caller(rich()).await);
    for n in 0..20 {
        a.submit(&slow_job("held", n * 1_000, 1_000)).await;
    }
    // Half of sixteen batches, with sixteen values of each under way; nothing of theirs ends before the test lets go.
    wait_for_held(&shop, 8 * 16).await;
    assert_found(&b, &fast_job()).await;
    assert_found(&a, &fast_job()).await;
    assert_eq!((open_jobs(&server.app).await, shop.server.paths().len()), (20, 8 * 16));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_with_many_slow_sources_keeps_no_other_account_waiting() {
    let shop = HeldShop::start().await;
    let sources = ["held1", "held2", "held3", "held4"];
    let server = start(&shop, &sources, 8).await;
    let (a, b) = (server.caller(rich()).await, server.caller(rich()).await);
    for source in sources {
        a.submit(&slow_job(source, 0, 1_000)).await;
    }
    wait_for_held(&shop, 7 * 16).await;
    assert_found(&b, &fast_job()).await;
    assert_eq!((open_jobs(&server.app).await, shop.server.paths().len()), (4, 7 * 16));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_source_s_own_values_all_end_when_it_answers_again() {
    let shop = HeldShop::start().await;
    let server = start(&shop, &["held"], 4).await;
    let (a, b) = (server.caller(rich()).await, server.caller(rich()).await);
    let (slow, also_slow) = (a.submit(&slow_job("held", 0, 400)).await, b.submit(&slow_job("held", 400, 100)).await);
    wait_for_held(&shop, 2 * 16).await;
    assert_found(&b, &fast_job()).await;
    shop.hold.send(false).unwrap();
    for (caller, id, values) in [(&a, slow, 400), (&b, also_slow, 100)] {
        let results = caller.results(&id).await;
        assert_eq!(results["products"].as_array().unwrap().len(), values);
    }
    assert_eq!(shop.server.paths().len(), 500);
    server.close().await;
}
