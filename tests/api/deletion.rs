//! `DELETE /v2/jobs/{id}`, and results whose time is over.

use crate::cancel::{cancel, end, found, lease};
use crate::harness::{Answer, COFFEE, Caller, IPAD, Terms, TestServer};
use crate::{gtins, start, start_idle, with};
use pricemill::jobs::expire;
use reqwest::Method;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

async fn delete(caller: &Caller, id: &str) -> Answer {
    caller.send(caller.request(Method::DELETE, &format!("/v2/jobs/{id}"))).await
}

async fn count(server: &TestServer, rows: &str) -> i64 {
    let look = server.look().await;
    let statement = Statement::from_string(look.get_database_backend(), format!("SELECT COUNT(*) AS n FROM {rows}"));
    let n = look.query_one_raw(statement).await.unwrap().unwrap().try_get("", "n").unwrap();
    look.close().await.unwrap();
    n
}

/// Everything that would tell the results is gone; the job itself is told as before.
async fn is_gone(caller: &Caller, id: &str, status: &str) {
    caller.download(id, "").await.refused(410, "job expired", None);
    caller.download(id, ".csv").await.refused(410, "job expired", None);
    caller.get(&format!("/v2/jobs/{id}/results")).await.refused(410, "job expired", None);
    caller.post_form(&format!("/v2/jobs/{id}/rerun"), "").await.refused(410, "job expired", None);
    assert_eq!(caller.get(&format!("/jobs/{id}")).await.ok()["status"], status);
    let listed = caller.get("/jobs").await.ok();
    assert!(listed["jobs"].as_array().unwrap().iter().any(|job| job["job_id"] == id), "{listed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn takes_the_results_and_leaves_the_bill() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let id = caller.submit(&gtins(&[IPAD, COFFEE])).await;
    caller.results(&id).await;
    let told = delete(&caller, &id).await.ok();
    assert_eq!((&told["job_id"], &told["status"], &told["free_credits"]), (&json!(id), &json!("finished"), &json!(2)));
    is_gone(&caller, &id, "finished").await;
    assert_eq!(delete(&caller, &id).await.ok(), told, "once more is the same");
    assert_eq!(caller.credits_today().await, 2);
    assert_eq!(count(&server, "bulk_item").await, 0);
    let other = server.caller(Terms::plan("pro")).await;
    delete(&other, &id).await.refused(404, "job not found", None);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancels_what_has_not_ended() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let id = caller.submit(&gtins(&[IPAD, COFFEE])).await;
    let batch = lease(&server, 1, 50).await;
    end(&server, &batch, vec![(0, found(&server, "a"))]).await;
    caller.get(&format!("/v2/jobs/{id}/results")).await.ok();
    let told = delete(&caller, &id).await.ok();
    assert_eq!((&told["status"], &told["free_credits"]), (&json!("cancelled"), &json!(1)));
    is_gone(&caller, &id, "cancelled").await;
    // The worker that held the other value writes into nothing.
    end(&server, &batch, vec![(1, found(&server, "b"))]).await;
    is_gone(&caller, &id, "cancelled").await;
    server.close_books().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn results_go_72_hours_after_the_end() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let id = caller.submit(&gtins(&[IPAD])).await;
    let slow = caller.submit(&gtins(&[COFFEE])).await;
    let dropped = caller.submit(&gtins(&[COFFEE])).await;
    let batch = lease(&server, 1, 50).await;
    server.clock.advance(20 * HOUR);
    end(&server, &batch, vec![(0, found(&server, "a"))]).await;
    pricemill::jobs::finish(&server.app, batch.job.seq).await.unwrap();
    cancel(&caller, &dropped).await;
    server.clock.advance(72 * HOUR - Duration::from_secs(1));
    expire(&server.app).await.unwrap();
    assert_eq!(caller.download(&id, "").await.ok()["products"][0]["success"], true);
    caller.download(&dropped, "").await.refused(409, "job cancelled", None);
    server.clock.advance(Duration::from_secs(1));
    expire(&server.app).await.unwrap();
    is_gone(&caller, &id, "finished").await;
    is_gone(&caller, &dropped, "cancelled").await;
    // One that has not ended stays, however old it is.
    assert_eq!(caller.get(&format!("/jobs/{slow}")).await.ok()["completed"], 0);
    assert_eq!(count(&server, "bulk_item").await, 1);
    server.close_books().await;
    server.stop().await;
}

/// Pages outlive results, since other jobs take them; they go when no job's results need them and they are old.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shared_page_goes_with_its_last_result() {
    let server = start().await;
    let (caller, other) = (server.caller(Terms::plan("pro")).await, server.caller(Terms::plan("pro")).await);
    let job = with(gtins(&[IPAD, "885909666966"]), json!({"completeness": "all_pages"}));
    let (first, second) = (caller.submit(&job).await, other.submit(&job).await);
    let told = caller.results(&first).await;
    other.results(&second).await;
    let pages = count(&server, "lookup_page").await;
    assert!(pages > 0);
    let products = |results: &Value| results["products"].clone();
    delete(&caller, &first).await.ok();
    server.clock.advance(31 * DAY);
    // The other job's time is over as well; but while its results are there, so are their pages.
    let look = server.look().await;
    let kept = "UPDATE bulk_job SET expires_at = expires_at + 100 * CAST(86400000000 AS BIGINT)";
    look.execute_unprepared(kept).await.unwrap();
    look.close().await.unwrap();
    expire(&server.app).await.unwrap();
    assert_eq!(count(&server, "lookup_page").await, pages);
    assert_eq!(products(&other.download(&second, "").await.ok()), products(&told));
    delete(&other, &second).await.ok();
    assert_eq!(count(&server, "lookup_page WHERE uses <> 0").await, 0);
    expire(&server.app).await.unwrap();
    assert_eq!(count(&server, "lookup_page").await, 0);
    // Asked again they are fetched again.
    assert_eq!(caller.run(&job).await["products"][0]["success"], true);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn young_pages_are_kept_for_other_jobs() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let id = caller.submit(&gtins(&[IPAD])).await;
    caller.results(&id).await;
    let asked = server.metric("pricemill_source_requests_total", "google-shopping").await;
    delete(&caller, &id).await.ok();
    server.clock.advance(HOUR);
    expire(&server.app).await.unwrap();
    caller.run(&gtins(&[IPAD])).await;
    assert_eq!(server.metric("pricemill_source_requests_total", "google-shopping").await, asked);
    server.close().await;
}
