//! What is done of a job is given to its caller while the rest is not.

use crate::app::App;
use crate::domain::JobStatus;
use crate::storage::StorageError;
use crate::storage::bulk_job::{self, Job};

/// Which of a job's ended values an answer gives: those numbered `after` + 1 to `last`, in the order in which they ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOut {
    /// As the answer tells it.
    pub job: Job,
    pub after: u32,
    pub last: u32,
}

/// What would be given of the job as it stands: at most `limit` values behind number `after`.
///
/// While the job has not ended, nothing is passed over: an `after` beyond what was given counts as what was given, so that
/// [`hand_out`] can keep one number, and a cancelled job is charged for nothing that was not given. Of a cancelled job those
/// values are there that were given, and charged, before.
pub fn next_values(job: Job, after: u32, limit: u32) -> HandedOut {
    let after = if job.status.is_final() { after } else { after.min(job.handed_out) };
    let there = if job.status == JobStatus::Cancelled { job.handed_out } else { job.completed };
    let last = after.saturating_add(limit).min(there).max(after);
    HandedOut { job, after, last }
}

/// Gives values away: before the answer it is written down which, while the job has not ended, since they cost what they cost
/// even if it is cancelled then.
///
/// The job may be an older state of itself: it had handed out no more than it has by now, so what is given follows on that.
pub async fn hand_out(app: &App, job: Job, after: u32, limit: u32) -> Result<HandedOut, StorageError> {
    let given = next_values(job, after, limit);
    if given.job.status.is_final() || given.last == given.after {
        return Ok(given);
    }
    let HandedOut { job, after: from, last } = given;
    let job = bulk_job::hand_out(&app.db, job, last).await?;
    // It ended meanwhile, and nothing was written.
    if job.status.is_final() { Ok(next_values(job, after, limit)) } else { Ok(HandedOut { job, after: from, last }) }
}
