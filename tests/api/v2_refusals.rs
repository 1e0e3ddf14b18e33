//! What `/v2` answers when it does not answer: in its own words, whoever refuses.

use crate::harness::{COFFEE, IPAD, Terms};
use crate::{start_idle, with};
use reqwest::Method;
use serde_json::{Value, json};

fn job() -> Value {
    json!({"source": "google_shopping", "country": "de", "key": "gtin", "values": [IPAD]})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_two_words_that_differ_from_v1() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    for (wrong, v1, v2, parameter) in [
        (json!({"source": "amazon,ebay"}), "unsupported source", "unknown source", "source"),
        (json!({"topic": "search"}), "unsupported topic", "unknown topic", "topic"),
        (json!({"country": "xx"}), "unsupported country", "unsupported country", "country"),
        (json!({"key": "00885909666966"}), "unsupported key", "unsupported key", "key"),
        (json!({"values": ""}), "missing parameter", "missing parameter", "values"),
    ] {
        let asked = with(job(), wrong);
        let old = caller.post_json("/jobs", &asked).await.refused(400, v1, Some(parameter));
        let new = caller.post_json("/v2/jobs", &asked).await.refused(400, v2, Some(parameter));
        let names = |body: &Value| body["valid_values"].as_array().map_or(0, Vec::len);
        assert_eq!(names(&old) > 0, names(&new) > 0, "{old} {new}");
    }
    let unknown = caller.post_json("/v2/jobs", &with(job(), json!({"source": "nile"}))).await;
    let names = unknown.json()["valid_values"].to_string();
    assert!(names.contains("\"google_shopping\"") && !names.contains("google-shopping"), "{names}");
    let key = caller.post_json("/v2/jobs", &with(job(), json!({"key": "isbn"}))).await;
    assert_eq!(key.json()["valid_values"], json!(["gtin", "term", "id"]));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_refusal_of_an_option_names_it() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    for (wrong, parameter) in [
        (json!({"max_age": -1}), "max_age"),
        (json!({"max_age": "P1Y"}), "max_age"),
        (json!({"max_pages": 0}), "max_pages"),
        (json!({"condition": "mint"}), "condition"),
        (json!({"sort_by": "price"}), "sort_by"),
        (json!({"min_price": -0.5}), "min_price"),
        (json!({"min_price": "10", "max_price": 9.99}), "min_price"),
        (json!({"max_price": "9,99"}), "max_price"),
        (json!({"timeout": 0}), "timeout"),
        (json!({"max_credits": 1.5}), "max_credits"),
        (json!({"webhook_url": "ftp://shop.example/"}), "webhook_url"),
        (json!({"webhook_url": "https://user:secret@shop.example/"}), "webhook_url"),
        (json!({"webhook_url": "http://169.254.169.254/latest"}), "webhook_url"),
        (json!({"webhook_url": "http://[::ffff:127.0.0.1]/"}), "webhook_url"),
        (json!({"webhook_url": "http://2130706433/"}), "webhook_url"),
        (json!({"webhook_url": "https://shop.example/", "webhook_method": "DELETE"}), "webhook_method"),
        (json!({"webhook_url": "https://shop.example/", "webhook_download_format": "doc"}), "webhook_download_format"),
        (json!({"completeness": "all_pages", "max_pages": 2}), "completeness"),
    ] {
        let answer = caller.post_json("/v2/jobs", &with(job(), wrong)).await;
        answer.refused(400, "parameter value invalid", Some(parameter));
    }
    assert_eq!(caller.get("/v2/jobs").await.ok()["meta"]["total"], 0);
    let good = json!({"webhook_url": "https://shop.example/hook", "webhook_method": "POST", "webhook_download_format": "json"});
    caller.post_json("/v2/jobs", &with(job(), good)).await.ok();
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn routes_methods_and_bodies() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    for path in ["/v2", "/v2/", "/v2/job", "/v2/jobs/1/2/3", "/v2/me", "/v2/jobs/0123456789abcdef01234567/downloads"] {
        caller.get(path).await.refused(404, "no such route", None);
    }
    for (method, path, allowed) in [
        (Method::PUT, "/v2/jobs", "GET, HEAD, POST"),
        (Method::POST, "/v2/jobs/0123456789abcdef01234567/download", "GET, HEAD"),
        (Method::POST, "/v2/jobs/0123456789abcdef01234567/download.csv", "GET, HEAD"),
        (Method::POST, "/v2/sources", "GET, HEAD"),
    ] {
        let refused = caller.send(caller.request(method, path)).await;
        refused.refused(405, "method not allowed", None);
        assert_eq!(refused.header("allow"), Some(allowed), "{path}");
    }
    let typed = |path: &str| caller.request(Method::POST, path).header("content-type", "application/json");
    for body in ["{", "[1]", "{\"values\":", "\u{0}"] {
        let refused = caller.send(typed("/v2/jobs").body(body)).await;
        refused.refused(400, "parameter value invalid", None);
    }
    let large = caller.send(typed("/v2/jobs").body("x".repeat(2 * 1024 * 1024 + 1))).await;
    large.refused(413, "body too large", None);
    let nobody = caller.send(caller.plain(Method::POST, "/v2/jobs").body(job().to_string())).await;
    nobody.refused(401, "unauthorized", Some("token"));
    for path in ["/v2/jobs", "/v2/me/usage_today", "/v2/me/usage_month", "/v2/sources"] {
        caller.send(caller.plain(Method::GET, path)).await.refused(401, "unauthorized", Some("token"));
    }
    server.stop().await;
}

/// Some programs send their body with every request; what cannot be read there spoils no answer that needs none of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_behind_a_question() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let get = |path: &str, body: &'static str| {
        caller.send(caller.request(Method::GET, path).header("content-type", "application/json").body(body))
    };
    for body in ["{\"source\":\"google_shopping\",\"country\":{$country->name},", "{\"page\":1}", "null", ""] {
        assert!(get("/v2/jobs?page=1&per_page=10", body).await.ok()["data"].is_array(), "{body}");
        assert!(get("/jobs", body).await.ok()["jobs"].is_array(), "{body}");
    }
    get("/v2/jobs", "{\"page\":0}").await.refused(400, "parameter value invalid", Some("page"));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_any_origin_may_call() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let headers = [
        "content-type",
        "accept",
        "authorization",
        "x-api-key",
        "x-access-token",
        "idempotency-key",
        "access-control-allow-origin",
    ];
    for (method, path) in
        [("POST", "/v2/jobs"), ("DELETE", "/v2/jobs/1"), ("GET", "/v2/jobs/1/download.csv"), ("PATCH", "/v2/x")]
    {
        let asked = caller.plain(Method::OPTIONS, path).header("origin", "https://shop.example");
        let asked = asked.header("access-control-request-method", method);
        let answer = caller.send(asked.header("access-control-request-headers", headers.join(","))).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, Some("*")), "{path}");
        let allowed = answer.header("access-control-allow-headers").unwrap().to_ascii_lowercase();
        for name in headers {
            assert!(allowed.split(',').any(|one| one.trim() == name), "{name}: {allowed}");
        }
        assert!(answer.header("access-control-allow-methods").unwrap().contains(method), "{path}");
    }
    let answer = caller.send(caller.request(Method::GET, "/v2/jobs").header("origin", "https://shop.example")).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, Some("*")));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_and_one_values() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let values = |count: usize| (0..count).map(|n| format!("lamp {n}")).collect::<Vec<_>>();
    let asked = |count| with(job(), json!({"key": "term", "values": values(count)}));
    caller.post_json("/v2/jobs", &asked(1001)).await.refused(400, "too many values", Some("values"));
    assert_eq!(caller.post_json("/v2/jobs", &asked(1000)).await.ok()["requested"], 1000);
    let twice = with(job(), json!({"values": format!("{IPAD}\\n{COFFEE}\n{IPAD}\r\n\n")}));
    assert_eq!(caller.post_json("/v2/jobs", &twice).await.ok()["requested"], 2);
    server.stop().await;
}
