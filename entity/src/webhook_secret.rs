//! A key that webhook messages of an account are signed with.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_secret")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub account_id: i64,
    /// The key as base64: it is needed to sign, so no hash would do.
    pub secret: String,
    pub created_at: i64,
    /// When the account was told it.
    pub shown_at: Option<i64>,
    /// When it signs no more; null for the one that followed all others.
    pub expires_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
