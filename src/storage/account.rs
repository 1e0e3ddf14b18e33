//! Accounts.

use super::db::statement;
use super::{Db, StorageError, Transaction};
use crate::domain::{AccountId, Credits, Timestamp};
use entity::account::{ActiveModel, Column, Entity, Model};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

/// An account as the use cases see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub email: String,
    /// Name of a plan in the settings.
    pub plan: String,
    pub free_credits_left: Credits,
    pub daily_quota: Credits,
    /// `None` = what the plan says; 0 = no limit.
    pub creations_per_minute: Option<u32>,
    /// Whether what jobs may cost at most is held back when they are created.
    pub hard_quota: bool,
}

/// A new account.
#[derive(Debug, Clone)]
pub struct NewAccount<'a> {
    pub email: &'a str,
    pub plan: &'a str,
    pub free_credits: Credits,
    pub daily_quota: Credits,
    pub creations_per_minute: Option<u32>,
}

pub(super) fn from_row(row: Model) -> Result<Account, StorageError> {
    let corrupt = |what| StorageError::corrupt("account", what);
    Ok(Account {
        id: AccountId(row.id),
        email: row.email,
        plan: row.plan,
        free_credits_left: Credits::try_from(row.free_credits_left).map_err(|_| corrupt("free_credits_left"))?,
        daily_quota: Credits::try_from(row.daily_quota).map_err(|_| corrupt("daily_quota"))?,
        creations_per_minute: row
            .creations_per_minute
            .map(u32::try_from)
            .transpose()
            .map_err(|_| corrupt("creations_per_minute"))?,
        hard_quota: row.hard_quota,
    })
}

/// Adds an account; `None` when the e-mail address has one already.
pub async fn insert(
    transaction: &Transaction,
    new: &NewAccount<'_>,
    now: Timestamp,
) -> Result<Option<AccountId>, StorageError> {
    let conn = transaction.conn();
    if Entity::find().filter(Column::Email.eq(new.email)).one(conn).await?.is_some() {
        return Ok(None);
    }
    let row = ActiveModel {
        email: Set(new.email.to_owned()),
        plan: Set(new.plan.to_owned()),
        free_credits_left: Set(credits_column(new.free_credits)),
        daily_quota: Set(credits_column(new.daily_quota)),
        creations_per_minute: Set(new.creations_per_minute.map(|n| i32::try_from(n).unwrap_or(i32::MAX))),
        hard_quota: Set(false),
        served_at: Set(0),
        created_at: Set(now.as_micros()),
        ..ActiveModel::default()
    };
    Ok(Some(AccountId(Entity::insert(row).exec(conn).await?.last_insert_id)))
}

/// The account of an e-mail address.
pub async fn find_by_email(db: &Db, email: &str) -> Result<Option<Account>, StorageError> {
    Entity::find().filter(Column::Email.eq(email)).one(db.reader()).await?.map(from_row).transpose()
}

/// The account of an id.
pub async fn load(db: &Db, id: AccountId) -> Result<Account, StorageError> {
    let row = Entity::find_by_id(id.0).one(db.reader()).await?;
    from_row(row.ok_or_else(|| StorageError::corrupt("account", format!("no row {}", id.0)))?)
}

/// The account of an id as this transaction sees it; no other transaction changes it before this one ends.
pub async fn lock(transaction: &Transaction, id: AccountId) -> Result<Account, StorageError> {
    use sea_orm::QuerySelect;
    let query = Entity::find_by_id(id.0);
    let conn = transaction.conn();
    // SQLite has no row locks and needs none: the transaction holds the only write lock.
    let row = match conn.get_database_backend() {
        sea_orm::DbBackend::Sqlite => query.one(conn).await?,
        _ => query.lock_exclusive().one(conn).await?,
    };
    from_row(row.ok_or_else(|| StorageError::corrupt("account", format!("no row {}", id.0)))?)
}

/// All accounts, oldest first.
pub async fn list(db: &Db) -> Result<Vec<Account>, StorageError> {
    Entity::find().order_by_asc(Column::Id).all(db.reader()).await?.into_iter().map(from_row).collect()
}

/// Sets the credits a day may use.
pub async fn set_daily_quota(db: &Db, id: AccountId, quota: Credits) -> Result<(), StorageError> {
    let sql = "UPDATE account SET daily_quota = $1 WHERE id = $2";
    db.writer().execute_raw(statement(db.writer(), sql, [credits_column(quota).into(), id.0.into()])).await?;
    Ok(())
}

/// Sets whether what jobs may cost at most is held back; it holds for jobs created from then on.
pub async fn set_hard_quota(db: &Db, id: AccountId, is_hard: bool) -> Result<(), StorageError> {
    let sql = "UPDATE account SET hard_quota = $1 WHERE id = $2";
    db.writer().execute_raw(statement(db.writer(), sql, [is_hard.into(), id.0.into()])).await?;
    Ok(())
}

/// Takes free credits away; the caller has seen, under [`lock`], that they are there.
pub(super) async fn take_free_credits(
    transaction: &Transaction,
    id: AccountId,
    credits: Credits,
) -> Result<(), StorageError> {
    let conn = transaction.conn();
    let sql = "UPDATE account SET free_credits_left = free_credits_left - $1 WHERE id = $2 AND free_credits_left >= $1";
    let done = conn.execute_raw(statement(conn, sql, [credits_column(credits).into(), id.0.into()])).await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(StorageError::corrupt("account", "free credits below zero")) }
}

/// Credits as a column holds them.
pub(super) fn credits_column(credits: Credits) -> i64 {
    i64::try_from(credits).unwrap_or(i64::MAX)
}
