//! Recurring jobs and webhooks of two servers on one database.

use crate::harness::{IPAD, Receiver, Reply, Setup, Terms, TestDatabase, TestServer};
use crate::{database, on};
use pricemill::domain::{
    JobSpec, JobTerms, Key, LookupOptions, MaxAge, Multiplier, PageLimit, Recurrence, RequestedValue, Selection,
    SourceName, Topic, Webhook, WebhookMethod,
};
use pricemill::jobs::{NewSchedule, create_schedule, run_schedules};
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);
const SCHEDULES: usize = 8;

fn hourly(url: String) -> NewSchedule {
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
            webhook: Some(Webhook { url, method: WebhookMethod::Post, download_format: None }),
            ..JobTerms::default()
        },
    };
    NewSchedule { name: None, recurrence: Recurrence::parse("@hourly", "UTC").unwrap(), spec }
}

/// Every run is one job, every job is told, and what fails once is told again under the same id.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twins_run_and_tell_each_job_once() {
    let Some(database) = database().await else { return };
    let receiver = Receiver::start(|n, _| Reply::status(if n % 5 == 0 { 500 } else { 200 })).await;
    let at = TestDatabase::at(database.url.clone());
    let setup = |database: TestDatabase| -> Setup {
        let allow = receiver.allow();
        let change = Box::new(move |config: &mut pricemill::config::Config| {
            config.outbound.allow.push(allow);
            config.webhooks.poll_ms = 20;
            config.schedules.poll_ms = 20;
        });
        Setup { change, ..on(database) }
    };
    let first = TestServer::start(setup(database)).await;
    let second = TestServer::start(Setup { clock: first.clock.clone(), ..setup(at) }).await;
    let caller = first.caller(Terms::plan("business")).await;
    for _ in 0..SCHEDULES {
        create_schedule(&first.app, caller.id, hourly(receiver.url("/"))).await.unwrap();
    }
    for _ in 0..2 {
        first.clock.advance(HOUR);
        let (one, other) = tokio::join!(run_schedules(&first.app), run_schedules(&second.app));
        one.and(other).unwrap();
    }
    // Whatever failed is due again after each hour.
    let delivered = async || {
        let list = caller.get("/v2/webhooks/deliveries?state=delivered").await.ok();
        list["meta"]["total"].as_u64().unwrap()
    };
    let given_up_at = std::time::Instant::now() + Duration::from_secs(120);
    while delivered().await < 2 * SCHEDULES as u64 {
        assert!(std::time::Instant::now() < given_up_at, "{} were delivered", delivered().await);
        first.clock.advance(Duration::from_secs(1));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut bodies: HashMap<String, String> = HashMap::new();
    for received in receiver.received() {
        let body = bodies.entry(received.header("webhook-id").to_owned()).or_insert_with(|| received.body.clone());
        assert_eq!(*body, received.body);
    }
    let job_of = |body: &String| serde_json::from_str::<Value>(body).unwrap()["job_id"].as_str().unwrap().to_owned();
    let jobs: HashSet<String> = bodies.values().map(job_of).collect();
    assert_eq!((bodies.len(), jobs.len()), (2 * SCHEDULES, 2 * SCHEDULES));
    let all = caller.get("/jobs?per_page=100").await.ok()["jobs"].as_array().unwrap().len();
    assert_eq!(all, 2 * SCHEDULES);
    second.close().await;
    first.close().await;
}
