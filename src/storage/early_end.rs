//! Jobs that end before all their values are done: cancelled by their owner, or their deadline passed.

use super::account::credits_column;
use super::bulk_item;
use super::bulk_job::{self, Added, Job, Progress};
use super::db::statement;
use super::{Db, StorageError, Transaction};
use crate::domain::{Charge, Credits, JobStatus, Reason, Timestamp};
use entity::bulk_job::{Column, Entity};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect};

/// Jobs whose deadline passed that one round takes up.
const OVERDUE_A_ROUND: u32 = 1000;

/// The job unless it has ended; no other transaction ends it, or values of it, before this one ends.
pub async fn lock_unended(transaction: &Transaction, seq: i64) -> Result<Option<Job>, StorageError> {
    let conn = transaction.conn();
    let ends = [JobStatus::Finished, JobStatus::Cancelled].map(JobStatus::as_str);
    let query = Entity::find_by_id(seq).filter(Column::Status.is_not_in(ends));
    let row = match conn.get_database_backend() {
        DbBackend::Sqlite => query.one(conn).await?,
        _ => query.lock_exclusive().one(conn).await?,
    };
    row.map(bulk_job::from_row).transpose()
}

/// Pages that cost credits of the values a caller was given before the end, before the multiplier.
pub async fn handed_out_pages(transaction: &Transaction, job: &Job) -> Result<Credits, StorageError> {
    let conn = transaction.conn();
    let sql = "SELECT CAST(COALESCE(SUM(charged_pages), 0) AS BIGINT) AS n FROM bulk_item \
               WHERE job_seq = $1 AND done_no <= $2";
    let row = conn.query_one_raw(statement(conn, sql, [job.seq.into(), i64::from(job.handed_out).into()])).await?;
    let n: i64 = row.ok_or_else(|| StorageError::corrupt("bulk_item", "no sum"))?.try_get("", "n")?;
    Credits::try_from(n).map_err(|_| StorageError::corrupt("bulk_item", "charged_pages below zero"))
}

/// Cancels the job that [`lock_unended`] gave: values that are not done are dropped, so that whoever holds them writes
/// nothing any more; nothing is held back for it any longer.
pub async fn mark_cancelled(
    transaction: &Transaction,
    job: &Job,
    charge: Charge,
    now: Timestamp,
) -> Result<(), StorageError> {
    let conn = transaction.conn();
    bulk_item::take_values(transaction, job.seq).await?;
    let sql = "UPDATE bulk_item SET state = 3, lease_until = 0 WHERE job_seq = $1 AND state < 2";
    conn.execute_raw(statement(conn, sql, [job.seq.into()])).await?;
    let sql = "UPDATE bulk_job SET status = 'cancelled', free_credits = $1, paid_credits = $2, finished_at = $3, \
               expires_at = $4, reserved_credits = 0 WHERE seq = $5 AND status NOT IN ('finished', 'cancelled')";
    let values = [
        credits_column(charge.free).into(),
        credits_column(charge.paid).into(),
        now.as_micros().into(),
        job.expires_after(now).as_micros().into(),
        job.seq.into(),
    ];
    let done = conn.execute_raw(statement(conn, sql, values)).await?;
    if done.rows_affected() == 1 {
        Ok(())
    } else {
        Err(StorageError::corrupt("bulk_job", format!("{} has ended", job.seq)))
    }
}

/// Jobs whose deadline passed with values not done, the longest overdue first.
pub async fn list_overdue(db: &Db, now: Timestamp) -> Result<Vec<i64>, StorageError> {
    let sql = "SELECT seq FROM bulk_job WHERE deadline_at IS NOT NULL AND deadline_at <= $1 \
               AND status IN ('new', 'enqueued', 'working') ORDER BY deadline_at LIMIT $2";
    let values = [now.as_micros().into(), i64::from(OVERDUE_A_ROUND).into()];
    let rows = db.reader().query_all_raw(statement(db.reader(), sql, values)).await?;
    rows.iter().map(|row| Ok(row.try_get("", "seq")?)).collect()
}

/// Ends every value of the job that is not done as `timeout`, whoever holds it, if the job's deadline has passed; `None`
/// when there is nothing to end.
pub async fn time_out(db: &Db, seq: i64, now: Timestamp) -> Result<Option<Progress>, StorageError> {
    let transaction = db.begin().await?;
    let Some(job) = lock_unended(&transaction, seq).await? else { return Ok(None) };
    let is_overdue = job.deadline_at.is_some_and(|deadline| deadline <= now);
    if !is_overdue || job.status == JobStatus::Finishing {
        return Ok(None);
    }
    let done_no = i32::try_from(job.completed).unwrap_or(i32::MAX);
    let completed = bulk_item::end_open(&transaction, seq, Reason::Timeout, done_no).await?;
    let progress = bulk_job::add_completed(&transaction, seq, Added { completed, ..Added::default() }).await?;
    transaction.commit().await?;
    Ok(Some(progress))
}
