//! Waiting for one job.

use crate::app::App;
use crate::domain::{AccountId, JobId};
use crate::storage::StorageError;
use crate::storage::bulk_job::{self, Job};
use std::time::Duration;

/// Another process may finish the job, and then nobody here is told: so often it is looked at anyway.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// Whoever watches a job looks at it no more often, however often jobs of this process move on.
const LEAST_GAP: Duration = Duration::from_millis(50);

/// The job as soon as it is finished or cancelled, or as it is after `longest`; `None` when the account has no such job.
pub async fn wait(app: &App, owner: AccountId, id: &JobId, longest: Duration) -> Result<Option<Job>, StorageError> {
    wait_until(app, owner, id, longest, Duration::ZERO, |job| job.status.is_final()).await
}

/// The job as soon as it is further than it was, or as it is after `longest`; `None` when the account has no such job.
pub async fn wait_for_change(app: &App, before: &Job, longest: Duration) -> Result<Option<Job>, StorageError> {
    let has_moved = |job: &Job| (job.status, job.completed) != (before.status, before.completed);
    wait_until(app, before.account_id, &before.id, longest, LEAST_GAP, has_moved).await
}

/// Waits until `is_awaited`, looking no more often than once a `gap`.
async fn wait_until(
    app: &App,
    owner: AccountId,
    id: &JobId,
    longest: Duration,
    gap: Duration,
    is_awaited: impl Fn(&Job) -> bool,
) -> Result<Option<Job>, StorageError> {
    let until = tokio::time::Instant::now() + longest;
    loop {
        // Listening begins before looking, so that a finish in between is not missed.
        let moved = app.moved.notified();
        tokio::pin!(moved);
        moved.as_mut().enable();
        let found = bulk_job::find(&app.db, owner, id).await?;
        let has_come = found.as_ref().is_none_or(&is_awaited);
        let left = until.saturating_duration_since(tokio::time::Instant::now());
        if has_come || left.is_zero() || app.stop.is_cancelled() {
            return Ok(found);
        }
        let _ = tokio::time::timeout(left.min(LOOK_AGAIN), moved).await;
        if !gap.is_zero() {
            tokio::time::sleep(gap.min(left)).await;
        }
    }
}
