//! What was answered with a job id is there after a crash; what was not answered is there whole or not at all.

use crate::harness::{IPAD, TestMarket};
use crate::program::{FAR_TOO_LONG, Ground, Program};
use pricemill::clock::Clock;
use pricemill::demo::wrong_gtins;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

const KILLS: u64 = 4;
const CLIENTS: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_job_is_lost() {
    let market = TestMarket::start(Clock::system());
    let ground = Ground::lay(&market).await;
    let settings = [("PRICEMILL_JOBS__LEASE_MS", "900"), ("PRICEMILL_JOBS__RECONCILE_MS", "100")];
    // Many rows and little to look up: most of the time goes into the transaction that is to be hit.
    let mut values = wrong_gtins(400);
    values.push(IPAD.to_owned());
    let job = json!({"source": "google-shopping", "country": "de", "key": "gtin", "values": values});
    let mut acknowledged = BTreeSet::new();
    let mut random = StdRng::seed_from_u64(5);
    for _ in 0..KILLS {
        let program = Program::start(&ground, &settings).await;
        let answered = Arc::new(AtomicUsize::new(0));
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let (request, answered) = (program.post("/jobs", &job), answered.clone());
                tokio::spawn(async move {
                    let mut ids = Vec::new();
                    loop {
                        // The kill: no answer, or half of one.
                        let Ok(answer) = request.try_clone().unwrap().send().await else { return ids };
                        let Ok(text) = answer.text().await else { return ids };
                        let answer: Value = serde_json::from_str(&text).unwrap();
                        ids.push(answer["job_id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned());
                        answered.fetch_add(1, SeqCst);
                    }
                })
            })
            .collect();
        let (enough, given_up_at) = (random.random_range(2..8), Instant::now() + FAR_TOO_LONG);
        while answered.load(SeqCst) < enough {
            assert!(Instant::now() < given_up_at, "no answers");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        // Somewhere inside the next ones.
        tokio::time::sleep(Duration::from_millis(random.random_range(0..60))).await;
        program.kill();
        for client in clients {
            acknowledged.extend(client.await.unwrap());
        }
    }

    let program = Program::start(&ground, &settings).await;
    let rows = Database::connect(&ground.url).await.unwrap();
    let number = async |sql: &str| -> i64 {
        let row = rows.query_one_raw(Statement::from_string(rows.get_database_backend(), sql)).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    };
    let given_up_at = Instant::now() + FAR_TOO_LONG;
    while number("SELECT COUNT(*) FROM bulk_job WHERE status <> 'finished'").await > 0 {
        assert!(Instant::now() < given_up_at, "not all jobs finish");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for id in &acknowledged {
        assert_eq!(program.get(&format!("/jobs/{id}")).await["completed"], 401, "{id}");
    }
    program.kill();
    let jobs = number("SELECT COUNT(*) FROM bulk_job").await;
    println!("{} jobs acknowledged, {jobs} stored", acknowledged.len());
    assert!(jobs >= acknowledged.len() as i64);
    let torn = "SELECT COUNT(*) FROM bulk_job j WHERE requested <> 401 OR completed <> 401 \
                OR 401 <> (SELECT COUNT(*) FROM bulk_item i WHERE i.job_seq = j.seq AND i.state = 2)";
    assert_eq!(number(torn).await, 0);
    let entries = "SELECT COUNT(DISTINCT job_seq) FROM ledger_entry WHERE kind = 'job'";
    assert_eq!(number(entries).await, jobs);
    // A page a job: nothing twice, nothing forgotten.
    assert_eq!(number("SELECT SUM(free_credits + paid_credits) FROM ledger_entry WHERE kind = 'job'").await, jobs);
    rows.close().await.unwrap();
    market.stop().await;
}
