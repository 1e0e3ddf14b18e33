//! The same service on PostgreSQL: a private cluster made of the installed programs, a database for each test.
//!
//! Without PostgreSQL the tests say so loudly and pass; with `PRICEMILL_REQUIRE_POSTGRES=1` they fail.

mod cluster;
#[path = "../recheck/corner.rs"]
#[allow(dead_code)]
mod corner;
#[path = "../harness/mod.rs"]
mod harness;
#[path = "../faults/hostile.rs"]
#[allow(dead_code)]
mod hostile;

mod ends;
mod events;
mod health;
mod job;
mod lease;
mod pages;
mod recheck;
mod schema;
mod twins;

use cluster::Cluster;
use harness::{Setup, TestDatabase};

/// An empty PostgreSQL database, or `None` where there is no PostgreSQL.
async fn database() -> Option<TestDatabase> {
    Some(TestDatabase::at(Cluster::shared()?.create_database().await))
}

/// The usual server on this database.
fn on(database: TestDatabase) -> Setup {
    Setup { database: Some(database), ..Setup::default() }
}
