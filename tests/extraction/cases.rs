//! Saved pages and what their source's definition reads from them: `fixtures/pages/SOURCE/CASE/`.
//!
//! `page.html` (or `page.json`) is the page, `origin` says where it is from, `expected.json` says what is
//! read: all of it, or what matters. `PRICEMILL_WRITE_CASES=1` writes the answer of a case that has none yet. The definition is the compiled-in
//! one, unless `fixtures/pages/SOURCE/definition.toml` is there.

use pricemill::domain::{Amount, Country, Review, SearchResult};
use pricemill::extraction::{Extracted, PageContext, extract, extract_in_chunks};
use pricemill::sources::{Definition, Registry, Step};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use url::Url;

/// The pieces in which each page is fed once more.
const CHUNKS: [usize; 2] = [1, 7];

/// Cases there are at least: an empty folder must not pass.
const MIN_CASES: usize = 15;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pages")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    found.sort();
    found
}

/// Every source that a case may name.
fn registry() -> Registry {
    let own = folders(&root()).into_iter().map(|folder| folder.join("definition.toml")).filter(|file| file.is_file());
    let own: Vec<(String, String)> = own.map(|file| (file.display().to_string(), read(&file))).collect();
    Registry::load(None, &own).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// One folder.
struct Case {
    folder: PathBuf,
    name: String,
    definition: Arc<Definition>,
    url: Option<Url>,
    step: String,
    country: Option<Country>,
    page: String,
}

impl Case {
    /// `origin` has a line `key: value` each for `url` (where it matters), `step` (search, product, offers, reviews, bestsellers), `country` and, for
    /// people, `saved`.
    fn open(registry: &Registry, folder: PathBuf) -> Case {
        let part = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
        let source = part(folder.parent().unwrap());
        let name = format!("{source}/{}", part(&folder));
        let text = read(&folder.join("origin"));
        let lines: BTreeMap<&str, &str> = text
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(key, value)| (key.trim(), value.trim()))
            .collect();
        let line = |key: &str| *lines.get(key).unwrap_or_else(|| panic!("{name}: origin has no line {key}"));
        assert!(!line("saved").is_empty(), "{name}: when and how was it saved?");
        let json = folder.join("page.json");
        let page = if json.is_file() { json } else { folder.join("page.html") };
        Case {
            definition: registry.find(&source).unwrap_or_else(|| panic!("{name}: no such source")).clone(),
            url: lines.get("url").map(|url| Url::parse(url).unwrap()),
            step: line("step").to_owned(),
            country: lines.get("country").map(|code| code.parse().unwrap()),
            page: pricemill::fetching::decode(None, &std::fs::read(page).unwrap()),
            name,
            folder,
        }
    }

    fn step(&self) -> &Step {
        let step = self.definition.named_steps().find(|(name, _)| *name == self.step).map(|(_, step)| step);
        step.unwrap_or_else(|| panic!("{}: the definition has no step {}", self.name, self.step))
    }

    fn extract(&self, chunk: Option<usize>) -> Extracted {
        let currency = self.country.and_then(|country| self.definition.currency(country));
        let context = PageContext { url: self.url.as_ref(), country: self.country, currency };
        let recipe = &self.step().recipe;
        match chunk {
            None => extract(recipe, &self.page, context),
            Some(chunk) => extract_in_chunks(recipe, &self.page, context, chunk),
        }
        .unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// What differs from the expected answer, as lines `place: got …, expected …`.
    fn differences(&self, extracted: &Extracted) -> Vec<String> {
        let got = as_json(extracted);
        let path = self.folder.join("expected.json");
        if !path.is_file() && std::env::var_os("PRICEMILL_WRITE_CASES").is_some() {
            std::fs::write(&path, serde_json::to_string_pretty(&got).unwrap() + "\n").unwrap();
        }
        let mut found = Vec::new();
        differences(&self.name, &serde_json::from_str(&read(&path)).unwrap(), &got, &mut found);
        found
    }
}

fn as_json(extracted: &Extracted) -> Value {
    let amount = |amount: Option<Amount>| amount.map(|amount| amount.to_string());
    let entry = |r: &SearchResult| {
        json!({
            "position": r.position, "id": r.id, "name": r.name, "url": r.url, "image_url": r.image_url,
            "price": amount(r.price), "min_price": amount(r.min_price), "max_price": amount(r.max_price),
            "shipping_costs": amount(r.shipping_costs), "currency": r.currency.map(|c| c.code()), "shop_name": r.shop_name,
            "condition_text": r.condition_text, "condition": r.condition.map(|c| c.code()), "review_count": r.review_count, "review_rating": r.review_rating,
        })
    };
    let review = |r: &Review| {
        json!({
            "id": r.id, "url": r.url, "date": r.date.map(|date| date.to_string()), "rating": r.rating, "title": r.title,
            "comment": r.comment, "helpful_count": r.helpful_count, "verified_purchase": r.verified_purchase,
        })
    };
    json!({
        "reviews": extracted.reviews.iter().map(review).collect::<Vec<_>>(),
        "rating_distribution": extracted.rating_distribution, "total_count": extracted.total_count,
        "product": extracted.product, "offers": extracted.offers, "next_page": extracted.next_page,
        "search_results": extracted.search_results.iter().map(entry).collect::<Vec<_>>(),
        "bestsellers": extracted.bestsellers.iter().map(entry).collect::<Vec<_>>(),
        "verdict": format!("{:?}", extracted.verdict),
    })
}

/// Every difference from what is expected; lists are compared whole, objects by the keys that are expected.
fn differences(at: &str, expected: &Value, got: &Value, found: &mut Vec<String>) {
    match (expected, got) {
        (Value::Object(keys), Value::Object(_)) => {
            keys.iter().for_each(|(key, value)| differences(&format!("{at}.{key}"), value, &got[key], found));
        }
        (Value::Array(wanted), Value::Array(list)) if wanted.len() == list.len() => {
            let both = wanted.iter().zip(list).enumerate();
            both.for_each(|(i, (value, got))| differences(&format!("{at}[{i}]"), value, got, found));
        }
        _ if expected == got => {}
        _ => found.push(format!("  {at}: got {got}, expected {expected}")),
    }
}

fn cases() -> Vec<Case> {
    let registry = registry();
    let folders = folders(&root()).into_iter().flat_map(|source| folders(&source));
    folders.map(|folder| Case::open(&registry, folder)).collect()
}

#[test]
fn every_saved_page_is_read_as_expected() {
    let cases = cases();
    assert!(cases.len() >= MIN_CASES);
    let wrong: Vec<String> = cases.iter().flat_map(|case| case.differences(&case.extract(None))).collect();
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn addresses_tell_source_and_step() {
    let registry = registry();
    let mut told = 0;
    for case in cases().into_iter().filter(|case| case.url.is_some() && !case.step().matches.is_empty()) {
        let page = registry.page_at(case.url.as_ref().unwrap()).unwrap_or_else(|| panic!("{}: nobody's", case.name));
        assert_eq!(page.definition.name, case.definition.name, "{}", case.name);
        assert_eq!(page.kind.map(|kind| kind.as_str()), Some(case.step.as_str()), "{}", case.name);
        told += 1;
    }
    assert!(told >= 9, "only {told}");
}

#[test]
fn pieces_do_not_matter() {
    for case in cases() {
        let whole = case.extract(None);
        for chunk in CHUNKS {
            assert_eq!(case.extract(Some(chunk)), whole, "{} in pieces of {chunk}", case.name);
        }
    }
}
