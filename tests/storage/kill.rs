//! kill -9 and SIGTERM at any moment: the job goes on after the next start, nothing is lost, nothing is charged twice.

use crate::harness::TestMarket;
use crate::program::{FAR_TOO_LONG, Ground, Program};
use crate::thousand_values;
use pricemill::clock::Clock;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Repeats a run that failed: the moments of the kills are told by the seed it printed.
const SEED: &str = "PRICEMILL_TEST_SEED";
const KILLS: usize = 12;
const STATES: [&str; 5] = ["new", "enqueued", "working", "finishing", "finished"];
/// Short leases, so that what a killed process held is soon free.
const SHORT_LEASES: [(&str, &str); 2] = [("PRICEMILL_JOBS__LEASE_MS", "900"), ("PRICEMILL_JOBS__RECONCILE_MS", "100")];

/// How far each job was when it was last looked at.
#[derive(Default)]
struct Seen(HashMap<String, (usize, u64)>);

impl Seen {
    /// Looks at a job; neither its state nor its count ever goes back.
    async fn look(&mut self, program: &Program, job: &str) -> bool {
        let status = program.get(&format!("/jobs/{job}")).await;
        let state = STATES.iter().position(|state| status["status"] == *state).unwrap();
        let completed = status["completed"].as_u64().unwrap();
        let before = self.0.insert(job.to_owned(), (state, completed)).unwrap_or_default();
        assert!(state >= before.0 && completed >= before.1, "{job} went back from {before:?} to {status}");
        status["status"] == "finished"
    }
}

fn job(values: &[String]) -> Value {
    json!({
        "source": "google-shopping", "country": "de", "key": "gtin", "values": values,
        "completeness": "all_pages", "currentness": "realtime",
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment() {
    let market = TestMarket::start(Clock::system());
    let ground = Ground::lay(&market).await;
    let values = thousand_values();
    let seed = std::env::var(SEED).map_or_else(|_| rand::random(), |seed| seed.parse().unwrap());
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let (mut jobs, mut seen) = (Vec::<String>::new(), Seen::default());
    for _ in 0..KILLS {
        let program = Program::start(&ground, &SHORT_LEASES).await;
        if jobs.is_empty() || seen.look(&program, jobs.last().unwrap()).await {
            // In another country, so that the store has nothing of it yet.
            let mut next = job(&values);
            next["country"] = json!(["de", "at", "fr", "it", "nl"][jobs.len() % 5]);
            jobs.push(program.submit(&next).await);
        }
        let killed_at = Instant::now() + Duration::from_millis(random.random_range(0..1200));
        while Instant::now() < killed_at {
            seen.look(&program, jobs.last().unwrap()).await;
            tokio::time::sleep(Duration::from_millis(random.random_range(1..20))).await;
        }
        program.kill();
    }

    let program = Program::start(&ground, &SHORT_LEASES).await;
    let given_up_at = Instant::now() + FAR_TOO_LONG;
    for job in &jobs {
        while !seen.look(&program, job).await {
            assert!(Instant::now() < given_up_at, "{job} does not finish");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let results = program.get(&format!("/products/bulk/{job}")).await;
        let answered: Vec<&str> =
            results["products"].as_array().unwrap().iter().map(|p| p["value"].as_str().unwrap()).collect();
        assert_eq!(answered, values, "one result a value, in request order");
        let ended = |reason: &str| {
            results["products"].as_array().unwrap().iter().filter(|product| product["reason"] == reason).count()
        };
        // Being killed is no reason for a value to fail: only those end so that would have without.
        assert_eq!((ended("error"), ended("failed to access source"), ended("invalid value")), (30, 50, 50), "{job}");
    }
    let today = program.get("/v2/me/usage_today").await;
    program.kill();
    check_books(&ground, &jobs, today["usage"]["credits"].as_i64().unwrap()).await;
    market.stop().await;
}

/// Each job has one entry in the ledger, of exactly the pages its values were charged for.
pub async fn check_books(ground: &Ground, jobs: &[String], today: i64) {
    let rows = Database::connect(&ground.url).await.unwrap();
    let sql = "SELECT j.id AS id, j.free_credits + j.paid_credits AS told, \
               (SELECT COUNT(*) FROM ledger_entry l WHERE l.job_seq = j.seq) AS entries, \
               (SELECT SUM(l.free_credits + l.paid_credits) FROM ledger_entry l WHERE l.job_seq = j.seq) AS charged, \
               (SELECT SUM(i.charged_pages) * j.multiplier FROM bulk_item i WHERE i.job_seq = j.seq) AS counted \
               FROM bulk_job j ORDER BY j.seq";
    let found = rows.query_all_raw(Statement::from_string(rows.get_database_backend(), sql)).await.unwrap();
    assert_eq!(found.len(), jobs.len());
    let mut sum = 0;
    for (row, job) in found.iter().zip(jobs) {
        let number = |name: &str| row.try_get::<i64>("", name).unwrap();
        assert_eq!(&row.try_get::<String>("", "id").unwrap(), job);
        assert_eq!(number("entries"), 1, "{job}");
        assert_eq!((number("told"), number("charged")), (number("counted"), number("counted")), "{job}");
        sum += number("charged");
    }
    assert_eq!(sum, today, "the jobs add up to the day");
    rows.close().await.unwrap();
}

/// Leases are long here: a value that was not given back would keep its job from finishing.
#[tokio::test(flavor = "multi_thread")]
async fn asked_to_stop_it_gives_everything_back() {
    let market = TestMarket::start(Clock::system());
    let ground = Ground::lay(&market).await;
    let values = thousand_values();
    let long_leases = [("PRICEMILL_JOBS__LEASE_MS", "3600000")];
    let program = Program::start(&ground, &long_leases).await;
    let id = program.submit(&job(&values)).await;
    let mut seen = Seen::default();
    while seen.0.get(&id).is_none_or(|(_, completed)| *completed < 60) {
        seen.look(&program, &id).await;
    }
    let status = program.terminate().await;
    assert_eq!(status.code(), Some(0));

    let rows = Database::connect(&ground.url).await.unwrap();
    let leased =
        Statement::from_string(rows.get_database_backend(), "SELECT COUNT(*) AS n FROM bulk_item WHERE state = 1");
    let leased: i64 = rows.query_one_raw(leased).await.unwrap().unwrap().try_get("", "n").unwrap();
    rows.close().await.unwrap();
    assert_eq!(leased, 0);

    let program = Program::start(&ground, &long_leases).await;
    let given_up_at = Instant::now() + FAR_TOO_LONG;
    while !seen.look(&program, &id).await {
        assert!(Instant::now() < given_up_at, "the job does not finish");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let today = program.get("/v2/me/usage_today").await;
    program.kill();
    check_books(&ground, &[id], today["usage"]["credits"].as_i64().unwrap()).await;
    market.stop().await;
}
