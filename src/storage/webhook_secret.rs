//! The keys that an account's webhook messages are signed with.

use super::db::statement;
use super::{Db, StorageError, Transaction};
use crate::domain::{AccountId, Timestamp, WebhookSecret};
use entity::webhook_secret::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

/// Most secrets that sign at a time: the current one and those it followed within the overlap.
const MOST_SIGNING: u64 = 5;

/// A stored secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSecret {
    pub id: i64,
    pub secret: WebhookSecret,
    pub created_at: Timestamp,
    /// When the account was told it.
    pub shown_at: Option<Timestamp>,
    /// When it signs no more; `None` for the current one.
    pub expires_at: Option<Timestamp>,
}

fn from_row(row: Model) -> Result<StoredSecret, StorageError> {
    Ok(StoredSecret {
        id: row.id,
        secret: row
            .secret
            .parse()
            .map_err(|_| StorageError::corrupt("webhook_secret", format!("secret {}", row.id)))?,
        created_at: Timestamp::from_micros(row.created_at),
        shown_at: row.shown_at.map(Timestamp::from_micros),
        expires_at: row.expires_at.map(Timestamp::from_micros),
    })
}

/// The secrets of an account that sign at the moment, the current one first.
pub async fn list_signing(db: &Db, owner: AccountId, now: Timestamp) -> Result<Vec<StoredSecret>, StorageError> {
    list_on(db.reader(), owner, now).await
}

/// The same as this transaction sees it.
pub async fn list_signing_locked(
    transaction: &Transaction,
    owner: AccountId,
    now: Timestamp,
) -> Result<Vec<StoredSecret>, StorageError> {
    list_on(transaction.conn(), owner, now).await
}

async fn list_on(
    conn: &impl ConnectionTrait,
    owner: AccountId,
    now: Timestamp,
) -> Result<Vec<StoredSecret>, StorageError> {
    let signs = Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now.as_micros()));
    let query = Entity::find().filter(Column::AccountId.eq(owner.0)).filter(signs);
    let rows = query.order_by_desc(Column::Id).limit(MOST_SIGNING).all(conn).await?;
    rows.into_iter().map(from_row).collect()
}

/// Adds a secret; the account has no other that does not end, or the whole transaction fails.
pub async fn insert(
    transaction: &Transaction,
    owner: AccountId,
    secret: &WebhookSecret,
    now: Timestamp,
    shown_at: Option<Timestamp>,
) -> Result<(), StorageError> {
    let row = ActiveModel {
        account_id: Set(owner.0),
        secret: Set(secret.to_base64()),
        created_at: Set(now.as_micros()),
        shown_at: Set(shown_at.map(Timestamp::as_micros)),
        expires_at: Set(None),
        ..ActiveModel::default()
    };
    Entity::insert(row).exec_without_returning(transaction.conn()).await?;
    Ok(())
}

/// The account was told the secret.
pub async fn mark_shown(transaction: &Transaction, id: i64, now: Timestamp) -> Result<(), StorageError> {
    let conn = transaction.conn();
    let sql = "UPDATE webhook_secret SET shown_at = $1 WHERE id = $2 AND shown_at IS NULL";
    conn.execute_raw(statement(conn, sql, [now.as_micros().into(), id.into()])).await?;
    Ok(())
}

/// The current secret signs until then and no longer.
pub async fn expire_current(transaction: &Transaction, owner: AccountId, until: Timestamp) -> Result<(), StorageError> {
    let conn = transaction.conn();
    let sql = "UPDATE webhook_secret SET expires_at = $1 WHERE account_id = $2 AND expires_at IS NULL";
    conn.execute_raw(statement(conn, sql, [until.as_micros().into(), owner.0.into()])).await?;
    Ok(())
}

/// Deletes the secrets that sign no more.
pub async fn delete_expired(db: &Db, now: Timestamp) -> Result<(), StorageError> {
    let sql = "DELETE FROM webhook_secret WHERE expires_at <= $1";
    db.writer().execute_raw(statement(db.writer(), sql, [now.as_micros().into()])).await?;
    Ok(())
}
