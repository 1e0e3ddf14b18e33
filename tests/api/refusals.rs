//! What is refused as a whole: the words, and that nothing stays behind.

use crate::harness::{Answer, COFFEE, Caller, IPAD, Setup, Terms, TestServer};
use crate::{gtins, start, start_idle, with};
use pricemill::demo::COUNTRIES;
use pricemill::domain::{Key, SourceName, Switch};
use pricemill::storage::source_switch;
use reqwest::Method;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

/// Rows of the tables that a refused request must not touch.
async fn rows(server: &TestServer) -> Vec<i64> {
    let db = server.look().await;
    let mut counts = Vec::new();
    for table in ["bulk_job", "bulk_item", "ledger_entry", "lookup_page"] {
        let sql = Statement::from_string(db.get_database_backend(), format!("SELECT COUNT(*) FROM {table}"));
        counts.push(db.query_one_raw(sql).await.unwrap().unwrap().try_get_by_index(0).unwrap());
    }
    db.close().await.unwrap();
    counts
}

async fn post(caller: &Caller, more: Value) -> Answer {
    caller.post_json("/jobs", &with(gtins(&[IPAD, COFFEE]), more)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_parameter_cannot_be() {
    let mut countries = COUNTRIES;
    countries.sort_unstable();
    let sources = ["amazon", "ebay", "geizhals", "google-shopping", "idealo", "shopify", "test", "web", "woocommerce"];
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let before = rows(&server).await;
    let many: Vec<String> = (0..1_001).map(|n| format!("{n}")).collect();
    let keys = ["gtin", "keyword", "source_id"];
    let invalid = "parameter value invalid";
    let missing = "missing parameter";
    let unlisted: [&str; 0] = [];
    for (more, reason, parameter, valid) in [
        (json!({"source": null}), missing, "source", unlisted.as_slice()),
        (json!({"source": " "}), missing, "source", &unlisted),
        (json!({"source": "nile"}), "unsupported source", "source", &sources),
        (json!({"source": ["amazon", "ebay"]}), "unsupported source", "source", &sources),
        (json!({"country": null}), missing, "country", &unlisted),
        (json!({"country": "jp"}), "unsupported country", "country", &countries),
        (json!({"country": "Germany"}), "unsupported country", "country", &countries),
        (json!({"country": {"code": "de"}}), "unsupported country", "country", &countries),
        (json!({"key": ""}), missing, "key", &unlisted),
        (json!({"key": "isbn"}), "unsupported key", "key", &keys),
        (json!({"source": "web", "key": "gtin"}), "unsupported key", "key", &["source_id"]),
        (json!({"topic": "reviews"}), "unsupported topic", "topic", &["product_and_offers"]),
        (json!({"topic": "weather"}), "unsupported topic", "topic", &["product_and_offers"]),
        (json!({"values": null}), missing, "values", &unlisted),
        (json!({"values": ""}), missing, "values", &unlisted),
        (json!({"values": " \n \r\n"}), missing, "values", &unlisted),
        (json!({"values": []}), missing, "values", &unlisted),
        (json!({"values": ["", " "]}), missing, "values", &unlisted),
        (json!({"values": [[IPAD]]}), invalid, "values", &unlisted),
        (json!({"values": [{"gtin": IPAD}]}), invalid, "values", &unlisted),
        (json!({"values": many}), "too many values", "values", &unlisted),
        (json!({"completeness": "most"}), invalid, "completeness", &["one_page", "all_pages", "at_least_two_shops"]),
        (json!({"currentness": "now"}), invalid, "currentness", &["daily_updated", "realtime"]),
        (json!({"conditions": "broken"}), invalid, "conditions", &["new", "used", "all"]),
    ] {
        let body = post(&caller, more.clone()).await.refused(400, reason, Some(parameter));
        let listed: Vec<&str> =
            body["valid_values"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        assert_eq!(listed, valid, "{more}");
        let keys: Vec<&String> = body.as_object().unwrap().keys().collect();
        assert!(keys.len() == 4 + usize::from(!valid.is_empty()), "{body}");
    }
    for (body, content_type) in [
        ("{", "application/json"),
        ("[1]", "application/json"),
        ("\"x\"", "application/json"),
        ("{\"values\": ", "application/x-www-form-urlencoded"),
        ("{\"source\": \"\u{1}\"}", "application/json"),
    ] {
        let sent = caller.request(Method::POST, "/jobs").header("content-type", content_type).body(body);
        caller.send(sent).await.refused(400, invalid, None);
    }
    caller.post_form("/jobs", "source=google-shopping&country=de&key=keyword&values=%ff%fe").await.refused(
        400,
        invalid,
        Some("values"),
    );
    assert_eq!(rows(&server).await, before);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exact_bodies() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let refusals = [
        server.stranger().get("/jobs").await,
        post(&caller, json!({"source": null})).await,
        post(&caller, json!({"source": "nile"})).await,
        post(&caller, json!({"key": "isbn"})).await,
        post(&caller, json!({"currentness": "now"})).await,
        caller.get("/jobs/1234567890abcdef12345678").await,
        caller.get("/nowhere").await,
        caller.send(caller.request(Method::DELETE, "/jobs")).await,
    ];
    let texts: Vec<String> = refusals.iter().map(|answer| format!("{} {}", answer.status, answer.text())).collect();
    insta::assert_snapshot!("refusals", texts.join("\n"));
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_mistake_is_answered() {
    let server = start_idle().await;
    let broke = Terms { free_credits: Some(0), daily_quota: Some(0), ..Terms::plan("free") };
    let caller = server.caller(broke).await;
    let before = rows(&server).await;
    // Every mistake at once; then one after the other is put right.
    let mut job = json!({"token": "x", "source": "x", "country": "x", "key": "x", "topic": "x", "values": [],
        "completeness": "x"});
    let steps = [
        (401, "unauthorized", Some("token"), json!({"token": caller.token})),
        (400, "unsupported source", Some("source"), json!({"source": "amazon"})),
        (400, "unsupported country", Some("country"), json!({"country": "de"})),
        (400, "unsupported key", Some("key"), json!({"key": "gtin"})),
        (400, "unsupported topic", Some("topic"), json!({"topic": "product_and_offers"})),
        (400, "missing parameter", Some("values"), json!({"values": [IPAD]})),
        (400, "parameter value invalid", Some("completeness"), json!({"completeness": "all_pages"})),
    ];
    for (status, reason, parameter, right) in steps {
        let request = caller.plain(Method::POST, "/jobs").header("content-type", "application/json");
        caller.send(request.body(job.to_string())).await.refused(status, reason, parameter);
        job = with(job, right);
    }
    caller.post_json("/jobs", &job).await.refused(403, "daily quota exceeded", None);
    caller.send(caller.request(Method::PUT, "/settings/daily_quota?daily_quota=1")).await.ok();
    caller.post_json("/jobs", &job).await.refused(402, "not enough free credits", None);
    assert_eq!(rows(&server).await, before);
    server.close().await;
}

fn switch(country: Option<&str>, key: Option<Key>, value: Option<&str>) -> Switch {
    Switch {
        source: SourceName::new("google-shopping"),
        country: country.map(|code| code.parse().unwrap()),
        key,
        value: value.map(str::to_owned),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_switched_off() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let now = server.clock.now();
    for (off, reason, parameter) in [
        (vec![switch(None, None, None)], "source disabled", "source"),
        (vec![switch(Some("de"), None, None)], "source disabled", "source"),
        (vec![switch(None, Some(Key::Gtin), None)], "key disabled", "key"),
        (vec![switch(Some("de"), Some(Key::Gtin), None)], "key disabled", "key"),
        (
            vec![switch(None, Some(Key::Gtin), Some(IPAD)), switch(Some("de"), Some(Key::Gtin), Some(COFFEE))],
            "value disabled",
            "values",
        ),
    ] {
        let before = rows(&server).await;
        for one in &off {
            assert!(source_switch::insert(&server.app.db, one, now).await.unwrap());
        }
        post(&caller, json!({})).await.refused(403, reason, Some(parameter));
        let single = format!("/products/single?source=google-shopping&country=de&key=gtin&value={IPAD}");
        caller.get(&single).await.refused(403, reason, Some(parameter));
        assert_eq!(rows(&server).await, before);
        // The other countries, keys and sources are not meant.
        let elsewhere = if off[0].country.is_some() { json!({"country": "at"}) } else { json!({"source": "amazon"}) };
        let id = caller.submit(&with(gtins(&[IPAD, COFFEE]), elsewhere)).await;
        caller.wait_finished(&id).await;
        for one in &off {
            assert!(source_switch::delete(&server.app.db, one).await.unwrap());
        }
        let id = post(&caller, json!({})).await.ok()["job_id"].as_str().unwrap().to_owned();
        caller.wait_finished(&id).await;
    }
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wide_switch_is_told_before_a_narrow_one() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let now = server.clock.now();
    for off in
        [switch(None, Some(Key::Gtin), Some(IPAD)), switch(None, Some(Key::Gtin), None), switch(None, None, None)]
    {
        source_switch::insert(&server.app.db, &off, now).await.unwrap();
    }
    post(&caller, json!({})).await.refused(403, "source disabled", Some("source"));
    // The country is looked at first, since the switch may be about it; the key later.
    post(&caller, json!({"country": "jp"})).await.refused(400, "unsupported country", Some("country"));
    post(&caller, json!({"key": "isbn"})).await.refused(403, "source disabled", Some("source"));
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_little_to_pay_with() {
    let server = start_idle().await;
    let free = server.caller(Terms { free_credits: Some(3), ..Terms::plan("free") }).await;
    let before = rows(&server).await;
    let four = ["1", IPAD, COFFEE, "08902527431911", "04006381333931"];
    // The least the job can cost: its valid values, doubled when they are to be fresh.
    free.post_json("/jobs", &gtins(&four)).await.refused(402, "not enough free credits", None);
    let realtime = json!({"currentness": "realtime"});
    post(&free, realtime.clone()).await.refused(402, "not enough free credits", None);
    // A subscription pays for what free credits do not cover, up to the quota.
    let pro = server.caller(Terms { free_credits: Some(0), daily_quota: Some(3), ..Terms::plan("pro") }).await;
    let quota = pro.post_json("/jobs", &gtins(&four)).await.refused(403, "daily quota exceeded", None);
    assert!(quota["comment"].as_str().unwrap().contains("4 credits"), "{quota}");
    post(&pro, realtime).await.refused(403, "daily quota exceeded", None);
    let single = "/products/single?source=amazon&country=de&key=gtin&currentness=realtime&value=";
    let poor = server.caller(Terms { free_credits: Some(1), ..Terms::plan("free") }).await;
    poor.get(&format!("{single}{IPAD}")).await.refused(402, "not enough free credits", None);
    // (The third account's own grant is the only row that came.)
    let grown: Vec<i64> = rows(&server).await.iter().zip(&before).map(|(after, before)| after - before).collect();
    assert_eq!(grown, [0, 0, 1, 0]);
    for caller in [&free, &pro] {
        assert_eq!(caller.post_json("/jobs", &gtins(&four[..4])).await.status, 200);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn creations_a_minute() {
    let server = start_idle().await;
    let caller = server.caller(Terms { creations_per_minute: Some(2), ..Terms::plan("business") }).await;
    // Refused for another cause does not count.
    for _ in 0..5 {
        post(&caller, json!({"country": "jp"})).await.refused(400, "unsupported country", Some("country"));
    }
    for _ in 0..2 {
        assert_eq!(post(&caller, json!({})).await.status, 200);
    }
    let refused = post(&caller, json!({})).await;
    refused.refused(429, "Job creation limit exceeded", None);
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=30).contains(&wait), "{wait}");
    assert_eq!(rows(&server).await[0], 2);
    // Another account is not meant, and reading is not creating.
    let other = server.caller(Terms { creations_per_minute: None, ..Terms::plan("free") }).await;
    assert_eq!(post(&other, json!({})).await.status, 200);
    assert_eq!(caller.get("/jobs").await.status, 200);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_in_flight() {
    let server = start_idle().await;
    let caller = server.caller(Terms { creations_per_minute: None, ..Terms::plan("free") }).await;
    for _ in 0..2 {
        assert_eq!(post(&caller, json!({})).await.status, 200);
    }
    let refused = post(&caller, json!({})).await;
    refused.refused(429, "Job creation limit exceeded", None);
    assert_eq!(refused.header("retry-after"), Some("10"));
    assert_eq!(rows(&server).await[0], 2);
    // Once they are done there is room again.
    let database = server.stop().await;
    let server = TestServer::start(Setup { database: Some(database), ..Setup::default() }).await;
    let caller = Caller { app: server.app.clone(), base: server.base.clone(), ..caller };
    for job in caller.get("/jobs").await.ok()["jobs"].as_array().unwrap() {
        caller.wait_finished(job["job_id"].as_str().unwrap()).await;
    }
    assert_eq!(post(&caller, json!({})).await.status, 200);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_jobs_routes_and_methods() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    for id in ["1234567890abcdef12345678", "1234567890ABCDEF12345678", "1", "x'--", "%00", "1234567890abcdef123456789"]
    {
        caller.get(&format!("/jobs/{id}")).await.refused(404, "job not found", None);
        caller.get(&format!("/products/bulk/{id}.xml")).await.refused(404, "job not found", None);
    }
    for path in ["/", "/job", "/jobs/1/2", "/products", "/products/bulk", "/v3/jobs", "/settings", "/v2/me", "//"] {
        caller.get(path).await.refused(404, "no such route", None);
    }
    let id = "/jobs/1234567890abcdef12345678";
    for (method, path, allowed) in [
        (Method::DELETE, "/jobs", "GET, HEAD, POST"),
        (Method::PUT, "/jobs", "GET, HEAD, POST"),
        (Method::POST, id, "GET, HEAD"),
        (Method::POST, "/products/bulk/1234567890abcdef12345678", "GET, HEAD"),
        (Method::POST, "/settings/daily_quota", "GET, HEAD, PUT"),
        (Method::PATCH, "/v2/me/usage_today", "GET, HEAD"),
        (Method::POST, "/healthz", "GET, HEAD"),
    ] {
        let refused = caller.send(caller.request(method, path)).await;
        let body = refused.refused(405, "method not allowed", None);
        assert_eq!(refused.header("allow"), Some(allowed), "{path}");
        assert_eq!(body["valid_values"], json!(allowed.split(", ").collect::<Vec<_>>()), "{path}");
    }
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trouble_of_our_own_tells_no_cause() {
    let server = start_idle().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let db = server.look().await;
    db.execute_unprepared("ALTER TABLE source_switch RENAME TO gone").await.unwrap();
    let answer = post(&caller, json!({})).await;
    let body = answer.refused(500, "internal error", None);
    assert_eq!(body["request_id"].as_str(), answer.header("x-request-id"));
    for word in ["source_switch", "table", "database", "sqlite", "SELECT"] {
        assert!(!answer.text().contains(word), "{}", answer.text());
    }
    db.execute_unprepared("ALTER TABLE gone RENAME TO source_switch").await.unwrap();
    db.close().await.unwrap();
    assert_eq!(rows(&server).await[..2], [0, 0]);
    server.close().await;
}
