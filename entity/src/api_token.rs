//! A secret by which an account is known; only its hash is kept.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_token")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub account_id: i64,
    /// SHA-256 of the token, 64 hex characters.
    #[sea_orm(unique)]
    pub hash: String,
    /// The last four letters, so that a person can tell tokens apart.
    pub hint: String,
    pub label: String,
    /// Blank-separated scope names; `*` is all of them.
    pub scopes: String,
    pub created_at: i64,
    pub revoked_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
