//! `/v2/me/…` and `/settings/…`: what an account used and may use.

pub(super) mod ledger;
mod parse;
pub(super) mod settings;
pub(super) mod statement;
pub(super) mod usage;
pub(super) mod view;
