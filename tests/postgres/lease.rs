//! Who holds which values when many workers ask at once.

use crate::harness::{Terms, TestServer};
use crate::{database, on};
use pricemill::demo::sample_gtins;
use pricemill::domain::{AccountId, Reason, SourceName, Timestamp};
use pricemill::storage::Db;
use pricemill::storage::bulk_item::{self, ItemEnd, LeasedBatch};
use pricemill::storage::bulk_job::PassedOver;
use serde_json::json;
use std::time::Duration;

const LEASE: Duration = Duration::from_secs(15);

async fn lease_some(db: &Db, number: i64, most: u32, now: Timestamp) -> Option<LeasedBatch> {
    bulk_item::lease_next(db, number, most, now, LEASE, &PassedOver::default()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_value_is_leased_twice() {
    let Some(database) = database().await else { return };
    let mut setup = on(database);
    setup.works = false;
    let server = TestServer::start(setup).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let values: Vec<String> = sample_gtins(100).iter().map(ToString::to_string).collect();
    caller.submit(&json!({"source": "ebay", "country": "de", "key": "gtin", "values": values})).await;
    let now = server.clock.lease_now();
    let workers = (1..=4).map(|lease| {
        let app = server.app.clone();
        tokio::spawn(async move { lease_some(&app.db, lease, 30, now).await })
    });
    let mut held = Vec::new();
    for worker in workers.collect::<Vec<_>>() {
        held.extend(worker.await.unwrap());
    }
    // Whoever came while another chose its values waited for it.
    let mut sizes: Vec<usize> = held.iter().map(|batch| batch.items.len()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [10, 30, 30, 30]);
    let mut positions: Vec<u32> = held.iter().flat_map(|batch| &batch.items).map(|item| item.position).collect();
    positions.sort_unstable();
    assert_eq!(positions, (0..100).collect::<Vec<_>>());
    assert!(lease_some(&server.app.db, 99, 30, now).await.is_none());

    let first = &held[0];
    let db = &server.app.db;
    assert!(first.items.iter().all(|item| item.attempt == 1));
    // A lease that has passed on writes nothing more.
    let later = now.plus(LEASE * 2);
    let taken = lease_some(db, 100, 1000, later).await.unwrap();
    assert_eq!(taken.items.len(), 100);
    assert!(taken.items.iter().all(|item| item.attempt == 2));
    let late = [(first.items[0].position, ItemEnd::failed(Reason::NotFound))];
    let progress = bulk_item::write_ends(db, first.job.seq, first.lease, &late).await.unwrap();
    assert_eq!(progress.completed, 0);
    assert_eq!(bulk_item::renew(db, first.job.seq, first.lease, later).await.unwrap(), 0);
    // What is given back or postponed has not used up a try.
    let postponed = [(0, ItemEnd::Postponed { pages: vec![], not_before: later })];
    bulk_item::write_ends(db, taken.job.seq, 100, &postponed).await.unwrap();
    assert_eq!(bulk_item::release(db, taken.job.seq, 100).await.unwrap(), 99);
    assert_eq!(bulk_item::count_ready(db, later, &PassedOver::default()).await.unwrap(), [(taken.job.seq, 100)]);
    let again = lease_some(db, 101, 1000, later).await.unwrap();
    assert!(again.items.len() == 100 && again.items.iter().all(|item| item.attempt == 2));
    server.close_books().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sources_and_accounts_passed_over_have_no_turn() {
    let Some(database) = database().await else { return };
    let mut setup = on(database);
    setup.works = false;
    let server = TestServer::start(setup).await;
    let caller = server.caller(Terms::plan("pro")).await;
    for source in ["ebay", "amazon"] {
        let value = sample_gtins(1)[0].to_string();
        caller.submit(&json!({"source": source, "country": "de", "key": "gtin", "values": [value]})).await;
    }
    let (db, now) = (&server.app.db, server.clock.lease_now());
    let ask = |sources: &[&str], accounts: &[AccountId]| {
        let passed_over = PassedOver {
            sources: sources.iter().map(|name| SourceName::new(name)).collect(),
            accounts: accounts.to_vec(),
        };
        async move {
            let batch = bulk_item::lease_next(db, 1, 50, now, LEASE, &passed_over).await.unwrap();
            batch.map(|batch| batch.job.source.to_string())
        }
    };
    let others = PassedOver { sources: vec![SourceName::new("ebay")], accounts: vec![AccountId(-1)] };
    assert_eq!(bulk_item::count_ready(db, now, &others).await.unwrap().len(), 1);
    assert_eq!(ask(&[], &[caller.id, AccountId(-1)]).await, None);
    assert_eq!(ask(&["ebay", "amazon"], &[]).await, None);
    assert_eq!(ask(&["ebay"], &[AccountId(-1)]).await.as_deref(), Some("amazon"));
    assert_eq!(ask(&["amazon"], &[]).await.as_deref(), Some("ebay"));
    server.stop().await;
}
