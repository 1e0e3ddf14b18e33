//! The first answers to creations that came with a key.

use super::db::statement;
use super::{Db, StorageError, Transaction};
use crate::domain::{AccountId, IdempotencyKey, Timestamp};
use entity::idempotency_key::{ActiveModel, Column, Entity, Model};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

/// What a key was first used for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstUse {
    /// SHA-256 in hex of what was asked.
    pub fingerprint: String,
    /// Body of the answer, byte for byte.
    pub answer: String,
}

fn from_row(row: Model) -> FirstUse {
    FirstUse { fingerprint: row.fingerprint, answer: row.answer }
}

fn query(owner: AccountId, key: &IdempotencyKey, after: Timestamp) -> sea_orm::Select<Entity> {
    Entity::find()
        .filter(Column::AccountId.eq(owner.0))
        .filter(Column::Key.eq(key.as_str()))
        .filter(Column::CreatedAt.gt(after.as_micros()))
}

/// What an account first used a key for, if that was after a moment.
pub async fn find(
    db: &Db,
    owner: AccountId,
    key: &IdempotencyKey,
    after: Timestamp,
) -> Result<Option<FirstUse>, StorageError> {
    Ok(query(owner, key, after).one(db.reader()).await?.map(from_row))
}

/// The same as a transaction that holds the account sees it.
pub async fn find_in(
    transaction: &Transaction,
    owner: AccountId,
    key: &IdempotencyKey,
    after: Timestamp,
) -> Result<Option<FirstUse>, StorageError> {
    Ok(query(owner, key, after).one(transaction.conn()).await?.map(from_row))
}

/// Keeps the answer for a key; an older use of it is forgotten. The caller has seen, holding the account, that it has no
/// use that still counts.
pub async fn insert(
    transaction: &Transaction,
    owner: AccountId,
    key: &IdempotencyKey,
    first: &FirstUse,
    job_seq: i64,
    now: Timestamp,
) -> Result<(), StorageError> {
    let conn = transaction.conn();
    Entity::delete_by_id((owner.0, key.as_str().to_owned())).exec(conn).await?;
    let row = ActiveModel {
        account_id: Set(owner.0),
        key: Set(key.as_str().to_owned()),
        fingerprint: Set(first.fingerprint.clone()),
        job_seq: Set(job_seq),
        answer: Set(first.answer.clone()),
        created_at: Set(now.as_micros()),
    };
    Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// Forgets uses up to a moment; answers how many.
pub async fn forget(db: &Db, up_to: Timestamp) -> Result<u64, StorageError> {
    let sql = "DELETE FROM idempotency_key WHERE created_at <= $1";
    Ok(db.writer().execute_raw(statement(db.writer(), sql, [up_to.as_micros().into()])).await?.rows_affected())
}
