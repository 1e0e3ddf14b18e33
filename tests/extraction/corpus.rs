//! Real saved pages, which are not part of this repository: `PRICEMILL_CORPUS` names their folder.

use crate::any_shop;
use pricemill::domain::Amount;
use pricemill::extraction::{CompiledRecipe, Extracted, PageContext, extract, extract_in_chunks};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use url::Url;

/// The least F1 of prices on the annotated set.
const MIN_PRICE_F1_PERCENT: usize = 80;

/// The corpus, where there is one; says so where there is none.
pub fn corpus() -> Option<PathBuf> {
    let folder =
        std::env::var_os("PRICEMILL_CORPUS").map(PathBuf::from).filter(|f| f.join("pages/truth.jsonl").is_file());
    if folder.is_none() {
        eprintln!("skipped: PRICEMILL_CORPUS names no folder with pages/truth.jsonl");
    }
    folder
}

/// A saved page.
pub struct Page {
    pub html: String,
    pub url: Option<Url>,
    prices: Vec<Amount>,
}

impl Page {
    /// What the page says; fed in pieces of this many bytes.
    pub fn read(&self, recipe: &CompiledRecipe, chunk: Option<usize>) -> Extracted {
        let context = PageContext { url: self.url.as_ref(), ..PageContext::default() };
        match chunk {
            None => extract(recipe, &self.html, context).unwrap(),
            Some(chunk) => extract_in_chunks(recipe, &self.html, context, chunk).unwrap(),
        }
    }
}

fn rows(folder: &Path, table: &str) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(folder.join(table)).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn load(folder: &Path, row: &serde_json::Value) -> Page {
    let file = std::fs::File::open(folder.join(row["file"].as_str().unwrap())).unwrap();
    let mut bytes = Vec::new();
    flate2::read::MultiGzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    let prices = row["price"].as_array().into_iter().flatten();
    Page {
        html: pricemill::fetching::decode(None, &bytes),
        url: row["url"].as_str().and_then(|url| Url::parse(url).ok()),
        prices: prices.map(|p| p.as_str().unwrap().parse().unwrap()).collect(),
    }
}

fn pages(folder: &Path) -> Vec<Page> {
    let rows = rows(folder, "pages/truth.jsonl");
    rows.iter().filter(|row| row["set"] == "benchmark").map(|row| load(folder, row)).collect()
}

/// The pages of all tables, each once.
pub fn every_page(folder: &Path) -> Vec<Page> {
    let mut seen = BTreeSet::new();
    let rows = ["pages/truth.jsonl", "pages/lists.jsonl"].into_iter().flat_map(|table| rows(folder, table));
    rows.filter(|row| seen.insert(row["file"].to_string())).map(|row| load(folder, &row)).collect()
}

#[test]
fn prices_of_real_pages() {
    let Some(folder) = corpus() else { return };
    let recipe = any_shop();
    let (mut right, mut wrong, mut missed, mut off_by_ten) = (0, 0, 0, 0);
    for page in &pages(&folder) {
        let extracted = page.read(&recipe, None);
        let got = extracted.product.price;
        let is_right = got.is_some_and(|g| page.prices.contains(&g));
        right += usize::from(is_right);
        wrong += usize::from(got.is_some() && !is_right);
        missed += usize::from(!page.prices.is_empty() && !is_right);
        off_by_ten +=
            usize::from(got.is_some_and(|g| !is_right && page.prices.iter().any(|want| is_off_by_ten(g, *want))));
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
