//! Many jobs, large jobs, and who comes when.

use crate::harness::{IPAD, Setup, Terms, TestServer};
use crate::{gtins, special, start, with};
use pricemill::demo::{SpecialKind, sample_gtins, special_gtins, wrong_gtins};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_small_job_does_not_wait_for_the_end_of_a_large_one() {
    let server = TestServer::start(Setup {
        change: Box::new(|config| {
            config.jobs.batches = 1;
            config.jobs.batch_values = 4;
        }),
        ..Setup::default()
    })
    .await;
    let (large, small) = (server.caller(Terms::plan("pro")).await, server.caller(Terms::plan("pro")).await);
    let slow: Vec<String> = (10..18).map(|nth| special(SpecialKind::Slow, nth)).collect();
    let slow: Vec<&str> = slow.iter().map(String::as_str).collect();
    let long = large.submit(&gtins(&slow)).await;
    let second = large.submit(&gtins(&[IPAD])).await;
    let short = small.submit(&gtins(&[IPAD])).await;
    // Another account's job, and another job of the same account.
    for (caller, id) in [(&small, &short), (&large, &second)] {
        caller.wait_finished(id).await;
        assert_eq!(large.get(&format!("/jobs/{long}")).await.ok()["status"], "working");
    }
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_values_of_every_kind() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let kinds =
        [(SpecialKind::Missing, 60), (SpecialKind::Blocked, 20), (SpecialKind::Broken, 20), (SpecialKind::Slow, 20)];
    let mut values = wrong_gtins(30);
    for (kind, count) in kinds {
        values.extend(special_gtins(kind).iter().take(count).map(ToString::to_string));
    }
    values.extend(sample_gtins(1_000 - values.len()).iter().map(ToString::to_string));
    // Mixed, always in the same way: 7 and 1,000 have no common divisor.
    let values: Vec<&str> = (0..1_000).map(|n| values[n * 7 % 1_000].as_str()).collect();
    let job = with(gtins(&values), json!({"completeness": "all_pages"}));
    let id = caller.submit(&job).await;
    let results = caller.results(&id).await;
    let products = results["products"].as_array().unwrap();
    let echoed: Vec<&str> = products.iter().map(|product| product["value"].as_str().unwrap()).collect();
    assert_eq!(echoed, values);

    let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
    let mut pages = 0;
    let mut offers = 0;
    for product in products {
        let outcome = product["reason"].as_str().unwrap_or("found");
        *outcomes.entry(outcome).or_default() += 1;
        let listed = product["offers"].as_array().map_or(0, Vec::len);
        offers += listed.max(1);
        pages += match outcome {
            "found" => listed.div_ceil(10).max(1),
            "not found" => 1,
            _ => 0,
        };
    }
    assert_eq!((outcomes["invalid value"], outcomes["failed to access source"], outcomes["error"]), (30, 20, 20));
    assert!(outcomes["not found"] >= 60 && outcomes["found"] >= 800, "{outcomes:?}");
    assert_eq!(outcomes.values().sum::<usize>(), 1_000);
    let credits = |name: &str| results[name].as_u64().unwrap() as usize;
    assert_eq!((credits("free_credits"), credits("paid_credits")), (1_000, pages - 1_000));
    assert_eq!(caller.credits_today().await as usize, pages);

    let lines = |text: &str| text.matches('\n').count();
    assert_eq!(lines(caller.download(&id, ".csv?format_option=row").await.text()), 1 + offers);
    assert_eq!(lines(caller.download(&id, ".csv").await.text()), 1 + 1_000);
    let xml = caller.download(&id, ".xml").await;
    assert_eq!(xml.text().matches("<product>").count(), 1_000);
    let all: Value = caller.get("/jobs").await.ok();
    assert_eq!((&all["jobs"][0]["requested"], &all["jobs"][0]["progress"]), (&json!(1_000), &json!(100)));
    server.close().await;
}
