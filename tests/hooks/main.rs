//! Webhooks as other people's programs receive them: the public `standardwebhooks` libraries of Python and Node verify, in
//! receivers that are killed and started again; and a server that is killed in the middle of a delivery.
//!
//! Without the libraries (`.ci/run` installs them) a test says so loudly and passes; with
//! `PRICEMILL_REQUIRE_WEBHOOK_RECEIVERS=1` it fails.

#[path = "../harness/mod.rs"]
mod harness;

mod foreign;
mod killed;
// Only a part of it is needed here.
#[allow(dead_code)]
#[path = "../storage/program.rs"]
mod program;

use foreign::{Foreign, Language};
use harness::{Caller, IPAD, Setup, Terms, TestServer};
use pricemill::app::App;
use pricemill::domain::{
    AccountId, JobSpec, JobTerms, Key, LookupOptions, MaxAge, Multiplier, PageLimit, RequestedValue, Selection,
    SourceName, Topic, WEBHOOK_WAITS, Webhook, WebhookMethod,
};
use pricemill::jobs;
use pricemill::storage::webhook_message;
use serde_json::json;
use std::time::{Duration, Instant};

const FAR_TOO_LONG: Duration = Duration::from_secs(240);

/// Creates a job of one value that tells this address; answers its id.
async fn create(app: &App, owner: AccountId, url: String, method: WebhookMethod) -> String {
    let spec = JobSpec {
        source: SourceName::new("google-shopping"),
        country: "de".parse().unwrap(),
        topic: Topic::ProductAndOffers,
        key: Key::Gtin,
        values: vec![RequestedValue { value: IPAD.into(), reference: None }],
        options: LookupOptions {
            page_limit: PageLimit::Pages(1),
            max_age: MaxAge::DAILY,
            selection: Selection::default(),
        },
        multiplier: Multiplier::ORDINARY,
        terms: JobTerms {
            webhook: Some(Webhook { url, method, download_format: Some("json".into()) }),
            ..JobTerms::default()
        },
    };
    jobs::create(app, owner, &spec, &[]).await.unwrap().job.id.to_string()
}

async fn finish(caller: &Caller, receiver: &Foreign, method: WebhookMethod) -> String {
    let id = create(&caller.app, caller.id, receiver.url("/hook?x=1"), method).await;
    caller.wait_finished(&id).await;
    id
}

async fn secret(caller: &Caller) -> String {
    let told = caller.post_json("/v2/webhooks/secret", &json!({})).await.ok();
    told["secret"].as_str().unwrap().to_owned()
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let given_up_at = Instant::now() + FAR_TOO_LONG;
    while !holds().await {
        assert!(Instant::now() < given_up_at, "{what}: never");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// How many deliveries of the caller were tried at least once, or are done.
async fn tried(caller: &Caller) -> usize {
    let list = caller.get("/v2/webhooks/deliveries?per_page=100").await.ok();
    // One without error and status is under way.
    let has_ended = |attempt: &serde_json::Value| !attempt["error"].is_null() || !attempt["status"].is_null();
    let is_tried = |delivery: &&serde_json::Value| delivery["attempts"].as_array().unwrap().iter().any(has_ended);
    list["data"].as_array().unwrap().iter().filter(is_tried).count()
}

/// Events before, between and after the receiver's deaths.
async fn survives_its_receiver(language: Language) {
    if !language.is_installed() {
        return;
    }
    let mut receiver = Foreign::new(language);
    let allow = receiver.allow();
    let server = TestServer::start(Setup {
        change: Box::new(|config| {
            config.outbound.allow.push(allow);
            config.webhooks.poll_ms = 50;
        }),
        ..Setup::default()
    })
    .await;
    let caller = server.caller(Terms::plan("business")).await;
    let first = secret(&caller).await;
    let mut ids = Vec::new();

    receiver.start(&first, 0);
    for method in WebhookMethod::ALL {
        ids.push(finish(&caller, &receiver, method).await);
    }
    until("told at once", async || receiver.lines().len() == 3).await;

    // Nobody listens: the attempts fail and are made again later.
    receiver.kill();
    for method in WebhookMethod::ALL {
        ids.push(finish(&caller, &receiver, method).await);
    }
    until("tried in vain", async || tried(&caller).await == 6).await;

    // It dies with a message in its hands, again and again.
    let mut waits = WEBHOOK_WAITS.into_iter();
    for crash_after in [1, 2, 1] {
        let before = receiver.lines().len();
        receiver.start(&first, crash_after);
        ids.push(finish(&caller, &receiver, WebhookMethod::Post).await);
        server.clock.advance(waits.next().unwrap());
        until("crashed", async || receiver.lines().len() >= before + crash_after).await;
    }

    // The secret is replaced, and this receiver knows the old one only.
    let second = secret(&caller).await;
    receiver.start(&first, 0);
    ids.push(finish(&caller, &receiver, WebhookMethod::Put).await);
    for wait in waits.by_ref().take(3) {
        server.clock.advance(wait);
        until("tried", async || open_and_due(&server).await == 0).await;
    }
    until("all told", async || webhook_message::count_open(&server.app.db).await.unwrap() == 0).await;
    // And this one the new one only.
    receiver.start(&second, 0);
    ids.push(finish(&caller, &receiver, WebhookMethod::Post).await);
    until("all told", async || webhook_message::count_open(&server.app.db).await.unwrap() == 0).await;
    receiver.assert_received(&ids);
    server.close().await;
}

/// Messages that could be sent now.
async fn open_and_due(server: &TestServer) -> usize {
    let (now, lease_now) = (server.clock.now(), server.clock.lease_now());
    webhook_message::list_due(&server.app.db, now, lease_now, 100, 100).await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn python_verifies_every_event_at_least_once() {
    survives_its_receiver(Language::Python).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn node_verifies_every_event_at_least_once() {
    survives_its_receiver(Language::Node).await;
}
