//! `GET /jobs`.

use crate::harness::{COFFEE, IPAD, Terms};
use crate::{gtins, start, with};
use serde_json::{Value, json};
use std::time::Duration;

fn ids(list: &Value) -> Vec<&str> {
    list["jobs"].as_array().unwrap().iter().map(|job| job["job_id"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn newest_first_by_the_page() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    assert_eq!(caller.get("/jobs").await.text(), r#"{"jobs":[]}"#);
    let mut newest_first = Vec::new();
    for _ in 0..5 {
        // All in the same moment: the order is that of insertion.
        let id = caller.submit(&gtins(&[IPAD, COFFEE])).await;
        caller.wait_finished(&id).await;
        newest_first.insert(0, id);
    }
    server.clock.advance(Duration::from_secs(3_600));
    let other = with(gtins(&["samsung galaxy"]), json!({"source": "google_shopping", "country": "UK", "key": "term"}));
    let last = caller.submit(&other).await;
    caller.wait_finished(&last).await;
    newest_first.insert(0, last.clone());

    let all = caller.get("/jobs").await.ok();
    assert_eq!(ids(&all), newest_first);
    assert_eq!(
        all["jobs"][0],
        json!({
            "job_id": last, "status": "finished", "requested": 1, "completed": 1, "progress": 100,
            "source": "google-shopping", "country": "gb", "key": "keyword", "created_at": "2026-09-21T13:00:00Z",
        })
    );
    for (query, from, to) in [
        ("per_page=2", 0, 2),
        ("page=2&per_page=2", 2, 4),
        ("page=3&per_page=2", 4, 6),
        ("page=4&per_page=2", 6, 6),
        ("per_page=100&page=1", 0, 6),
        ("page=92233720368547758", 6, 6),
    ] {
        assert_eq!(ids(&caller.get(&format!("/jobs?{query}")).await.ok()), newest_first[from..to], "{query}");
        assert_eq!(ids(&caller.get(&format!("/jobs/?{query}")).await.ok()), newest_first[from..to], "{query}");
    }
    for (query, parameter) in [
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=x", "page"),
        ("page=99999999999999999999", "page"),
        ("per_page=0", "per_page"),
        ("per_page=101", "per_page"),
        ("per_page=1.5", "per_page"),
    ] {
        caller.get(&format!("/jobs?{query}")).await.refused(400, "parameter value invalid", Some(parameter));
    }
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_by_default() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    for _ in 0..21 {
        caller.submit(&with(gtins(&["1"]), json!({"source": "test"}))).await;
    }
    assert_eq!(ids(&caller.get("/jobs").await.ok()).len(), 20);
    assert_eq!(ids(&caller.get("/jobs?page=2").await.ok()).len(), 1);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_account_sees_nothing() {
    let server = start().await;
    let (owner, other) = (server.caller(Terms::plan("pro")).await, server.caller(Terms::plan("pro")).await);
    let id = owner.submit(&gtins(&[IPAD])).await;
    owner.wait_finished(&id).await;
    assert_eq!(other.get("/jobs").await.text(), r#"{"jobs":[]}"#);
    for path in [format!("/jobs/{id}"), format!("/products/bulk/{id}"), format!("/products/bulk/{id}.csv")] {
        let refused = other.get(&path).await;
        refused.refused(404, "job not found", None);
        assert_eq!(owner.get(&path).await.status, 200);
    }
    assert_eq!((owner.credits_today().await, other.credits_today().await), (1, 0));
    server.close().await;
}
