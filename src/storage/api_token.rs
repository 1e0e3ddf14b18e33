//! API tokens, by their hash.

use super::account::{Account, from_row};
use super::{Db, StorageError};
use crate::domain::{AccountId, Timestamp};
use entity::api_token::{ActiveModel, Column, Entity};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, sea_query::Expr};

/// A token as lists show it: never the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    pub id: i64,
    /// The last four letters.
    pub hint: String,
    pub label: String,
    pub scopes: String,
    pub created_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}

/// Keeps a token's hash.
pub async fn insert(db: &Db, owner: AccountId, hash: &str, token: &ApiToken) -> Result<i64, StorageError> {
    let row = ActiveModel {
        account_id: Set(owner.0),
        hash: Set(hash.to_owned()),
        hint: Set(token.hint.clone()),
        label: Set(token.label.clone()),
        scopes: Set(token.scopes.clone()),
        created_at: Set(token.created_at.as_micros()),
        revoked_at: Set(None),
        ..ActiveModel::default()
    };
    Ok(Entity::insert(row).exec(db.writer()).await?.last_insert_id)
}

/// The stored hash that equals the given one, and whose it is; revoked tokens are nobody's.
pub async fn find_owner(db: &Db, hash: &str) -> Result<Option<(String, Account)>, StorageError> {
    let found =
        Entity::find().filter(Column::Hash.eq(hash)).filter(Column::RevokedAt.is_null()).one(db.reader()).await?;
    let Some(token) = found else { return Ok(None) };
    let account = entity::account::Entity::find_by_id(token.account_id).one(db.reader()).await?;
    Ok(account.map(from_row).transpose()?.map(|account| (token.hash, account)))
}

/// All tokens of an account, oldest first.
pub async fn list(db: &Db, owner: AccountId) -> Result<Vec<ApiToken>, StorageError> {
    let rows = Entity::find().filter(Column::AccountId.eq(owner.0)).order_by_asc(Column::Id).all(db.reader()).await?;
    Ok(rows
        .into_iter()
        .map(|row| ApiToken {
            id: row.id,
            hint: row.hint,
            label: row.label,
            scopes: row.scopes,
            created_at: Timestamp::from_micros(row.created_at),
            revoked_at: row.revoked_at.map(Timestamp::from_micros),
        })
        .collect())
}

/// Ends a token; false when the account has no such token, or it was ended before.
pub async fn revoke(db: &Db, owner: AccountId, id: i64, now: Timestamp) -> Result<bool, StorageError> {
    let done = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now.as_micros()))
        .filter(Column::AccountId.eq(owner.0).and(Column::Id.eq(id)))
        .filter(Column::RevokedAt.is_null())
        .exec(db.writer())
        .await?;
    Ok(done.rows_affected == 1)
}
