//! One job of a thousand values of every kind, all pages.

use crate::equivalence::same_facts;
use crate::harness::{Setup, Terms, TestServer};
use crate::thousand_values;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_values_of_every_kind() {
    let server = TestServer::start(Setup::default()).await;
    let caller = server.caller(Terms::plan("business")).await;
    let values = thousand_values();
    let job = json!({
        "source": "google-shopping", "country": "de", "key": "gtin", "values": values, "completeness": "all_pages",
        "currentness": "realtime",
    });
    let job_id = caller.submit(&job).await;
    let status = caller.wait_finished(&job_id).await;
    assert_eq!(
        (&status["requested"], &status["completed"], &status["progress"]),
        (&json!(1000), &json!(1000), &json!(100))
    );

    let results = caller.results(&job_id).await;
    let products = results["products"].as_array().unwrap();
    let answered: Vec<&str> = products.iter().map(|product| product["value"].as_str().unwrap()).collect();
    assert_eq!(answered, values, "one result a value, in request order");

    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for product in products {
        *reasons.entry(product["reason"].as_str().unwrap_or("found")).or_default() += 1;
        assert_eq!(product["success"] == true, product.get("name").is_some(), "name tells found from failed");
    }
    assert_eq!(reasons["failed to access source"], 50);
    assert_eq!(reasons["error"], 30);
    assert_eq!(reasons["invalid value"], 50);
    assert!(reasons["not found"] >= 100 && reasons["found"] >= 700, "{reasons:?}");
    assert_eq!(reasons.values().sum::<usize>(), 1000);

    // What a found value costs follows from its offers: ten a page, and a product without offers is one page.
    let pages = |product: &Value| match (product["success"] == true, product["reason"].as_str()) {
        (true, _) => (product["offers"].as_array().unwrap().len() as u64).div_ceil(10).max(1),
        (false, Some("not found")) => 1,
        (false, _) => 0,
    };
    let credits = 2 * products.iter().map(pages).sum::<u64>();
    assert_eq!(results["free_credits"].as_u64().unwrap() + results["paid_credits"].as_u64().unwrap(), credits);
    assert_eq!(results["free_credits"], 1000, "free ones first");
    assert_eq!(caller.credits_today().await, credits);

    let rows = server.look().await;
    let count = |sql: &str| Statement::from_string(rows.get_database_backend(), sql.to_owned());
    let items: i64 = rows
        .query_one_raw(count("SELECT COUNT(*) AS n FROM bulk_item"))
        .await
        .unwrap()
        .unwrap()
        .try_get("", "n")
        .unwrap();
    assert_eq!(items, 1000);
    rows.close().await.unwrap();

    let xml = caller.download(&job_id, ".xml").await;
    let by_row = caller.download(&job_id, ".csv?format_option=row&raw=1").await;
    let by_column = caller.download(&job_id, ".csv?format_option=column&raw=1").await;
    same_facts(&results, xml.text(), by_row.text(), by_column.text());
    server.close().await;
}
