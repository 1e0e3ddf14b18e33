//! What each topic answers at the demo's sources, and what it costs.

use crate::harness::{Caller, IPAD, Terms, TestServer};
use crate::start;
use pricemill::demo::{COUNTRIES, NOWHERE_GTIN};
use pricemill::domain::{
    Effort, FoundResult, ItemOutcome, ItemResult, JobSpec, JobTerms, Key, LookupOptions, MaxAge, Multiplier, PageLimit,
    Reason, RequestedValue, Selection, SortBy, SourceName, Topic,
};
use pricemill::jobs;
use pricemill::storage::{bulk_job, result};
use std::time::Duration;

const SITES: [&str; 5] = ["google-shopping", "amazon", "ebay", "idealo", "geizhals"];

fn spec(source: &str, country: &str, topic: Topic, key: Key, values: &[&str]) -> JobSpec {
    JobSpec {
        source: SourceName::new(source),
        country: country.parse().unwrap(),
        topic,
        key,
        values: values.iter().map(|v| RequestedValue { value: (*v).to_owned(), reference: None }).collect(),
        options: LookupOptions {
            page_limit: PageLimit::Pages(1),
            max_age: MaxAge::DAILY,
            selection: Selection::default(),
        },
        multiplier: Multiplier::ORDINARY,
        terms: JobTerms::default(),
    }
}

fn pages(spec: JobSpec, page_limit: PageLimit) -> JobSpec {
    JobSpec { options: LookupOptions { page_limit, ..spec.options }, ..spec }
}

/// Runs a job and answers it with its results.
async fn run(caller: &Caller, spec: &JobSpec) -> (bulk_job::Job, Vec<ItemResult>) {
    let app = &caller.app;
    let created = jobs::create(app, caller.id, spec, &[]).await.unwrap();
    let job = jobs::wait(app, caller.id, &created.job.id, Duration::from_secs(240)).await.unwrap().unwrap();
    assert!(job.status.is_final());
    let results = result::list(&app.db, job.seq, 0, 1_000).await.unwrap();
    assert_eq!(results.len(), spec.values.len());
    (job, results)
}

fn found(item: &ItemResult) -> &FoundResult {
    match &item.outcome {
        ItemOutcome::Found(found) => found,
        ItemOutcome::Failed(reason) => panic!("{}: {reason:?}", item.value),
    }
}

async fn pro(server: &TestServer) -> Caller {
    server.caller(Terms::plan("pro")).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_source_answers_every_topic() {
    let server = start().await;
    let caller = pro(&server).await;
    for (source, country) in SITES.into_iter().zip(COUNTRIES).chain([("test", "jp")]) {
        for topic in Topic::ALL {
            let (job, results) = run(&caller, &spec(source, country, topic, Key::Gtin, &[IPAD, NOWHERE_GTIN])).await;
            let place = format!("{source} {country} {topic:?}");
            let ipad = found(&results[0]);
            assert_eq!(results[1].outcome, ItemOutcome::Failed(Reason::NotFound), "{place}");
            assert_eq!(job.charge.total(), 2, "{place}: a page found and a page not found");
            let lists = [ipad.offers.len(), ipad.search_results.len(), ipad.reviews.len()];
            let is_full = |wanted: [bool; 3]| assert_eq!(lists.map(|length| length > 0), wanted, "{place} {lists:?}");
            match topic {
                Topic::ProductAndOffers | Topic::Offers => is_full([true, false, false]),
                Topic::Product => is_full([false, false, false]),
                Topic::SearchResults => is_full([false, true, false]),
                Topic::Reviews => is_full([false, false, true]),
            }
            if topic != Topic::SearchResults {
                let product = &ipad.product;
                assert!(product.name.as_deref().is_some_and(|name| name.contains("iPad")), "{place}: {product:?}");
                assert!(product.id.is_some() && product.url.is_some(), "{place}: {product:?}");
            }
            assert_eq!(ipad.page_lengths, [lists.iter().sum::<usize>() as u32], "{place}");
            assert!(results[0].effort.requests >= 1 && results[0].effort.pages_live == 1, "{place}");
        }
    }
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn search_results_go_on_and_cost_their_pages() {
    let server = start().await;
    let caller = pro(&server).await;
    for source in SITES {
        let ask = spec(source, "de", Topic::SearchResults, Key::Keyword, &["headphones", "zeppelin of lead"]);
        let doubled = JobSpec { multiplier: Multiplier::DOUBLE, ..pages(ask, PageLimit::Pages(3)) };
        let (job, results) = run(&caller, &doubled).await;
        let headphones = found(&results[0]);
        assert_eq!((headphones.pages_delivered, headphones.page_lengths.len()), (3, 3), "{source}");
        assert_eq!(results[0].effort, Effort { pages_live: 3, requests: 3 }, "{source}");
        assert!(headphones.total_search_result_count > Some(30), "{source}");
        assert_eq!(job.charge.total(), (3 + 1) * 2, "{source}");
        assert_eq!(results[1].outcome, ItemOutcome::Failed(Reason::NotFound));
        let results = &headphones.search_results;
        assert!(results.len() >= 30, "{source}");
        let told = |is: fn(&pricemill::domain::SearchResult) -> bool| results.iter().filter(|r| is(r)).count();
        assert_eq!(told(|r| r.name.is_some() && r.url.is_some() && r.image_url.is_some()), results.len(), "{source}");
        assert!(told(|r| r.price.or(r.min_price).is_some() && r.currency.is_some()) > 20, "{source}");
        let of_shops = told(|r| r.shop_name.is_some());
        assert_eq!(of_shops > 0, ["google-shopping", "ebay"].contains(&source), "{source}: {of_shops}");
        assert!(of_shops < results.len() || source == "ebay");
    }
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reviews_go_on_to_their_end_and_say_how_they_spread() {
    let server = start().await;
    let caller = pro(&server).await;
    for (source, country) in
        [("google-shopping", "us"), ("amazon", "de"), ("ebay", "us"), ("idealo", "fr"), ("geizhals", "ua")]
    {
        let ask = spec(source, country, Topic::Reviews, Key::Gtin, &[IPAD]);
        let (job, results) = run(&caller, &pages(ask, PageLimit::All)).await;
        let ipad = found(&results[0]);
        assert_eq!((ipad.reviews.len(), &ipad.page_lengths[..]), (37, &[10, 10, 10, 7][..]), "{source}");
        assert_eq!((job.charge.total(), results[0].effort.pages_live), (4, 4), "{source}");
        assert_eq!((ipad.product.review_count, ipad.product.review_rating), (Some(37), Some(100)), "{source}");
        assert_eq!(ipad.rating_distribution.unwrap().stars, [0, 0, 0, 0, 37], "{source}");
        assert_eq!(ipad.product.brand_name.as_deref(), Some("Apple"), "{source}");
        for review in &ipad.reviews {
            assert!(review.id.is_some() && review.title.is_some() && review.comment.is_some(), "{source}: {review:?}");
            assert_eq!(review.rating, Some(100), "{source}");
            let date = review.date.map(|date| date.to_string()).unwrap_or_default();
            assert!(date.starts_with("2026-") && date.ends_with("T00:00:00Z"), "{source}: {date}");
        }
        assert!(
            ipad.reviews.is_sorted_by(|a, b| a.date >= b.date),
            "{source}: newest first, so no day was read as a month"
        );
    }
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_fetched_before_cost_the_same_and_no_request() {
    let server = start().await;
    let caller = pro(&server).await;
    let ask = spec("amazon", "gb", Topic::Reviews, Key::SourceId, &["B0080DJ6CM"]);
    run(&caller, &pages(ask.clone(), PageLimit::Pages(2))).await;
    let (job, results) = run(&caller, &pages(ask, PageLimit::Pages(3))).await;
    assert_eq!(results[0].effort, Effort { pages_live: 1, requests: 1 }, "two pages were in the store");
    assert_eq!((job.charge.total(), found(&results[0]).pages_delivered), (3, 3));
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_selection_is_counted_as_it_is_told() {
    let server = start().await;
    let caller = pro(&server).await;
    let ask = spec("ebay", "de", Topic::Offers, Key::Gtin, &[IPAD]);
    let (all, results) = run(&caller, &ask).await;
    let offers = &found(&results[0]).offers;
    let middle = offers.iter().filter_map(|offer| offer.price).max();
    let selection = Selection {
        sort_by: SortBy::PriceAscending,
        max_price: middle.map(|_| offers[0].price.unwrap()),
        ..Selection::default()
    };
    let (some, _) = run(&caller, &JobSpec { options: LookupOptions { selection, ..ask.options }, ..ask }).await;
    let told = pricemill::domain::select_offers(offers, &selection);
    assert_eq!((all.widest, some.widest), (offers.len() as u32, told.len() as u32));
    assert!(some.widest < all.widest && some.widest > 0);
    server.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn marketplaces_tell_who_sells_at_their_price() {
    let server = start().await;
    let caller = pro(&server).await;
    for source in ["amazon", "ebay"] {
        let (_, results) = run(&caller, &spec(source, "us", Topic::Product, Key::Keyword, &["sony headphones"])).await;
        let product = &found(&results[0]).product;
        assert!(product.price.is_some() && product.seller_name.is_some(), "{source}: {product:?}");
        assert!(product.availability_text.is_some() && product.category_path.len() == 2, "{source}: {product:?}");
        assert_eq!((product.feature_bullets.len(), product.specifications.len()), (4, 4), "{source}");
        assert!(product.specifications.iter().all(|line| !line.label.is_empty() && !line.values.is_empty()));
    }
    server.close().await;
}
