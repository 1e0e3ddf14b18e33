//! One value of a job and its outcome.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bulk_item")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub job_seq: i64,
    /// Place in the request, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// As it was first sent, trimmed.
    pub value: String,
    /// The form in which equal values are equal; null when the value is invalid.
    pub normalized: Option<String>,
    pub reference: Option<String>,
    /// 0 open, 1 leased, 2 done, 3 dropped: its job was cancelled first.
    pub state: i16,
    /// Fencing number of the lease; a write that does not know it is too late.
    pub lease: i64,
    pub lease_until: i64,
    pub attempt: i16,
    /// Not to be begun before, in microseconds of the lease clock.
    pub not_before: i64,
    /// Null when found.
    pub reason: Option<String>,
    /// Ids of the delivered pages in order, joined with a comma.
    pub page_ids: Option<String>,
    /// Pages that cost credits.
    pub charged_pages: i32,
    pub incomplete: bool,
    /// Delivered pages that were fetched for it.
    pub pages_live: i32,
    pub requests: i32,
    /// Which of its job's values this was to end, from 1; null while it is open.
    pub done_no: Option<i32>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
