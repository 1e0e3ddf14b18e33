//! Events told to webhooks: what is sent, how it is signed, and what becomes of it when the receiver is not well.

use crate::harness::{COFFEE, Caller, IPAD, Received, Receiver, Reply, Setup, Terms, TestServer};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pricemill::clock::Clock;
use pricemill::domain::{
    JobSpec, JobTerms, Key, LookupOptions, MaxAge, Multiplier, PageLimit, RequestedValue, Selection, SourceName, Topic,
    WEBHOOK_WAITS, Webhook, WebhookMethod,
};
use pricemill::jobs;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// A server that may reach the receivers.
async fn start(receivers: &[&Receiver]) -> TestServer {
    let allow: Vec<String> = receivers.iter().map(|receiver| receiver.allow()).collect();
    TestServer::start(Setup {
        change: Box::new(|config| {
            config.outbound.allow.extend(allow);
            // Only a ring, never the passing of time, makes messages be looked at.
            config.webhooks.poll_ms = 3_600_000;
            config.server.public_url = "https://prices.example/api/".into();
        }),
        ..Setup::default()
    })
    .await
}

pub fn webhook(url: String) -> Webhook {
    Webhook { url, method: WebhookMethod::Post, download_format: None }
}

/// Creates a job with a webhook and waits for its end; answers its id.
pub async fn finish(caller: &Caller, webhook: Webhook) -> String {
    let value = |value: &str| RequestedValue { value: value.into(), reference: None };
    let spec = JobSpec {
        source: SourceName::new("google-shopping"),
        country: "de".parse().unwrap(),
        topic: Topic::ProductAndOffers,
        key: Key::Gtin,
        values: vec![value(IPAD), value(COFFEE)],
        options: LookupOptions {
            page_limit: PageLimit::Pages(1),
            max_age: MaxAge::DAILY,
            selection: Selection::default(),
        },
        multiplier: Multiplier::ORDINARY,
        terms: JobTerms { webhook: Some(webhook), ..JobTerms::default() },
    };
    let created = jobs::create(&caller.app, caller.id, &spec, &[]).await.unwrap();
    let id = created.job.id.to_string();
    caller.wait_finished(&id).await;
    id
}

/// The only delivery of a job, once `is_done` holds of it.
pub async fn delivery(caller: &Caller, job_id: &str, is_done: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..3_000 {
        let list = caller.get(&format!("/v2/webhooks/deliveries?job_id={job_id}")).await.ok();
        assert_eq!(list["meta"]["total"], 1, "{list}");
        if is_done(&list["data"][0]) {
            return list["data"][0].clone();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nothing came of it");
}

pub async fn in_state(caller: &Caller, job_id: &str, state: &str) -> Value {
    delivery(caller, job_id, |delivery| delivery["state"] == state).await
}

/// Those that are not under way.
fn ended(delivery: &Value) -> usize {
    let attempts = delivery["attempts"].as_array().unwrap().iter();
    attempts.filter(|attempt| !attempt["status"].is_null() || !attempt["error"].is_null()).count()
}

/// After so many attempts have ended.
pub async fn attempts(caller: &Caller, job_id: &str, count: usize) -> Value {
    delivery(caller, job_id, |delivery| ended(delivery) == count).await;
    // The list reads messages before attempts: what was committed in between is whole the second time.
    delivery(caller, job_id, |_| true).await
}

async fn new_secret(caller: &Caller) -> String {
    let answer = caller.post_json("/v2/webhooks/secret", &json!({})).await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    answer.ok()["secret"].as_str().unwrap().to_owned()
}

/// HMAC-SHA256 by RFC 2104, from the hash alone: nothing is shared with the code that signs.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut block = [0_u8; 64];
    block[..key.len()].copy_from_slice(key);
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().to_vec()
}

/// Which of the message's signatures the secret made.
fn signed_at(received: &Received, secret: &str) -> Option<usize> {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let text = format!("{}.{}.{}", received.header("webhook-id"), received.header("webhook-timestamp"), received.body);
    let wanted = format!("v1,{}", STANDARD.encode(hmac(&key, text.as_bytes())));
    received.header("webhook-signature").split(' ').position(|signature| signature == wanted)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finished_job_is_told_signed_and_once() {
    let receiver = Receiver::start(|_, _| Reply::Answer(204, vec![], String::new())).await;
    let server = start(&[&receiver]).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let secret = new_secret(&caller).await;
    let mut hook = webhook(receiver.url("/hook?key=7"));
    hook.download_format = Some("csv".into());
    let job_id = finish(&caller, hook).await;
    let received = receiver.wait_for(1).await.remove(0);

    assert_eq!((received.method.as_str(), received.path.as_str()), ("POST", "/hook?key=7"));
    assert_eq!(received.header("content-type"), "application/json");
    assert!(received.header("user-agent").starts_with("pricemill"));
    assert_eq!(signed_at(&received, &secret), Some(0));
    let timestamp: i64 = received.header("webhook-timestamp").parse().unwrap();
    let real = Clock::system().now().as_micros() / 1_000_000;
    assert!((real - timestamp).abs() < 300, "a receiver's clock is the real one, not that of the test");
    let url = format!("https://prices.example/api/v2/jobs/{job_id}/download.csv");
    let job = format!(
        r#""job_id":"{job_id}","id":"{job_id}","version":2,"country":"de","source":"google_shopping","topic":"product_and_offers","key":"gtin","status":"finished","requested":2,"completed":2,"open_values":0,"progress":100,"not_founds":0,"free_credits":2,"paid_credits":0,"created_at":"2026-09-21T12:00:00Z","expires_at":"2026-09-24T12:00:00Z","balance":{{"free_credits_left":998,"daily_quota_left":9998}}"#
    );
    let wanted = format!(
        r#"{{"event":"job.finished","timestamp":"2026-09-21T12:00:00Z",{job},"job_download_url":"{url}","download_url":"{url}"}}"#
    );
    assert_eq!(received.body, wanted);
    assert!(!received.body.contains(&caller.token));

    let told = in_state(&caller, &job_id, "delivered").await;
    assert_eq!(told["id"].as_str(), Some(received.header("webhook-id")));
    assert!(told["id"].as_str().unwrap().starts_with("msg_"));
    let attempt = &told["attempts"][0];
    assert_eq!((attempt["status"].as_u64(), attempt["error"].is_null()), (Some(204), true), "{told}");
    assert_eq!(told["next_attempt_at"], Value::Null);
    server.app.webhooks.ring();
    server.clock.advance(DAY);
    server.app.webhooks.ring();
    assert_eq!(server.metric("pricemill_webhook_attempts_total", "delivered").await, 1);
    assert_eq!(server.metric("pricemill_webhooks_open", "").await, 0);
    assert_eq!(receiver.received().len(), 1);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn put_and_get_tell_the_same() {
    let receiver = Receiver::start(|_, _| Reply::status(200)).await;
    let server = start(&[&receiver]).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let secret = new_secret(&caller).await;
    let put = Webhook { method: WebhookMethod::Put, ..webhook(receiver.url("/put")) };
    finish(&caller, put).await;
    let put = receiver.wait_for(1).await.remove(0);
    assert_eq!((put.method.as_str(), signed_at(&put, &secret)), ("PUT", Some(0)));

    let get = Webhook { method: WebhookMethod::Get, ..webhook(receiver.url("/get?k=v%20w")) };
    let job_id = finish(&caller, get).await;
    let get = receiver.wait_for(2).await.remove(1);
    assert_eq!((get.method.as_str(), get.body.as_str(), signed_at(&get, &secret)), ("GET", "", Some(0)));
    let query: HashMap<String, String> =
        url::Url::parse(&format!("http://h{}", get.path)).unwrap().query_pairs().into_owned().collect();
    let fields: Value = serde_json::from_str(&put.body).unwrap();
    for name in fields.as_object().unwrap().keys() {
        assert!(query.contains_key(name), "{name} is missing: {query:?}");
    }
    let field = |name: &str| query[name].as_str();
    assert_eq!((field("k"), field("event"), field("job_id")), ("v w", "job.finished", job_id.as_str()));
    assert_eq!((field("requested"), field("status")), ("2", "finished"));
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_wait_of_the_table_and_then_no_more() {
    let receiver = Receiver::start(|n, _| match n {
        0 => Reply::Cut,
        _ => Reply::Answer(500, vec![], "out of order".into()),
    })
    .await;
    let server = start(&[&receiver]).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let job_id = finish(&caller, webhook(receiver.url("/"))).await;
    for (n, wait) in WEBHOOK_WAITS.into_iter().enumerate() {
        let told = attempts(&caller, &job_id, n + 1).await;
        let next = server.clock.now().plus(wait).to_string();
        assert_eq!((told["state"].as_str(), told["next_attempt_at"].as_str()), (Some("open"), Some(next.as_str())));
        server.clock.advance(wait - SECOND);
        server.app.webhooks.ring();
        server.clock.advance(SECOND);
        server.app.webhooks.ring();
        receiver.wait_for(n + 2).await;
    }
    let told = in_state(&caller, &job_id, "failed").await;
    let tried = told["attempts"].as_array().unwrap();
    assert_eq!(tried.len(), 10);
    assert_eq!((tried[0]["error"].as_str(), tried[0]["status"].as_u64()), (Some("connection broken"), None));
    assert_eq!((tried[9]["error"].as_str(), tried[9]["status"].as_u64()), (Some("refused"), Some(500)));
    assert_eq!(tried[9]["excerpt"], "out of order");
    // The moment of each attempt shows the table again.
    let at = |n: usize| -> jiff::Timestamp { tried[n]["at"].as_str().unwrap().parse().unwrap() };
    for (n, wait) in WEBHOOK_WAITS.into_iter().enumerate() {
        assert_eq!(at(n + 1).duration_since(at(n)).unsigned_abs(), wait, "before attempt {}", n + 2);
    }
    // One id, one body.
    let all: HashSet<_> =
        receiver.received().iter().map(|r| (r.header("webhook-id").to_owned(), r.body.clone())).collect();
    assert_eq!(all.len(), 1);
    server.close().await;
}

/// Whoever was told long after the job's end has a day to fetch the results.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn results_stay_for_a_receiver_that_was_told_late() {
    let receiver = Receiver::start(|n, _| Reply::status(if n == 0 { 500 } else { 200 })).await;
    let server = start(&[&receiver]).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let job_id = finish(&caller, webhook(receiver.url("/"))).await;
    attempts(&caller, &job_id, 1).await;
    // Their 72 hours are over while the message waits.
    server.clock.advance(80 * Duration::from_secs(3_600));
    jobs::expire(&server.app).await.unwrap();
    server.app.webhooks.ring();
    in_state(&caller, &job_id, "delivered").await;
    server.clock.advance(DAY - SECOND);
    jobs::expire(&server.app).await.unwrap();
    caller.download(&job_id, "").await.ok();
    server.clock.advance(SECOND);
    jobs::expire(&server.app).await.unwrap();
    caller.download(&job_id, "").await.refused(410, "job expired", None);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_is_gone_is_left_alone_until_a_replay_succeeds() {
    let receiver = Receiver::start(|n, _| Reply::status(if n < 2 { 410 } else { 200 })).await;
    let server = start(&[&receiver]).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let first = finish(&caller, webhook(receiver.url("/a"))).await;
    let told = in_state(&caller, &first, "disabled").await;
    assert_eq!(told["attempts"][0]["error"], "gone");
    // The next message to it is written down and not sent; it is not even another attempt.
    let second = finish(&caller, webhook(receiver.url("/a"))).await;
    let told = in_state(&caller, &second, "disabled").await;
    assert_eq!(told["attempts"], json!([]));
    assert_eq!(receiver.received().len(), 1);
    let replay = async |job_id: &str| {
        let id = delivery(&caller, job_id, |_| true).await["id"].as_str().unwrap().to_owned();
        caller.post_json(&format!("/v2/webhooks/deliveries/{id}/replay"), &json!({})).await.ok()
    };
    replay(&second).await;
    receiver.wait_for(2).await;
    in_state(&caller, &second, "disabled").await;
    replay(&second).await;
    receiver.wait_for(3).await;
    in_state(&caller, &second, "delivered").await;
    let third = finish(&caller, webhook(receiver.url("/a"))).await;
    in_state(&caller, &third, "delivered").await;
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retry_after_is_respected() {
    let receiver = Receiver::start(|n, _| {
        let (status, wait) = [(429, "120"), (503, "1"), (503, "9999999"), (500, "86000")][n.min(3)];
        Reply::Answer(status, vec![("retry-after", wait.into())], String::new())
    })
    .await;
    let server = start(&[&receiver]).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let job_id = finish(&caller, webhook(receiver.url("/"))).await;
    // Longer than the table's 5 s; shorter than its 5 min; capped; and only 429 and 503 are asked.
    let waits = [Duration::from_secs(120), WEBHOOK_WAITS[1], DAY, WEBHOOK_WAITS[3]];
    for (n, wait) in waits.into_iter().enumerate() {
        let told = attempts(&caller, &job_id, n + 1).await;
        assert_eq!(told["next_attempt_at"], server.clock.now().plus(wait).to_string(), "{told}");
        server.clock.advance(wait);
        server.app.webhooks.ring();
    }
    attempts(&caller, &job_id, 5).await;
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_is_a_failure_and_its_target_is_not_asked() {
    let target = Receiver::start(|_, _| Reply::status(200)).await;
    let to = target.url("/");
    let receiver = Receiver::start(move |_, _| Reply::Answer(307, vec![("location", to.clone())], String::new())).await;
    let server = start(&[&receiver, &target]).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let job_id = finish(&caller, webhook(receiver.url("/"))).await;
    let told = attempts(&caller, &job_id, 1).await;
    assert_eq!((told["state"].as_str(), told["attempts"][0]["error"].as_str()), (Some("open"), Some("redirect")));
    assert_eq!(told["attempts"][0]["status"], 307);
    assert_eq!(target.received().len(), 0);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_does_not_answer_costs_an_attempt_and_keeps_nobody_waiting() {
    let slow = Receiver::start(|_, _| Reply::Hang).await;
    let quick = Receiver::start(|_, _| Reply::status(200)).await;
    let allow = [slow.allow(), quick.allow()];
    let server = TestServer::start(Setup {
        change: Box::new(|config| {
            config.outbound.allow.extend(allow);
            config.webhooks.timeout_ms = 1_500;
            config.webhooks.concurrency = 8;
        }),
        ..Setup::default()
    })
    .await;
    let caller = server.caller(Terms::plan("pro")).await;
    let mut slow_jobs = Vec::new();
    for _ in 0..6 {
        slow_jobs.push(finish(&caller, webhook(slow.url("/"))).await);
    }
    slow.wait_for(4).await;
    let job_id = finish(&caller, webhook(quick.url("/"))).await;
    in_state(&caller, &job_id, "delivered").await;
    // A replay while an attempt is under way is refused; the attempt ends by itself.
    let told = attempts(&caller, &slow_jobs[0], 1).await;
    assert_eq!(
        (told["attempts"][0]["error"].as_str(), told["attempts"][0]["status"].as_u64()),
        (Some("timeout"), None)
    );
    let id = told["id"].as_str().unwrap();
    let replay = format!("/v2/webhooks/deliveries/{id}/replay");
    caller.post_json(&replay, &json!({})).await.ok();
    slow.wait_for(7).await;
    caller.post_json(&replay, &json!({})).await.refused(409, "delivery under way", None);
    // It is told from its beginning on, and not as a failure.
    let told = delivery(&caller, &slow_jobs[0], |_| true).await;
    let running = json!({"status": null, "error": null, "duration_ms": 0, "excerpt": "", "at": told["created_at"]});
    assert_eq!((&told["attempts"][1], ended(&told)), (&running, 1));
    assert_eq!(attempts(&caller, &slow_jobs[0], 2).await["state"], "open");
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn addresses_that_are_not_public_are_refused() {
    let receiver = Receiver::start(|_, _| Reply::status(200)).await;
    // The receiver is not among the allowed ones.
    let server = start(&[]).await;
    let caller = server.caller(Terms::plan("pro")).await;
    for url in [
        format!("http://localhost:{}/", receiver.port),
        format!("http://hook.localhost:{}/", receiver.port),
        receiver.url("/"),
    ] {
        let job_id = finish(&caller, webhook(url)).await;
        let told = attempts(&caller, &job_id, 1).await;
        assert_eq!(told["attempts"][0]["error"], "address not allowed", "{told}");
    }
    assert_eq!(receiver.received().len(), 0);

    let ask = async |url: &str| {
        let job =
            json!({"source": "test", "country": "de", "key": "gtin", "values": ["00885909666966"], "webhook_url": url});
        caller.post_json("/v2/jobs", &job).await
    };
    ask(" https://a.example/hook?x=1 ").await.ok();
    // A name is looked at when it is called.
    ask("http://localhost/").await.ok();
    let long = format!("https://a.example/{}", "x".repeat(2_048));
    for refused in [
        "hook",
        "/hook",
        "//a.example/",
        "ftp://a.example/",
        "https://",
        "file:///etc/passwd",
        "https://u:p@a.example/",
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://10.1.2.3:8080/",
        "http://[::1]/",
        "http://[::ffff:169.254.169.254]/",
        long.as_str(),
    ] {
        ask(refused).await.refused(400, "parameter value invalid", Some("webhook_url"));
    }
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_is_shown_once_and_rotates_with_an_overlap() {
    let receiver = Receiver::start(|_, _| Reply::status(200)).await;
    let server = start(&[&receiver]).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let facts = async || caller.get("/v2/webhooks/secret").await.ok();
    assert_eq!(
        facts().await,
        json!({"exists": false, "hint": null, "created_at": null, "shown_at": null, "previous": []})
    );

    // A job needs one: it is made, and shown to whoever asks first.
    finish(&caller, webhook(receiver.url("/"))).await;
    let before = receiver.wait_for(1).await.remove(0);
    let made = facts().await;
    assert_eq!((&made["exists"], &made["shown_at"]), (&json!(true), &Value::Null));
    let first = new_secret(&caller).await;
    assert_eq!(signed_at(&before, &first), Some(0), "nobody had seen it, so it need not be replaced");
    assert!(first.trim_end_matches('=').ends_with(made["hint"].as_str().unwrap()));
    let told = facts().await;
    assert_eq!(told["shown_at"], server.clock.now().to_string());
    assert!(!told.to_string().contains(&first));

    server.clock.advance(Duration::from_secs(3_600));
    let second = new_secret(&caller).await;
    assert_ne!(first, second);
    assert_eq!(facts().await["previous"][0]["signs_until"], server.clock.now().plus(DAY).to_string());
    finish(&caller, webhook(receiver.url("/"))).await;
    let both = receiver.wait_for(2).await.remove(1);
    assert_eq!((signed_at(&both, &second), signed_at(&both, &first)), (Some(0), Some(1)));

    // A third one within the overlap takes none of them away.
    let third = new_secret(&caller).await;
    finish(&caller, webhook(receiver.url("/"))).await;
    let all = receiver.wait_for(3).await.remove(2);
    assert_eq!([&third, &second, &first].map(|secret| signed_at(&all, secret)), [Some(0), Some(1), Some(2)]);

    server.clock.advance(DAY);
    finish(&caller, webhook(receiver.url("/"))).await;
    let alone = receiver.wait_for(4).await.remove(3);
    assert_eq!([&third, &second, &first].map(|secret| signed_at(&alone, secret)), [Some(0), None, None]);
    assert_eq!(facts().await["previous"], json!([]));
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replay_sends_the_same_bytes_again() {
    let receiver = Receiver::start(|_, _| Reply::status(200)).await;
    let server = start(&[&receiver]).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let job_id = finish(&caller, webhook(receiver.url("/"))).await;
    let told = in_state(&caller, &job_id, "delivered").await;
    let id = told["id"].as_str().unwrap();
    server.clock.advance(Duration::from_secs(7));
    let path = format!("/v2/webhooks/deliveries/{id}");
    let again = caller.post_json(&format!("{path}/replay"), &json!({})).await.ok();
    assert_eq!(again["id"], *id);
    let received = receiver.wait_for(2).await;
    assert_eq!(received[0].body, received[1].body);
    assert_eq!(received[0].header("webhook-id"), received[1].header("webhook-id"));
    attempts(&caller, &job_id, 2).await;
    assert_eq!(caller.get(&path).await.ok(), in_state(&caller, &job_id, "delivered").await);

    let stranger = server.caller(Terms::plan("pro")).await;
    stranger.get(&path).await.refused(404, "delivery not found", None);
    stranger.post_json(&format!("{path}/replay"), &json!({})).await.refused(404, "delivery not found", None);
    assert_eq!(stranger.get("/v2/webhooks/deliveries").await.ok()["data"], json!([]));
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_has_pages_and_filters() {
    let receiver = Receiver::start(|_, request| Reply::status(if request.path == "/bad" { 500 } else { 200 })).await;
    let server = start(&[&receiver]).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let mut ids = Vec::new();
    for path in ["/ok", "/bad", "/ok"] {
        let id = finish(&caller, webhook(receiver.url(path))).await;
        attempts(&caller, &id, 1).await;
        ids.push(id);
    }
    let list = async |query: &str| {
        let list = caller.get(&format!("/v2/webhooks/deliveries{query}")).await.ok();
        let of = |delivery: &Value| ids.iter().position(|id| delivery["job_id"] == **id).unwrap();
        (list["data"].as_array().unwrap().iter().map(of).collect::<Vec<_>>(), list["meta"].clone())
    };
    assert_eq!(list("").await, (vec![2, 1, 0], json!({"page": 1, "per_page": 20, "total": 3, "total_pages": 1})));
    assert_eq!(
        list("?page=2&per_page=2").await,
        (vec![0], json!({"page": 2, "per_page": 2, "total": 3, "total_pages": 2}))
    );
    assert_eq!(list("?state=OPEN").await.0, [1]);
    assert_eq!(list("?state=delivered").await.0, [2, 0]);
    assert_eq!(list("?state=failed").await.0, [0; 0]);
    assert_eq!(list(&format!("?job_id={}", ids[0])).await.0, [0]);
    assert_eq!(server.metric("pricemill_webhooks_open", "").await, 1);
    for (query, parameter) in [("?state=x", "state"), ("?job_id=x", "job_id"), ("?page=0", "page")] {
        let refused = caller.get(&format!("/v2/webhooks/deliveries{query}")).await;
        refused.refused(400, "parameter value invalid", Some(parameter));
    }
    for path in ["/v2/webhooks/secret", "/v2/webhooks/deliveries", "/v2/webhooks/deliveries/msg_0"] {
        server.stranger().get(path).await.refused(401, "unauthorized", Some("token"));
    }
    caller.get("/v2/webhooks/deliveries/msg_0").await.refused(404, "delivery not found", None);
    // What ended long ago goes; what is open stays.
    server.clock.advance(31 * DAY);
    server.app.webhooks.sweep().await.unwrap();
    assert_eq!(list("").await.0, [1]);
    // The books want a message for every job, so they are closed no more.
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_receiver_echoes_is_short_and_without_secrets() {
    let receiver = Receiver::start(|_, request| {
        let echo = format!("{} {}", request.path, "x".repeat(100_000));
        Reply::Answer(400, vec![], echo)
    })
    .await;
    let server = start(&[&receiver]).await;
    let caller = server.caller(Terms::plan("pro")).await;
    let job_id = finish(&caller, webhook(receiver.url(&format!("/?token={}", caller.token)))).await;
    let told = attempts(&caller, &job_id, 1).await;
    assert!(told["attempts"][0]["excerpt"].as_str().unwrap().starts_with("/?token=(hidden) xxx"), "{told}");
    assert!(told["attempts"][0]["excerpt"].as_str().unwrap().len() <= 2_048);
    assert!(!told.to_string().contains(&caller.token));
    server.close().await;
}
