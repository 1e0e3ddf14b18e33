//! Credits: what a job may cost, what it did cost, what was used. Entries are only ever added.

mod balance;
mod lines;
mod settle;
mod usage;

pub use balance::balance;
pub use lines::{LedgerPage, LedgerReader, ledger_page};
pub use settle::settle;
pub use usage::{usage_month, usage_today};
