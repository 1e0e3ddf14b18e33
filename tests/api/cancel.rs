//! `POST /v2/jobs/{id}/cancel`.

use crate::harness::{COFFEE, Caller, IPAD, Terms, TestServer};
use crate::{gtins, start, start_idle, with};
use pricemill::demo::wrong_gtins;
use pricemill::domain::{Effort, LookupPage, Reason};
use pricemill::storage::bulk_item::{self, ItemEnd, LeasedBatch};
use pricemill::storage::bulk_job::PassedOver;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const LEASE: Duration = Duration::from_secs(600);

/// A worker of the test's own, which ends values when the test says so.
pub async fn lease(server: &TestServer, number: i64, most: u32) -> LeasedBatch {
    let (db, now) = (&server.app.db, server.clock.lease_now());
    bulk_item::lease_next(db, number, most, now, LEASE, &PassedOver::default())
        .await
        .unwrap()
        .expect("nothing to lease")
}

/// A value found with one page.
pub fn found(server: &TestServer, id: &str) -> ItemEnd {
    let page = LookupPage {
        id: id.into(),
        fingerprint: format!("of {id}"),
        number: 1,
        fetched_at: server.clock.now(),
        is_last: true,
        content: Some(Arc::default()),
        version: None,
    };
    ItemEnd::Found { pages: vec![Arc::new(page)], offers: 0, incomplete: false, effort: Effort::default() }
}

/// Ends values of a lease by position.
pub async fn end(server: &TestServer, batch: &LeasedBatch, ends: Vec<(u32, ItemEnd)>) {
    bulk_item::write_ends(&server.app.db, batch.job.seq, batch.lease, &ends).await.unwrap();
    server.app.moved.notify_waiters();
}

pub async fn cancel(caller: &Caller, id: &str) -> Value {
    caller.post_form(&format!("/v2/jobs/{id}/cancel"), "").await.ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_nobody_began_costs_nothing() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let wrong = wrong_gtins(1);
    let id = caller.submit(&gtins(&[IPAD, &wrong[0], COFFEE])).await;
    server.clock.advance(Duration::from_secs(60));
    let told = cancel(&caller, &id).await;
    assert_eq!(
        told.to_string(),
        json!({
            "job_id": id, "id": id, "version": 2, "country": "de", "source": "google_shopping",
            "topic": "product_and_offers", "key": "gtin", "status": "cancelled", "requested": 3, "completed": 1,
            "open_values": 2, "progress": 33, "not_founds": 0, "free_credits": 0, "paid_credits": 0,
            "created_at": "2026-09-21T12:00:00Z", "expires_at": "2026-09-24T12:01:00Z",
            "balance": {"free_credits_left": 1000, "daily_quota_left": 10000},
        })
        .to_string()
        .as_str(),
        "72 hours from the end"
    );
    assert_eq!(caller.get(&format!("/jobs/{id}")).await.ok()["status"], "cancelled");
    caller.download(&id, "").await.refused(409, "job cancelled", None);
    let again = caller.post_form(&format!("/v2/jobs/{id}/cancel"), "").await;
    again.refused(409, "Job is already finished or canceled", None);
    assert_eq!(caller.credits_today().await, 0);
    assert_eq!(server.metric("pricemill_jobs_cancelled_total", "").await, 1);
    // Nobody is invited to begin what is left of it.
    let ready = bulk_item::count_ready(&server.app.db, server.clock.lease_now(), &PassedOver::default()).await.unwrap();
    assert_eq!(ready, []);
    server.close_books().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_was_handed_out_is_charged() {
    let server = start_idle().await;
    let caller = server.caller(Terms { free_credits: Some(3), ..Terms::plan("pro") }).await;
    let values = ["4006381333931", "4003994155486", IPAD, COFFEE, "8718108041581"];
    let id = caller.submit(&with(gtins(&values), json!({"currentness": "realtime"}))).await;
    let batch = lease(&server, 1, 50).await;
    let ends = vec![
        (4, found(&server, "a")),
        (1, ItemEnd::failed(Reason::Error)),
        (0, ItemEnd::failed(Reason::NotFound)),
        (2, found(&server, "b")),
    ];
    end(&server, &batch, ends).await;
    // The first three that ended: one found, one for nothing, one not found; doubled.
    let given = caller.get(&format!("/v2/jobs/{id}/results?limit=3")).await.ok();
    assert_eq!((&given["after"], &given["completed"]), (&json!(3), &json!(4)));
    let told = cancel(&caller, &id).await;
    assert_eq!((&told["free_credits"], &told["paid_credits"]), (&json!(3), &json!(1)));
    assert_eq!((&told["status"], &told["completed"]), (&json!("cancelled"), &json!(4)));
    assert_eq!(caller.credits_today().await, 4);
    // The worker comes back too late.
    end(&server, &batch, vec![(3, found(&server, "c"))]).await;
    assert_eq!(bulk_item::renew(&server.app.db, batch.job.seq, 1, server.clock.lease_now()).await.unwrap(), 0);
    let later = caller.get(&format!("/jobs/{id}")).await.ok();
    assert_eq!((&later["status"], &later["completed"]), (&json!("cancelled"), &json!(4)));
    // What was charged is still there to be had, and no more than that.
    let given = caller.get(&format!("/v2/jobs/{id}/results?after=1&limit=50")).await.ok();
    assert_eq!((&given["after"], &given["results"].as_array().unwrap().len()), (&json!(3), &2));
    assert_eq!(given["status"], "cancelled");
    server.close_books().await;
    server.stop().await;
}

/// Nothing is passed over, so nothing is charged that was not given.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_passed_over_is_not_charged() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let values = ["4006381333931", "4003994155486", IPAD, COFFEE];
    let id = caller.submit(&gtins(&values)).await;
    let batch = lease(&server, 1, 50).await;
    let ends = (0..4).map(|n| (n, found(&server, &format!("page {n}")))).collect();
    end(&server, &batch, ends).await;
    let path = format!("/v2/jobs/{id}/results");
    let head = caller.send(caller.request(Method::HEAD, &format!("{path}?after=3&limit=1"))).await;
    assert_eq!(head.header("x-next-after"), Some("1"));
    let given = async |query: &str| {
        let given = caller.get(&format!("{path}{query}")).await.ok();
        let value = |entry: &Value| entry["query"]["value"].as_str().unwrap().to_owned();
        (given["results"].as_array().unwrap().iter().map(value).collect::<Vec<_>>(), given["after"].clone())
    };
    assert_eq!(given("?after=3&limit=1").await, (vec![values[0].to_owned()], json!(1)));
    assert_eq!(given("?after=4294967295&limit=1").await, (vec![values[1].to_owned()], json!(2)));
    let told = cancel(&caller, &id).await;
    assert_eq!((&told["free_credits"], &told["completed"]), (&json!(2), &json!(4)));
    // What was given is there still, and only that.
    assert_eq!(given("?after=1&limit=9").await, (vec![values[1].to_owned()], json!(2)));
    assert_eq!(given("?after=3&limit=1").await, (vec![], json!(3)));
    server.close_books().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_free_source_reports_what_it_would_have_cost() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let id = caller.submit(&with(gtins(&[IPAD, COFFEE]), json!({"source": "test"}))).await;
    let batch = lease(&server, 1, 50).await;
    end(&server, &batch, vec![(0, found(&server, "a"))]).await;
    caller.get(&format!("/v2/jobs/{id}/results")).await.ok();
    assert_eq!(cancel(&caller, &id).await["free_credits"], 1);
    assert_eq!(caller.credits_today().await, 0);
    server.close_books().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_go_on_with_other_jobs() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let values: Vec<String> = pricemill::demo::sample_gtins(400).iter().map(ToString::to_string).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let large = caller.submit(&with(gtins(&values), json!({"completeness": "all_pages"}))).await;
    while caller.get(&format!("/jobs/{large}")).await.ok()["completed"] == 0 {}
    let told = caller.post_form(&format!("/v2/jobs/{large}/cancel"), "").await;
    // A fast machine may be done before.
    if told.status == 200 {
        assert_eq!((&told.json()["status"], &told.json()["free_credits"]), (&json!("cancelled"), &json!(0)));
    } else {
        told.refused(409, "Job is already finished or canceled", None);
    }
    assert_eq!(caller.run(&gtins(&[IPAD])).await["products"][0]["success"], true);
    // The books look at what the workers wrote after the end.
    server.close().await;
}

/// Whoever is first ends the job, and the other one is told so; the ledger knows one of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn cancelled_or_settled() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    for n in 1..=20 {
        let id = caller.submit(&gtins(&[IPAD, COFFEE])).await;
        let batch = lease(&server, n, 50).await;
        let ends = vec![(0, found(&server, &format!("page {n:04}"))), (1, ItemEnd::failed(Reason::NotFound))];
        end(&server, &batch, ends).await;
        if n % 2 == 0 {
            caller.get(&format!("/v2/jobs/{id}/results?limit=1")).await.ok();
        }
        let path = format!("/v2/jobs/{id}/cancel");
        let (finished, cancelled, twice) =
            tokio::join!(settle(&server, batch.job.seq), caller.post_form(&path, ""), caller.post_form(&path, ""),);
        let winners = [finished, cancelled.status == 200, twice.status == 200];
        assert_eq!(winners.iter().filter(|won| **won).count(), 1, "{winners:?}");
        server.close_books().await;
    }
    server.stop().await;
}

/// Whether the job was this one's to settle.
async fn settle(server: &TestServer, job_seq: i64) -> bool {
    let transaction = server.app.db.begin().await.unwrap();
    let settled = pricemill::ledger::settle(&transaction, job_seq, server.clock.now()).await.unwrap();
    transaction.commit().await.unwrap();
    settled.is_some()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn is_refused_to_others() {
    let server = start_idle().await;
    let (caller, other) = (server.caller(Terms::plan("pro")).await, server.caller(Terms::plan("pro")).await);
    let id = caller.submit(&gtins(&[IPAD])).await;
    let path = format!("/v2/jobs/{id}/cancel");
    other.post_form(&path, "").await.refused(404, "job not found", None);
    server.stranger().post_form(&path, "").await.refused(401, "unauthorized", Some("token"));
    let wrong = caller.get(&path).await;
    wrong.refused(405, "method not allowed", None);
    assert_eq!(wrong.header("allow"), Some("POST"));
    let with_slash = caller.send(caller.request(Method::POST, &format!("{path}/"))).await;
    assert_eq!(with_slash.ok()["status"], "cancelled");
    server.close_books().await;
    server.stop().await;
}
