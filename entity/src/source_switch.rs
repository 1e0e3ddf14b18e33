//! Something the operator switched off: a source, one of its countries, a key there, or one value.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "source_switch")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub source: String,
    /// Empty = every country.
    #[sea_orm(primary_key, auto_increment = false)]
    pub country: String,
    /// Empty = every key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Empty = every value.
    #[sea_orm(primary_key, auto_increment = false)]
    pub value: String,
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
