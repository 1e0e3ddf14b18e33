//! The doorbell: tickets that say "there is work", kept by apalis beside our rows.
//!
//! The rows are the truth. A ticket may be lost, doubled or late and nothing breaks: whoever answers one asks the
//! database what is to be done, and lost tickets are rung again. Only this room and `workers` name apalis.

mod bell;
mod doorbell;
mod postgres;
mod sqlite;
mod ticket;

pub use doorbell::{Queue, QueueError, QueueSettings};
pub use ticket::Ticket;
