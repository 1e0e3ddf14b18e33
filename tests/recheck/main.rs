//! A page that was read before is asked for only if it changed.

#[path = "../harness/mod.rs"]
mod harness;
#[path = "../faults/hostile.rs"]
#[allow(dead_code)]
mod hostile;

mod corner;

use corner::{Corner, job};
use harness::{Caller, Terms, TestServer};
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const TOO_OLD: Duration = Duration::from_secs(21 * 3600);

async fn open(corner: &Corner) -> (TestServer, Caller) {
    let server = TestServer::start(corner.setup("", None)).await;
    let caller = server.caller(Terms::plan("pro")).await;
    (server, caller)
}

fn price(results: &Value) -> &Value {
    &results["products"][0]["price"]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unchanged_page_is_observed_anew_and_not_sent_again() {
    for (mark, asks) in [
        ("ETag: W/\"v1\"", "if-none-match: w/\"v1\""),
        ("ETag: \"v1\"", "if-none-match: \"v1\""),
        ("Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT", "if-modified-since: sun, 06 nov 1994 08:49:37 gmt"),
    ] {
        let corner = Corner::open(&[mark]).await;
        let (server, caller) = open(&corner).await;
        let mut first = caller.run(&job("daily_updated")).await;
        let bytes = server.metric("pricemill_source_bytes_total", "corner").await;
        assert!(bytes > 10_000, "{bytes}");
        server.clock.advance(TOO_OLD);
        let mut second = caller.run(&job("daily_updated")).await;
        assert_eq!(corner.asked(), [vec![], vec![asks.to_owned()]]);
        assert_eq!(server.metric("pricemill_source_bytes_total", "corner").await, bytes, "not a byte of the page");
        assert_eq!(server.metric("pricemill_pages_live_total", "corner").await, 2);
        // It costs what a page costs, and was seen now.
        let cost = |results: &Value| (results["free_credits"].clone(), results["paid_credits"].clone());
        assert_eq!(cost(&first), cost(&second));
        let seen = [&mut first, &mut second].map(|results| results["products"][0]["updated_at"].take());
        assert_eq!(seen, [json!("2026-09-21T12:00:00Z"), json!("2026-09-22T09:00:00Z")]);
        assert_eq!(first["products"], second["products"]);
        // The renewed page serves whoever asks next.
        caller.run(&job("daily_updated")).await;
        assert_eq!(corner.asked().len(), 2);
        server.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_page_is_read() {
    let corner = Corner::open(&["ETag: \"v1\""]).await;
    let (server, caller) = open(&corner).await;
    assert_eq!(*price(&caller.run(&job("daily_updated")).await), "19.00");
    corner.change(|manner| (manner.price, manner.marks) = ("17.50", vec!["ETag: \"v2\"".into()]));
    server.clock.advance(TOO_OLD);
    assert_eq!(*price(&caller.run(&job("daily_updated")).await), "17.50");
    server.clock.advance(TOO_OLD);
    caller.run(&job("daily_updated")).await;
    assert_eq!(corner.asked()[1..], [["if-none-match: \"v1\""], ["if-none-match: \"v2\""]]);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_never_changes_is_not_believed_for_ever() {
    let corner = Corner::open(&["ETag: \"v1\""]).await;
    let (server, caller) = open(&corner).await;
    caller.run(&job("realtime")).await;
    corner.change(|manner| manner.always_unchanged = true);
    for renewal in 1..=20 {
        server.clock.advance(16 * MINUTE);
        assert_eq!(*price(&caller.run(&job("realtime")).await), "19.00", "{renewal}");
    }
    for _ in 0..2 {
        server.clock.advance(16 * MINUTE);
        let results = caller.run(&job("realtime")).await;
        assert_eq!(results["products"][0]["reason"], "failed to access source");
    }
    let asked = corner.asked();
    assert!(asked[1..=20].iter().all(|request| !request.is_empty()));
    assert!(asked[21..].iter().all(Vec::is_empty), "then for the page itself");
    corner.change(|manner| manner.always_unchanged = false);
    server.clock.advance(16 * MINUTE);
    assert_eq!(*price(&caller.run(&job("realtime")).await), "19.00");
    server.clock.advance(16 * MINUTE);
    caller.run(&job("realtime")).await;
    assert!(!corner.asked().last().unwrap().is_empty(), "read again, believed again");
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_reading_is_read_anew() {
    let corner = Corner::open(&["ETag: \"v1\""]).await;
    let (server, caller) = open(&corner).await;
    for _ in 0..5 {
        caller.run(&job("daily_updated")).await;
        server.clock.advance(TOO_OLD);
    }
    let conditional: Vec<bool> = corner.asked().iter().map(|request| !request.is_empty()).collect();
    assert_eq!(conditional, [false, true, true, true, false], "84 hours are more than three days");
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_asked_whether_it_changed() {
    let corner = Corner::open(&["ETag: \"v1\""]).await;
    corner.change(|manner| manner.always_unchanged = true);
    let (server, caller) = open(&corner).await;
    let results = caller.run(&job("daily_updated")).await;
    assert_eq!(results["products"][0]["reason"], "failed to access source");
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_definition_reads_the_page_itself() {
    let corner = Corner::open(&["ETag: \"v1\""]).await;
    let (server, caller) = open(&corner).await;
    caller.run(&job("daily_updated")).await;
    let database = server.stop().await;
    let server =
        TestServer::start(corner.setup("page.fields.brand_name = { selector = \"b\" }\n", Some(database))).await;
    server.clock.advance(TOO_OLD);
    let caller = Caller { app: server.app.clone(), base: server.base.clone(), ..caller };
    caller.run(&job("daily_updated")).await;
    assert_eq!(corner.asked(), [vec![""; 0], vec![]]);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn marks_that_are_too_long_or_not_the_pages_own_are_not_kept() {
    let too_long = format!("ETag: \"{}\"", "x".repeat(300));
    let cases =
        [(too_long.as_str(), false), ("ETag: v1", false), ("Last-Modified: now", false), ("ETag: \"v1\"", true)];
    for (mark, redirects) in cases {
        let corner = Corner::open(&[mark]).await;
        corner.change(|manner| manner.redirects = redirects);
        let (server, caller) = open(&corner).await;
        for _ in 0..2 {
            assert_eq!(*price(&caller.run(&job("daily_updated")).await), "19.00", "{mark}");
            server.clock.advance(TOO_OLD);
        }
        assert!(corner.asked().iter().all(Vec::is_empty), "{mark}: {:?}", corner.asked());
        server.close().await;
    }
}
