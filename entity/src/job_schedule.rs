//! A job that is run again and again.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job_schedule")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    /// `sch_` and 32 hex characters.
    #[sea_orm(unique)]
    pub id: String,
    pub account_id: i64,
    pub name: Option<String>,
    /// What each run asks, as JSON.
    pub spec: String,
    pub cron: String,
    /// IANA name.
    pub timezone: String,
    pub paused: bool,
    /// Null while it is paused, and when it will never run again.
    pub next_run_at: Option<i64>,
    pub created_at: i64,
    /// What lists tell of the specification.
    pub source: String,
    pub country: String,
    pub topic: String,
    pub key: String,
    /// How many values each run asks.
    pub requested: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
