//! What became of one due run of a schedule.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "schedule_run")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub schedule_seq: i64,
    /// When it should have been; unique in its schedule.
    pub due_at: i64,
    /// When it was.
    pub at: i64,
    /// The job it made; null when it was skipped.
    pub job_id: Option<String>,
    /// Why it made none.
    pub skipped: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
