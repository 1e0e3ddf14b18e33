//! Events told to the addresses that callers named: signed, at least once, every attempt written down.
//!
//! [`Webhooks`] holds what that takes. `outbox` writes a message in the transaction that causes it, with the bytes that will
//! be sent; `deliver` takes due messages and sends them (`send`), signed (`sign`) with the account's secrets (`secrets`);
//! `replay` sends one again. Rule from Standard Webhooks (standardwebhooks.com).

mod deliver;
mod excerpt;
mod in_flight;
mod outbox;
mod replay;
mod secrets;
mod send;
mod sign;
mod webhooks;

pub use excerpt::mask_tokens;
pub use replay::{ReplayError, Replayed};
pub use secrets::{SECRET_OVERLAP, SecretFacts, ShownSecret};
pub use webhooks::{DescribeJob, WebhookParts, Webhooks};
