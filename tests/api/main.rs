//! The API as a client program meets it: a real server, a real database, a real marketplace, and after each test the books
//! are closed.

#[path = "../harness/mod.rs"]
mod harness;

mod job;
