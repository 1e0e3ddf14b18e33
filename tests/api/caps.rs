//! What a job may cost at most: its own cap, and what a hard quota holds back.

use crate::harness::{COFFEE, Caller, IPAD, Setup, Terms, TestDatabase, TestServer};
use crate::{gtins, special, start, start_idle, with};
use pricemill::demo::{SpecialKind, sample_gtins};
use pricemill::domain::{
    Credits, JobSpec, JobTerms, Key, LookupOptions, MaxAge, Multiplier, PageLimit, RequestedValue, Selection,
    SourceName, Topic,
};
use pricemill::jobs::create;
use reqwest::Method;
use serde_json::{Value, json};

const LIMIT: &str = "credit limit reached";

fn capped(values: &[String], page_limit: PageLimit, multiplier: Multiplier, max_credits: Option<Credits>) -> JobSpec {
    let values = values.iter().map(|value| RequestedValue { value: value.clone(), reference: None });
    JobSpec {
        source: SourceName::new("google-shopping"),
        country: "de".parse().unwrap(),
        topic: Topic::ProductAndOffers,
        key: Key::Gtin,
        values: values.collect(),
        options: LookupOptions { page_limit, max_age: MaxAge::DAILY, selection: Selection::default() },
        multiplier,
        terms: JobTerms { max_credits, ..JobTerms::default() },
    }
}

/// A job of one page a value, without a cap.
pub(crate) fn spec(values: &[String]) -> JobSpec {
    capped(values, PageLimit::Pages(1), Multiplier::ORDINARY, None)
}

fn samples(count: usize) -> Vec<String> {
    sample_gtins(count).iter().map(ToString::to_string).collect()
}

async fn submit(caller: &Caller, spec: &JobSpec) -> String {
    create(&caller.app, caller.id, spec, &[]).await.unwrap().job.id.to_string()
}

fn cost(results: &Value) -> u64 {
    results["free_credits"].as_u64().unwrap() + results["paid_credits"].as_u64().unwrap()
}

fn reasons(results: &Value, reason: &str) -> usize {
    results["products"].as_array().unwrap().iter().filter(|product| product["reason"] == reason).count()
}

/// Pages of offers a product was delivered with.
fn pages(product: &Value) -> usize {
    product["offers"].as_array().map_or(0, |offers| offers.len().div_ceil(10).max(1))
}

async fn set_hard(caller: &Caller) {
    caller.send(caller.request(Method::PUT, "/settings/hard_quota?hard_quota=true")).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_beyond_the_cap_end_free_of_charge() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let values = samples(120);
    let id = submit(&caller, &capped(&values, PageLimit::Pages(1), Multiplier::ORDINARY, Some(7))).await;
    let results = caller.results(&id).await;
    assert_eq!((cost(&results), reasons(&results, LIMIT)), (7, 113));
    let told: Vec<&Value> = results["products"].as_array().unwrap().iter().map(|product| &product["value"]).collect();
    assert_eq!(told, values.iter().collect::<Vec<_>>(), "every value keeps its place");
    assert_eq!(caller.get(&format!("/jobs/{id}")).await.ok()["completed"], 120);
    assert_eq!(caller.credits_today().await, 7);
    // A little more than can be paid was fetched, not everything.
    let live = server.metric("pricemill_source_pages_total", "google-shopping").await;
    assert!(live < 100, "{live} pages");
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_value_gets_the_pages_that_can_be_paid() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let values = samples(30);
    let all = submit(&caller, &capped(&values, PageLimit::All, Multiplier::DOUBLE, None)).await;
    let all = caller.results(&all).await;
    let full = cost(&all);
    // An odd cap of double credits: the last one pays for nothing.
    for cap in [1, 2, 3, 21, 22, full - 2, full - 1, full, full + 1] {
        let id = submit(&caller, &capped(&values, PageLimit::All, Multiplier::DOUBLE, Some(cap))).await;
        let results = caller.results(&id).await;
        assert_eq!(cost(&results), (cap - cap % 2).min(full), "cap {cap}");
        let mut cut = 0;
        for (product, whole) in results["products"].as_array().unwrap().iter().zip(all["products"].as_array().unwrap())
        {
            if product["reason"] == LIMIT || product["success"] == false {
                continue;
            }
            let is_cut = pages(product) < pages(whole);
            assert_eq!(product.get("incomplete"), is_cut.then_some(&json!(true)), "cap {cap}");
            for (offer, same) in product["offers"].as_array().unwrap().iter().zip(whole["offers"].as_array().unwrap()) {
                assert_eq!(offer["url"], same["url"], "cap {cap}");
            }
            cut += usize::from(is_cut);
        }
        assert!(cut <= 1, "only the last one is cut");
        // The widest product is told as it was delivered.
        let csv = caller.download(&id, ".csv").await;
        assert_eq!(csv.text().lines().count(), 31);
    }
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cap_that_pays_for_no_page_asks_nobody() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    for cap in [0, 1] {
        let id = submit(&caller, &capped(&samples(5), PageLimit::All, Multiplier::DOUBLE, Some(cap))).await;
        let results = caller.results(&id).await;
        assert_eq!((cost(&results), reasons(&results, LIMIT)), (0, 5));
    }
    assert_eq!(server.metric("pricemill_source_requests_total", "").await, 0);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_costs_nothing_leaves_the_cap_to_others() {
    let server = start().await;
    let caller = server.caller(Terms::plan("pro")).await;
    let mut values: Vec<String> = (0..20).map(|nth| special(SpecialKind::Broken, nth)).collect();
    values.extend([special(SpecialKind::Missing, 0), IPAD.into(), COFFEE.into(), "123".into()]);
    let id = submit(&caller, &capped(&values, PageLimit::Pages(1), Multiplier::ORDINARY, Some(4))).await;
    let results = caller.results(&id).await;
    assert_eq!((cost(&results), reasons(&results, LIMIT)), (3, 0));
    assert_eq!((reasons(&results, "error"), reasons(&results, "not found")), (20, 1));
    server.close().await;
}

/// Two servers take batches of the same jobs; neither knows what the other fetched.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_keep_to_one_cap() {
    let few = || -> Box<dyn FnOnce(&mut pricemill::config::Config)> {
        Box::new(|config| {
            config.jobs.batch_values = 5;
            config.jobs.values_at_once = 3;
        })
    };
    let first = TestServer::start(Setup { change: few(), ..Setup::default() }).await;
    let at = TestDatabase::at(first.database.url.clone());
    let second = TestServer::start(Setup { database: Some(at), change: few(), ..Setup::default() }).await;
    let caller = first.caller(Terms::plan("business")).await;
    let values = samples(200);
    let mut ids = Vec::new();
    for cap in [50, 99, 150] {
        ids.push((cap, submit(&caller, &capped(&values, PageLimit::All, Multiplier::ORDINARY, Some(cap))).await));
    }
    for (cap, id) in ids {
        let results = caller.results(&id).await;
        assert_eq!(cost(&results), cap);
        assert_eq!(results["products"].as_array().unwrap().len(), 200);
    }
    second.close().await;
    first.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_creations_do_not_overshoot_a_hard_quota() {
    let server = start_idle().await;
    let caller = server.caller(Terms { daily_quota: Some(100), ..Terms::plan("pro") }).await;
    let job = gtins(&[IPAD, COFFEE]);
    let without = futures_util::future::join_all((0..60).map(|_| caller.post_json("/jobs", &job))).await;
    assert!(without.iter().all(|answer| answer.status == 200), "measured by the least, one by one");
    let hard = server.caller(Terms { daily_quota: Some(100), ..Terms::plan("pro") }).await;
    set_hard(&hard).await;
    // 2 values of up to 20 pages each.
    let job = with(job, json!({"completeness": "all_pages"}));
    let answers = futures_util::future::join_all((0..20).map(|_| hard.post_json("/jobs", &job))).await;
    let (created, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!((created.len(), refused.len()), (2, 18));
    for answer in refused {
        let comment = answer.refused(403, "daily quota exceeded", None)["comment"].to_string();
        assert!(comment.contains("may cost up to 40 credits") && comment.contains("80 of today's 100"), "{comment}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_held_back_is_let_go_at_the_end() {
    let server = start().await;
    let caller = server.caller(Terms { daily_quota: Some(45), ..Terms::plan("pro") }).await;
    set_hard(&caller).await;
    let job = with(gtins(&[IPAD, COFFEE]), json!({"completeness": "all_pages"}));
    let mut used = 0;
    // 40 are held back each time, and a few used.
    while used + 40 <= 45 {
        used += cost(&caller.run(&job).await);
        assert_eq!(caller.credits_today().await, used);
    }
    caller.post_json("/jobs", &job).await.refused(403, "daily quota exceeded", None);
    // A job's own cap makes it fit.
    let fitting = capped(&[IPAD.into(), COFFEE.into()], PageLimit::All, Multiplier::ORDINARY, Some(45 - used));
    let id = submit(&caller, &fitting).await;
    used += cost(&caller.results(&id).await);
    assert!(used <= 45);
    // What cannot be looked up needs nothing.
    caller.run(&gtins(&["123"])).await;
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn free_credits_of_a_hard_quota_are_never_overrun() {
    let server = start().await;
    let caller = server.caller(Terms { free_credits: Some(25), ..Terms::plan("free") }).await;
    set_hard(&caller).await;
    let job = with(gtins(&[IPAD]), json!({"completeness": "all_pages", "currentness": "realtime"}));
    let refused = caller.post_json("/jobs", &job).await.refused(402, "not enough free credits", None);
    assert!(refused["comment"].to_string().contains("may cost up to 40 credits and 25 free"), "{refused}");
    let job = with(gtins(&[IPAD]), json!({"completeness": "all_pages"}));
    let results = caller.run(&job).await;
    assert_eq!(results["paid_credits"], 0);
    server.close().await;
}
