//! A bulk job: what was asked, how far it is, what it cost.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bulk_job")]
pub struct Model {
    /// Insertion order, which is also the order of lists.
    #[sea_orm(primary_key)]
    pub seq: i64,
    /// 24 lower-case hex characters.
    #[sea_orm(unique)]
    pub id: String,
    pub account_id: i64,
    pub source: String,
    pub country: String,
    pub topic: String,
    pub key: String,
    /// `all`, `two_shops`, or a count of pages.
    pub page_limit: String,
    pub max_age_minutes: i32,
    /// Null when the caller did not ask for a condition.
    pub condition: Option<String>,
    pub multiplier: i16,
    /// False for the `test` source: it reports its cost and charges nothing.
    pub is_charged: bool,
    pub status: String,
    pub requested: i32,
    pub completed: i32,
    pub not_found: i32,
    /// Offers of the value with most of them.
    pub widest: i32,
    pub free_credits: i64,
    pub paid_credits: i64,
    /// When a batch of this job was last begun: jobs of an account take turns.
    pub served_at: i64,
    pub created_at: i64,
    /// When it ended, cancelled jobs included.
    pub finished_at: Option<i64>,
    pub sort_by: String,
    /// A decimal number; null when the caller set no bound.
    pub min_price: Option<String>,
    pub max_price: Option<String>,
    /// When values not done end as `timeout`; null = never.
    pub deadline_at: Option<i64>,
    /// Most credits the job may cost.
    pub max_credits: Option<i64>,
    /// Credits held back for it until it ends; 0 for accounts without a hard quota.
    pub reserved_credits: i64,
    pub webhook_url: Option<String>,
    pub webhook_method: Option<String>,
    pub webhook_format: Option<String>,
    /// Id of the job whose failed values this one asks again.
    pub rerun_of: Option<String>,
    pub schedule_id: Option<i64>,
    /// When the results go.
    pub expires_at: i64,
    /// When they went: expired, or deleted by the caller.
    pub deleted_at: Option<i64>,
    /// How many finished values, in the order in which they ended, the caller was given before the end.
    pub handed_out: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
