//! A download of any size holds no more than a few values in memory.

use crate::harness::TestMarket;
use crate::program::{Ground, Program};
use futures_util::StreamExt;
use pricemill::boot::open_database;
use pricemill::clock::Clock;
use pricemill::config;
use pricemill::domain::{
    Currency, Effort, JobId, JobSpec, JobTerms, Key, LookupOptions, LookupPage, MaxAge, Multiplier, Offer, PageContent,
    PageLimit, Product, RequestedValue, Selection, SourceName, Topic,
};
use pricemill::ledger::settle;
use pricemill::storage::bulk_item::{self, ItemEnd, NewItem};
use pricemill::storage::bulk_job::{self, Job, PassedOver};
use pricemill::storage::{Db, account};
use std::sync::Arc;
use std::time::{Duration, Instant};

const PRODUCTS: usize = 1000;
const OFFERS: usize = 200;
/// Of the peak of resident memory, beyond what the idle server holds.
const MOST_GROWTH_KIB: u64 = 64 * 1024;

fn page(number: usize, clock: &Clock) -> Arc<LookupPage> {
    let offer = |i: usize| Offer {
        shop_name: Some(format!("Shop {i}")),
        price: Some(pricemill::domain::Amount::from_minor(10_000 + i as i64, Currency::EUR)),
        shipping_costs: Some(pricemill::domain::Amount::from_minor(499, Currency::EUR)),
        currency: Some(Currency::EUR),
        url: Some(format!("https://shop{i}.example/product/{number}?utm_source=comparator&campaign=autumn")),
        name: Some(format!("Product {number} with a name of ordinary length, as shop {i} has it")),
        availability_text: Some("Auf Lager, Lieferung in 2–3 Werktagen".into()),
        ..Offer::default()
    };
    let product = Product { name: Some(format!("Product {number}")), ..Product::default() };
    Arc::new(LookupPage {
        id: format!("{number:032}"),
        fingerprint: format!("memory/{number}"),
        number: 1,
        fetched_at: clock.now(),
        is_last: true,
        content: Some(Arc::new(PageContent {
            product,
            offers: (0..OFFERS).map(offer).collect(),
            ..PageContent::default()
        })),
        version: None,
    })
}

/// A finished job of so many products × [`OFFERS`].
pub async fn large_job(db: &Db, products: usize) -> JobId {
    let clock = Clock::system();
    let owner = account::find_by_email(db, "owner@example.com").await.unwrap().unwrap().id;
    let id = JobId::from_bytes([9; 12]);
    let value = |i: usize| RequestedValue { value: i.to_string(), reference: None };
    let spec = JobSpec {
        source: SourceName::new("google-shopping"),
        country: "de".parse().unwrap(),
        topic: Topic::ProductAndOffers,
        key: Key::Keyword,
        values: (0..products).map(value).collect(),
        options: LookupOptions { page_limit: PageLimit::All, max_age: MaxAge::DAILY, selection: Selection::default() },
        multiplier: Multiplier::ORDINARY,
        terms: JobTerms::default(),
    };
    let job = Job::new(id.clone(), owner, &spec, clock.now(), clock.now().plus(Duration::from_secs(3 * 86_400)));
    let items: Vec<NewItem> = (0..products)
        .map(|i| NewItem { value: format!("product {i}"), reference: None, lookup: Ok(format!("product {i}")) })
        .collect();
    let transaction = db.begin().await.unwrap();
    let seq = bulk_job::insert(&transaction, &job, clock.lease_now()).await.unwrap();
    bulk_item::insert(&transaction, seq, &items).await.unwrap();
    transaction.commit().await.unwrap();
    for lease in 1.. {
        let leased =
            bulk_item::lease_next(db, lease, 50, clock.lease_now(), Duration::from_secs(600), &PassedOver::default())
                .await
                .unwrap();
        let Some(batch) = leased else { break };
        let ends: Vec<(u32, ItemEnd)> = batch
            .items
            .iter()
            .map(|item| {
                let pages = vec![page(item.position as usize, &clock)];
                (
                    item.position,
                    ItemEnd::Found { pages, offers: OFFERS as u32, incomplete: false, effort: Effort::default() },
                )
            })
            .collect();
        bulk_item::write_ends(db, seq, lease, &ends).await.unwrap();
    }
    let transaction = db.begin().await.unwrap();
    settle(&transaction, seq, clock.now()).await.unwrap().unwrap();
    transaction.commit().await.unwrap();
    id
}

fn memory_kib(pid: u32, field: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_download_is_never_held_in_memory() {
    if !std::path::Path::new("/proc/self/status").exists() {
        println!("skipped: this system does not tell the memory of a process");
        return;
    }
    let market = TestMarket::start(Clock::system());
    let ground = Ground::lay(&market).await;
    let mut settings = config::load(None, []).unwrap();
    settings.database.url.clone_from(&ground.url);
    let (db, _) = open_database(&settings).await.unwrap();
    let id = large_job(&db, PRODUCTS).await;
    db.close().await;

    let program = Program::start(&ground, &[]).await;
    let pid = program.pid();
    let idle = memory_kib(pid, "VmHWM");
    // Somebody who asks and does not read must not make the server gather what he does not take.
    let slow_reader = program.request(&format!("/products/bulk/{id}")).send().await.unwrap();
    let v1 = ["", ".xml", ".csv?format_option=row", ".csv?format_option=column"]
        .map(|what| format!("/products/bulk/{id}{what}"));
    let v2 = ["download.json", "download.csv", "download.xlsx", "results?limit=500"]
        .map(|what| format!("/v2/jobs/{id}/{what}"));
    for path in v1.iter().chain(&v2) {
        let (mut bytes, started) = (0, Instant::now());
        let answer = program.request(path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        let mut body = answer.bytes_stream();
        while let Some(piece) = body.next().await {
            bytes += piece.unwrap().len() as u64;
        }
        let growth = memory_kib(pid, "VmHWM") - idle;
        println!("{path:64} {bytes:>10} bytes in {:?}, peak memory {growth} KiB above {idle} KiB", started.elapsed());
        // A workbook is packed.
        let fewest = if path.ends_with("xlsx") { 5 << 20 } else { 40 << 20 };
        assert!(bytes > fewest, "{bytes} bytes are no test of anything");
        assert!(growth < MOST_GROWTH_KIB, "{growth} KiB");
    }
    // The end of a file alone: what comes before is written to nowhere, twice (once to learn how long it is).
    for what in ["", ".csv?format_option=column"] {
        let started = Instant::now();
        let part = program.request(&format!("/products/bulk/{id}{what}")).header("range", "bytes=-1000");
        let part = part.send().await.unwrap();
        assert_eq!(part.status(), 206);
        assert_eq!(part.bytes().await.unwrap().len(), 1000);
        let growth = memory_kib(pid, "VmHWM") - idle;
        println!("{what:28} last 1000 bytes in {:?}, peak memory {growth} KiB above {idle} KiB", started.elapsed());
        assert!(growth < MOST_GROWTH_KIB, "{growth} KiB");
    }
    drop(slow_reader);
    program.kill();
    market.stop().await;
}
