//! Ringing and answering, whichever database keeps the tickets.

use super::bell::Bell;
use super::{Ticket, postgres, sqlite};
use crate::storage::{Db, Pools};
use std::future::Future;
use std::time::Duration;

/// Name of the queue in apalis' tables; a fixed one, since the default is a Rust type's name, which a refactoring changes.
pub(super) const BATCHES: &str = "bulk_batch";
/// Longest a ticket of another process lies unseen.
pub(super) const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// How often a worker shows that it lives; also the bound on a stalled pick-up.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(3);
/// A worker that missed so many heartbeats is dead and its tickets are rung again.
pub(super) const MISSED_HEARTBEATS: usize = 5;

/// Tickets taken at once. Ours are coarse (a batch of values each), so few are enough.
pub(super) const TAKEN_AT_ONCE: usize = 16;

/// How many batches one process works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueSettings {
    pub concurrency: usize,
    /// After the signal to stop, running batches have this long.
    pub shutdown: Duration,
}

/// The queue of batches.
#[derive(Debug, Clone)]
pub struct Queue {
    pools: Pools,
    bell: Bell,
}

/// The queue's tables were not reached.
#[derive(Debug, thiserror::Error)]
#[error("queue: {0}")]
pub struct QueueError(pub(super) String);

pub(super) fn failed(error: impl std::fmt::Display) -> QueueError {
    QueueError(error.to_string())
}

impl Queue {
    pub fn new(db: &Db) -> Queue {
        Queue { pools: db.pools().clone(), bell: Bell::default() }
    }

    /// Creates or updates the queue's own tables.
    pub async fn migrate(&self) -> Result<(), QueueError> {
        match &self.pools {
            Pools::Sqlite { write } => sqlite::migrate(write).await,
            Pools::Postgres { pool } => postgres::migrate(pool).await,
        }
    }

    /// Rings tickets. Called after the commit of what they are about, so that a worker who answers finds it.
    pub async fn ring(&self, tickets: &[Ticket]) -> Result<(), QueueError> {
        if tickets.is_empty() {
            return Ok(());
        }
        match &self.pools {
            Pools::Sqlite { write } => sqlite::push(write, tickets).await?,
            Pools::Postgres { pool } => postgres::push(pool, tickets).await?,
        }
        self.bell.ring();
        Ok(())
    }

    /// Tickets nobody has answered yet.
    pub async fn count_waiting(&self) -> Result<u64, QueueError> {
        match &self.pools {
            Pools::Sqlite { write } => sqlite::count_waiting(write).await,
            Pools::Postgres { pool } => postgres::count_waiting(pool).await,
        }
    }

    /// Deletes answered tickets; they are of no use once answered, and the queue slows down with their number.
    pub async fn sweep(&self) -> Result<u64, QueueError> {
        match &self.pools {
            Pools::Sqlite { write } => sqlite::sweep(write).await,
            Pools::Postgres { pool } => postgres::sweep(pool).await,
        }
    }

    /// Answers tickets with `handle` until `stop` resolves; then running ones end (or are cut off after the shutdown
    /// time) and buffered ones go back. `worker_name` must be new for each start of the process.
    pub async fn answer<H, F>(
        &self,
        worker_name: &str,
        settings: QueueSettings,
        handle: H,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<(), QueueError>
    where
        H: Fn(Ticket) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        match &self.pools {
            Pools::Sqlite { write } => sqlite::answer(write, &self.bell, worker_name, settings, handle, stop).await,
            Pools::Postgres { pool } => postgres::answer(pool, worker_name, settings, handle, stop).await,
        }
    }
}

/// Runs a handler on the runtime's own threads: apalis interleaves the tickets of a worker on one task, which would keep
/// all parsing on one core. A panic ends the ticket, not the worker; the batch's lease then runs out.
pub(super) async fn spawn_handler(handling: impl Future<Output = ()> + Send + 'static) {
    if let Err(error) = tokio::spawn(handling).await {
        tracing::error!(%error, "a ticket's handler panicked");
    }
}
