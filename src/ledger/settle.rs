//! The end of a job's account: once, whatever happens.

use crate::domain::{Charge, JobStatus, Timestamp};
use crate::storage::{StorageError, Transaction, account, bulk_item, bulk_job, ledger};

/// Settles a job whose values are all done: counts what it cost, writes it down, takes it from the account and makes the
/// job `finished`, all in the caller's transaction, which also stores what the end causes. `None` when there was nothing to
/// settle (someone else did it).
///
/// The usage day is the UTC day of `now`.
pub async fn settle(
    transaction: &Transaction,
    job_seq: i64,
    now: Timestamp,
) -> Result<Option<bulk_job::Job>, StorageError> {
    let Some(job) = bulk_job::lock_finishing(transaction, job_seq).await? else { return Ok(None) };
    let pages = bulk_item::charged_pages(transaction, job_seq).await?;
    let total = job.multiplier.of_pages(pages);
    let free_left = account::lock(transaction, job.account_id).await?.free_credits_left;
    let charge = Charge::split(total, free_left);
    if job.is_charged {
        ledger::insert_job(transaction, job.account_id, job_seq, charge, now).await?;
    }
    bulk_job::mark_finished(transaction, job_seq, charge, now).await?;
    Ok(Some(job.ended(JobStatus::Finished, charge, now)))
}
