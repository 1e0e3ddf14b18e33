//! Bulk jobs over HTTP: one handler a route; how each version of the API reads and writes lies in its own room.

pub(super) mod asking;
pub(super) mod cancel;
pub(super) mod create;
pub(super) mod download;
pub(super) mod estimate;
pub(super) mod events;
pub(super) mod ledger;
pub(super) mod list;
pub mod question;
pub(super) mod rerun;
pub(super) mod results;
mod send_results;
pub(super) mod settings;
pub(super) mod show;
pub(super) mod single;
pub(super) mod sources;
pub(super) mod usage;
pub mod v1;
pub mod v2;

pub(super) use asking::{IDEMPOTENCY_KEY, IDEMPOTENT_REPLAYED};
pub(super) use results::NEXT_AFTER;
