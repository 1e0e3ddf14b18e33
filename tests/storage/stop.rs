//! SIGTERM while something is under way that would go on for long.

use crate::harness::TestMarket;
use crate::memory::large_job;
use crate::program::{Ground, Program};
use pricemill::boot::open_database;
use pricemill::clock::Clock;
use pricemill::config;

/// A client that asked for a large download and reads no more of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_stuck_reader_does_not_keep_the_program_alive() {
    let market = TestMarket::start(Clock::system());
    let ground = Ground::lay(&market).await;
    let mut settings = config::load(None, []).unwrap();
    settings.database.url.clone_from(&ground.url);
    let (db, _) = open_database(&settings).await.unwrap();
    let large = large_job(&db, 200).await;
    db.close().await;

    let program = Program::start(&ground, &[("PRICEMILL_SERVER__SHUTDOWN_MS", "1000")]).await;
    let stuck = program.request(&format!("/products/bulk/{large}")).send().await.unwrap();
    let status = program.terminate().await;
    assert_eq!(status.code(), Some(0));
    assert!(stuck.bytes().await.is_err(), "half a download must not look like a whole one");

    market.stop().await;
}
