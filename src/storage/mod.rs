//! Rows in, domain values out. Only this room names the object-relational mapper.
//!
//! Free functions, the connection first and the owner second, so that a query without an owner does not compile. Every
//! write is guarded by the state it expects, so that it may be repeated, come late or come twice. A row that cannot be
//! read back is an error, never a default.

pub mod account;
pub mod api_token;
pub mod bulk_item;
pub mod bulk_job;
mod credit_cap;
mod db;
#[cfg(test)]
mod db_cases;
pub mod early_end;
mod error;
pub mod idempotency_key;
pub mod job_schedule;
mod job_spec;
#[cfg(test)]
mod lease_cases;
pub mod ledger;
pub mod lookup_page;
#[cfg(test)]
mod lookup_page_cases;
pub mod purse;
pub mod result;
pub mod retention;
#[cfg(test)]
mod retention_cases;
pub mod schedule_run;
pub mod source_drift;
pub mod source_health;
pub mod source_switch;
pub mod webhook_attempt;
pub mod webhook_gone;
pub mod webhook_message;
pub mod webhook_secret;

pub(crate) use db::Pools;
pub use db::{Db, DbSettings, Transaction};
pub use error::StorageError;
