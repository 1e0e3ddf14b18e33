//! Tickets in SQLite.

use super::bell::Bell;
use super::doorbell::{BATCHES, HEARTBEAT, MISSED_HEARTBEATS, POLL_INTERVAL, TAKEN_AT_ONCE, failed, spawn_handler};
use super::{QueueError, QueueSettings, Ticket};
use apalis::prelude::{BoxDynError, Monitor, Strategy, TaskBuilder, WorkerBuilder, WorkerBuilderExt};
use apalis_core::backend::ext::BackendExt;
use apalis_sqlite::{Config, SqliteStorage};
use sqlx::SqlitePool;
use std::future::Future;

pub(super) async fn migrate(pool: &SqlitePool) -> Result<(), QueueError> {
    // Not SqliteStorage::setup: it would set pragmas of its own on our connection, synchronous=OFF among them.
    let mut migrations = SqliteStorage::migrations();
    // The schema migrations keep their own table; theirs must not be mistaken for unknown ones of ours.
    migrations.set_ignore_missing(true);
    migrations.run(pool).await.map_err(failed)?;
    // With this index the acknowledgement of a ticket walks every row its worker ever held (measured: 50 times slower at
    // 10,000 rows); without it the primary key is used.
    sqlx::query("DROP INDEX IF EXISTS LIdx").execute(pool).await.map_err(failed)?;
    Ok(())
}

pub(super) async fn push(pool: &SqlitePool, tickets: &[Ticket]) -> Result<(), QueueError> {
    let tasks = tickets
        .iter()
        .map(|ticket| Ok(TaskBuilder::new(serde_json::to_vec(ticket)?).build()))
        .collect::<Result<Vec<_>, serde_json::Error>>()
        .map_err(failed)?;
    let mut transaction = pool.begin().await.map_err(failed)?;
    apalis_sqlite::queries::push_tasks(&mut *transaction, BATCHES, &tasks).await.map_err(failed)?;
    transaction.commit().await.map_err(failed)
}

pub(super) async fn count_waiting(pool: &SqlitePool) -> Result<u64, QueueError> {
    let sql = "SELECT COUNT(*) FROM Jobs WHERE job_type = ?1 AND status = 'Pending'";
    let n: i64 = sqlx::query_scalar(sql).bind(BATCHES).fetch_one(pool).await.map_err(failed)?;
    Ok(u64::try_from(n).unwrap_or(0))
}

pub(super) async fn sweep(pool: &SqlitePool) -> Result<u64, QueueError> {
    let sql = "DELETE FROM Jobs WHERE job_type = ?1 AND status IN ('Done', 'Killed')";
    Ok(sqlx::query(sql).bind(BATCHES).execute(pool).await.map_err(failed)?.rows_affected())
}

pub(super) async fn answer<H, F>(
    pool: &SqlitePool,
    bell: &Bell,
    worker_name: &str,
    settings: QueueSettings,
    handle: H,
    stop: impl Future<Output = ()> + Send,
) -> Result<(), QueueError>
where
    H: Fn(Ticket) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let config = Config::default()
        .queue(BATCHES)
        .batch_size(TAKEN_AT_ONCE)
        .heartbeat_interval(HEARTBEAT)
        .missed_heartbeats(MISSED_HEARTBEATS)
        .lock_tasks(false)
        .persist_results(false);
    let (pool, bell, name) = (pool.clone(), bell.clone(), worker_name.to_owned());
    Monitor::new()
        .register(move |restart| {
            let backend = SqliteStorage::<Ticket>::new(&pool)
                .with_config(config.clone())
                .poll_with_strategy(Strategy::new().stream(bell.listen()).interval(POLL_INTERVAL));
            let handle = handle.clone();
            WorkerBuilder::new(format!("{name}-{restart}")).backend(backend).concurrency(settings.concurrency).build(
                move |ticket: Ticket| {
                    let handling = handle(ticket);
                    async move {
                        spawn_handler(handling).await;
                        Ok::<(), BoxDynError>(())
                    }
                },
            )
        })
        // A database error while fetching ends the worker; the next one may well succeed.
        .should_restart(|_, _| true)
        .shutdown_timeout(settings.shutdown)
        .run_with_signal(async {
            stop.await;
            Ok(())
        })
        .await
        .map_err(failed)
}
