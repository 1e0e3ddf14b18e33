//! Bulk jobs over HTTP: one handler a route; how each version of the API reads and writes lies in its own room.

pub(super) mod cancel;
pub(super) mod create;
pub(super) mod creation;
pub(super) mod download;
pub(super) mod estimate;
pub(super) mod events;
pub mod job_params;
pub(super) mod list;
pub(super) mod rerun;
pub(super) mod results;
mod send_results;
pub(super) mod show;
pub(super) mod single;
pub mod v1;
pub mod v2;

pub(super) use creation::{IDEMPOTENCY_KEY, IDEMPOTENT_REPLAYED};
pub(super) use results::NEXT_AFTER;
