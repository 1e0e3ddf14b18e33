//! Which stored pages a batch reads.

use super::db::statement;
use super::lookup_page::{self, Uses};
use super::{Db, DbSettings};
use crate::domain::{LookupPage, Timestamp};
use sea_orm::{ConnectionTrait, Statement};
use std::sync::Arc;

const QUARTERS_OF_A_MONTH: i64 = 30 * 24 * 4;

async fn database(folder: &tempfile::TempDir) -> Db {
    let url = format!("sqlite:{}", folder.path().join("t.db").display());
    let db = Db::connect(&DbSettings { url, connections: 2, synchronous_full: false }).await.unwrap();
    db.migrate().await.unwrap();
    db
}

fn page(fingerprint: &str, number: u32, fetched_at: i64) -> Arc<LookupPage> {
    Arc::new(LookupPage {
        id: format!("{fingerprint} {number}@{fetched_at}"),
        fingerprint: fingerprint.into(),
        number,
        fetched_at: Timestamp(fetched_at),
        is_last: false,
        content: Some(Arc::default()),
        version: None,
    })
}

async fn insert(db: &Db, pages: Vec<Arc<LookupPage>>) {
    let transaction = db.begin().await.unwrap();
    lookup_page::insert(&transaction, pages.iter(), &Uses::default()).await.unwrap();
    transaction.commit().await.unwrap();
}

/// Ids of what is read for these lookups.
async fn read(db: &Db, fingerprints: &[&str], oldest: i64) -> Vec<String> {
    let fingerprints: Vec<String> = fingerprints.iter().map(ToString::to_string).collect();
    let found = lookup_page::find_fresh(db, &fingerprints, Timestamp(oldest)).await.unwrap();
    let mut ids: Vec<String> = found.into_values().flatten().map(|page| page.id).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn of_a_month_of_pages_the_newest_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let db = database(&folder).await;
    let month = |fingerprint: &'static str| {
        (1..=QUARTERS_OF_A_MONTH).flat_map(move |at| (1..=2).map(move |number| page(fingerprint, number, at)))
    };
    insert(&db, month("a").chain(month("b")).collect()).await;
    insert(&db, vec![page("b", 3, QUARTERS_OF_A_MONTH - 1), page("b", 5, QUARTERS_OF_A_MONTH), page("c", 1, 7)]).await;
    // Of 11,523 rows: one a number, up to the first number without.
    assert_eq!(
        read(&db, &["a", "b", "c", "d"], 1).await,
        ["a 1@2880", "a 2@2880", "b 1@2880", "b 2@2880", "b 3@2879", "c 1@7"]
    );
    assert_eq!(read(&db, &["b", "c"], 2880).await, ["b 1@2880", "b 2@2880"], "those that are fresh");
    assert_eq!(read(&db, &["a", "b", "c", "d"], 2881).await, [""; 0]);
    assert_eq!(read(&db, &[], 1).await, [""; 0]);
    // Which of them counts is not decided here.
    insert(&db, vec![LookupPage { id: "twin".into(), ..(*page("c", 1, 7)).clone() }.into()]).await;
    assert_eq!(read(&db, &["c"], 7).await, ["c 1@7", "twin"]);
}

#[tokio::test]
async fn each_is_one_step_into_the_index() {
    let folder = tempfile::tempdir().unwrap();
    let db = database(&folder).await;
    let Statement { sql, values, .. } = lookup_page::fresh_query(&db, &["a".into(), "b".into()], Timestamp(1));
    let plan = statement(db.reader(), format!("EXPLAIN QUERY PLAN {sql}"), values.unwrap().0);
    let plan: Vec<String> =
        db.reader().query_all_raw(plan).await.unwrap().iter().map(|row| row.try_get("", "detail").unwrap()).collect();
    let of_pages: Vec<&String> = plan.iter().filter(|step| step.contains(" page ")).collect();
    assert_eq!(of_pages.len(), 2, "{plan:?}");
    for step in of_pages {
        assert!(step.contains("lookup_page_newest (fingerprint=? AND number=? AND fetched_at"), "{plan:?}");
    }
    assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{plan:?}");
}
