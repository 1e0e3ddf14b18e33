//! What browsers, load balancers and operators see.

use crate::harness::{COFFEE, IPAD, Terms};
use crate::{gtins, start};
use pricemill::demo::NOWHERE_GTIN;
use reqwest::Method;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_page_may_call() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let origin = "https://shop.example";
    for (method, path) in
        [("POST", "/jobs"), ("PUT", "/settings/daily_quota"), ("DELETE", "/jobs/1"), ("PATCH", "/x"), ("GET", "/jobs")]
    {
        for header in [
            "content-type",
            "accept",
            "authorization",
            "x-api-key",
            "x-access-token",
            "idempotency-key",
            "access-control-allow-origin",
            "Content-Type, Authorization",
        ] {
            let asked = caller
                .plain(Method::OPTIONS, path)
                .header("origin", origin)
                .header("access-control-request-method", method)
                .header("access-control-request-headers", header);
            let answer = caller.send(asked).await;
            assert!(matches!(answer.status, 200 | 204), "{path} {header}: {}", answer.text());
            assert!(matches!(answer.header("access-control-allow-origin"), Some("*")));
            assert!(answer.header("access-control-allow-methods").unwrap().contains(method));
            let allowed = answer.header("access-control-allow-headers").unwrap().to_ascii_lowercase();
            for one in header.to_ascii_lowercase().split(", ") {
                assert!(allowed.split(',').any(|name| name.trim() == one) || allowed == "*", "{allowed}");
            }
        }
    }
    let simple = caller.send(caller.request(Method::GET, "/jobs").header("origin", origin)).await;
    assert_eq!((simple.status, simple.header("access-control-allow-origin")), (200, Some("*")));
    assert_eq!(simple.header("access-control-allow-credentials"), None);
    // A refusal must be readable as well.
    for path in ["/jobs/1", "/nowhere"] {
        let refused = caller.send(caller.request(Method::GET, path).header("origin", origin)).await;
        assert_eq!((refused.status, refused.header("access-control-allow-origin")), (404, Some("*")));
    }
    let unauthorized = caller.send(caller.plain(Method::GET, "/jobs").header("origin", origin)).await;
    assert_eq!((unauthorized.status, unauthorized.header("access-control-allow-origin")), (401, Some("*")));
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_and_metrics() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let stranger = server.stranger();
    for (path, word) in [("/healthz", "ok\n"), ("/readyz", "ready\n")] {
        let answer = stranger.get(path).await;
        assert_eq!((answer.status, answer.text()), (200, word));
    }
    let id = caller.submit(&gtins(&[IPAD, COFFEE, NOWHERE_GTIN, "1"])).await;
    caller.wait_finished(&id).await;
    caller.get("/jobs/1").await;
    stranger.get("/secret/path").await;
    let at = r#"source="google-shopping",country="de""#;
    for (name, labels, count) in [
        ("jobs_created_total", "", 1),
        ("jobs_finished_total", "", 1),
        ("job_seconds_count", "", 1),
        ("values_total", &format!(r#"{at},outcome="found""#), 2),
        ("values_total", &format!(r#"{at},outcome="not found""#), 1),
        ("lookup_seconds_count", "google-shopping", 3),
        ("pages_live_total", "google-shopping", 3),
        ("pages_stored_total", "google-shopping", 0),
        ("credits_total", "", 3),
        ("panics_total", "", 0),
        ("tickets_waiting", "", 0),
        ("values_ready", "", 0),
        ("http_requests_total", r#"route="/jobs",method="POST",status="200""#, 1),
        ("http_requests_total", r#"route="/jobs/{job_id}",method="GET",status="404""#, 1),
        ("http_requests_total", r#"route="(none)",method="GET",status="404""#, 1),
    ] {
        assert_eq!(server.metric(&format!("pricemill_{name}"), labels).await, count, "{name} {labels}");
    }
    assert!(server.metric("pricemill_source_requests_total", "google-shopping").await >= 7);
    assert!(server.metric("pricemill_source_bytes_total", "google-shopping").await > 1_000);
    let metrics = stranger.get("/metrics").await;
    assert!(metrics.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    assert!(metrics.text().ends_with("# EOF\n"));
    assert!(!metrics.text().contains(&id) && !metrics.text().contains("secret"), "a series a path");
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_has_an_id_of_its_own() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let mut seen = std::collections::HashSet::new();
    for path in ["/jobs", "/jobs", "/jobs/1", "/nowhere", "/healthz"] {
        let answer = caller.get(path).await;
        let id = answer.header("x-request-id").unwrap_or_else(|| panic!("{path}")).to_owned();
        assert_eq!(id.len(), 16);
        assert!(seen.insert(id));
    }
    server.close().await;
}
