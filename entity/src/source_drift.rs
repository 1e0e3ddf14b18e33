//! A signal of a source's health that is not as it was, or was not for a while.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "source_drift")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub source: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub country: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub step: String,
    /// blocked, failed, not_understood, or `field:` and a field's name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub signal: String,
    /// ok, suspect or drifting.
    pub state: String,
    pub since: i64,
    /// Where the past ends that it is compared with, unless it is well.
    pub past_until: Option<i64>,
    pub recent_pages: i64,
    pub recent_missing: i64,
    pub past_pages: i64,
    pub past_missing: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
