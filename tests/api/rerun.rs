//! `POST /v2/jobs/{id}/rerun`: what failed, once more.

use crate::cancel::{cancel, lease};
use crate::harness::{Answer, COFFEE, Caller, IPAD, Terms};
use crate::{gtins, special, start, start_idle, with};
use pricemill::demo::{SpecialKind, wrong_gtins};
use pricemill::storage::bulk_job;
use reqwest::Method;
use serde_json::{Value, json};

async fn rerun(caller: &Caller, id: &str) -> Answer {
    caller.post_form(&format!("/v2/jobs/{id}/rerun"), "").await
}

fn values(results: &Value) -> Vec<&str> {
    results["products"].as_array().unwrap().iter().map(|product| product["value"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asks_what_failed_and_could_exist() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let (blocked, broken) = (special(SpecialKind::Blocked, 0), special(SpecialKind::Broken, 0));
    let (missing, wrong) = (special(SpecialKind::Missing, 0), wrong_gtins(1).remove(0));
    let asked = json!([
        IPAD, {"value": blocked, "reference": "SKU 1"}, wrong, {"value": missing, "reference": "SKU 2"}, COFFEE, broken,
    ]);
    let options = json!({"values": asked, "completeness": "all_pages", "currentness": "realtime"});
    let first = caller.submit(&with(gtins(&[]), options)).await;
    caller.wait_finished(&first).await;
    let told = rerun(&caller, &first).await.ok();
    let second = told["job_id"].as_str().unwrap();
    assert_eq!(
        (&told["status"], &told["requested"], &told["rerun_of"], told.get("success")),
        (&json!("new"), &json!(3), &json!(first), None)
    );
    let results = caller.results(second).await;
    assert_eq!(values(&results), [&blocked, &missing, &broken]);
    let columns = caller.download(second, ".csv?columns=extended").await;
    assert!(columns.text().contains("SKU 1") && columns.text().contains("SKU 2"), "{}", columns.text());
    let find = async |id: &str| bulk_job::find(&server.app.db, caller.id, &id.parse().unwrap()).await.unwrap().unwrap();
    let (before, after) = (find(&first).await, find(second).await);
    assert_eq!((after.options, after.multiplier, after.key), (before.options, before.multiplier, before.key));
    assert_eq!(after.rerun_of, Some(before.id));
    // It is an ordinary job: it can be run again itself, and costs what it costs.
    assert_eq!(rerun(&caller, second).await.ok()["rerun_of"], second);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn is_refused_where_there_is_nothing_to_ask() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let wrong = wrong_gtins(1).remove(0);
    let id = caller.submit(&gtins(&[IPAD, &wrong])).await;
    caller.wait_finished(&id).await;
    rerun(&caller, &id).await.refused(409, "nothing to rerun", None);
    rerun(&caller, "000000000000000000000000").await.refused(404, "job not found", None);
    server.close().await;

    let server = start_idle().await;
    let caller = server.caller(Terms { creations_per_minute: Some(2), ..Terms::plan("pro") }).await;
    let id = caller.submit(&gtins(&[IPAD])).await;
    lease(&server, 1, 50).await;
    rerun(&caller, &id).await.refused(409, "job not finished", None);
    cancel(&caller, &id).await;
    rerun(&caller, &id).await.refused(409, "job cancelled", None);
    let wrong = caller.get(&format!("/v2/jobs/{id}/rerun")).await;
    wrong.refused(405, "method not allowed", None);
    server.close_books().await;
    server.stop().await;
}

/// The rules of every creation hold.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counts_as_a_creation() {
    let server = start().await;
    let caller =
        server.caller(Terms { creations_per_minute: Some(2), daily_quota: Some(2), ..Terms::plan("pro") }).await;
    let missing = special(SpecialKind::Missing, 0);
    let id = caller.submit(&gtins(&[&missing, &special(SpecialKind::Missing, 1)])).await;
    caller.wait_finished(&id).await;
    rerun(&caller, &id).await.refused(403, "daily quota exceeded", None);
    let limited = rerun(&caller, &id).await;
    limited.refused(429, "Job creation limit exceeded", None);
    server.close().await;
}

/// The answer was lost, and the old job went before it was asked for again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn is_answered_again_under_its_key() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let [id, other] = [0, 1].map(|n| gtins(&[&special(SpecialKind::Missing, n)]));
    let (id, other) = (caller.submit(&id).await, caller.submit(&other).await);
    caller.wait_finished(&id).await;
    caller.wait_finished(&other).await;
    let post = async |id: &str, key: &str| {
        let request = caller.request(Method::POST, &format!("/v2/jobs/{id}/rerun"));
        caller.send(request.header("idempotency-key", key)).await
    };
    let first = post(&id, "key").await;
    assert_eq!((&first.ok()["rerun_of"], first.header("idempotent-replayed")), (&json!(id), None));
    caller.wait_finished(first.json()["job_id"].as_str().unwrap()).await;
    caller.send(caller.request(Method::DELETE, &format!("/v2/jobs/{id}"))).await.ok();
    let again = post(&id, "key").await;
    assert_eq!((again.ok(), again.header("idempotent-replayed")), (first.ok(), Some("true")));
    post(&id, "another key").await.refused(410, "job expired", None);
    post(&other, "key").await.refused(422, "idempotency key reused", Some("idempotency-key"));
    assert_eq!(caller.get("/v2/jobs").await.ok()["meta"]["total"], 3);
    server.close().await;
}
