//! Hours of pages on a real database, and what is told of them.

use super::*;
use crate::config::{self, HealthConfig};
use crate::domain::{Drift, DriftState, FieldCounts, HourKey, PageOutcome, PageStep, Signal, SourceName, Timestamp};
use crate::storage::{Db, DbSettings, source_drift, source_health};
use std::time::Duration;
use tempfile::TempDir;

const HOUR: Duration = Duration::from_secs(3_600);
const START: Timestamp = Timestamp(1_789_992_000_000_000);

/// One process of several that share a database.
struct Process {
    db: Db,
    tally: Tally,
}

struct Bench {
    folder: TempDir,
    config: HealthConfig,
    now: Timestamp,
}

impl Bench {
    fn new() -> Bench {
        let config = config::load(None, []).unwrap().health;
        Bench { folder: tempfile::tempdir().unwrap(), config, now: START }
    }

    async fn process(&self) -> Process {
        let url = format!("sqlite:{}", self.folder.path().join("test.db").display());
        let db = Db::connect(&DbSettings { url, connections: 2, synchronous_full: false }).await.unwrap();
        db.migrate().await.unwrap();
        Process { db, tally: Tally::default() }
    }

    fn advance(&mut self, by: Duration) {
        self.now = self.now.plus(by);
    }
}

fn source() -> SourceName {
    SourceName::new("shop")
}

impl Process {
    fn see(&self, bench: &Bench, pages: u32, outcome: PageOutcome, fields: &[(&str, u64)]) {
        let (country, step) = ("de".parse().unwrap(), PageStep::Product);
        let key = HourKey { source: source(), country, step, hour: bench.now.hour() };
        let counted =
            |(name, missing): &(&str, u64)| ((*name).to_owned(), FieldCounts { pages: 1, items: 1, missing: *missing });
        let fields: Vec<_> = fields.iter().map(counted).collect();
        for _ in 0..pages {
            self.tally.record(key.clone(), outcome, Duration::from_millis(120), &fields);
        }
    }

    /// Pages with a name and a price, or without the price; then what follows.
    async fn pages(&self, bench: &Bench, pages: u32, with_price: bool) {
        let fields = [("name", 0), ("price", u64::from(!with_price))];
        self.see(bench, pages, PageOutcome::Understood, &fields);
        self.flush(bench).await;
    }

    async fn flush(&self, bench: &Bench) {
        flush(&self.db, &self.tally, &bench.config, bench.now).await.unwrap();
    }

    async fn drifts(&self) -> Vec<Drift> {
        source_drift::list(&self.db).await.unwrap()
    }

    /// The one signal that is or was ill.
    async fn drift(&self) -> Drift {
        let mut drifts = self.drifts().await;
        assert_eq!(drifts.len(), 1, "{drifts:?}");
        drifts.remove(0)
    }
}

#[tokio::test]
async fn a_lost_price_is_told_until_it_is_back() {
    let mut bench = Bench::new();
    let process = bench.process().await;
    for _ in 0..5 {
        process.pages(&bench, 40, true).await;
        bench.advance(HOUR);
    }
    assert_eq!(process.drifts().await, []);
    process.pages(&bench, 20, false).await;
    let since = bench.now;
    let drift = process.drift().await;
    // 20 of the newest 60 pages, where 0 of 160 were.
    assert_eq!((&drift.signal, drift.state), (&Signal::Field("price".into()), DriftState::Drifting));
    assert_eq!((drift.recent.missing, drift.recent.pages, drift.past.pages), (20, 60, 160));
    assert_eq!((drift.since, drift.past_until), (since, Some(bench.now.hour().minus(HOUR))));
    // Days of it do not become the measure of themselves.
    for _ in 0..200 {
        bench.advance(HOUR);
        process.pages(&bench, 60, false).await;
    }
    assert_eq!(process.drift().await, drift, "told once, with the first shares");
    let told = summaries(&process.db, bench.now).await.unwrap();
    let health = &told[&(source(), "de".parse().unwrap())];
    assert_eq!((health.state(), health.since(), health.pages.understood), (DriftState::Drifting, Some(since), 25 * 60));
    bench.advance(HOUR);
    process.pages(&bench, 60, true).await;
    let well = process.drift().await;
    assert_eq!((well.state, well.since, well.past_until), (DriftState::Ok, bench.now, None));
    assert_eq!(summaries(&process.db, bench.now).await.unwrap()[&(source(), "de".parse().unwrap())].drifts, []);
}

#[tokio::test]
async fn a_source_that_blocks_or_shows_other_pages_is_told_too() {
    let mut bench = Bench::new();
    let process = bench.process().await;
    process.pages(&bench, 100, true).await;
    bench.advance(3 * HOUR);
    process.see(&bench, 30, PageOutcome::Blocked, &[]);
    process.see(&bench, 20, PageOutcome::NotUnderstood, &[]);
    process.see(&bench, 20, PageOutcome::Understood, &[("name", 0), ("price", 0)]);
    process.flush(&bench).await;
    let told: Vec<_> = process.drifts().await.into_iter().map(|drift| (drift.signal, drift.state)).collect();
    assert_eq!(told, [(Signal::Blocked, DriftState::Drifting), (Signal::NotUnderstood, DriftState::Drifting)]);
}

#[tokio::test]
async fn few_pages_and_new_sources_raise_no_alarm() {
    let mut bench = Bench::new();
    let process = bench.process().await;
    process.pages(&bench, 200, false).await;
    bench.advance(HOUR);
    process.pages(&bench, 200, false).await;
    assert_eq!(process.drifts().await, [], "it never had a price");
    bench.advance(30 * HOUR);
    process.see(&bench, 29, PageOutcome::Blocked, &[]);
    process.flush(&bench).await;
    assert_eq!(process.drifts().await, [], "29 pages are too few");
    bench.advance(30 * 24 * HOUR);
    process.see(&bench, 290, PageOutcome::Blocked, &[]);
    process.flush(&bench).await;
    assert_eq!(process.drifts().await, [], "its past is too long ago");
}

#[tokio::test]
async fn processes_add_to_the_same_hours_and_tell_once() {
    let mut bench = Bench::new();
    let (a, b) = (bench.process().await, bench.process().await);
    a.pages(&bench, 30, true).await;
    b.pages(&bench, 30, true).await;
    bench.advance(HOUR);
    a.see(&bench, 40, PageOutcome::Understood, &[("name", 0), ("price", 1)]);
    b.see(&bench, 40, PageOutcome::Understood, &[("name", 0), ("price", 1)]);
    tokio::join!(a.flush(&bench), b.flush(&bench));
    let report = report(&a.db, &source(), None, 2, bench.now).await.unwrap();
    let counts: Vec<_> = report.hours.iter().map(|hour| (hour.pages.understood, hour.latency.0[3])).collect();
    assert_eq!(counts, [(60, 60), (80, 80)]);
    assert_eq!((a.drifts().await, a.drift().await.state), (b.drifts().await, DriftState::Drifting));
    let stale = Drift { since: Timestamp(1), ..a.drift().await };
    assert!(!source_drift::change(&a.db, &stale, None).await.unwrap(), "another process was first");
    assert!(!source_drift::change(&a.db, &stale, Some(DriftState::Suspect)).await.unwrap());
    assert_ne!(a.drift().await.since, Timestamp(1));
}

#[tokio::test]
async fn a_restart_keeps_everything_and_old_hours_go() {
    let mut bench = Bench::new();
    let before = bench.process().await;
    before.pages(&bench, 50, true).await;
    before.db.close().await;
    drop(before);
    bench.advance(HOUR);
    let after = bench.process().await;
    after.pages(&bench, 50, false).await;
    assert_eq!(after.drift().await.state, DriftState::Drifting);
    let hours = async |back| report(&after.db, &source(), None, back, bench.now).await.unwrap().hours.len();
    assert_eq!((hours(1).await, hours(2).await), (1, 2));
    bench.advance(30 * 24 * HOUR);
    after.flush(&bench).await;
    let left = source_health::list_hours(&after.db, &source(), None, Timestamp(0)).await.unwrap();
    assert_eq!(left.len(), 1, "kept for 30 days");
    bench.advance(HOUR);
    after.pages(&bench, 50, false).await;
    let (now, step) = (bench.now.plus(HOUR), PageStep::Product);
    let country = "de".parse().unwrap();
    let fields = source_health::sum_fields(&after.db, &source(), country, step, Timestamp(0), now).await.unwrap();
    assert_eq!(fields["price"], FieldCounts { pages: 50, items: 50, missing: 50 });
    assert_eq!(after.drift().await.state, DriftState::Ok, "nothing is left that it could be worse than");
}

#[tokio::test]
async fn a_field_that_is_not_looked_for_any_more_is_not_missed() {
    let mut bench = Bench::new();
    let process = bench.process().await;
    process.pages(&bench, 50, true).await;
    bench.advance(HOUR);
    process.pages(&bench, 50, false).await;
    assert_eq!(process.drift().await.state, DriftState::Drifting);
    bench.advance(HOUR);
    process.see(&bench, 50, PageOutcome::Understood, &[("name", 0)]);
    process.flush(&bench).await;
    assert_eq!(process.drift().await.state, DriftState::Ok);
}

#[tokio::test]
async fn what_cannot_be_written_is_written_later() {
    let bench = Bench::new();
    let process = bench.process().await;
    process.see(&bench, 3, PageOutcome::Understood, &[]);
    process.db.close().await;
    assert!(flush(&process.db, &process.tally, &bench.config, bench.now).await.is_err());
    let again = Process { tally: process.tally, ..bench.process().await };
    again.flush(&bench).await;
    assert_eq!(report(&again.db, &source(), None, 1, bench.now).await.unwrap().hours[0].pages.understood, 3);
}
