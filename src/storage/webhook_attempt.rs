//! Attempts to deliver webhook messages: rows are only ever added.

use super::{Db, StorageError, Transaction};
use crate::domain::Timestamp;
use entity::webhook_attempt::{ActiveModel, Column, Entity};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;

/// Most attempts that are read for the messages of one page, the newest; a message has ten unless it is replayed.
const MOST_READ: u64 = 2000;

/// One attempt.
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

/// Adds an attempt.
pub async fn insert(transaction: &Transaction, message_seq: i64, attempt: &Attempt) -> Result<(), StorageError> {
    let row = ActiveModel {
        message_seq: Set(message_seq),
        at: Set(attempt.at.as_micros()),
        duration_ms: Set(i64::try_from(attempt.duration_ms).unwrap_or(i64::MAX)),
        status: Set(attempt.status.map(i32::from)),
        error: Set(attempt.error.clone()),
        excerpt: Set(attempt.excerpt.clone()),
        ..ActiveModel::default()
    };
    Entity::insert(row).exec_without_returning(transaction.conn()).await?;
    Ok(())
}

/// The attempts of each of these messages, oldest first.
pub async fn list(db: &Db, message_seqs: &[i64]) -> Result<HashMap<i64, Vec<Attempt>>, StorageError> {
    let query = Entity::find().filter(Column::MessageSeq.is_in(message_seqs.iter().copied()));
    let rows = query.order_by_desc(Column::Id).limit(MOST_READ).all(db.reader()).await?;
    let mut found: HashMap<i64, Vec<Attempt>> = HashMap::new();
    for row in rows.into_iter().rev() {
        let corrupt = |what| StorageError::corrupt("webhook_attempt", what);
        found.entry(row.message_seq).or_default().push(Attempt {
            at: Timestamp::from_micros(row.at),
            duration_ms: u64::try_from(row.duration_ms).map_err(|_| corrupt("duration_ms"))?,
            status: row.status.map(u16::try_from).transpose().map_err(|_| corrupt("status"))?,
            error: row.error,
            excerpt: row.excerpt,
        });
    }
    Ok(found)
}
