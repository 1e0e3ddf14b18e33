//! `/v2/schedules…`: jobs that run again and again.

pub(super) mod change;
pub(super) mod create;
mod parse;
pub(super) mod show;
mod view;
