//! A job its owner wants no more.

use crate::app::App;
use crate::ledger::settle_cancelled;
use crate::storage::bulk_job::{self, Job};
use crate::storage::{StorageError, retention};

/// Ends a job before its values are done; only values that were handed out before cost anything. `None` when it has ended.
pub async fn cancel(app: &App, job: &Job) -> Result<Option<Job>, StorageError> {
    let transaction = app.db.begin().await?;
    let Some(cancelled) = settle_cancelled(&transaction, job.seq, app.clock.now()).await? else { return Ok(None) };
    transaction.commit().await?;
    tell(app, &cancelled);
    Ok(Some(cancelled))
}

/// Deletes a job's results at once; a job that has not ended is cancelled with it. The job as it is then.
pub async fn delete(app: &App, job: &Job) -> Result<Job, StorageError> {
    let now = app.clock.now();
    let transaction = app.db.begin().await?;
    let cancelled = settle_cancelled(&transaction, job.seq, now).await?;
    retention::delete_results(&transaction, job.seq, now).await?;
    transaction.commit().await?;
    if let Some(cancelled) = &cancelled {
        tell(app, cancelled);
    }
    bulk_job::load(&app.db, job.seq).await
}

fn tell(app: &App, job: &Job) {
    app.metrics.job_cancelled(job.charge.total());
    tracing::info!(job = %job.id, done = job.completed, credits = job.charge.total(), "job cancelled");
    app.moved.notify_waiters();
}
