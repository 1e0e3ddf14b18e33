//! Attempts to deliver webhook messages: added when they begin, completed when they end. One that never ends, since its
//! process did, is told as interrupted.

use super::db::statement;
use super::{Db, StorageError, Transaction};
use crate::domain::Timestamp;
use entity::webhook_attempt::{Column, Entity};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;

/// Most attempts that are read for the messages of one page, the newest; a message has ten unless it is replayed.
const MOST_READ: u64 = 2000;
/// What went wrong with an attempt that never ended.
const INTERRUPTED: &str = "interrupted";

/// One attempt; neither `status` nor `error` while it is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub at: Timestamp,
    pub duration_ms: u64,
    /// `None` when no answer came.
    pub status: Option<u16>,
    /// A word for what went wrong; `None` when the receiver took the message.
    pub error: Option<String>,
    /// The beginning of the answer's body.
    pub excerpt: String,
}

/// Adds an attempt that begins now and ends before `until` (by the clock of leases) if its process lives; answers its id.
pub async fn begin(
    transaction: &Transaction,
    message_seq: i64,
    at: Timestamp,
    until: Timestamp,
) -> Result<i64, StorageError> {
    let conn = transaction.conn();
    let sql = "INSERT INTO webhook_attempt (message_seq, at, duration_ms, status, error, excerpt, under_way_until) \
               VALUES ($1, $2, 0, NULL, $3, '', $4) RETURNING id";
    let values = [message_seq.into(), at.as_micros().into(), INTERRUPTED.into(), until.as_micros().into()];
    let row = conn.query_one_raw(statement(conn, sql, values)).await?;
    Ok(row.ok_or_else(|| StorageError::corrupt("webhook_attempt", "no id"))?.try_get("", "id")?)
}

/// Writes down how an attempt ended, however late.
pub async fn end(transaction: &Transaction, id: i64, attempt: &Attempt) -> Result<(), StorageError> {
    let conn = transaction.conn();
    let sql = "UPDATE webhook_attempt SET at = $1, duration_ms = $2, status = $3, error = $4, excerpt = $5, \
               under_way_until = 0 WHERE id = $6";
    let values = [
        attempt.at.as_micros().into(),
        i64::try_from(attempt.duration_ms).unwrap_or(i64::MAX).into(),
        attempt.status.map(i32::from).into(),
        attempt.error.clone().into(),
        attempt.excerpt.clone().into(),
        id.into(),
    ];
    conn.execute_raw(statement(conn, sql, values)).await?;
    Ok(())
}

/// The attempts of each of these messages, oldest first, as they stand at a moment of the clock of leases.
pub async fn list(
    db: &Db,
    message_seqs: &[i64],
    lease_now: Timestamp,
) -> Result<HashMap<i64, Vec<Attempt>>, StorageError> {
    let query = Entity::find().filter(Column::MessageSeq.is_in(message_seqs.iter().copied()));
    let rows = query.order_by_desc(Column::Id).limit(MOST_READ).all(db.reader()).await?;
    let mut found: HashMap<i64, Vec<Attempt>> = HashMap::new();
    for row in rows.into_iter().rev() {
        let corrupt = |what| StorageError::corrupt("webhook_attempt", what);
        found.entry(row.message_seq).or_default().push(Attempt {
            at: Timestamp::from_micros(row.at),
            duration_ms: u64::try_from(row.duration_ms).map_err(|_| corrupt("duration_ms"))?,
            status: row.status.map(u16::try_from).transpose().map_err(|_| corrupt("status"))?,
            error: row.error.filter(|_| row.under_way_until < lease_now.as_micros()),
            excerpt: row.excerpt,
        });
    }
    Ok(found)
}
