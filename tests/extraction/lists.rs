//! Real list pages, read by the definition their address tells. The pages are not part of the project: `PRICEMILL_CORPUS`
//! names their folder, and without it there is nothing to test.

use crate::corpus::corpus;
use pricemill::domain::Amount;
use pricemill::extraction::{Extracted, PageContext};
use pricemill::sources::Registry;
use std::io::Read;
use std::path::Path;
use url::Url;

fn page(file: &Path) -> String {
    let mut bytes = Vec::new();
    flate2::read::MultiGzDecoder::new(std::fs::File::open(file).unwrap()).read_to_end(&mut bytes).unwrap();
    pricemill::fetching::decode(None, &bytes)
}

fn read(registry: &Registry, url: &str, html: &str) -> Extracted {
    let url = Url::parse(url).unwrap();
    let context = PageContext { url: Some(&url), ..PageContext::default() };
    registry.page_at(&url).unwrap().read(html, context).unwrap().unwrap_or_default()
}

#[test]
fn every_known_count_and_price_of_real_lists() {
    let Some(folder) = corpus() else { return };
    let registry = Registry::load(None, &[]).unwrap();
    let rows = std::fs::read_to_string(folder.join("pages/lists.jsonl")).unwrap();
    for row in rows.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()) {
        let (id, want) = (row["id"].as_str().unwrap(), &row["expected"]);
        let got = read(&registry, row["url"].as_str().unwrap(), &page(&folder.join(row["file"].as_str().unwrap())));
        let (count, named) = match want["kind"].as_str().unwrap() {
            "offers" => (got.offers.len(), true),
            "search_results" => (got.search_results.len(), got.search_results.iter().all(|r| r.name.is_some())),
            "bestsellers" => (got.bestsellers.len(), got.bestsellers.iter().all(|r| r.name.is_some())),
            other => panic!("{id}: {other}"),
        };
        if let Some(wanted) = want["count"].as_u64() {
            assert_eq!(count as u64, wanted, "{id}");
        }
        if let Some(prices) = want["prices"].as_array() {
            let mut wanted: Vec<Amount> = prices.iter().map(|p| p.as_str().unwrap().parse().unwrap()).collect();
            let mut prices: Vec<Amount> = got.offers.iter().filter_map(|offer| offer.price).collect();
            wanted.sort();
            prices.sort();
            assert_eq!(prices, wanted, "{id}");
        }
        assert!(named, "{id}: entries without a name");
        assert!(want["next_page"].as_bool() != Some(true) || got.next_page.is_some(), "{id}: no next page");
        let places: Vec<u32> = got.bestsellers.iter().map(|b| b.position).collect();
        assert_eq!(places, (1..=places.len() as u32).collect::<Vec<_>>(), "{id}");
        if let Some(category) = want["category"].as_str() {
            assert_eq!(got.product.category_name.as_deref(), Some(category), "{id}");
        }
    }
}
