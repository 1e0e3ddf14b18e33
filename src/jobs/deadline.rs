//! Deadlines of jobs.

use super::finish;
use crate::app::App;
use crate::domain::JobStatus;
use crate::storage::{StorageError, early_end};

/// One round: ends what is not done of jobs whose deadline passed, whether or not anybody works on it.
pub async fn end_overdue(app: &App) -> Result<(), StorageError> {
    for seq in early_end::list_overdue(&app.db, app.clock.now()).await? {
        // One job in trouble must not keep the others waiting.
        if let Err(error) = time_out(app, seq).await {
            tracing::error!(%error, job_seq = seq, "its deadline passed, and it is not ended yet");
        }
    }
    Ok(())
}

/// Ends what is not done of one job, and the job with it, if its deadline passed.
pub(super) async fn time_out(app: &App, job_seq: i64) -> Result<(), StorageError> {
    match early_end::time_out(&app.db, job_seq, app.clock.now()).await? {
        Some(progress) if progress.status == JobStatus::Finishing => finish(app, job_seq).await,
        _ => Ok(()),
    }
}
