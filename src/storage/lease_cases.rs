//! Leases: a worker that comes too late changes nothing.

use super::bulk_item::{self, ItemEnd, LeasedBatch, NewItem};
use super::bulk_job::{self, Job, PassedOver};
use super::{Db, DbSettings, account, ledger};
use crate::domain::{
    AccountId, Charge, Effort, JobId, JobSpec, JobStatus, JobTerms, Key, LookupOptions, LookupPage, MaxAge, Multiplier,
    PageLimit, Reason, RequestedValue, Selection, SourceName, Timestamp, Topic,
};
use crate::ledger::settle;
use std::sync::Arc;
use std::time::Duration;

const NOW: Timestamp = Timestamp(1_000_000_000_000_000);
const LEASE: Duration = Duration::from_secs(15);

async fn database(folder: &tempfile::TempDir) -> Db {
    let url = format!("sqlite:{}", folder.path().join("t.db").display());
    let db = Db::connect(&DbSettings { url, connections: 2, synchronous_full: false }).await.unwrap();
    db.migrate().await.unwrap();
    db
}

async fn job_of(db: &Db, values: usize) -> (AccountId, i64) {
    let transaction = db.begin().await.unwrap();
    let new = account::NewAccount {
        email: "a@b",
        plan: "free",
        free_credits: 10,
        daily_quota: 10,
        creations_per_minute: None,
    };
    let owner = account::insert(&transaction, &new, NOW).await.unwrap().unwrap();
    let value = |i: usize| RequestedValue { value: i.to_string(), reference: None };
    let spec = JobSpec {
        source: SourceName::new("s"),
        country: "de".parse().unwrap(),
        topic: Topic::ProductAndOffers,
        key: Key::Keyword,
        values: (0..values).map(value).collect(),
        options: LookupOptions { page_limit: PageLimit::All, max_age: MaxAge::DAILY, selection: Selection::default() },
        multiplier: Multiplier::DOUBLE,
        terms: JobTerms::default(),
    };
    let job = Job::new(JobId::from_bytes([7; 12]), owner, &spec, NOW, NOW);
    let seq = bulk_job::insert(&transaction, &job, NOW).await.unwrap();
    let items: Vec<NewItem> =
        (0..values).map(|i| NewItem { value: i.to_string(), reference: None, lookup: Ok(i.to_string()) }).collect();
    bulk_item::insert(&transaction, seq, &items).await.unwrap();
    transaction.commit().await.unwrap();
    (owner, seq)
}

async fn lease(db: &Db, number: i64, most: u32, now: Timestamp) -> Option<LeasedBatch> {
    bulk_item::lease_next(db, number, most, now, LEASE, &PassedOver::default()).await.unwrap()
}

fn page(id: &str) -> Arc<LookupPage> {
    Arc::new(LookupPage {
        id: id.into(),
        fingerprint: "f".into(),
        number: 1,
        fetched_at: NOW,
        is_last: true,
        content: Some(Arc::default()),
        version: None,
    })
}

fn found(id: &str) -> ItemEnd {
    ItemEnd::Found { pages: vec![page(id)], offers: 3, incomplete: false, effort: Effort::default() }
}

#[tokio::test]
async fn a_late_worker_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let db = database(&folder).await;
    let (owner, seq) = job_of(&db, 2).await;

    let first = lease(&db, 11, 50, NOW).await.unwrap();
    assert_eq!(first.items.len(), 2);
    assert!(lease(&db, 12, 50, NOW).await.is_none(), "both are held");
    let later = NOW.plus(LEASE).plus(Duration::from_millis(1));
    let second = lease(&db, 12, 50, later).await.unwrap();
    assert_eq!(second.items.iter().map(|item| item.attempt).collect::<Vec<_>>(), [2, 2]);
    assert_eq!(bulk_item::renew(&db, seq, 11, later).await.unwrap(), 0, "the first lease holds nothing");

    let progress = bulk_item::write_ends(&db, seq, 11, &[(0, found("a"))]).await.unwrap();
    assert_eq!((progress.completed, progress.status), (0, JobStatus::Working));
    let ends = [(0, found("b")), (1, ItemEnd::failed(Reason::FailedToAccessSource))];
    let progress = bulk_item::write_ends(&db, seq, 12, &ends).await.unwrap();
    assert_eq!((progress.completed, progress.status), (2, JobStatus::Finishing));

    let settled = settle_now(&db, seq).await.unwrap();
    assert_eq!(settled.charge, Charge { free: 2, paid: 0 }, "one page, doubled");
    assert!(settle_now(&db, seq).await.is_none(), "settled once");

    // The first worker wakes up again: neither the values nor the job's state move.
    let progress = bulk_item::write_ends(&db, seq, 11, &ends).await.unwrap();
    assert_eq!((progress.completed, progress.status), (2, JobStatus::Finished));
    assert_eq!(bulk_item::release(&db, seq, 11).await.unwrap(), 0);
    assert_eq!(ledger::usage_by_day(&db, owner, "0000", "9999").await.unwrap()[0].credits(), 2);
    assert_eq!(account::load(&db, owner).await.unwrap().free_credits_left, 8);
}

#[tokio::test]
async fn what_is_put_off_waits_and_costs_no_try() {
    let folder = tempfile::tempdir().unwrap();
    let db = database(&folder).await;
    let (_, seq) = job_of(&db, 1).await;
    for round in 0..3 {
        let now = NOW.plus(Duration::from_secs(round * 60));
        let batch = lease(&db, 20, 50, now).await.unwrap();
        assert_eq!(batch.items[0].attempt, 1);
        let end = ItemEnd::Postponed { pages: vec![page("p")], not_before: now.plus(Duration::from_secs(30)) };
        bulk_item::write_ends(&db, seq, 20, &[(0, end)]).await.unwrap();
        let soon = now.plus(Duration::from_secs(29));
        assert!(lease(&db, 21, 50, soon).await.is_none(), "not before its time");
    }
}

#[tokio::test]
async fn jobs_and_accounts_take_turns() {
    let folder = tempfile::tempdir().unwrap();
    let db = database(&folder).await;
    let (_, seq) = job_of(&db, 4).await;
    let first = lease(&db, 1, 1, NOW).await.unwrap();
    assert_eq!((first.job.seq, first.items[0].position), (seq, 0));
    let second = lease(&db, 2, 1, NOW.plus(LEASE / 2)).await.unwrap();
    assert_eq!(second.items[0].position, 1, "in request order");
    let given_back = bulk_item::release(&db, seq, 1).await.unwrap();
    assert_eq!(given_back, 1);
    let third = lease(&db, 3, 1, NOW.plus(LEASE / 2)).await.unwrap();
    assert_eq!((third.items[0].position, third.items[0].attempt), (0, 1));
}

#[tokio::test]
async fn sources_and_accounts_passed_over_have_no_turn() {
    let folder = tempfile::tempdir().unwrap();
    let db = database(&folder).await;
    let (owner, seq) = job_of(&db, 1).await;
    let job = bulk_job::load(&db, seq).await.unwrap();
    let ask = |sources: &[&str], accounts: &[i64]| {
        let passed_over = PassedOver {
            sources: sources.iter().map(|source| SourceName::new(source)).collect(),
            accounts: accounts.iter().map(|account| AccountId(*account)).collect(),
        };
        let db = &db;
        async move { bulk_item::lease_next(db, 1, 50, NOW, LEASE, &passed_over).await.unwrap().map(|batch| batch.job.seq) }
    };
    let ours = PassedOver { sources: vec![job.source.clone()], accounts: Vec::new() };
    assert_eq!(bulk_item::count_ready(&db, NOW, &ours).await.unwrap(), []);
    assert_eq!(bulk_item::count_ready(&db, NOW, &PassedOver::default()).await.unwrap(), [(seq, 1)]);
    assert_eq!(ask(&["another", job.source.as_str()], &[]).await, None);
    assert_eq!(ask(&[], &[owner.0, owner.0 + 1]).await, None);
    assert_eq!(ask(&["another", "a third"], &[owner.0 + 1]).await, Some(seq));
}

async fn settle_now(db: &Db, seq: i64) -> Option<bulk_job::Job> {
    let transaction = db.begin().await.unwrap();
    let settled = settle(&transaction, seq, NOW).await.unwrap();
    transaction.commit().await.unwrap();
    settled
}
