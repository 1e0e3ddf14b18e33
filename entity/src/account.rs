//! A customer: the owner of jobs, tokens and credits.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    #[sea_orm(unique)]
    pub email: String,
    /// Name of a plan in the settings.
    pub plan: String,
    /// Free credits not used up yet; the ledger says where the rest went.
    pub free_credits_left: i64,
    /// Most credits a UTC day may use.
    pub daily_quota: i64,
    /// Job creations a minute; null = what the plan says, 0 = no limit.
    pub creations_per_minute: Option<i32>,
    /// Whether what jobs may cost at most is held back when they are created.
    pub hard_quota: bool,
    /// When a batch of this account was last begun, in microseconds of the lease clock: accounts take turns.
    pub served_at: i64,
    /// Microseconds since 1970 UTC.
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
