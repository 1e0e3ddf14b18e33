//! The API as a client program meets it: a real server, a real database, a real marketplace, and after each test the books
//! are closed.

#[path = "../harness/mod.rs"]
mod harness;

mod cancel;
mod caps;
mod credits;
mod deadline;
mod deletion;
mod download;
mod estimate;
mod events;
mod freshness;
mod health;
mod idempotency;
mod job;
mod ledger;
mod list;
mod log;
mod openapi;
mod options;
mod panic;
mod parameters;
mod partial;
mod poll_pace;
mod refusals;
mod rerun;
mod rough;
mod schedules;
mod settings;
mod single;
mod sources;
mod token;
mod topics;
mod turns;
mod upload;
mod v2_download;
mod v2_jobs;
mod v2_refusals;
mod value;
mod webhook_twins;
mod webhooks;

use harness::{Setup, TestServer};
use serde_json::{Value, json};

async fn start() -> TestServer {
    TestServer::start(Setup::default()).await
}

/// A server that stores jobs and never begins them.
async fn start_idle() -> TestServer {
    TestServer::start(Setup { works: false, ..Setup::default() }).await
}

/// A job of GTINs at the comparator in Germany.
fn gtins(values: &[&str]) -> Value {
    json!({"source": "google-shopping", "country": "de", "key": "gtin", "values": values})
}

/// The same with other or more parameters.
fn with(job: Value, more: Value) -> Value {
    let (Value::Object(mut job), Value::Object(more)) = (job, more) else { panic!("not two objects") };
    job.extend(more);
    Value::Object(job)
}

fn special(kind: pricemill::demo::SpecialKind, nth: usize) -> String {
    pricemill::demo::special_gtins(kind)[nth].to_string()
}
