//! Two servers on one database.

use crate::harness::{Caller, Terms, TestServer};
use crate::{database, on};
use pricemill::demo::sample_gtins;
use pricemill::domain::Reason;
use pricemill::ledger::settle;
use pricemill::storage::bulk_item::{self, ItemEnd};
use pricemill::storage::bulk_job::{self, PassedOver};
use serde_json::{Value, json};
use std::time::Duration;

async fn two_servers() -> Option<(TestServer, TestServer)> {
    let first = TestServer::start(on(database().await?)).await;
    let setup = on(crate::harness::TestDatabase::at(first.database.url.clone()));
    let second = TestServer::start(setup).await;
    Some((first, second))
}

/// The same account at the other server.
fn at(server: &TestServer, caller: &Caller) -> Caller {
    Caller { token: caller.token.clone(), id: caller.id, ..server.stranger() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn share_the_work() {
    let Some((first, second)) = two_servers().await else { return };
    let caller = first.caller(Terms::plan("pro")).await;
    let twin = at(&second, &caller);
    // The same values in every job: both servers write the same pages at the same time.
    let values: Vec<String> = sample_gtins(150).iter().map(ToString::to_string).collect();
    let mut ids = Vec::new();
    for n in 0..6 {
        let mut values = values.clone();
        if n % 2 == 1 {
            values.reverse();
        }
        let job = json!({"source": "google-shopping", "country": "de", "key": "gtin", "values": values});
        let to = if n % 2 == 0 { &caller } else { &twin };
        ids.push((to.submit(&job).await, values));
    }
    for (id, values) in &ids {
        // Asked of the server that did not create it, too.
        for asked in [&caller, &twin] {
            let results = asked.results(id).await;
            let products = results["products"].as_array().unwrap();
            assert_eq!(&products.iter().map(|p| p["value"].as_str().unwrap()).collect::<Vec<_>>(), values);
            let is_known = |product: &Value| product["success"] == true || product["reason"] == "not found";
            assert!(products.iter().all(is_known), "{results}");
        }
    }
    assert_eq!(twin.credits_today().await, 6 * 150);
    second.close().await;
    first.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settle_a_job_once() {
    let Some(database) = database().await else { return };
    let mut setup = on(database);
    setup.works = false;
    let server = TestServer::start(setup).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let (db, clock) = (&server.app.db, &server.clock);
    for n in 1..=5 {
        let values = ["4006381333931", "4003994155486"];
        let id = caller.submit(&json!({"source": "ebay", "country": "de", "key": "gtin", "values": values})).await;
        let seq = bulk_job::find(db, caller.id, &id.parse().unwrap()).await.unwrap().unwrap().seq;
        let batch =
            bulk_item::lease_next(db, n, 50, clock.lease_now(), Duration::from_secs(15), &PassedOver::default())
                .await
                .unwrap()
                .unwrap();
        assert_eq!((batch.job.seq, batch.items.len()), (seq, 2));
        let ends = [(0, ItemEnd::Failed(Reason::NotFound)), (1, ItemEnd::Failed(Reason::Error))];
        let progress = bulk_item::write_ends(db, seq, n, &ends).await.unwrap();
        assert_eq!(progress.status, pricemill::domain::JobStatus::Finishing);
        let now = clock.now();
        let settle = async || {
            let transaction = db.begin().await.unwrap();
            let settled = settle(&transaction, seq, now).await.unwrap();
            transaction.commit().await.unwrap();
            settled
        };
        let (a, b, c) = tokio::join!(settle(), settle(), settle());
        let settled: Vec<_> = [a, b, c].into_iter().flatten().collect();
        assert_eq!(settled.len(), 1);
        assert_eq!(settled[0].charge.total(), 1);
        assert_eq!(caller.credits_today().await, u64::try_from(n).unwrap());
    }
    server.close_books().await;
    server.stop().await;
}
