//! `currentness`: when the marketplace is asked and when the store answers.

use crate::harness::{COFFEE, IPAD, Terms, TestServer};
use crate::{gtins, start, with};
use pricemill::demo::NOWHERE_GTIN;
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

async fn requests(server: &TestServer) -> u64 {
    server.metric("pricemill_source_requests_total", "google-shopping").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daily_answer_is_kept_for_twenty_hours() {
    let server = start().await;
    let (caller, other) = (server.caller(Terms::plan("pro")).await, server.caller(Terms::plan("pro")).await);
    let job = gtins(&[IPAD, COFFEE, NOWHERE_GTIN]);
    let first = caller.run(&job).await;
    let asked = requests(&server).await;
    assert!(asked >= 5, "{asked}");
    server.clock.advance(1_200 * MINUTE);
    // Another account profits as well, and each pays.
    let second = other.run(&job).await;
    assert_eq!(requests(&server).await, asked);
    assert_eq!(second["products"], first["products"]);
    assert_eq!(second["free_credits"], 3);
    // A spelling of the same GTIN is the same question.
    let short = caller.run(&gtins(&["885909666966"])).await;
    assert_eq!(requests(&server).await, asked);
    assert_eq!(short["products"][0]["updated_at"], "2026-09-21T12:00:00Z");
    server.clock.advance(MINUTE);
    let third = caller.run(&job).await;
    assert_eq!(requests(&server).await, 2 * asked);
    assert_eq!(third["products"][0]["updated_at"], "2026-09-22T08:01:00Z");
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_realtime_answer_is_kept_for_a_quarter_of_an_hour() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let realtime = with(gtins(&[IPAD]), json!({"currentness": "realtime"}));
    caller.run(&realtime).await;
    let asked = requests(&server).await;
    server.clock.advance(15 * MINUTE);
    let again = caller.run(&realtime).await;
    assert_eq!((requests(&server).await, &again["free_credits"]), (asked, &json!(2)));
    server.clock.advance(MINUTE);
    caller.run(&realtime).await;
    let asked_twice = requests(&server).await;
    assert_eq!(asked_twice, 2 * asked);
    // What realtime fetched serves a daily job.
    server.clock.advance(600 * MINUTE);
    caller.run(&gtins(&[IPAD])).await;
    assert_eq!(requests(&server).await, asked_twice);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_question_is_not_answered_from_the_store() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    caller.run(&gtins(&[IPAD])).await;
    let mut asked = requests(&server).await;
    for other in [json!({"country": "at"}), json!({"key": "source_id", "values": ["15858468867886681869"]})] {
        caller.run(&with(gtins(&[IPAD]), other)).await;
        let now = requests(&server).await;
        assert!(now > asked);
        asked = now;
    }
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prices_move_with_the_clock_and_results_do_not() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let drifting: Vec<String> = pricemill::demo::sample_gtins(20).iter().map(ToString::to_string).collect();
    let drifting: Vec<&str> = drifting.iter().map(String::as_str).collect();
    let job = gtins(&drifting);
    let id = caller.submit(&job).await;
    let first = caller.results(&id).await;
    server.clock.advance(25 * 60 * MINUTE);
    let second = caller.run(&job).await;
    let prices = |results: &Value| -> Vec<Value> {
        results["products"].as_array().unwrap().iter().map(|product| product["price"].clone()).collect()
    };
    assert_ne!(prices(&first), prices(&second));
    assert_eq!(caller.download(&id, "").await.ok(), first);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_question_in_flight_is_asked_once() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let slow = crate::special(pricemill::demo::SpecialKind::Slow, 4);
    let job = gtins(&[&slow]);
    let ids = futures_util::future::join_all((0..6).map(|_| caller.submit(&job))).await;
    let mut found = Vec::new();
    for id in &ids {
        found.push(caller.results(id).await["products"][0].take());
    }
    assert!(found.iter().all(|product| *product == found[0] && product["success"] == true));
    assert_eq!(server.metric("pricemill_pages_live_total", "google-shopping").await, 1);
    server.close().await;
}
