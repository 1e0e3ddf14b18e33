//! One attempt to deliver a message: added when it begins, completed when it ends.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_attempt")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub message_seq: i64,
    pub at: i64,
    pub duration_ms: i64,
    /// Null when no answer came.
    pub status: Option<i32>,
    /// A word for what went wrong; null when the receiver took the message; until the attempt ends, what it is if it never does.
    pub error: Option<String>,
    /// The beginning of the answer's body.
    pub excerpt: String,
    /// Until when it is expected to end, by the clock of leases; 0 once it has.
    pub under_way_until: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
