//! Real saved pages, which are not part of this repository: `PRICEMILL_CORPUS` names their folder.

use crate::any_shop;
use pricemill::domain::Amount;
use pricemill::extraction::{CompiledRecipe, Extracted, PageContext, extract, extract_in_chunks};
use std::io::Read;
use std::path::{Path, PathBuf};
use url::Url;

/// The least F1 of prices on the annotated set.
const MIN_PRICE_F1_PERCENT: usize = 80;
/// Pages that are also fed in small pieces, one in so many.
const CHUNKED_SHARE: usize = 10;

pub fn corpus() -> Option<PathBuf> {
    let folder =
        std::env::var_os("PRICEMILL_CORPUS").map(PathBuf::from).filter(|f| f.join("pages/truth.jsonl").is_file());
    if folder.is_none() {
        eprintln!("skipped: PRICEMILL_CORPUS names no folder with pages/truth.jsonl");
    }
    folder
}

struct Page {
    html: String,
    url: Option<Url>,
    prices: Vec<Amount>,
}

impl Page {
    fn read(&self, recipe: &CompiledRecipe, chunk: Option<usize>) -> Extracted {
        let context = PageContext { url: self.url.as_ref(), ..PageContext::default() };
        match chunk {
            None => extract(recipe, &self.html, context).unwrap(),
            Some(chunk) => extract_in_chunks(recipe, &self.html, context, chunk).unwrap(),
        }
    }
}

fn pages(folder: &Path) -> Vec<Page> {
    let truth = std::fs::read_to_string(folder.join("pages/truth.jsonl")).unwrap();
    truth
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|row| row["set"] == "benchmark")
        .map(|row| {
            let file = std::fs::File::open(folder.join(row["file"].as_str().unwrap())).unwrap();
            let mut bytes = Vec::new();
            flate2::read::MultiGzDecoder::new(file).read_to_end(&mut bytes).unwrap();
            Page {
                html: pricemill::fetching::decode(None, &bytes),
                url: Url::parse(row["url"].as_str().unwrap()).ok(),
                prices: row["price"].as_array().unwrap().iter().map(|p| p.as_str().unwrap().parse().unwrap()).collect(),
            }
        })
        .collect()
}

#[test]
fn prices_of_real_pages() {
    let Some(folder) = corpus() else { return };
    let recipe = any_shop();
    let (mut right, mut wrong, mut missed, mut off_by_ten) = (0, 0, 0, 0);
    for (i, page) in pages(&folder).iter().enumerate() {
        let extracted = page.read(&recipe, None);
        let got = extracted.product.price;
        let is_right = got.is_some_and(|g| page.prices.contains(&g));
        right += usize::from(is_right);
        wrong += usize::from(got.is_some() && !is_right);
        missed += usize::from(!page.prices.is_empty() && !is_right);
        off_by_ten +=
            usize::from(got.is_some_and(|g| !is_right && page.prices.iter().any(|want| is_off_by_ten(g, *want))));
        if i % CHUNKED_SHARE == 0 {
            assert_eq!(page.read(&recipe, Some(7)), extracted, "{:?}", page.url);
        }
    }
    let f1_percent = 200 * right / (2 * right + wrong + missed);
    eprintln!("{right} right, {wrong} wrong, {missed} missed: F1 {f1_percent} %");
    assert!(f1_percent >= MIN_PRICE_F1_PERCENT);
    assert_eq!(off_by_ten, 0);
}

/// Whether two amounts differ by a factor of 10, 100 or 1000.
fn is_off_by_ten(a: Amount, b: Amount) -> bool {
    let millionths =
        |amount: Amount| i128::from(amount.units()) * 10i128.pow(u32::from(Amount::MAX_SCALE - amount.scale()));
    let (a, b) = (millionths(a), millionths(b));
    [10, 100, 1_000].iter().any(|k| a * k == b || b * k == a)
}
