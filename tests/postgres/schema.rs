//! The schema's steps, ours and the queue's.

use crate::database;
use pricemill::queue::{Queue, Ticket};
use pricemill::storage::{Db, DbSettings};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

async fn open(url: &str) -> Db {
    Db::connect(&DbSettings { url: url.to_owned(), connections: 4, synchronous_full: true }).await.unwrap()
}

/// Tables of ours, in order.
async fn tables(look: &DatabaseConnection) -> Vec<String> {
    let sql = "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'public' \
               AND table_name <> 'seaql_migrations' ORDER BY 1";
    let rows = look.query_all_raw(Statement::from_string(look.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "name").unwrap()).collect()
}

const TABLES: [&str; 18] = [
    "account",
    "api_token",
    "bulk_item",
    "bulk_job",
    "idempotency_key",
    "job_schedule",
    "ledger_entry",
    "lookup_page",
    "schedule_run",
    "source_drift",
    "source_field_health",
    "source_health",
    "source_switch",
    "usage_day",
    "webhook_attempt",
    "webhook_gone",
    "webhook_message",
    "webhook_secret",
];

#[tokio::test]
async fn goes_up_and_down_and_up() {
    let Some(database) = database().await else { return };
    let (db, look) = (open(&database.url).await, database.look().await);
    db.migrate().await.unwrap();
    assert_eq!(tables(&look).await, TABLES);
    db.unmigrate().await.unwrap();
    assert_eq!(tables(&look).await, [""; 0]);
    db.migrate().await.unwrap();
    db.migrate().await.unwrap();
    assert_eq!(tables(&look).await, TABLES);
    look.close().await.unwrap();
    db.close().await;
}

/// Several servers of one installation start at the same moment on an empty database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn goes_up_once_when_servers_start_together() {
    let Some(database) = database().await else { return };
    let starting = (0..4).map(|_| {
        let url = database.url.clone();
        tokio::spawn(async move {
            let db = open(&url).await;
            db.migrate().await.unwrap();
            Queue::new(&db).migrate().await.unwrap();
            db.close().await;
        })
    });
    for start in starting.collect::<Vec<_>>() {
        start.await.unwrap();
    }
    let look = database.look().await;
    assert_eq!(tables(&look).await, TABLES);
    look.close().await.unwrap();
}

#[tokio::test]
async fn the_queue_keeps_and_sweeps_tickets() {
    let Some(database) = database().await else { return };
    let db = open(&database.url).await;
    let queue = Queue::new(&db);
    queue.migrate().await.unwrap();
    queue.migrate().await.unwrap();
    assert_eq!(queue.count_waiting().await.unwrap(), 0);
    queue.ring(&[Ticket::for_job(1), Ticket::for_job(2)]).await.unwrap();
    assert_eq!(queue.count_waiting().await.unwrap(), 2);
    // Only answered ones are swept.
    assert_eq!(queue.sweep().await.unwrap(), 0);
    assert_eq!(queue.count_waiting().await.unwrap(), 2);
    db.close().await;
}
