//! One page of a lookup as it was fetched; immutable, shared by every job that asked within its freshness.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lookup_page")]
pub struct Model {
    /// 32 hex characters, made when the page was fetched.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Source, country, topic, key and value.
    pub fingerprint: String,
    /// From 1.
    pub number: i32,
    pub fetched_at: i64,
    /// No page follows.
    pub is_last: bool,
    /// The page as JSON; null when the source has no such product.
    pub content: Option<String>,
    /// Which version of which page was read, as JSON; null when the server gave no marks of it.
    pub version: Option<String>,
    /// Values that are answered from it; a page that answers none may go when it is old.
    pub uses: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
