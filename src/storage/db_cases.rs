//! The one writer of SQLite after a disk that was full.

use super::bulk_job::{self, Job};
use super::{Db, DbSettings, Pools, StorageError, account};
use crate::domain::{
    AccountId, JobId, JobSpec, JobTerms, Key, LookupOptions, MaxAge, Multiplier, PageLimit, RequestedValue, Selection,
    SourceName, Timestamp, Topic,
};
use sea_orm::ConnectionTrait;

const NOW: Timestamp = Timestamp(1_000_000_000_000_000);
/// More than fits on the pages there are. A lone row: only what can be undone as a statement leaves its transaction open.
const LARGE: &str = "INSERT INTO large VALUES (zeroblob(100000))";

fn settings(folder: &tempfile::TempDir) -> DbSettings {
    let url = format!("sqlite:{}", folder.path().join("t.db").display());
    DbSettings { url, connections: 2, synchronous_full: false }
}

async fn new_account(db: &Db) -> AccountId {
    let transaction = db.begin().await.unwrap();
    let new = account::NewAccount {
        email: "a@b",
        plan: "free",
        free_credits: 10,
        daily_quota: 10,
        creations_per_minute: None,
    };
    let owner = account::insert(&transaction, &new, NOW).await.unwrap().unwrap();
    transaction.commit().await.unwrap();
    owner
}

/// A job that was acknowledged: its transaction is committed.
async fn new_job(db: &Db, owner: AccountId, number: u8) -> JobId {
    let spec = JobSpec {
        source: SourceName::new("s"),
        country: "de".parse().unwrap(),
        topic: Topic::ProductAndOffers,
        key: Key::Keyword,
        values: vec![RequestedValue { value: "a".into(), reference: None }],
        options: LookupOptions { page_limit: PageLimit::All, max_age: MaxAge::DAILY, selection: Selection::default() },
        multiplier: Multiplier::DOUBLE,
        terms: JobTerms::default(),
    };
    let id = JobId::from_bytes([number; 12]);
    let job = Job::new(id.clone(), owner, &spec, NOW, NOW);
    let transaction = db.begin().await.unwrap();
    bulk_job::insert(&transaction, &job, NOW).await.unwrap();
    transaction.commit().await.unwrap();
    id
}

/// The limit holds for the one connection that writes.
async fn limit_pages(db: &Db, most: u32) {
    db.writer().execute_unprepared(&format!("PRAGMA max_page_count = {most}")).await.unwrap();
}

/// How a transaction begins: by the mapper, or by the driver, as the queue does.
#[derive(Debug, Clone, Copy)]
enum By {
    Mapper,
    Driver,
}

async fn write_too_much(db: &Db, by: By) -> StorageError {
    match by {
        By::Mapper => {
            let transaction = db.begin().await.unwrap();
            transaction.conn().execute_unprepared(LARGE).await.unwrap_err().into()
        }
        By::Driver => {
            let Pools::Sqlite { write } = db.pools() else { panic!("not SQLite") };
            let mut transaction = write.begin().await.unwrap();
            sqlx::query(LARGE).execute(&mut *transaction).await.unwrap_err().into()
        }
    }
}

#[tokio::test]
async fn nothing_is_lost_after_a_full_disk() {
    for by in [By::Mapper, By::Driver] {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::connect(&settings(&folder)).await.unwrap();
        db.migrate().await.unwrap();
        let owner = new_account(&db).await;
        db.writer().execute_unprepared("CREATE TABLE large (bytes BLOB)").await.unwrap();
        limit_pages(&db, 1).await;
        let error = write_too_much(&db, by).await;
        assert!(error.is_overload(), "{error}");
        limit_pages(&db, 1_000_000).await;

        let mut stored = vec![new_job(&db, owner, 1).await];
        // A request that is refused drops its transaction.
        drop(db.begin().await.unwrap());
        stored.push(new_job(&db, owner, 2).await);
        let dropped = db.begin().await.unwrap();
        account::lock(&dropped, owner).await.unwrap();
        drop(dropped);
        stored.push(new_job(&db, owner, 3).await);
        db.ping().await.unwrap();
        for id in &stored {
            assert!(bulk_job::find(&db, owner, id).await.unwrap().is_some(), "{by:?} {id}");
        }
        db.close().await;

        let again = Db::connect(&settings(&folder)).await.unwrap();
        for id in &stored {
            assert!(bulk_job::find(&again, owner, id).await.unwrap().is_some(), "{by:?} {id}");
        }
        assert_eq!(account::load(&again, owner).await.unwrap().email, "a@b");
        again.close().await;
    }
}

/// Whatever left it so: a transaction that the driver does not know of.
#[tokio::test]
async fn a_transaction_left_open_ends_with_its_connection() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::connect(&settings(&folder)).await.unwrap();
    db.migrate().await.unwrap();
    let owner = new_account(&db).await;
    db.writer().execute_unprepared("BEGIN IMMEDIATE").await.unwrap();
    let id = new_job(&db, owner, 1).await;
    assert!(bulk_job::find(&db, owner, &id).await.unwrap().is_some());
    db.close().await;
}

#[tokio::test]
async fn a_database_that_can_only_be_read_is_not_ready() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::connect(&settings(&folder)).await.unwrap();
    db.migrate().await.unwrap();
    let owner = new_account(&db).await;
    db.ping().await.unwrap();
    db.writer().execute_unprepared("PRAGMA query_only = ON").await.unwrap();
    assert!(db.ping().await.is_err());
    assert_eq!(account::load(&db, owner).await.unwrap().plan, "free", "it is read");
    db.close().await;
}
