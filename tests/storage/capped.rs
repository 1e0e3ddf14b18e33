//! A job's cap holds whatever is killed in the middle.

use crate::harness::TestMarket;
use crate::kill::check_books;
use crate::program::{FAR_TOO_LONG, Ground, Program};
use pricemill::clock::Clock;
use pricemill::demo::sample_gtins;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use serde_json::json;
use std::time::{Duration, Instant};

const KILLS: usize = 6;
/// What the job may still use when its cap is set.
const LEFT: i64 = 300;

async fn number(rows: &DatabaseConnection, sql: &str) -> i64 {
    let row = rows.query_one_raw(Statement::from_string(rows.get_database_backend(), sql)).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cap_holds_across_kills() {
    let market = TestMarket::start(Clock::system());
    let ground = Ground::lay(&market).await;
    let settings = [
        ("PRICEMILL_JOBS__LEASE_MS", "900"),
        ("PRICEMILL_JOBS__RECONCILE_MS", "100"),
        ("PRICEMILL_JOBS__GROUP_MS", "20"),
        ("PRICEMILL_JOBS__BATCH_VALUES", "10"),
        ("PRICEMILL_JOBS__VALUES_AT_ONCE", "4"),
    ];
    let values: Vec<String> = sample_gtins(900).iter().map(ToString::to_string).collect();
    let job = json!({
        "source": "google-shopping", "country": "de", "key": "gtin", "values": values,
        "completeness": "all_pages", "currentness": "realtime",
    });
    let program = Program::start(&ground, &settings).await;
    let id = program.submit(&job).await;
    program.kill();
    let rows = Database::connect(&ground.url).await.unwrap();
    let used = "SELECT CAST(COALESCE(SUM(charged_pages), 0) AS BIGINT) FROM bulk_item";
    // Twice a page, and a credit that pays for none.
    let cap = 2 * number(&rows, used).await + LEFT + 1;
    rows.execute_unprepared(&format!("UPDATE bulk_job SET max_credits = {cap}")).await.unwrap();
    let mut random = StdRng::seed_from_u64(11);
    for _ in 0..KILLS {
        let program = Program::start(&ground, &settings).await;
        tokio::time::sleep(Duration::from_millis(random.random_range(20..250))).await;
        program.kill();
        assert!(2 * number(&rows, used).await < cap);
    }
    let program = Program::start(&ground, &settings).await;
    let given_up_at = Instant::now() + FAR_TOO_LONG;
    while program.get(&format!("/jobs/{id}")).await["status"] != "finished" {
        assert!(Instant::now() < given_up_at, "{id} does not finish");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let today = program.get("/v2/me/usage_today").await["usage"]["credits"].as_i64().unwrap();
    program.kill();
    assert_eq!(today, cap - 1);
    let ended = "SELECT COUNT(*) FROM bulk_item WHERE reason = 'credit limit reached' AND charged_pages = 0";
    assert!(number(&rows, ended).await > 100);
    assert!(number(&rows, "SELECT COUNT(*) FROM bulk_item WHERE incomplete").await <= 1);
    assert_eq!(number(&rows, "SELECT COUNT(DISTINCT done_no) FROM bulk_item").await, 900);
    rows.close().await.unwrap();
    check_books(&ground, &[id], today).await;
    market.stop().await;
}
