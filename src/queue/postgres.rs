//! Tickets in PostgreSQL, in apalis' own schema.

use super::doorbell::{BATCHES, HEARTBEAT, MISSED_HEARTBEATS, TAKEN_AT_ONCE, failed, spawn_handler};
use super::{QueueError, QueueSettings, Ticket};
use apalis::prelude::{BoxDynError, Monitor, TaskBuilder, WorkerBuilder, WorkerBuilderExt};
use apalis_postgres::{Config, PostgresStorage};
use sqlx::PgPool;
use std::future::Future;

pub(super) async fn migrate(pool: &PgPool) -> Result<(), QueueError> {
    let mut migrations = PostgresStorage::<()>::migrations();
    migrations.set_ignore_missing(true);
    migrations.run(pool).await.map_err(failed)
}

pub(super) async fn push(pool: &PgPool, tickets: &[Ticket]) -> Result<(), QueueError> {
    let tasks = tickets
        .iter()
        .map(|ticket| Ok(TaskBuilder::new(serde_json::to_vec(ticket)?).build()))
        .collect::<Result<Vec<_>, serde_json::Error>>()
        .map_err(failed)?;
    let mut connection = pool.acquire().await.map_err(failed)?;
    apalis_postgres::queries::push_tasks(&mut *connection, BATCHES, tasks).await.map_err(failed)
}

pub(super) async fn count_waiting(pool: &PgPool) -> Result<u64, QueueError> {
    let sql = "SELECT COUNT(*) FROM apalis.jobs WHERE job_type = $1 AND status = 'Pending'";
    let n: i64 = sqlx::query_scalar(sql).bind(BATCHES).fetch_one(pool).await.map_err(failed)?;
    Ok(u64::try_from(n).unwrap_or(0))
}

pub(super) async fn sweep(pool: &PgPool) -> Result<u64, QueueError> {
    let sql = "DELETE FROM apalis.jobs WHERE job_type = $1 AND status IN ('Done', 'Killed')";
    Ok(sqlx::query(sql).bind(BATCHES).execute(pool).await.map_err(failed)?.rows_affected())
}

pub(super) async fn answer<H, F>(
    pool: &PgPool,
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
    let (pool, name) = (pool.clone(), worker_name.to_owned());
    Monitor::new()
        .register(move |restart| {
            let backend = PostgresStorage::<Ticket>::new(&pool).with_config(config.clone()).with_pubsub();
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
