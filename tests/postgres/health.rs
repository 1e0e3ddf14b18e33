//! Counts of sources' health: several processes add to the same rows at once.

use crate::database;
use pricemill::config;
use pricemill::domain::{DriftState, FieldCounts, HourKey, PageOutcome, PageStep, Signal, SourceName, Timestamp};
use pricemill::health::{Tally, flush, report, summaries};
use pricemill::storage::{Db, DbSettings, source_drift, source_health};
use std::time::Duration;

const NOW: Timestamp = Timestamp(1_789_992_000_000_000);
const SOURCES: [&str; 3] = ["a", "b", "c"];

async fn open(url: &str) -> Db {
    Db::connect(&DbSettings { url: url.to_owned(), connections: 4, synchronous_full: true }).await.unwrap()
}

/// One page of every kind of every source.
fn see(tally: &Tally, now: Timestamp, missing: u64) {
    for source in SOURCES {
        for step in PageStep::ALL {
            let source = SourceName::new(source);
            let key = HourKey { source, country: "de".parse().unwrap(), step, hour: now.hour() };
            let fields = [("price".to_owned(), FieldCounts { pages: 1, items: 1, missing })];
            tally.record(key, PageOutcome::Understood, Duration::from_millis(60), &fields);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn processes_add_at_once_and_tell_once() {
    let Some(database) = database().await else { return };
    let config = config::load(None, []).unwrap().health;
    let first = open(&database.url).await;
    first.migrate().await.unwrap();
    let later = NOW.plus(Duration::from_secs(3_600));
    for (now, missing) in [(NOW, 0), (later, 1)] {
        let adding = (0..4).map(|_| {
            let (url, config) = (database.url.clone(), config.clone());
            tokio::spawn(async move {
                let (db, tally) = (open(&url).await, Tally::default());
                for _ in 0..20 {
                    see(&tally, now, missing);
                    flush(&db, &tally, &config, now).await.unwrap();
                }
                db.close().await;
            })
        });
        for process in adding.collect::<Vec<_>>() {
            process.await.unwrap();
        }
    }
    for source in SOURCES.map(SourceName::new) {
        let told = report(&first, &source, None, 2, later).await.unwrap();
        assert_eq!(told.hours.len(), 2 * PageStep::ALL.len());
        assert!(told.hours.iter().all(|hour| hour.pages.understood == 80 && hour.latency.0[2] == 80));
        // Each kind of page lost its price.
        assert_eq!(told.drifts.len(), PageStep::ALL.len());
        assert!(told.drifts.iter().all(|drift| drift.signal == Signal::Field("price".into())));
    }
    let health = summaries(&first, later).await.unwrap();
    assert!(health.len() == 3 && health.values().all(|one| one.state() == DriftState::Drifting), "{health:?}");
    let drift = source_drift::list(&first).await.unwrap().remove(0);
    assert!(!source_drift::change(&first, &drift, None).await.unwrap());
    assert!(source_drift::change(&first, &drift, Some(DriftState::Drifting)).await.unwrap());
    assert_eq!(
        source_health::delete_before(&first, later).await.unwrap(),
        2 * (SOURCES.len() * PageStep::ALL.len()) as u64
    );
    first.close().await;
}
