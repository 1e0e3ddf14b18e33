//! `POST /v2/jobs/estimate`: what a job would cost, without creating it.

use crate::harness::{COFFEE, Caller, IPAD, Terms};
use crate::{gtins, start, start_idle, with};
use pricemill::demo::sample_gtins;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const ESTIMATE: &str = "/v2/jobs/estimate";
const HOUR: Duration = Duration::from_secs(3_600);

async fn estimate(caller: &Caller, job: &Value) -> Value {
    caller.post_json(ESTIMATE, job).await.ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tells_what_a_job_would_cost() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let job = with(gtins(&[IPAD, "123", COFFEE, IPAD]), json!({"completeness": "all_pages"}));
    let told = caller.post_json(ESTIMATE, &job).await;
    assert_eq!(
        told.text(),
        r#"{"requested":3,"valid_values":2,"invalid_values":[{"value":"123","reason":"invalid value"}],"fresh_values":0,"least_credits":2,"most_credits":40,"multiplier":1,"free_credits_left":1000,"daily_quota_left":10000,"would_be_refused":null}"#
    );
    let cost = {
        let results = caller.run(&job).await;
        results["free_credits"].as_u64().unwrap() + results["paid_credits"].as_u64().unwrap()
    };
    assert!((2..=40).contains(&cost));
    let told = estimate(&caller, &job).await;
    assert_eq!(told["fresh_values"], 2, "they are in the store now");
    assert_eq!(told["free_credits_left"], 1000 - cost);
    assert_eq!(told["daily_quota_left"], 10_000 - cost);
    let doubled = estimate(&caller, &with(job.clone(), json!({"currentness": "realtime"}))).await;
    assert_eq!(
        (&doubled["multiplier"], &doubled["least_credits"], &doubled["most_credits"], &doubled["fresh_values"]),
        (&json!(2), &json!(4), &json!(80), &json!(2))
    );
    server.clock.advance(HOUR);
    let old = estimate(&caller, &with(job.clone(), json!({"currentness": "realtime"}))).await;
    assert_eq!((&old["fresh_values"], &estimate(&caller, &job).await["fresh_values"]), (&json!(0), &json!(2)));
    server.clock.advance(20 * HOUR);
    assert_eq!(estimate(&caller, &job).await["fresh_values"], 0);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn creates_and_counts_nothing() {
    let server = start_idle().await;
    let caller = server.caller(Terms { creations_per_minute: Some(1), ..Terms::plan("pro") }).await;
    let values: Vec<String> = sample_gtins(1000).iter().map(ToString::to_string).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    for _ in 0..5 {
        assert_eq!(estimate(&caller, &gtins(&values)).await["valid_values"], 1000);
    }
    assert_eq!(caller.get("/jobs").await.ok()["jobs"], json!([]));
    caller.post_json("/jobs", &gtins(&[IPAD])).await.ok();
    server.stop().await;
}

/// What it says is what the creation says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tells_why_a_job_would_be_refused() {
    let server = start_idle().await;
    let job = gtins(&[IPAD, COFFEE]);
    let many = with(job.clone(), json!({"completeness": "all_pages"}));
    let free = |free_credits| Terms { free_credits: Some(free_credits), ..Terms::plan("free") };
    let quota = |daily_quota| Terms { daily_quota: Some(daily_quota), ..Terms::plan("pro") };
    for (terms, is_hard, job, reason, status) in [
        (free(2), false, &many, None, 200),
        (free(1), false, &job, Some("not enough free credits"), 402),
        (quota(1), false, &job, Some("daily quota exceeded"), 403),
        (quota(2), false, &many, None, 200),
        (quota(39), true, &many, Some("daily quota exceeded"), 403),
        (quota(40), true, &many, None, 200),
        (free(39), true, &many, Some("not enough free credits"), 402),
        // The quota comes before the credits.
        (Terms { daily_quota: Some(1), ..free(1) }, false, &job, Some("daily quota exceeded"), 403),
    ] {
        let caller = server.caller(terms.clone()).await;
        caller.send(caller.request(Method::PUT, &format!("/settings/hard_quota?hard_quota={is_hard}"))).await.ok();
        assert_eq!(estimate(&caller, job).await["would_be_refused"].as_str(), reason, "{terms:?}");
        let created = caller.post_json("/jobs", job).await;
        assert_eq!(created.status, status, "{}", created.text());
        if let Some(reason) = reason {
            created.refused(status, reason, None);
        }
    }
    // Jobs in flight.
    let caller = server.caller(Terms { creations_per_minute: None, ..Terms::plan("free") }).await;
    for _ in 0..2 {
        assert_eq!(estimate(&caller, &job).await["would_be_refused"], Value::Null);
        caller.post_json("/jobs", &job).await.ok();
    }
    assert_eq!(estimate(&caller, &job).await["would_be_refused"], "Job creation limit exceeded");
    caller.post_json("/jobs", &job).await.refused(429, "Job creation limit exceeded", None);
    server.stop().await;
}

/// What is held back for unfinished jobs is told as used.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tells_what_is_left_beside_unfinished_jobs() {
    let server = start_idle().await;
    let caller = server.caller(Terms { daily_quota: Some(100), ..Terms::plan("pro") }).await;
    caller.send(caller.request(Method::PUT, "/settings/hard_quota?hard_quota=true")).await.ok();
    let job = with(gtins(&[IPAD]), json!({"completeness": "all_pages", "currentness": "realtime"}));
    caller.post_json("/jobs", &job).await.ok();
    let told = estimate(&caller, &job).await;
    assert_eq!((&told["free_credits_left"], &told["daily_quota_left"]), (&json!(960), &json!(60)));
    caller.post_json("/jobs", &job).await.ok();
    let told = estimate(&caller, &job).await;
    assert_eq!((&told["daily_quota_left"], &told["would_be_refused"]), (&json!(20), &json!("daily quota exceeded")));
    server.stop().await;
}

/// The same mistakes as of a creation, in the words of v2, the first one first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mistakes_are_those_of_a_creation() {
    let server = start_idle().await;
    let caller = server.caller(Terms { daily_quota: Some(0), free_credits: Some(0), ..Terms::plan("free") }).await;
    let wrong = json!({"source": "nile", "country": "xx", "key": "x", "topic": "x", "values": [], "completeness": "x"});
    server.stranger().post_json(ESTIMATE, &wrong).await.refused(401, "unauthorized", Some("token"));
    let mut job = wrong;
    for (name, right, status, reason) in [
        ("source", json!("google-shopping"), 400, "unknown source"),
        ("country", json!("de"), 400, "unsupported country"),
        ("key", json!("gtin"), 400, "unsupported key"),
        ("topic", json!("product_and_offers"), 400, "unknown topic"),
        ("values", json!([IPAD]), 400, "missing parameter"),
        ("completeness", json!("one_page"), 400, "parameter value invalid"),
    ] {
        caller.post_json(ESTIMATE, &job).await.refused(status, reason, Some(name));
        job[name] = right;
    }
    assert_eq!(estimate(&caller, &job).await["would_be_refused"], "daily quota exceeded");
    caller.get(ESTIMATE).await.refused(405, "method not allowed", None);
    server.stop().await;
}
