//! One movement of credits; rows are only ever added.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_entry")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub account_id: i64,
    /// `job` (credits of a finished job) or `grant` (free credits given; counted in `free_granted`).
    pub kind: String,
    /// Unique: a job is settled once.
    #[sea_orm(unique)]
    pub job_seq: Option<i64>,
    /// UTC day, `YYYY-MM-DD`.
    pub day: String,
    pub free_credits: i64,
    pub paid_credits: i64,
    pub free_granted: i64,
    pub at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
