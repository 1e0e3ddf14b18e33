//! kill -9 while jobs are cancelled, deleted, or reach their deadline: each ends once, and costs what it says.

use crate::harness::{TestMarket, check_rows};
use crate::program::{FAR_TOO_LONG, Ground, Program};
use pricemill::clock::Clock;
use pricemill::demo::sample_gtins;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use serde_json::json;
use std::time::{Duration, Instant};

/// Repeats a run that failed: the moments of the kills are told by the seed it printed.
const SEED: &str = "PRICEMILL_TEST_SEED";
const KILLS: usize = 12;
const SHORT_LEASES: [(&str, &str); 2] = [("PRICEMILL_JOBS__LEASE_MS", "900"), ("PRICEMILL_JOBS__RECONCILE_MS", "50")];

async fn execute(rows: &DatabaseConnection, sql: &str) {
    rows.execute_raw(Statement::from_string(rows.get_database_backend(), sql)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_jobs_end_early() {
    let market = TestMarket::start(Clock::system());
    let ground = Ground::lay(&market).await;
    let rows = Database::connect(&ground.url).await.unwrap();
    let seed = std::env::var(SEED).map_or_else(|_| rand::random(), |seed| seed.parse().unwrap());
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let values: Vec<String> = sample_gtins(300).iter().map(ToString::to_string).collect();
    let (mut jobs, mut cancelled) = (Vec::new(), Vec::new());
    for n in 0..KILLS {
        let program = Program::start(&ground, &SHORT_LEASES).await;
        let country = ["de", "at", "fr", "it", "nl"][n % 5];
        let job = json!({
            "source": "google-shopping", "country": country, "key": "gtin", "values": values, "currentness": "realtime",
        });
        let id = program.submit(&job).await;
        if n % 3 == 0 {
            // A deadline in the middle of the work; v1 has no way to ask for one.
            let micros = Clock::system().now().as_micros() + random.random_range(0..300_000);
            execute(&rows, &format!("UPDATE bulk_job SET deadline_at = {micros} WHERE id = '{id}'")).await;
        }
        tokio::time::sleep(Duration::from_millis(random.random_range(0..150))).await;
        program.get(&format!("/v2/jobs/{id}/results?limit=20")).await;
        let cancel = format!("/v2/jobs/{id}/cancel");
        match n % 4 {
            // An answer that came is kept to; one that did not come may have happened or not.
            0 => {
                let told = program.get_status(program.post(&cancel, &json!({}))).await;
                if told == 200 {
                    cancelled.push(id.clone());
                }
            }
            1 => program.send_and_forget(program.post(&cancel, &json!({}))),
            2 => program.send_and_forget(program.delete(&format!("/v2/jobs/{id}"))),
            _ => {}
        }
        jobs.push(id);
        tokio::time::sleep(Duration::from_millis(random.random_range(0..30))).await;
        program.kill();
    }

    let program = Program::start(&ground, &SHORT_LEASES).await;
    let given_up_at = Instant::now() + FAR_TOO_LONG;
    for id in &jobs {
        let status = loop {
            let status = program.get(&format!("/jobs/{id}")).await["status"].as_str().unwrap().to_owned();
            if status == "finished" || status == "cancelled" {
                break status;
            }
            assert!(Instant::now() < given_up_at, "{id} is {status} for ever");
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        assert!(!cancelled.contains(id) || status == "cancelled", "{id} was said to be cancelled and is {status}");
    }
    program.kill();
    check_rows(&rows).await;
    rows.close().await.unwrap();
    market.stop().await;
}
