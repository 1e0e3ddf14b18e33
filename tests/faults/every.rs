//! Every fault of the table, met by a fetch and by a job.

use super::harness::{Setup, Terms, TestServer};
use super::hostile::Hostile;
use super::secure::SecureShop;
use super::table::{self, By, Case, FOUND, LITTLE, Most, PAGE, cases};
use super::{PATIENT, request};
use pricemill::clock::Clock;
use pricemill::fetching::{FetchError, FetchPolicy, FetchSettings, Fetcher};
use pricemill::outbound::Outbound;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// For cases that time ends.
const SHORT_MS: u64 = 150;
/// For cases that something else must end, on a busy machine too.
const LONG_MS: u64 = 60_000;
/// For a job of all of them: waited for three times, so a compromise.
const JOB_MS: u64 = 3_000;
const RECEIVED: u64 = 6 << 20;
const UNPACKED: u64 = 8 << 20;

/// More than is on its way when a limit is reached.
const ONE_READ: u64 = 256 * 1024;

fn quick(settings: &mut FetchSettings) {
    settings.max_bytes_received = RECEIVED;
    settings.max_bytes_unpacked = UNPACKED;
    settings.backoff.base_ms = 5;
    settings.backoff.cap_ms = 20;
    settings.backoff.retry_after_cap_ms = 30;
    settings.slowdown.most_ms = 20;
    settings.block_pause_ms = 5;
    settings.robots_retry_ms = 20;
}

/// The shops of all cases, and one that nobody may reach.
struct Shops {
    plain: Hostile,
    secure: SecureShop,
    closed: Hostile,
}

impl Shops {
    async fn start() -> Shops {
        let closed = Hostile::start(|_| async { table::script(&nobody(), 0) }).await;
        let closed_port = closed.port();
        let plain = Hostile::start(move |request| std::future::ready(table::script(&request, closed_port))).await;
        Shops { plain, secure: SecureShop::start().await, closed }
    }

    fn url(&self, case: &Case) -> String {
        match case.by {
            By::Plain(_) => format!("http://{}.localhost:{}/p", case.name, self.plain.port()),
            By::Tls(_) => format!("https://{}.localhost:{}/p", case.name, self.secure.port()),
            By::NoTls => format!("https://{}.localhost:{}/p", case.name, self.plain.port()),
        }
    }

    fn allowed(&self) -> Vec<String> {
        [self.plain.port(), self.secure.port()].map(|port| format!("127.0.0.1:{port}")).to_vec()
    }

    fn fetcher(&self) -> Fetcher {
        let allow = self.allowed().iter().map(|range| range.parse().unwrap()).collect();
        let outbound = Outbound::new(allow).trusting(self.secure.authority.as_bytes()).unwrap();
        let mut settings = FetchSettings { timeout_ms: LONG_MS, ..FetchSettings::default() };
        quick(&mut settings);
        Fetcher::new(outbound, settings, Clock::system()).unwrap()
    }

    fn asked(&self, case: &Case) -> usize {
        match case.by {
            By::Plain(_) => self.plain.asked(&format!("{}.localhost", case.name), "/p"),
            By::Tls(_) => self.secure.asked(case.name),
            By::NoTls => self.plain.tls_greetings(),
        }
    }
}

fn nobody() -> super::hostile::Request {
    super::hostile::Request { host: String::new(), path: "/".into(), head: String::new(), nth: 1 }
}

/// What one case came to.
struct Outcome {
    case: Case,
    ends: String,
    reason: &'static str,
    received: u64,
    unpacked: u64,
    took: Duration,
}

fn kind(error: &FetchError) -> String {
    let shown = format!("{error:?}");
    shown.split(['(', ' ']).next().unwrap_or_default().to_owned()
}

/// One fetcher meets one case after the other, so that what it counts is the case's. Where the limit of time is what ends
/// it, the limit is short.
async fn meet(shops: &Shops, fetcher: &Fetcher, case: Case) -> Outcome {
    let mut request = request(&shops.url(&case), PATIENT);
    if case.ends == "Timeout" {
        let policy = FetchPolicy { timeout_ms: Some(SHORT_MS), robots: Some(false), ..FetchPolicy::default() };
        request.policy = Arc::new(policy);
    }
    let before = fetcher.stats().snapshot();
    let began = Instant::now();
    let answer = fetcher.fetch(&request).await;
    let took = began.elapsed();
    let (ends, reason) = match &answer {
        Ok(page) => {
            assert!(page.text.contains("19.99"), "{}", case.name);
            (PAGE.to_owned(), FOUND)
        }
        Err(error) => (kind(error), error.reason().map_or("", |reason| reason.wording())),
    };
    let after = fetcher.stats().snapshot();
    let received = after.bytes_received - before.bytes_received;
    let unpacked = after.bytes_unpacked - before.bytes_unpacked;
    Outcome { case, ends, reason, received, unpacked, took }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_fault_ends_as_documented_within_its_limits() {
    let shops = Shops::start().await;
    let fetcher = shops.fetcher();
    let mut outcomes = Vec::new();
    for case in cases() {
        outcomes.push(meet(&shops, &fetcher, case).await);
    }
    let mut wrong = Vec::new();
    println!("| case | outcome | reason | received | unpacked | requests | ms |\n|---|---|---|---|---|---|---|");
    for outcome in &outcomes {
        let Outcome { case, ends, reason, received, unpacked, took } = outcome;
        let (name, requests) = (case.name, shops.asked(case));
        println!("| {name} | {ends} | {reason} | {received} | {unpacked} | {requests} | {} |", took.as_millis());
        let (most_received, most_unpacked) = match case.most {
            Most::Nothing => (0, 0),
            Most::Little => (LITTLE, LITTLE),
            Most::Received => (RECEIVED + ONE_READ, RECEIVED),
            Most::Unpacked => (RECEIVED, UNPACKED),
        };
        let tries = requests.max(1) as u64;
        if ends != case.ends || *reason != case.reason || requests != case.requests {
            wrong.push(format!("{name}: {ends}, {reason}, {requests} requests"));
        }
        if *received > most_received * tries || *unpacked > most_unpacked * tries {
            wrong.push(format!("{name}: {received} bytes received, {unpacked} unpacked"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(shops.closed.paths(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_meets_every_fault_brings_all_its_good_values() {
    const GOOD: usize = 40;
    let shops = Shops::start().await;
    let authority = tempfile::NamedTempFile::new().unwrap();
    authority.as_file().write_all(shops.secure.authority.as_bytes()).unwrap();
    let (allow, ca_file) = (shops.allowed(), authority.path().to_owned());
    let server = TestServer::start(Setup {
        change: Box::new(move |config| {
            config.outbound.allow.extend(allow);
            config.outbound.ca_file = ca_file;
            config.jobs.batch_values = 200;
            config.jobs.values_at_once = 64;
            config.fetching.timeout_ms = JOB_MS;
            quick(&mut config.fetching);
        }),
        ..Setup::default()
    })
    .await;
    let good = |n: usize| format!("http://good{n}.localhost:{}/p", shops.plain.port());
    // One good value of its own host before each bad one, and one after the worst of them on the same host.
    let mut expected: HashMap<String, &str> = (0..GOOD).map(|n| (good(n), FOUND)).collect();
    let faults: Vec<(String, &str)> = cases().iter().map(|case| (shops.url(case), case.reason)).collect();
    let mut values: Vec<String> = (0..GOOD).map(good).collect();
    for (n, (url, _)) in faults.iter().enumerate() {
        values.insert((n * 2).min(values.len()), url.clone());
    }
    expected.extend(faults);
    let caller = server.caller(Terms::plan("pro")).await;
    let job = json!({"source": "web", "country": "de", "key": "source_id", "values": values});
    let results = caller.run(&job).await;
    let products = results["products"].as_array().unwrap();
    assert_eq!(products.len(), expected.len());
    let mut wrong = Vec::new();
    for product in products {
        let value = product["value"].as_str().unwrap();
        let reason = product["reason"].as_str().unwrap_or(FOUND);
        let has_price = product["price"] == "19.99";
        if reason != expected[value] || has_price != (reason == FOUND) {
            wrong.push(format!("{value}: {reason}, {}", product["price"]));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(shops.closed.paths(), Vec::<String>::new());
    assert_eq!(results["status"], Value::from("finished"));
    server.close().await;
}

#[test]
fn the_document_shows_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/FAULTS.md");
    let document = std::fs::read_to_string(path).unwrap();
    assert!(document.contains(&table::markdown()), "docs/FAULTS.md does not show this table:\n{}", table::markdown());
}

#[test]
fn every_kind_of_failure_is_in_the_table() {
    let ends: Vec<&str> = cases().iter().map(|case| case.ends).collect();
    let kinds = [
        "Gone",
        "Forbidden",
        "Robots",
        "Blocked",
        "Status",
        "Timeout",
        "Connection",
        "Certificate",
        "Redirect",
        "TooLarge",
        "BadBody",
        PAGE,
    ];
    assert!(kinds.iter().all(|kind| ends.contains(kind)));
}
