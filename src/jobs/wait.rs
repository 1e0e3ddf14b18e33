//! Waiting for one job.

use crate::app::App;
use crate::domain::{AccountId, JobId};
use crate::storage::StorageError;
use crate::storage::bulk_job::{self, Job};
use std::time::Duration;

/// Another process may finish the job, and then nobody here is told: so often it is looked at anyway.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// The job as soon as it is finished or cancelled, or as it is after `longest`; `None` when the account has no such job.
pub async fn wait(app: &App, owner: AccountId, id: &JobId, longest: Duration) -> Result<Option<Job>, StorageError> {
    let until = tokio::time::Instant::now() + longest;
    loop {
        // Listening begins before looking, so that a finish in between is not missed.
        let moved = app.moved.notified();
        tokio::pin!(moved);
        moved.as_mut().enable();
        let found = bulk_job::find(&app.db, owner, id).await?;
        let ended = found.as_ref().is_none_or(|job| job.status.is_final());
        let left = until.saturating_duration_since(tokio::time::Instant::now());
        if ended || left.is_zero() || app.stop.is_cancelled() {
            return Ok(found);
        }
        let _ = tokio::time::timeout(left.min(LOOK_AGAIN), moved).await;
    }
}
