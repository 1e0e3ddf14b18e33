//! `timeout`: what is not done by a job's deadline ends without a product and without a charge.

use crate::cancel::{end, found, lease};
use crate::harness::{COFFEE, Caller, IPAD, Setup, Terms, TestServer};
use crate::{start, start_idle};
use pricemill::clock::Clock;
use pricemill::demo::wrong_gtins;
use pricemill::domain::{
    JobSpec, JobTerms, Key, LookupOptions, MaxAge, Multiplier, PageLimit, RequestedValue, Selection, SourceName, Topic,
};
use pricemill::jobs::{create, end_overdue};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// A job with a deadline.
async fn submit(
    server: &TestServer,
    caller: &Caller,
    (source, key): (&str, Key),
    values: &[&str],
    timeout: Duration,
) -> String {
    let value = |text: &&str| RequestedValue { value: (*text).to_owned(), reference: None };
    let spec = JobSpec {
        source: SourceName::new(source),
        country: "de".parse().unwrap(),
        topic: Topic::ProductAndOffers,
        key,
        values: values.iter().map(value).collect(),
        options: LookupOptions {
            page_limit: PageLimit::Pages(1),
            max_age: MaxAge::DAILY,
            selection: Selection::default(),
        },
        multiplier: Multiplier::ORDINARY,
        terms: JobTerms { timeout: Some(timeout), ..JobTerms::default() },
    };
    create(&server.app, caller.id, &spec, &[]).await.unwrap().job.id.to_string()
}

fn reasons(results: &Value) -> Vec<&Value> {
    results["products"].as_array().unwrap().iter().map(|product| &product["reason"]).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ends_what_is_open_and_what_is_held() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let wrong = wrong_gtins(1).remove(0);
    let values = [IPAD, "4003994155486", &wrong, COFFEE];
    let id = submit(&server, &caller, ("google-shopping", Key::Gtin), &values, 2 * MINUTE).await;
    let batch = lease(&server, 1, 2).await;
    end(&server, &batch, vec![(1, found(&server, "a"))]).await;
    server.clock.advance(2 * MINUTE - Duration::from_secs(1));
    end_overdue(&server.app).await.unwrap();
    assert_eq!(caller.get(&format!("/jobs/{id}")).await.ok()["completed"], 2);
    server.clock.advance(Duration::from_secs(1));
    end_overdue(&server.app).await.unwrap();
    let status = caller.get(&format!("/jobs/{id}")).await.ok();
    assert_eq!((&status["status"], &status["completed"]), (&json!("finished"), &json!(4)));
    let results = caller.download(&id, "").await.ok();
    assert_eq!(reasons(&results), [&json!("timeout"), &json!(null), &json!("invalid value"), &json!("timeout")]);
    assert_eq!(results["free_credits"], 1);
    // They ended last, in request order.
    let ended = caller.get(&format!("/v2/jobs/{id}/results?after=2&format=ndjson")).await;
    let at = |value: &str| ended.text().find(value).unwrap_or_else(|| panic!("{}", ended.text()));
    assert!(at(IPAD) < at(COFFEE) && ended.text().lines().count() == 2);
    // What a held value would have been comes too late.
    end(&server, &batch, vec![(0, found(&server, "b"))]).await;
    assert_eq!(caller.download(&id, "").await.ok(), results);
    assert_eq!(caller.credits_today().await, 1);
    server.close_books().await;
    server.stop().await;
}

/// Nobody calls for it: the server looks by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn is_seen_to_by_any_process() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let id = submit(&server, &caller, ("google-shopping", Key::Gtin), &[IPAD], MINUTE).await;
    // Held by a worker that will never end it.
    lease(&server, 1, 50).await;
    let (clock, token) = (server.clock.clone(), caller.token.clone());
    let database = Some(server.stop().await);
    let server = TestServer::start(Setup { clock, database, ..Setup::default() }).await;
    let caller = Caller { token, id: caller.id, ..server.stranger() };
    server.clock.advance(MINUTE);
    assert_eq!(reasons(&caller.results(&id).await), [&json!("timeout")]);
    server.close().await;
}

/// A source that takes the connection and never answers; and no periodic task comes round in time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn does_not_wait_for_a_source() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = silent.local_addr().unwrap().to_string();
    let allow = host.clone();
    let server = TestServer::start(Setup {
        clock: Clock::system(),
        change: Box::new(move |config| {
            config.outbound.allow.push(allow);
            config.fetching.robots = false;
            config.jobs.reconcile_ms = 3_600_000;
        }),
        ..Setup::default()
    })
    .await;
    let caller = server.caller(Terms::plan("pro")).await;
    let url = format!("http://{host}/p");
    let id = submit(&server, &caller, ("web", Key::SourceId), &[&url], Duration::from_millis(300)).await;
    let results = caller.results(&id).await;
    assert_eq!(reasons(&results), [&json!("timeout")]);
    assert_eq!((&results["free_credits"], &results["paid_credits"]), (&json!(0), &json!(0)));
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_in_time_hears_nothing_of_it() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let id = submit(&server, &caller, ("google-shopping", Key::Gtin), &[IPAD, COFFEE], MINUTE).await;
    let results = caller.results(&id).await;
    server.clock.advance(2 * MINUTE);
    end_overdue(&server.app).await.unwrap();
    assert_eq!(caller.download(&id, "").await.ok(), results);
    assert_eq!(reasons(&results), [&json!(null), &json!(null)]);
    server.close().await;
}
