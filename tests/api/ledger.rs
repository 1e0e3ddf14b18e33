//! `GET /v2/me/ledger`: every movement of credits, and what it costs in money; `?month=` and `.csv` of the usage.

use crate::harness::{COFFEE, Caller, IPAD, Setup, Terms, TestServer};
use crate::{gtins, start, with};
use pricemill::demo::NOWHERE_GTIN;
use pricemill::domain::Amount;
use pricemill::storage::{Db, ledger};
use serde_json::{Value, json};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3_600);
const LEDGER: &str = "/v2/me/ledger";

/// A server whose plan `pro` includes two credits and has this price.
async fn priced(price: &'static str) -> TestServer {
    TestServer::start(Setup {
        change: Box::new(|config| {
            let plan = config.plans.get_mut("pro").unwrap();
            plan.included_credits = 2;
            plan.price_per_1000_credits = price.parse().ok();
        }),
        ..Setup::default()
    })
    .await
}

async fn lines(caller: &Caller, query: &str) -> Vec<Value> {
    caller.get(&format!("{LEDGER}{query}")).await.ok()["data"].as_array().unwrap().clone()
}

fn costs(lines: &[Value]) -> Vec<&str> {
    lines.iter().filter_map(|line| line["cost"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_for_every_job_and_grant() {
    let server = priced("5000 EUR").await;
    let caller = server.caller(Terms { free_credits: Some(3), ..Terms::plan("pro") }).await;
    let first = caller.submit(&gtins(&[IPAD, COFFEE, NOWHERE_GTIN, "123"])).await;
    caller.wait_finished(&first).await;
    let second = caller.submit(&gtins(&[IPAD, COFFEE, NOWHERE_GTIN])).await;
    caller.wait_finished(&second).await;
    // Reports its cost and charges none: no movement, no line.
    caller.run(&with(gtins(&[IPAD]), json!({"source": "test"}))).await;
    let answer = caller.get(LEDGER).await;
    let grant = r#"{"kind":"grant","job_id":null,"finished_at":"2026-09-21T12:00:00Z","source":null,"country":null,"topic":null,"key":null,"requested":null,"credits":0,"free_credits":0,"paid_credits":0,"granted_credits":3,"cost":null,"currency":null}"#;
    let job = |id: &str, requested: u32, free: u32, paid: u32, cost: &str| {
        format!(
            r#"{{"kind":"job","job_id":"{id}","finished_at":"2026-09-21T12:00:00Z","source":"google_shopping","country":"de","topic":"product_and_offers","key":"gtin","requested":{requested},"credits":3,"free_credits":{free},"paid_credits":{paid},"granted_credits":0,"cost":"{cost}","currency":"EUR"}}"#
        )
    };
    let (one, two) = (job(&first, 4, 3, 0, "0.00"), job(&second, 3, 0, 3, "5.00"));
    let meta = r#"{"page":1,"per_page":20,"total":3,"total_pages":1}"#;
    assert_eq!(answer.text(), format!(r#"{{"data":[{grant},{one},{two}],"meta":{meta}}}"#));
    assert_eq!(caller.get("/me/ledger").await.text(), answer.text());
    let csv = caller.get("/v2/me/ledger.csv").await;
    let wanted = format!(
        "\"kind\",\"job_id\",\"finished_at\",\"source\",\"country\",\"topic\",\"key\",\"requested\",\"credits\",\"free_credits\",\"paid_credits\",\"granted_credits\",\"cost\",\"currency\"\n\
         \"grant\",\"\",\"2026-09-21T12:00:00Z\",\"\",\"\",\"\",\"\",\"\",\"0\",\"0\",\"0\",\"3\",\"\",\"\"\n\
         \"job\",\"{first}\",\"2026-09-21T12:00:00Z\",\"google_shopping\",\"de\",\"product_and_offers\",\"gtin\",\"4\",\"3\",\"3\",\"0\",\"0\",\"0.00\",\"EUR\"\n\
         \"job\",\"{second}\",\"2026-09-21T12:00:00Z\",\"google_shopping\",\"de\",\"product_and_offers\",\"gtin\",\"3\",\"3\",\"0\",\"3\",\"0\",\"5.00\",\"EUR\"\n"
    );
    assert_eq!(csv.text(), wanted);
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(csv.header("content-disposition"), Some("attachment; filename=\"ledger-2026-09.csv\""));
    assert_eq!(caller.get("/me/ledger?format=csv").await.text(), wanted);
    assert_eq!(caller.get("/me/ledger.csv?bom=1").await.text(), format!("\u{FEFF}{wanted}"));
    // Another account's are its own.
    let other = server.caller(Terms::plan("pro")).await;
    assert_eq!(lines(&other, "").await.len(), 1);
    server.close().await;
}

/// Whatever is rounded on the way, and whatever page is asked: the lines add up to the month's overusage.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_costs_add_up_to_the_month() {
    // A third of a cent a credit.
    let server = priced("3.333333 EUR").await;
    let caller = server.caller(Terms { free_credits: Some(0), ..Terms::plan("pro") }).await;
    for _ in 0..7 {
        caller.run(&gtins(&[IPAD, COFFEE])).await;
    }
    let all = lines(&caller, "?per_page=100").await;
    assert_eq!(costs(&all), ["0.00", "0.01", "0.00", "0.01", "0.01", "0.00", "0.01"]);
    let sum = costs(&all).into_iter().map(|cost| cost.parse::<Amount>().unwrap());
    let sum = sum.reduce(|a, b| a.checked_add(b).unwrap()).unwrap();
    let usage = caller.get("/v2/me/usage_month").await.ok()["usage"].clone();
    assert_eq!((&usage["paid_credits"], &usage["overusage"]), (&json!(14), &json!(12)));
    // 12 × 3.333333 / 1000 = 0.039999996
    assert_eq!(sum.to_string(), "0.04");
    let mut paged = Vec::new();
    for page in 1..=4 {
        let answer = caller.get(&format!("{LEDGER}?per_page=2&page={page}")).await.ok();
        assert_eq!(answer["meta"], json!({"page": page, "per_page": 2, "total": 7, "total_pages": 4}));
        paged.extend(answer["data"].as_array().unwrap().clone());
    }
    assert_eq!(paged, all);
    assert!(lines(&caller, "?per_page=2&page=5").await.is_empty());
    caller.get(&format!("{LEDGER}?per_page=101")).await.refused(400, "parameter value invalid", Some("per_page"));
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn months_are_told_whole() {
    let server = priced("1000 EUR").await;
    let caller = server.caller(Terms { free_credits: Some(1), ..Terms::plan("pro") }).await;
    caller.run(&gtins(&[IPAD, COFFEE])).await;
    server.clock.advance(9 * DAY);
    caller.run(&gtins(&[IPAD, COFFEE])).await;
    server.clock.advance(DAY);
    caller.run(&gtins(&[IPAD])).await;
    let month = async |query: &str| caller.get(&format!("/v2/me/usage_month{query}")).await;
    let september = month("?month=2026-09").await;
    let wanted = r#"{"usage":{"from":"2026-09-01","to":"2026-09-30","credits":4,"free_credits":1,"paid_credits":3,"included_credits":2,"overusage":1},"usages":[{"date":"2026-09-21","credits":2,"free_credits":1,"paid_credits":1},{"date":"2026-09-30","credits":2,"free_credits":0,"paid_credits":2}]}"#;
    assert_eq!(september.text(), wanted);
    assert_eq!(caller.get("/me/usage_month?month=2026-09").await.text(), wanted);
    let october = month("").await.ok();
    assert_eq!((&october["usage"]["from"], &october["usage"]["to"]), (&json!("2026-10-01"), &json!("2026-10-01")));
    assert_eq!(month("?month=2026-10").await.ok(), october);
    assert_eq!(month("?month=2020-02").await.ok()["usage"]["to"], "2020-02-29");
    for wrong in ["2026-11", "2027-01", "2026-9", "x", "2026-09-01"] {
        month(&format!("?month={wrong}")).await.refused(400, "parameter value invalid", Some("month"));
        caller.get(&format!("{LEDGER}?month={wrong}")).await.refused(400, "parameter value invalid", Some("month"));
    }
    let csv = caller.get("/v2/me/usage_month.csv?month=2026-09").await;
    let wanted = "\"date\",\"credits\",\"free_credits\",\"paid_credits\"\n\"2026-09-21\",\"2\",\"1\",\"1\"\n\"2026-09-30\",\"2\",\"0\",\"2\"\n";
    assert_eq!(csv.text(), wanted);
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(month("?month=2026-09&format=csv").await.text(), wanted);
    assert_eq!(caller.get("/me/usage_month.csv?month=2026-08").await.text().lines().count(), 1);
    month("?format=xml").await.refused(400, "parameter value invalid", Some("format"));
    // Each month begins anew with its included credits.
    let of = async |month: &str| lines(&caller, &format!("?month={month}")).await;
    assert_eq!(costs(&of("2026-09").await), ["0.00", "1.00"]);
    assert_eq!(costs(&of("2026-10").await), ["0.00"]);
    server.stranger().get(LEDGER).await.refused(401, "unauthorized", Some("token"));
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_price_there_is_no_cost() {
    let server = start().await;
    let caller = server.caller(Terms { free_credits: Some(0), ..Terms::plan("pro") }).await;
    caller.run(&gtins(&[IPAD])).await;
    let told = lines(&caller, "").await;
    assert_eq!((told.len(), &told[0]["cost"], &told[0]["currency"]), (1, &Value::Null, &Value::Null));
    assert!(caller.get("/me/ledger.csv").await.text().ends_with("\"1\",\"0\",\"1\",\"0\",\"\",\"\"\n"));
    server.close().await;
}

/// More lines than one read holds; a grant each.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_month_comes_whole() {
    let server = start().await;
    let caller = server.caller(Terms { free_credits: Some(1), ..Terms::plan("pro") }).await;
    let db: &Db = &server.app.db;
    let transaction = db.begin().await.unwrap();
    for _ in 0..1203 {
        // Nothing given, so that the books stay right.
        ledger::insert_grant(&transaction, caller.id, 0, server.clock.now()).await.unwrap();
    }
    transaction.commit().await.unwrap();
    assert_eq!(caller.get("/me/ledger.csv").await.text().lines().count(), 1 + 1204);
    assert_eq!(caller.get(LEDGER).await.ok()["meta"]["total"], 1204);
    server.close().await;
}
