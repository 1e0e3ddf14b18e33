//! Credits: what a job may cost, what it did cost, what was used. Entries are only ever added.

mod balance;
mod cancel;
mod lines;
mod settle;
mod usage;

pub use balance::balance;
pub use cancel::settle_cancelled;
pub use lines::{LedgerPage, LedgerReader, ledger_page};
pub use settle::settle;
pub use usage::{usage_month, usage_today};
