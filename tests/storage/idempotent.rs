//! A creation with a key is there once, however often its program was killed in the middle.

use crate::harness::TestMarket;
use crate::program::{FAR_TOO_LONG, Ground, Program};
use pricemill::clock::Clock;
use pricemill::demo::wrong_gtins;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const KILLS: u64 = 4;
const CLIENTS: usize = 4;
/// Creations of each client, in order; a killed one is asked for again.
const KEYS: usize = 12;

#[tokio::test(flavor = "multi_thread")]
async fn a_key_creates_one_job_across_kills() {
    let market = TestMarket::start(Clock::system());
    let ground = Ground::lay(&market).await;
    let settings = [("PRICEMILL_JOBS__LEASE_MS", "900"), ("PRICEMILL_JOBS__RECONCILE_MS", "100")];
    // Many rows and nothing to look up: most of the time goes into the transaction that is to be hit.
    let job = json!({"source": "google-shopping", "country": "de", "key": "gtin", "values": wrong_gtins(400)});
    let answers: Arc<Mutex<BTreeMap<String, String>>> = Arc::default();
    let mut random = StdRng::seed_from_u64(7);
    for round in 0..=KILLS {
        let program = Program::start(&ground, &settings).await;
        let answered = Arc::new(AtomicUsize::new(0));
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let (request, answered, answers) = (program.post("/jobs", &job), answered.clone(), answers.clone());
                tokio::spawn(async move {
                    for n in 0..KEYS {
                        let key = format!("client {client} key {n}");
                        let request = request.try_clone().unwrap().header("idempotency-key", &key);
                        // The kill: no answer, or half of one.
                        let Ok(answer) = request.send().await else { return };
                        let Ok(text) = answer.text().await else { return };
                        assert!(text.starts_with("{\"job_id\""), "{text}");
                        let mut answers = answers.lock().unwrap();
                        let first = answers.entry(key).or_insert_with(|| text.clone());
                        assert_eq!(*first, text, "another answer than before");
                        answered.fetch_add(1, SeqCst);
                    }
                })
            })
            .collect();
        if round < KILLS {
            let (enough, given_up_at) = (random.random_range(1..12), Instant::now() + FAR_TOO_LONG);
            while answered.load(SeqCst) < enough {
                assert!(Instant::now() < given_up_at, "no answers");
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            // Somewhere inside the next ones.
            tokio::time::sleep(Duration::from_millis(random.random_range(0..60))).await;
            program.kill();
            for client in clients {
                client.await.unwrap();
            }
        } else {
            for client in clients {
                client.await.unwrap();
            }
            program.kill();
        }
    }
    let answers = answers.lock().unwrap().clone();
    assert_eq!(answers.len(), CLIENTS * KEYS);
    let rows = Database::connect(&ground.url).await.unwrap();
    let number = async |sql: &str| -> i64 {
        let row = rows.query_one_raw(Statement::from_string(rows.get_database_backend(), sql)).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    };
    assert_eq!(number("SELECT COUNT(*) FROM bulk_job").await, answers.len() as i64);
    let matched = "SELECT COUNT(*) FROM idempotency_key k JOIN bulk_job j ON j.seq = k.job_seq \
                   WHERE k.answer LIKE '%' || j.id || '%'";
    assert_eq!(number(matched).await, answers.len() as i64);
    let told: std::collections::BTreeSet<String> = answers
        .values()
        .map(|text| serde_json::from_str::<Value>(text).unwrap()["job_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(told.len(), answers.len());
    rows.close().await.unwrap();
    market.stop().await;
}
