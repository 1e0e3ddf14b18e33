//! The page that may be found unchanged is looked for in the same way.

use crate::corner::{Corner, job};
use crate::harness::{Terms, TestServer};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unchanged_page_is_observed_anew() {
    let Some(database) = crate::database().await else { return };
    let corner = Corner::open(&["ETag: W/\"v1\""]).await;
    let server = TestServer::start(corner.setup("", Some(database))).await;
    let caller = server.caller(Terms::plan("pro")).await;
    for _ in 0..3 {
        assert_eq!(caller.run(&job("daily_updated")).await["products"][0]["price"], "19.00");
        server.clock.advance(Duration::from_secs(21 * 3600));
    }
    let conditional: Vec<bool> = corner.asked().iter().map(|request| !request.is_empty()).collect();
    assert_eq!(conditional, [false, true, true]);
    server.close().await;
}
