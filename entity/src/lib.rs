//! The rows of pricemill's tables, one file a table; `migration` holds their definition and `pricemill::storage` the
//! queries.

pub mod account;
pub mod api_token;
pub mod bulk_item;
pub mod bulk_job;
pub mod idempotency_key;
pub mod ledger_entry;
pub mod lookup_page;
pub mod source_drift;
pub mod source_field_health;
pub mod source_health;
pub mod source_switch;
pub mod usage_day;
