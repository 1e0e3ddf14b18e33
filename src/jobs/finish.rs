//! The end of a job.

use crate::app::App;
use crate::ledger::settle;
use crate::storage::StorageError;

/// Settles a job whose values are all done, and stores what its webhook will be told, in one transaction; nothing happens when
/// it is settled already.
pub async fn finish(app: &App, job_seq: i64) -> Result<(), StorageError> {
    let now = app.clock.now();
    let transaction = app.db.begin().await?;
    if let Some(job) = settle(&transaction, job_seq, now).await? {
        let is_told = app.webhooks.tell_finished(&transaction, &job, now).await?;
        transaction.commit().await?;
        if is_told {
            app.webhooks.ring();
        }
        app.metrics.job_finished(now.since(job.created_at), job.charge.total());
        tracing::info!(job = %job.id, values = job.requested, credits = job.charge.total(), "job finished");
    }
    app.moved.notify_waiters();
    Ok(())
}
