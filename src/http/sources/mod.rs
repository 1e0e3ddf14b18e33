//! `/v2/sources…`: what can be asked, and how well it answers.

pub(super) mod parse;
pub(super) mod show;
pub(super) mod view;
