//! `/v2/schedules…`: jobs that run again and again.

pub(super) mod change;
pub(super) mod create;
pub(super) mod parse;
pub(super) mod show;
pub(super) mod view;
