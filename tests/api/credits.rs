//! What jobs cost, from which purse, on which day.

use crate::harness::{COFFEE, IPAD, Setup, Terms, TestServer};
use crate::{gtins, start, with};
use pricemill::clock::Clock;
use pricemill::demo::NOWHERE_GTIN;
use pricemill::domain::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3_600);

fn purses(results: &Value) -> (u64, u64) {
    (results["free_credits"].as_u64().unwrap(), results["paid_credits"].as_u64().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn free_credits_first_then_paid_ones() {
    let server = start().await;
    let caller = server.caller(Terms { free_credits: Some(3), ..Terms::plan("pro") }).await;
    assert_eq!(purses(&caller.run(&gtins(&[IPAD, COFFEE])).await), (2, 0));
    // One job of both purses.
    assert_eq!(purses(&caller.run(&gtins(&[IPAD, COFFEE, NOWHERE_GTIN])).await), (1, 2));
    assert_eq!(purses(&caller.run(&gtins(&[IPAD])).await), (0, 1));
    let today = caller.get("/v2/me/usage_today").await;
    let wanted = r#"{"usage":{"date":"2026-09-21","credits":6,"free_credits":3,"paid_credits":3,"quota":10000}}"#;
    assert_eq!(today.text(), wanted);
    assert_eq!(caller.get("/me/usage_today").await.text(), wanted);
    let month = caller.get("/v2/me/usage_month").await;
    let wanted = r#"{"usage":{"from":"2026-09-01","to":"2026-09-21","credits":6,"free_credits":3,"paid_credits":3,"included_credits":50000,"overusage":0},"usages":[{"date":"2026-09-21","credits":6,"free_credits":3,"paid_credits":3}]}"#;
    assert_eq!(month.text(), wanted);
    assert_eq!(caller.get("/me/usage_month").await.text(), wanted);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn realtime_costs_double() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let job = with(gtins(&[IPAD, COFFEE, NOWHERE_GTIN, "123"]), json!({"currentness": "realtime"}));
    assert_eq!(purses(&caller.run(&job).await), (6, 0));
    assert_eq!(caller.credits_today().await, 6);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_free_plan_stops_at_its_last_credit() {
    let server = start().await;
    let caller = server.caller(Terms { free_credits: Some(2), ..Terms::plan("free") }).await;
    assert_eq!(purses(&caller.run(&gtins(&[IPAD])).await), (1, 0));
    caller.post_json("/jobs", &gtins(&[IPAD, COFFEE])).await.refused(402, "not enough free credits", None);
    assert_eq!(purses(&caller.run(&gtins(&[COFFEE])).await), (1, 0));
    caller.post_json("/jobs", &gtins(&[IPAD])).await.refused(402, "not enough free credits", None);
    assert_eq!(caller.credits_today().await, 2);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_quota_is_of_a_utc_day() {
    let server = start().await;
    let caller = server.caller(Terms { daily_quota: Some(3), ..Terms::plan("pro") }).await;
    caller.run(&gtins(&[IPAD, COFFEE])).await;
    caller.post_json("/jobs", &gtins(&[IPAD, COFFEE])).await.refused(403, "daily quota exceeded", None);
    caller.run(&gtins(&[IPAD])).await;
    caller.post_json("/jobs", &gtins(&[IPAD])).await.refused(403, "daily quota exceeded", None);
    server.clock.advance(DAY);
    caller.run(&gtins(&[IPAD, COFFEE])).await;
    assert_eq!(caller.credits_today().await, 2);
    let month = caller.get("/v2/me/usage_month").await.ok();
    let days: Vec<(&str, u64)> = month["usages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|day| (day["date"].as_str().unwrap(), day["credits"].as_u64().unwrap()))
        .collect();
    assert_eq!(days, [("2026-09-21", 3), ("2026-09-22", 2)]);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_belongs_to_the_day_of_its_finish() {
    // A second before the month ends.
    let eve = Timestamp::from_micros(1_790_812_799_000_000);
    assert_eq!(eve.to_string(), "2026-09-30T23:59:59Z");
    let server = TestServer::start(Setup { clock: Clock::frozen_at(eve), works: false, ..Setup::default() }).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let id = caller.submit(&gtins(&[IPAD])).await;
    let clock = Clock::frozen_at(eve.plus(Duration::from_secs(1)));
    let database = server.stop().await;
    let server = TestServer::start(Setup { clock, database: Some(database), ..Setup::default() }).await;
    let caller = crate::harness::Caller { app: server.app.clone(), base: server.base.clone(), ..caller };
    caller.wait_finished(&id).await;
    let list = caller.get("/jobs").await.ok();
    assert_eq!(list["jobs"][0]["created_at"], "2026-09-30T23:59:59Z");
    let today = caller.get("/v2/me/usage_today").await.ok();
    assert_eq!((&today["usage"]["date"], &today["usage"]["credits"]), (&json!("2026-10-01"), &json!(1)));
    let month = caller.get("/v2/me/usage_month").await.ok();
    assert_eq!(month["usage"]["from"], "2026-10-01");
    assert_eq!(month["usages"], json!([{"date": "2026-10-01", "credits": 1, "free_credits": 1, "paid_credits": 0}]));

    server.clock.advance(32 * DAY);
    let month = caller.get("/v2/me/usage_month").await.ok();
    assert_eq!((&month["usage"]["from"], &month["usage"]["to"]), (&json!("2026-11-01"), &json!("2026-11-02")));
    assert_eq!((&month["usage"]["credits"], &month["usages"]), (&json!(0), &json!([])));
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn overusage_is_what_is_paid_beyond_the_included() {
    let server = TestServer::start(Setup {
        change: Box::new(|config| config.plans.get_mut("pro").unwrap().included_credits = 2),
        ..Setup::default()
    })
    .await;
    let caller = server.caller(Terms { free_credits: Some(1), ..Terms::plan("pro") }).await;
    let usage = async || caller.get("/v2/me/usage_month").await.ok()["usage"].clone();
    caller.run(&gtins(&[IPAD, COFFEE, NOWHERE_GTIN])).await;
    let used = usage().await;
    assert_eq!((&used["paid_credits"], &used["overusage"]), (&json!(2), &json!(0)));
    caller.run(&gtins(&[IPAD, COFFEE, NOWHERE_GTIN])).await;
    let used = usage().await;
    assert_eq!((&used["paid_credits"], &used["overusage"]), (&json!(5), &json!(3)));
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_in_parallel_take_each_credit_once() {
    let server = start().await;
    let caller = server.caller(Terms { free_credits: Some(7), ..Terms::plan("pro") }).await;
    let values = [IPAD, COFFEE];
    let job = gtins(&values);
    let ids = futures_util::future::join_all((0..8).map(|_| caller.submit(&job))).await;
    let mut sum = (0, 0);
    for id in ids {
        let (free, paid) = purses(&caller.results(&id).await);
        assert_eq!(free + paid, 2);
        sum = (sum.0 + free, sum.1 + paid);
    }
    assert_eq!(sum, (7, 9));
    assert_eq!(caller.credits_today().await, 16);
    server.close().await;
}
