//! `/v2/webhooks/…`: the secret that events are signed with, and what became of each event.

pub(super) mod deliveries;
pub(super) mod secret;
pub(super) mod view;
