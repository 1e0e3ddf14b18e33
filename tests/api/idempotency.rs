//! A creation with an `Idempotency-Key` happens once.

use crate::harness::{Answer, COFFEE, Caller, IPAD, Setup, Terms, TestServer};
use crate::{gtins, start, start_idle, with};
use pricemill::clock::Clock;
use pricemill::domain::{Balance, JobSpec, Switch};
use pricemill::http::bulk::v2::job_object::job_object;
use pricemill::jobs::{CreateError, Once, OnceAnswer, create_once, find_answer, forget_keys};
use pricemill::storage::bulk_job::Job;
use pricemill::storage::source_switch;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3_600);
const HEADER: &str = "idempotency-key";

async fn post(caller: &Caller, key: &str, job: &Value) -> Answer {
    let request = caller.request(Method::POST, "/jobs").header("content-type", "application/json").header(HEADER, key);
    caller.send(request.body(job.to_string())).await
}

async fn count_jobs(caller: &Caller) -> usize {
    caller.get("/jobs?per_page=100").await.ok()["jobs"].as_array().unwrap().len()
}

fn is_replay(answer: &Answer) -> bool {
    answer.ok();
    let header = answer.header("idempotent-replayed");
    assert!(matches!(header, None | Some("true")));
    header.is_some()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_answer_is_given_again() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let first = post(&caller, "key-1", &gtins(&[IPAD, COFFEE])).await;
    assert!(!is_replay(&first));
    let id = first.json()["job_id"].as_str().unwrap().to_owned();
    caller.wait_finished(&id).await;
    let again = post(&caller, "key-1", &gtins(&[IPAD, COFFEE])).await;
    assert!(is_replay(&again));
    assert_eq!((again.text(), again.header("content-type")), (first.text(), first.header("content-type")));
    assert_eq!(again.json()["status"], "new", "as it was answered first, not as it stands now");
    // The same question, spelled in another way.
    let spelled = caller
        .request(Method::POST, "/jobs?source=Google%20Shopping&country=DE&completeness=one_page")
        .header(HEADER, "key-1")
        .body(format!("key=ean&values={IPAD}%0A {COFFEE}%0A{IPAD}"));
    assert!(is_replay(&caller.send(spelled).await));
    assert_eq!((count_jobs(&caller).await, caller.credits_today().await), (1, 2));
    // Another key, another account: other jobs.
    assert!(!is_replay(&post(&caller, "key-2", &gtins(&[IPAD, COFFEE])).await));
    let other = server.caller(Terms::plan("pro")).await;
    assert!(!is_replay(&post(&other, "key-1", &gtins(&[IPAD])).await));
    assert_eq!((count_jobs(&caller).await, count_jobs(&other).await), (2, 1));
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_stands_for_one_question() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let job = gtins(&[IPAD, COFFEE]);
    post(&caller, "key", &job).await.ok();
    for other in [
        gtins(&[COFFEE, IPAD]),
        gtins(&[IPAD]),
        with(job.clone(), json!({"country": "gb"})),
        with(job.clone(), json!({"source": "ebay"})),
        with(job.clone(), json!({"completeness": "all_pages"})),
        with(job.clone(), json!({"currentness": "realtime"})),
        with(job.clone(), json!({"conditions": "new"})),
        with(job.clone(), json!({"values": [{"value": IPAD, "reference": "a"}, COFFEE]})),
    ] {
        post(&caller, "key", &other).await.refused(422, "idempotency key reused", Some(HEADER));
    }
    // A mistake in the parameters comes first, and changes nothing.
    post(&caller, "key", &with(job.clone(), json!({"country": "xx"}))).await.refused(
        400,
        "unsupported country",
        Some("country"),
    );
    assert!(is_replay(&post(&caller, "key", &job).await));
    assert_eq!(count_jobs(&caller).await, 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_forgotten_after_a_day() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let first = post(&caller, "key", &gtins(&[IPAD])).await;
    server.clock.advance(DAY - Duration::from_secs(1));
    assert_eq!(forget_keys(&server.app).await.unwrap(), 0);
    assert!(is_replay(&post(&caller, "key", &gtins(&[IPAD])).await));
    server.clock.advance(Duration::from_secs(1));
    let second = post(&caller, "key", &gtins(&[COFFEE])).await;
    assert!(!is_replay(&second));
    assert_ne!(first.json()["job_id"], second.json()["job_id"]);
    // The row of the old use is gone; that of the new one counts from its own moment.
    server.clock.advance(DAY - Duration::from_secs(1));
    assert!(is_replay(&post(&caller, "key", &gtins(&[COFFEE])).await));
    server.clock.advance(Duration::from_secs(1));
    assert_eq!(forget_keys(&server.app).await.unwrap(), 1);
    assert_eq!(count_jobs(&caller).await, 2);
    server.stop().await;
}

/// Its time ends while it is being answered: it is an answer still, and no way around what the operator switched off.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_was_found_is_the_answer() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let job = gtins(&[IPAD]);
    let given = post(&caller, "key", &job).await;
    let spec = crate::caps::spec(&[IPAD.into()]);
    let source = spec.source.clone();
    let switch = Switch { source, country: None, key: None, value: None };
    source_switch::insert(&server.app.db, &switch, server.clock.now()).await.unwrap();
    server.clock.advance(DAY - Duration::from_secs(1));
    assert!(is_replay(&post(&caller, "key", &job).await));
    let key = "key".parse().unwrap();
    let first = find_answer(&server.app, caller.id, &key).await.unwrap().unwrap();
    server.clock.advance(Duration::from_secs(1));
    assert_eq!(forget_keys(&server.app).await.unwrap(), 1);
    assert!(matches!(first.clone().again("another"), Err(CreateError::KeyReused)));
    let again = first.again(&spec.fingerprint(1)).unwrap();
    assert_eq!((again.body.as_str(), again.is_replay), (given.text(), true));
    assert_eq!(find_answer(&server.app, caller.id, &key).await.unwrap(), None);
    post(&caller, "key", &job).await.refused(403, "source disabled", Some("source"));
    assert_eq!(count_jobs(&caller).await, 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_creation_keeps_no_key() {
    let server = start_idle().await;
    let caller = server.caller(Terms { daily_quota: Some(1), ..Terms::plan("pro") }).await;
    let job = gtins(&[IPAD, COFFEE]);
    post(&caller, "key", &job).await.refused(403, "daily quota exceeded", None);
    caller.send(caller.request(Method::PUT, "/settings/daily_quota?daily_quota=10")).await.ok();
    assert!(!is_replay(&post(&caller, "key", &job).await));
    assert!(is_replay(&post(&caller, "key", &job).await));
    server.stop().await;
}

/// Nothing is created, so nothing is measured: neither the rate, nor the quota, nor the jobs in flight.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twins_in_parallel_create_one_job() {
    let server = start_idle().await;
    let terms =
        Terms { creations_per_minute: Some(1), daily_quota: Some(2), free_credits: Some(2), ..Terms::plan("free") };
    let caller = server.caller(terms).await;
    let job = gtins(&[IPAD, COFFEE]);
    let answers = futures_util::future::join_all((0..20).map(|_| post(&caller, "key", &job))).await;
    assert_eq!(answers.iter().filter(|answer| !is_replay(answer)).count(), 1);
    assert!(answers.iter().all(|answer| answer.text() == answers[0].text()));
    assert_eq!(count_jobs(&caller).await, 1);
    post(&caller, "other", &job).await.refused(429, "Job creation limit exceeded", None);
    caller.post_json("/jobs", &job).await.refused(429, "Job creation limit exceeded", None);
    let reused = post(&caller, "key", &gtins(&[IPAD])).await;
    reused.refused(422, "idempotency key reused", Some(HEADER));
    // Two questions under one key at the same time: one of them is refused.
    let caller = server.caller(Terms::plan("pro")).await;
    let (one, other) = (gtins(&[IPAD]), gtins(&[COFFEE]));
    let (one, other) = tokio::join!(post(&caller, "key", &one), post(&caller, "key", &other));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
    assert_eq!(count_jobs(&caller).await, 1);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_outlives_a_restart() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let first = post(&caller, "key", &gtins(&[IPAD])).await;
    let clock: Clock = server.clock.clone();
    let database = server.stop().await;
    let server = TestServer::start(Setup { clock, database: Some(database), ..Setup::default() }).await;
    let caller = Caller { app: server.app.clone(), base: server.base.clone(), ..caller };
    let again = post(&caller, "key", &gtins(&[IPAD])).await;
    assert!(is_replay(&again));
    assert_eq!(again.text(), first.text());
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_one_printable_header() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let job = gtins(&[IPAD]);
    let wrong = "parameter value invalid";
    post(&caller, &"k".repeat(256), &job).await.refused(400, wrong, Some(HEADER));
    post(&caller, "", &job).await.refused(400, wrong, Some(HEADER));
    post(&caller, "a\tb", &job).await.refused(400, wrong, Some(HEADER));
    let twice = caller.request(Method::POST, "/jobs").header(HEADER, "a").header(HEADER, "b");
    caller.send(twice.body(job.to_string())).await.refused(400, wrong, Some(HEADER));
    let foreign = caller.request(Method::POST, "/jobs").header(HEADER, "schlüssel".as_bytes());
    caller.send(foreign.body(job.to_string())).await.refused(400, wrong, Some(HEADER));
    // It comes before the parameters, quota and rate come last.
    post(&caller, "", &json!({"source": "nowhere"})).await.refused(400, wrong, Some(HEADER));
    let poor =
        server.caller(Terms { daily_quota: Some(0), creations_per_minute: Some(1), ..Terms::plan("free") }).await;
    for _ in 0..3 {
        post(&poor, "", &job).await.refused(400, wrong, Some(HEADER));
    }
    post(&poor, "key", &job).await.refused(403, "daily quota exceeded", None);
    post(&poor, "key", &job).await.refused(429, "Job creation limit exceeded", None);
    assert_eq!(count_jobs(&caller).await, 0);
    assert!(!is_replay(&post(&caller, &"k".repeat(255), &job).await));
    assert!(is_replay(&post(&caller, &"k".repeat(255), &job).await));
    server.stop().await;
}

/// The job object of v2 tells what is left, which changes; the answer does not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn v2_is_answered_byte_for_byte() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let spec = crate::caps::spec(&[IPAD.into()]);
    let key = "key".parse().unwrap();
    let tell = |job: &Job, balance: &Balance| serde_json::to_string(&job_object(job, balance)).unwrap();
    let ask = async |spec: &JobSpec| -> OnceAnswer {
        let once = Once { key: &key, fingerprint: spec.fingerprint(2), admit: &|| Ok(()), tell: &tell };
        create_once(&server.app, caller.id, spec, &[], once).await.unwrap()
    };
    let first = ask(&spec).await;
    let told: Value = serde_json::from_str(&first.body).unwrap();
    assert_eq!((&told["status"], &told["completed"], &told["free_credits"]), (&json!("new"), &json!(0), &json!(0)));
    assert_eq!(told["balance"], json!({"free_credits_left": 1000, "daily_quota_left": 10_000}));
    assert!(first.body.ends_with(r#""balance":{"free_credits_left":1000,"daily_quota_left":10000}}"#));
    caller.wait_finished(told["job_id"].as_str().unwrap()).await;
    let again = ask(&spec).await;
    assert_eq!((again.is_replay, again.body), (true, first.body));
    // The other version's words are another question.
    post(&caller, "key", &gtins(&[IPAD])).await.refused(422, "idempotency key reused", Some(HEADER));
    server.close().await;
}
