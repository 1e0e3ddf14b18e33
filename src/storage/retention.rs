//! What goes in the end: results whose time is over or whose owner wants them gone, and pages nobody needs. Jobs and the
//! ledger stay.

use super::db::statement;
use super::{Db, StorageError, Transaction};
use crate::domain::Timestamp;
use sea_orm::{ConnectionTrait, DbBackend};
use std::collections::BTreeMap;
use std::time::Duration;

/// Ids in one IN list.
const IDS_PER_QUERY: usize = 500;

/// How long results stay at least once their webhook was told of them, or was tried for the last time: who was told late
/// still finds them.
pub const KEPT_AFTER_MESSAGE: Duration = Duration::from_secs(24 * 3_600);

/// When a job's results may go by themselves, at the moment `$1`: not while its webhook is still to be told of them, nor soon
/// after.
fn is_over() -> String {
    format!(
        "expires_at <= $1 AND deleted_at IS NULL AND status IN ('finished', 'cancelled') AND NOT EXISTS \
         (SELECT 1 FROM webhook_message m WHERE m.job_seq = bulk_job.seq AND (m.state = 'open' \
          OR (m.state IN ('delivered', 'failed') AND m.ended_at > $1 - {})))",
        KEPT_AFTER_MESSAGE.as_micros()
    )
}

/// Jobs whose results are kept no longer, the longest over first.
pub async fn list_expired(db: &Db, now: Timestamp, most: u32) -> Result<Vec<i64>, StorageError> {
    let sql = format!("SELECT seq FROM bulk_job WHERE {} ORDER BY expires_at LIMIT $2", is_over());
    let values = [now.as_micros().into(), i64::from(most).into()];
    let rows = db.reader().query_all_raw(statement(db.reader(), sql, values)).await?;
    rows.iter().map(|row| Ok(row.try_get("", "seq")?)).collect()
}

/// Deletes the results of one job whose time is over; false when somebody did it before, or its time is not over.
pub async fn expire(db: &Db, seq: i64, now: Timestamp) -> Result<bool, StorageError> {
    let transaction = db.begin().await?;
    let conn = transaction.conn();
    let sql = format!("UPDATE bulk_job SET deleted_at = $1 WHERE {} AND seq = $2", is_over());
    if conn.execute_raw(statement(conn, sql, [now.as_micros().into(), seq.into()])).await?.rows_affected() == 0 {
        return Ok(false);
    }
    delete_values(&transaction, seq).await?;
    transaction.commit().await?;
    Ok(true)
}

/// Deletes the results of an ended job at once; nothing happens when they are gone already.
pub async fn delete_results(transaction: &Transaction, seq: i64, now: Timestamp) -> Result<(), StorageError> {
    let conn = transaction.conn();
    let sql = "UPDATE bulk_job SET deleted_at = $1 \
               WHERE seq = $2 AND deleted_at IS NULL AND status IN ('finished', 'cancelled')";
    let done = conn.execute_raw(statement(conn, sql, [now.as_micros().into(), seq.into()])).await?;
    if done.rows_affected() == 1 { delete_values(transaction, seq).await } else { Ok(()) }
}

/// A job's values, which are a thousand at most, and their claims on pages.
async fn delete_values(transaction: &Transaction, seq: i64) -> Result<(), StorageError> {
    let conn = transaction.conn();
    let sql = "DELETE FROM bulk_item WHERE job_seq = $1 RETURNING page_ids";
    let mut uses: BTreeMap<String, i32> = BTreeMap::new();
    for row in conn.query_all_raw(statement(conn, sql, [seq.into()])).await? {
        let page_ids: Option<String> = row.try_get("", "page_ids")?;
        for id in page_ids.iter().flat_map(|ids| ids.split(',')) {
            *uses.entry(id.to_owned()).or_default() += 1;
        }
    }
    // In the order in which pages are written everywhere, or two transactions would wait for each other (PostgreSQL).
    let uses: Vec<(String, i32)> = uses.into_iter().collect();
    for chunk in uses.chunks(IDS_PER_QUERY) {
        release_pages(transaction, chunk).await?;
    }
    Ok(())
}

async fn release_pages(transaction: &Transaction, uses: &[(String, i32)]) -> Result<(), StorageError> {
    let conn = transaction.conn();
    if conn.get_database_backend() != DbBackend::Sqlite {
        let sql = format!("SELECT id FROM lookup_page WHERE id IN ({}) ORDER BY id FOR UPDATE", places(1, uses.len()));
        conn.query_all_raw(statement(conn, sql, uses.iter().map(|(id, _)| id.as_str().into()))).await?;
    }
    let mut by_count: BTreeMap<i32, Vec<&str>> = BTreeMap::new();
    for (id, count) in uses {
        by_count.entry(*count).or_default().push(id);
    }
    for (count, ids) in by_count {
        let sql = format!("UPDATE lookup_page SET uses = uses - $1 WHERE id IN ({})", places(2, ids.len()));
        let values = std::iter::once(count.into()).chain(ids.iter().map(|id| (*id).into()));
        conn.execute_raw(statement(conn, sql, values)).await?;
    }
    Ok(())
}

/// `$2, $3, $4`
fn places(first: usize, count: usize) -> String {
    (first..first + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

/// Deletes up to `most` pages that were fetched before a moment and answer no value; says how many.
pub async fn delete_unused_pages(db: &Db, before: Timestamp, most: u32) -> Result<u64, StorageError> {
    // Two processes that sweep share the work instead of waiting for each other.
    let skip_locked = match db.backend() {
        DbBackend::Sqlite => "",
        _ => "FOR UPDATE SKIP LOCKED",
    };
    let sql = format!(
        "DELETE FROM lookup_page WHERE uses = 0 AND id IN ( \
             SELECT id FROM lookup_page WHERE uses = 0 AND fetched_at < $1 ORDER BY fetched_at LIMIT $2 {skip_locked})"
    );
    let values = [before.as_micros().into(), i64::from(most).into()];
    Ok(db.writer().execute_raw(statement(db.writer(), sql, values)).await?.rows_affected())
}
