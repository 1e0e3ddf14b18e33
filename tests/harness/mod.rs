//! What the test binaries share: a real server on a port and a database of its own, the demo marketplace beside it, callers
//! with accounts, and the closing of the books.
//!
//! ```text
//! TestServer::start(Setup::default()) -> TestServer      every test ends with server.close()
//! server.caller(Terms::plan("pro")) -> Caller            an account, a token and an HTTP client
//! caller.run(json) -> results                            submit, wait, download
//! ```
//!
//! With `PRICEMILL_TEST_DATABASE=postgres://USER@HOST/{name}` each server gets a PostgreSQL database of its own instead of
//! an SQLite file; the account must be allowed to create databases.
#![allow(dead_code, unused_imports)]

mod answer;
mod books;
mod caller;
mod contract;
mod database;
mod market;
mod receiver;
mod server;

pub use answer::Answer;
pub use books::{check_rows, wait_until_idle};
pub use caller::{Caller, Terms};
pub use database::TestDatabase;
pub use market::TestMarket;
pub use receiver::{Received, Receiver, Reply};
pub use server::{NOON, Setup, TestServer, settings};

/// A GTIN of the followed API's own documentation, found at every demo source.
pub const IPAD: &str = "00885909666966";
/// The other GTIN of the documented job.
pub const COFFEE: &str = "08718108041581";
