//! A database that refuses writes for a while: everything is begun again, and counted once.

use crate::harness::{Setup, Terms, TestServer};
use pricemill::demo::sample_gtins;
use pricemill::storage::bulk_item::TRIES_IN_COMPANY;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const VALUES: usize = 60;
const LONE: usize = 40;
/// Reads while nobody can write.
const READS: usize = 20;

fn job(country: &str, values: usize) -> Value {
    let values: Vec<String> = sample_gtins(values).iter().map(ToString::to_string).collect();
    json!({"source": "ebay", "country": country, "key": "gtin", "values": values})
}

async fn execute(rows: &DatabaseConnection, sql: &str) {
    rows.execute_raw(Statement::from_string(rows.get_database_backend(), sql)).await.unwrap();
}

/// Every `write` that `when` is true of fails, as on a full disk, until [`heal`].
async fn wound(rows: &DatabaseConnection, write: &str, when: &str) {
    let sql = format!("CREATE TRIGGER wound BEFORE {write} WHEN {when} BEGIN SELECT RAISE(ABORT, 'disk full'); END");
    execute(rows, &sql).await;
}

async fn heal(rows: &DatabaseConnection) {
    execute(rows, "DROP TRIGGER wound").await;
}

async fn start() -> TestServer {
    TestServer::start(Setup::default()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn results_that_cannot_be_written() {
    let server = start().await;
    if !server.database.is_sqlite() {
        return server.close().await;
    }
    let rows = server.look().await;
    let caller = server.caller(Terms::plan("business")).await;
    wound(&rows, "UPDATE ON bulk_item", "NEW.state = 2").await;
    let id = caller.submit(&job("de", VALUES)).await;
    // All batches have failed once.
    let failed = "SELECT COUNT(*) AS n FROM bulk_item WHERE state = 0 AND not_before > 0";
    let begun = Instant::now();
    loop {
        let failed = Statement::from_string(rows.get_database_backend(), failed);
        let n: i64 = rows.query_one_raw(failed).await.unwrap().unwrap().try_get("", "n").unwrap();
        if n == VALUES as i64 {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{n} values were put back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let status = caller.get(&format!("/jobs/{id}")).await.ok();
    assert_eq!((&status["completed"], &status["status"]), (&json!(0), &json!("working")));
    heal(&rows).await;
    // They would rest for some seconds.
    execute(&rows, "UPDATE bulk_item SET not_before = 1 WHERE state = 0").await;
    let results = caller.results(&id).await;
    assert_eq!(results["products"].as_array().unwrap().len(), VALUES);
    assert!(results["products"].as_array().unwrap().iter().all(|product| product["reason"] != "error"));
    rows.close().await.unwrap();
    server.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_cannot_be_written() {
    let server = start().await;
    if !server.database.is_sqlite() {
        return server.close().await;
    }
    let rows = server.look().await;
    let caller = server.caller(Terms::plan("business")).await;
    wound(&rows, "INSERT ON ledger_entry", "NEW.kind = 'job'").await;
    let id = caller.submit(&job("at", VALUES)).await;
    let begun = Instant::now();
    loop {
        let status = caller.get(&format!("/jobs/{id}")).await.ok();
        // Not finished without having been charged, and nothing to download yet.
        assert_ne!(status["status"], "finished");
        if status["completed"] == VALUES {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{status}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    caller.download(&id, "").await.refused(409, "job not finished", None);
    assert_eq!(caller.credits_today().await, 0);
    heal(&rows).await;
    assert_eq!(caller.results(&id).await["products"].as_array().unwrap().len(), VALUES);
    assert!(caller.credits_today().await >= VALUES as u64);
    rows.close().await.unwrap();
    server.close().await;
}

/// SQLite undoes a transaction that finds no room by itself. What is acknowledged afterwards is stored.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_was_full() {
    let server = TestServer::start(Setup { works: false, ..Setup::default() }).await;
    if !server.database.is_sqlite() {
        return server.close().await;
    }
    let rows = server.look().await;
    let caller = server.caller(Terms::plan("business")).await;
    let full = "CREATE TRIGGER wound BEFORE INSERT ON bulk_item
        BEGIN SELECT RAISE(ROLLBACK, 'database or disk is full'); END";
    execute(&rows, full).await;
    let refused = caller.post_json("/v2/jobs", &job("de", 1)).await;
    refused.refused(503, "overloaded", None);
    assert!(refused.header("retry-after").is_some());
    heal(&rows).await;

    let mut stored = vec![caller.submit(&job("de", 1)).await];
    // An ordinary refusal drops its transaction.
    let poor = server.caller(Terms { free_credits: Some(0), ..Terms::plan("free") }).await;
    poor.post_json("/v2/jobs", &job("de", 1)).await.refused(402, "not enough free credits", None);
    stored.push(caller.submit(&job("at", 1)).await);
    stored.push(caller.submit(&job("fr", 1)).await);
    for id in &stored {
        assert_eq!(caller.get(&format!("/v2/jobs/{id}")).await.ok()["requested"], 1);
    }
    assert_eq!(caller.get("/readyz").await.status, 200);
    rows.close().await.unwrap();
    let database = server.stop().await;
    let server = TestServer::start(Setup { database: Some(database), ..Setup::default() }).await;
    let caller = crate::harness::Caller { app: server.app.clone(), base: server.base.clone(), ..caller };
    for id in &stored {
        assert_eq!(caller.results(id).await["products"].as_array().unwrap().len(), 1);
    }
    server.close().await;
}

/// Another program (a backup, somebody at a prompt) holds the write lock for a while.
#[tokio::test(flavor = "multi_thread")]
async fn a_write_lock_held_by_somebody_else() {
    let server = start().await;
    if !server.database.is_sqlite() {
        return server.close().await;
    }
    let caller = server.caller(Terms::plan("business")).await;
    let first = caller.submit(&job("fr", VALUES)).await;
    let rows = server.look().await;
    let immediate = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let held = rows.begin_with_options(immediate).await.unwrap();
    // Reads go on; a job that is created meanwhile waits for the lock.
    let asked = job("it", VALUES);
    let (second, ()) = tokio::join!(caller.submit(&asked), async {
        for _ in 0..READS {
            assert_eq!(caller.get(&format!("/jobs/{first}")).await.ok()["requested"], VALUES);
        }
        let jobs = caller.get("/jobs").await.ok()["jobs"].as_array().unwrap().len();
        assert_eq!(jobs, 1, "the second is not stored yet");
        held.rollback().await.unwrap();
    });
    for id in [first, second] {
        assert_eq!(caller.results(&id).await["products"].as_array().unwrap().len(), VALUES);
    }
    rows.close().await.unwrap();
    server.close().await;
}

/// Values whose workers died again and again are leased one by one; that must not make a large job crawl.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_lived_through_many_crashes() {
    let idle = TestServer::start(Setup { works: false, ..Setup::default() }).await;
    if !idle.database.is_sqlite() {
        return idle.close().await;
    }
    let caller = idle.caller(Terms::plan("business")).await;
    let id = caller.submit(&job("nl", LONE)).await;
    let rows = idle.look().await;
    let crashed = format!("UPDATE bulk_item SET attempt = {TRIES_IN_COMPANY}, state = 1, lease = 1, lease_until = 1");
    execute(&rows, &crashed).await;
    rows.close().await.unwrap();
    let database = idle.stop().await;
    // Lost tickets are looked for once, at the start: the rest of the values is rung for by those before them.
    let change = |config: &mut pricemill::config::Config| config.jobs.reconcile_ms = 3_600_000;
    let server =
        TestServer::start(Setup { database: Some(database), change: Box::new(change), ..Setup::default() }).await;
    let caller = crate::harness::Caller { app: server.app.clone(), base: server.base.clone(), ..caller };
    let results = caller.results(&id).await;
    let products = results["products"].as_array().unwrap();
    assert_eq!(products.len(), LONE);
    assert!(products.iter().all(|product| product["reason"] != "error"));
    server.close().await;
}
