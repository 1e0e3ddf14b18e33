//! One kind of page of a source in a country, counted during an hour.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "source_health")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub source: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub country: String,
    /// search, product or offers.
    #[sea_orm(primary_key, auto_increment = false)]
    pub step: String,
    /// When the hour begins, in microseconds since 1970 UTC.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hour: i64,
    pub understood: i64,
    pub no_result: i64,
    pub not_understood: i64,
    pub blocked: i64,
    pub failed: i64,
    pub timed_out: i64,
    /// Answered pages by how long they took; the bounds are `pricemill::domain::LATENCY_BOUNDS_MS`.
    pub latency0: i64,
    pub latency1: i64,
    pub latency2: i64,
    pub latency3: i64,
    pub latency4: i64,
    pub latency5: i64,
    pub latency6: i64,
    pub latency7: i64,
    pub latency8: i64,
    pub latency9: i64,
    pub latency10: i64,
    pub latency11: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
