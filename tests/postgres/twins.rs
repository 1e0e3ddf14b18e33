//! Two servers on one database.

use crate::harness::{Caller, Terms, TestServer};
use crate::{database, on};
use pricemill::demo::sample_gtins;
use pricemill::domain::{
    JobSpec, JobTerms, Key, LookupOptions, MaxAge, Multiplier, PageLimit, Reason, RequestedValue, Selection,
    SourceName, Topic,
};
use pricemill::jobs::create;
use pricemill::ledger::settle;
use pricemill::storage::bulk_item::{self, ItemEnd};
use pricemill::storage::bulk_job::{self, PassedOver};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

async fn two_servers() -> Option<(TestServer, TestServer)> {
    let first = TestServer::start(on(database().await?)).await;
    let setup = on(crate::harness::TestDatabase::at(first.database.url.clone()));
    let second = TestServer::start(setup).await;
    Some((first, second))
}

/// The same account at the other server.
fn at(server: &TestServer, caller: &Caller) -> Caller {
    Caller { token: caller.token.clone(), id: caller.id, ..server.stranger() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn share_the_work() {
    let Some((first, second)) = two_servers().await else { return };
    let caller = first.caller(Terms::plan("pro")).await;
    let twin = at(&second, &caller);
    // The same values in every job: both servers write the same pages at the same time.
    let values: Vec<String> = sample_gtins(150).iter().map(ToString::to_string).collect();
    let mut ids = Vec::new();
    for n in 0..6 {
        let mut values = values.clone();
        if n % 2 == 1 {
            values.reverse();
        }
        let job = json!({"source": "google-shopping", "country": "de", "key": "gtin", "values": values});
        let to = if n % 2 == 0 { &caller } else { &twin };
        ids.push((to.submit(&job).await, values));
    }
    for (id, values) in &ids {
        // Asked of the server that did not create it, too.
        for asked in [&caller, &twin] {
            let results = asked.results(id).await;
            let products = results["products"].as_array().unwrap();
            assert_eq!(&products.iter().map(|p| p["value"].as_str().unwrap()).collect::<Vec<_>>(), values);
            let is_known = |product: &Value| product["success"] == true || product["reason"] == "not found";
            assert!(products.iter().all(is_known), "{results}");
        }
    }
    assert_eq!(twin.credits_today().await, 6 * 150);
    second.close().await;
    first.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settle_a_job_once() {
    let Some(database) = database().await else { return };
    let mut setup = on(database);
    setup.works = false;
    let server = TestServer::start(setup).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let (db, clock) = (&server.app.db, &server.clock);
    for n in 1..=5 {
        let values = ["4006381333931", "4003994155486"];
        let id = caller.submit(&json!({"source": "ebay", "country": "de", "key": "gtin", "values": values})).await;
        let seq = bulk_job::find(db, caller.id, &id.parse().unwrap()).await.unwrap().unwrap().seq;
        let batch =
            bulk_item::lease_next(db, n, 50, clock.lease_now(), Duration::from_secs(15), &PassedOver::default())
                .await
                .unwrap()
                .unwrap();
        assert_eq!((batch.job.seq, batch.items.len()), (seq, 2));
        let ends = [(0, ItemEnd::failed(Reason::NotFound)), (1, ItemEnd::failed(Reason::Error))];
        let progress = bulk_item::write_ends(db, seq, n, &ends).await.unwrap();
        assert_eq!(progress.status, pricemill::domain::JobStatus::Finishing);
        let now = clock.now();
        let settle = async || {
            let transaction = db.begin().await.unwrap();
            let settled = settle(&transaction, seq, now).await.unwrap();
            transaction.commit().await.unwrap();
            settled
        };
        let (a, b, c) = tokio::join!(settle(), settle(), settle());
        let settled: Vec<_> = [a, b, c].into_iter().flatten().collect();
        assert_eq!(settled.len(), 1);
        assert_eq!(settled[0].charge.total(), 1);
        assert_eq!(caller.credits_today().await, u64::try_from(n).unwrap());
    }
    server.close_books().await;
    server.stop().await;
}

/// Twins of one key at both servers: one job, one answer; and parallel creations of an account with a hard quota.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn create_once_and_within_the_quota() {
    let Some((first, second)) = two_servers().await else { return };
    let caller = first.caller(Terms { daily_quota: Some(100), ..Terms::plan("pro") }).await;
    let twin = at(&second, &caller);
    caller.send(caller.request(Method::PUT, "/settings/hard_quota?hard_quota=true")).await.ok();
    let values = ["4006381333931", "4003994155486"];
    let job = json!({"source": "google-shopping", "country": "de", "key": "gtin", "values": values});
    for key in ["one", "two", "three"] {
        let post = |n: usize| {
            let to = if n.is_multiple_of(2) { &caller } else { &twin };
            let request = to.request(Method::POST, "/jobs").header("idempotency-key", key).body(job.to_string());
            to.send(request)
        };
        let answers = futures_util::future::join_all((0..20).map(post)).await;
        assert!(answers.iter().all(|answer| answer.ok() == answers[0].json()));
        let first_ones = answers.iter().filter(|answer| answer.header("idempotent-replayed").is_none());
        assert_eq!(first_ones.count(), 1);
        caller.wait_finished(answers[0].json()["job_id"].as_str().unwrap()).await;
    }
    assert_eq!(caller.credits_today().await, 6);
    let mut many = job.clone();
    many["completeness"] = json!("all_pages");
    let post =
        |n: usize| if n.is_multiple_of(2) { caller.post_json("/jobs", &many) } else { twin.post_json("/jobs", &many) };
    let answers = futures_util::future::join_all((0..20).map(post)).await;
    assert!(answers.iter().any(|answer| answer.status == 200));
    // Closing the books proves that the quota held.
    second.close().await;
    first.close().await;
}

/// A capped job whose values both servers end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keep_to_one_cap() {
    let Some((first, second)) = two_servers().await else { return };
    let caller = first.caller(Terms::plan("pro")).await;
    let values = sample_gtins(200).into_iter();
    let values = values.map(|gtin| RequestedValue { value: gtin.to_string(), reference: None });
    let spec = JobSpec {
        source: SourceName::new("google-shopping"),
        country: "de".parse().unwrap(),
        topic: Topic::ProductAndOffers,
        key: Key::Gtin,
        values: values.collect(),
        options: LookupOptions { page_limit: PageLimit::All, max_age: MaxAge::DAILY, selection: Selection::default() },
        multiplier: Multiplier::ORDINARY,
        terms: JobTerms { max_credits: Some(77), ..JobTerms::default() },
    };
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(create(&first.app, caller.id, &spec, &[]).await.unwrap().job.id.to_string());
    }
    for id in &ids {
        let results = caller.results(id).await;
        assert_eq!(results["free_credits"], 77);
        assert_eq!(results["products"].as_array().unwrap().len(), 200);
    }
    second.close().await;
    first.close().await;
}
