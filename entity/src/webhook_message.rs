//! An event that a webhook is told, with the bytes it is told in.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_message")]
pub struct Model {
    /// Insertion order, which is also the order of lists.
    #[sea_orm(primary_key)]
    pub seq: i64,
    /// `msg_` and 32 hex characters; the receiver knows the message by it.
    #[sea_orm(unique)]
    pub id: String,
    pub account_id: i64,
    pub job_seq: i64,
    pub job_id: String,
    pub event: String,
    pub method: String,
    pub url: String,
    /// Host and port of the address: destinations take turns by it.
    pub host: String,
    /// JSON, never written again: no id ever has two bodies.
    pub body: String,
    /// `open`, `delivered`, `failed`, `disabled`.
    pub state: String,
    /// Attempts that failed since the message was stored or replayed: its place in the table of waits.
    pub tries: i32,
    /// Asked for by the caller: it is sent although the address is gone.
    pub is_replay: bool,
    pub next_attempt_at: i64,
    pub lease: i64,
    pub lease_until: i64,
    pub created_at: i64,
    pub ended_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
