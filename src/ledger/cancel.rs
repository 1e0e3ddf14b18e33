//! A cancelled job's account: only what was handed out before costs.

use crate::domain::{Charge, JobStatus, Timestamp};
use crate::storage::bulk_job::Job;
use crate::storage::{StorageError, Transaction, account, early_end, ledger};

/// Cancels a job that has not ended and charges the values its caller was given already, in this transaction. `None` when
/// it has ended: whoever settled it, or cancelled it, was first.
pub async fn settle_cancelled(
    transaction: &Transaction,
    job_seq: i64,
    now: Timestamp,
) -> Result<Option<Job>, StorageError> {
    let Some(job) = early_end::lock_unended(transaction, job_seq).await? else { return Ok(None) };
    let pages = early_end::handed_out_pages(transaction, &job).await?;
    let total = job.multiplier.of_pages(pages);
    let free_left = account::lock(transaction, job.account_id).await?.free_credits_left;
    let charge = Charge::split(total, free_left);
    if job.is_charged && total > 0 {
        ledger::insert_job(transaction, job.account_id, job_seq, charge, now).await?;
    }
    early_end::mark_cancelled(transaction, &job, charge, now).await?;
    Ok(Some(job.ended(JobStatus::Cancelled, charge, now)))
}
