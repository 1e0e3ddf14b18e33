//! The rows of pricemill's tables, one file a table; `migration` holds their definition and `pricemill::storage` the
//! queries.

pub mod account;
pub mod api_token;
pub mod bulk_item;
pub mod bulk_job;
pub mod idempotency_key;
pub mod job_schedule;
pub mod ledger_entry;
pub mod lookup_page;
pub mod schedule_run;
pub mod source_drift;
pub mod source_field_health;
pub mod source_health;
pub mod source_switch;
pub mod usage_day;
pub mod webhook_attempt;
pub mod webhook_gone;
pub mod webhook_message;
pub mod webhook_secret;
