//! Credits: what a job may cost, what it did cost, what was used. Entries are only ever added.

mod cancel;
mod quote;
mod settle;
mod usage;

pub use cancel::settle_cancelled;
pub use quote::least_cost;
pub use settle::settle;
pub use usage::{usage_month, usage_today};
