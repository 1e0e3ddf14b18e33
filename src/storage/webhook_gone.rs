//! Addresses that answered 410 Gone to an account.

use super::db::statement;
use super::{StorageError, Transaction};
use crate::domain::{AccountId, Timestamp};
use entity::webhook_gone::{ActiveModel, Entity};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

/// Writes down that the address is gone; nothing happens when that is known.
pub async fn insert(
    transaction: &Transaction,
    owner: AccountId,
    url: &str,
    now: Timestamp,
) -> Result<(), StorageError> {
    let row = ActiveModel { account_id: Set(owner.0), url: Set(url.to_owned()), at: Set(now.as_micros()) };
    Entity::insert(row).on_conflict_do_nothing().exec_without_returning(transaction.conn()).await?;
    Ok(())
}

/// The address answers again.
pub async fn delete(transaction: &Transaction, owner: AccountId, url: &str) -> Result<(), StorageError> {
    Entity::delete_by_id((owner.0, url.to_owned())).exec(transaction.conn()).await?;
    Ok(())
}

/// Whether the address is gone for the account.
pub async fn is_gone(transaction: &Transaction, owner: AccountId, url: &str) -> Result<bool, StorageError> {
    let conn = transaction.conn();
    let sql = "SELECT 1 AS one FROM webhook_gone WHERE account_id = $1 AND url = $2";
    Ok(conn.query_one_raw(statement(conn, sql, [owner.0.into(), url.into()])).await?.is_some())
}
