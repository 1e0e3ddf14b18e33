//! Which pages may go.

use super::bulk_item::{self, ItemEnd, NewItem};
use super::bulk_job::{self, Job, PassedOver};
use super::db::statement;
use super::{Db, DbSettings, account, retention};
use crate::domain::{
    Effort, JobId, JobSpec, JobTerms, Key, LookupOptions, LookupPage, MaxAge, Multiplier, PageLimit, Reason,
    RequestedValue, Selection, SourceName, Timestamp, Topic,
};
use migration::MigratorTrait;
use sea_orm::ConnectionTrait;
use std::sync::Arc;
use std::time::Duration;

const NOW: Timestamp = Timestamp(1_000_000_000_000_000);
const DAY: Duration = Duration::from_secs(86_400);

async fn database(folder: &tempfile::TempDir) -> Db {
    let url = format!("sqlite:{}", folder.path().join("t.db").display());
    let db = Db::connect(&DbSettings { url, connections: 2, synchronous_full: false }).await.unwrap();
    db.migrate().await.unwrap();
    db
}

/// A job whose values were found on these pages, joined with commas, or end as `error` without any.
async fn job_on(db: &Db, number: u8, pages: &[&str]) -> i64 {
    let transaction = db.begin().await.unwrap();
    let email = format!("{number}@b");
    let new = account::NewAccount {
        email: &email,
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
        values: (0..pages.len()).map(value).collect(),
        options: LookupOptions { page_limit: PageLimit::All, max_age: MaxAge::DAILY, selection: Selection::default() },
        multiplier: Multiplier::ORDINARY,
        terms: JobTerms::default(),
    };
    let job = Job::new(JobId::from_bytes([number; 12]), owner, &spec, NOW, NOW.plus(DAY));
    let seq = bulk_job::insert(&transaction, &job, NOW).await.unwrap();
    let item = |i: usize| NewItem { value: i.to_string(), reference: None, lookup: Ok(i.to_string()) };
    let items: Vec<NewItem> = (0..pages.len()).map(item).collect();
    bulk_item::insert(&transaction, seq, &items).await.unwrap();
    transaction.commit().await.unwrap();
    let lease = i64::from(number);
    bulk_item::lease_next(db, lease, 50, NOW, DAY, &PassedOver::default()).await.unwrap().unwrap();
    let end = |ids: &str| match ids {
        "" => ItemEnd::failed(Reason::Error),
        ids => {
            let pages = ids.split(',').map(page).collect();
            ItemEnd::Found { pages, offers: 0, incomplete: false, effort: Effort::default() }
        }
    };
    let ends: Vec<(u32, ItemEnd)> = (0..).zip(pages.iter().map(|ids| end(ids))).collect();
    bulk_item::write_ends(db, seq, lease, &ends).await.unwrap();
    // Late twice: nothing is counted again.
    bulk_item::write_ends(db, seq, lease, &ends).await.unwrap();
    let transaction = db.begin().await.unwrap();
    crate::ledger::settle(&transaction, seq, NOW).await.unwrap().unwrap();
    transaction.commit().await.unwrap();
    seq
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

async fn uses(db: &Db) -> Vec<(String, i32)> {
    let rows = statement(db.reader(), "SELECT id, uses FROM lookup_page ORDER BY id", []);
    let rows = db.reader().query_all_raw(rows).await.unwrap();
    rows.iter().map(|row| (row.try_get("", "id").unwrap(), row.try_get("", "uses").unwrap())).collect()
}

fn counted(expected: &[(&str, i32)]) -> Vec<(String, i32)> {
    expected.iter().map(|(id, uses)| ((*id).to_owned(), *uses)).collect()
}

#[tokio::test]
async fn a_page_counts_the_values_it_answers() {
    let folder = tempfile::tempdir().unwrap();
    let db = database(&folder).await;
    let first = job_on(&db, 1, &["a,b", "a", ""]).await;
    let second = job_on(&db, 2, &["b,c"]).await;
    assert_eq!(uses(&db).await, counted(&[("a", 2), ("b", 2), ("c", 1)]));

    // The step that brought the counts finds the same in what was there before it.
    let steps = migration::Migrator::migrations();
    let back = steps.iter().rev().position(|step| step.name() == "m20261125_000030_job_life").unwrap() + 1;
    migration::Migrator::down(db.writer(), Some(u32::try_from(back).unwrap())).await.unwrap();
    db.migrate().await.unwrap();
    assert_eq!(uses(&db).await, counted(&[("a", 2), ("b", 2), ("c", 1)]));

    let over = NOW.plus(DAY);
    assert!(!retention::expire(&db, first, over.minus(Duration::from_secs(1))).await.unwrap(), "too early");
    assert!(retention::expire(&db, first, over).await.unwrap());
    assert!(!retention::expire(&db, first, over).await.unwrap(), "once");
    assert_eq!(uses(&db).await, counted(&[("a", 0), ("b", 1), ("c", 1)]));
    assert_eq!(retention::delete_unused_pages(&db, NOW, 10).await.unwrap(), 0, "too young");
    assert_eq!(retention::delete_unused_pages(&db, over, 10).await.unwrap(), 1);

    let transaction = db.begin().await.unwrap();
    retention::delete_results(&transaction, second, over).await.unwrap();
    retention::delete_results(&transaction, second, over).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(uses(&db).await, counted(&[("b", 0), ("c", 0)]));
    assert_eq!(retention::delete_unused_pages(&db, over, 1).await.unwrap(), 1, "step by step");
    assert_eq!(retention::delete_unused_pages(&db, over, 1).await.unwrap(), 1);
    assert_eq!(retention::delete_unused_pages(&db, over, 1).await.unwrap(), 0);
}
