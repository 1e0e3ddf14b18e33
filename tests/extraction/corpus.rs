//! Real saved pages, which are not part of this repository: `PRICEMILL_CORPUS` names their folder.

use crate::any_shop;
use pricemill::domain::{Amount, Availability};
use pricemill::extraction::{CompiledRecipe, Extracted, PageContext, extract, extract_in_chunks};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use url::Url;

/// What of all pages must come out right: field, set, F1 in thousandths. A little under what was measured.
const FLOORS: &[(&str, &str, usize)] = &[
    ("price", "benchmark", 985),
    ("currency", "benchmark", 985),
    ("availability", "benchmark", 975),
    ("gtin", "benchmark", 1_000),
    ("brand", "benchmark", 860),
    ("sku", "benchmark", 930),
    ("price", "screens", 915),
];
/// Wrong prices among a thousand answered ones.
const MAX_WRONG_PRICES: usize = 20;
/// Of the pages with a product that cannot be had, those that must be known.
const MIN_SOLD_OUT_PERCENT: usize = 85;

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
    truth: Value,
}

impl Page {
    fn load(folder: &Path, truth: Value) -> Page {
        let file = std::fs::File::open(folder.join(truth["file"].as_str().unwrap())).unwrap();
        let mut bytes = Vec::new();
        flate2::read::MultiGzDecoder::new(file).read_to_end(&mut bytes).unwrap();
        let url = Url::parse(truth["url"].as_str().unwrap()).ok();
        Page { html: pricemill::fetching::decode(None, &bytes), url, truth }
    }

    /// What the page says; fed in pieces of this many bytes.
    pub fn read(&self, recipe: &CompiledRecipe, chunk: Option<usize>) -> Extracted {
        let context = PageContext { url: self.url.as_ref(), ..PageContext::default() };
        match chunk {
            None => extract(recipe, &self.html, context).unwrap(),
            Some(chunk) => extract_in_chunks(recipe, &self.html, context, chunk).unwrap(),
        }
    }

    /// Every right answer for a field, as the corpus writes it.
    fn right_answers(&self, field: &str) -> Vec<&str> {
        match &self.truth[field] {
            Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
            value => value.as_str().into_iter().collect(),
        }
    }

    fn prices(&self) -> Vec<Amount> {
        let listed: Vec<Amount> = self.right_answers("price").iter().map(|p| p.parse().unwrap()).collect();
        if self.truth["truth"] != "comparator" {
            return listed;
        }
        // The comparator lists the price with the other country's VAT: 20 or 19 percent.
        let cents = |amount: Amount| i128::from(amount.units()) * 100 / 10i128.pow(u32::from(amount.scale()));
        let near = |exact: i128| (exact - 1..=exact + 1).filter_map(|c| Amount::new(i64::try_from(c).ok()?, 2).ok());
        let other = |p: &Amount| near(cents(*p) * 120 / 119).chain(near(cents(*p) * 119 / 120)).collect::<Vec<_>>();
        listed.iter().flat_map(other).chain(listed.iter().copied()).collect()
    }

    /// Whether an answer to a field is right; `None` when there is no answer.
    fn judge(&self, field: &str, extracted: &Extracted) -> Option<bool> {
        let p = &extracted.product;
        let right = self.right_answers(field);
        match field {
            "price" => Some(self.prices().contains(&p.price?)),
            "currency" => Some(right.contains(&p.currency?.code())),
            "availability" => {
                let said = if p.availability? == Availability::OutOfStock { "OutOfStock" } else { "InStock" };
                Some(right.contains(&said))
            }
            "gtin" if p.gtins.is_empty() => None,
            "gtin" => {
                Some(right.iter().any(|g| {
                    p.gtins.iter().any(|own| own.as_str().trim_start_matches('0') == g.trim_start_matches('0'))
                }))
            }
            "brand" => {
                let brand = p.brand_name.as_deref()?.to_lowercase();
                Some(right.iter().any(|b| b.trim().to_lowercase() == brand))
            }
            "sku" => Some(right.contains(&p.sku.as_deref()?)),
            other => panic!("no field {other}"),
        }
    }
}

/// Right, wrong and missed answers.
#[derive(Default)]
struct Score(usize, usize, usize);

impl Score {
    fn f1_thousandths(&self) -> usize {
        2_000 * self.0 / (2 * self.0 + self.1 + self.2).max(1)
    }
}

fn rows(folder: &Path, table: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join(table)).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The pages of all tables, each once.
pub fn every_page(folder: &Path) -> Vec<Page> {
    let mut seen = BTreeSet::new();
    let rows = ["pages/truth.jsonl", "pages/lists.jsonl"].into_iter().flat_map(|table| rows(folder, table));
    rows.filter(|row| seen.insert(row["file"].to_string())).map(|row| Page::load(folder, row)).collect()
}

#[test]
fn fields_of_real_pages() {
    let Some(folder) = corpus() else { return };
    let recipe = any_shop();
    let mut scores: BTreeMap<(&str, &str), Score> = BTreeMap::new();
    let (mut off_by_ten, mut sold_out, mut known_sold_out) = (0, 0, 0);
    for truth in rows(&folder, "pages/truth.jsonl") {
        let page = Page::load(&folder, truth);
        let extracted = page.read(&recipe, None);
        for (field, set, _) in FLOORS.iter().filter(|(_, set, _)| page.truth["set"] == *set) {
            let is_known = !page.right_answers(field).is_empty();
            if !is_known && *field != "price" {
                continue;
            }
            let judged = page.judge(field, &extracted);
            let score = scores.entry((field, set)).or_default();
            score.0 += usize::from(judged == Some(true));
            score.1 += usize::from(judged == Some(false));
            score.2 += usize::from(is_known && judged != Some(true));
        }
        if let Some(got) = extracted.product.price.filter(|_| page.judge("price", &extracted) == Some(false)) {
            off_by_ten += usize::from(page.prices().iter().any(|want| is_off_by_ten(got, *want)));
        }
        if page.truth["availability"] == "OutOfStock" {
            sold_out += 1;
            known_sold_out += usize::from(extracted.product.availability == Some(Availability::OutOfStock));
        }
    }
    for (field, set, floor) in FLOORS {
        let score = &scores[&(*field, *set)];
        let f1 = score.f1_thousandths();
        eprintln!("{set} {field}: {} right, {} wrong, {} missed: F1 .{f1:03}", score.0, score.1, score.2);
        assert!(f1 >= *floor, "{set} {field}: .{f1:03}");
    }
    let prices = &scores[&("price", "benchmark")];
    assert!(prices.1 * 1_000 <= (prices.0 + prices.1) * MAX_WRONG_PRICES);
    assert!(known_sold_out * 100 >= sold_out * MIN_SOLD_OUT_PERCENT, "{known_sold_out} of {sold_out}");
    assert_eq!(off_by_ten, 0);
}

/// Whether two amounts differ by a factor of 10, 100 or 1000.
fn is_off_by_ten(a: Amount, b: Amount) -> bool {
    let millionths =
        |amount: Amount| i128::from(amount.units()) * 10i128.pow(u32::from(Amount::MAX_SCALE - amount.scale()));
    let (a, b) = (millionths(a), millionths(b));
    [10, 100, 1_000].iter().any(|k| a * k == b || b * k == a)
}
