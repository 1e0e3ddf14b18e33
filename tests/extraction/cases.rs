//! Saved pages and what their source's definition reads from them: `fixtures/pages/SOURCE/CASE/`.
//!
//! `page.html` (or `page.json`) is the page, `origin` says where it is from, `expected.json` is the answer of
//! `extract --batch`. `PRICEMILL_WRITE_CASES=1` writes the answer of a case that has none yet. The definition is the compiled-in
//! one, unless `fixtures/pages/SOURCE/definition.toml` is there.

use pricemill::cli::BatchAnswer;
use pricemill::domain::Country;
use pricemill::extraction::{Extracted, PageContext, extract, extract_in_chunks};
use pricemill::sources::{Definition, Registry, Step};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use url::Url;

/// The pieces in which each page is fed once more.
const CHUNKS: [usize; 2] = [1, 7];

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
    url: Url,
    step: String,
    country: Option<Country>,
    page: String,
}

impl Case {
    /// `origin` has a line `key: value` each for `url`, `step` (search, product, offers, bestsellers), `country` and, for
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
            url: Url::parse(line("url")).unwrap(),
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
        let context = PageContext { url: Some(&self.url), country: self.country, currency };
        let recipe = &self.step().recipe;
        match chunk {
            None => extract(recipe, &self.page, context),
            Some(chunk) => extract_in_chunks(recipe, &self.page, context, chunk),
        }
        .unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// What differs from the expected answer, as lines `field: got …, expected …`.
    fn differences(&self, extracted: Extracted) -> Vec<String> {
        let got = serde_json::to_value(BatchAnswer::of(self.name.as_str().into(), extracted)).unwrap();
        let path = self.folder.join("expected.json");
        if !path.is_file() && std::env::var_os("PRICEMILL_WRITE_CASES").is_some() {
            std::fs::write(&path, serde_json::to_string_pretty(&got).unwrap() + "\n").unwrap();
        }
        let expected: serde_json::Value = serde_json::from_str(&read(&path)).unwrap();
        let empty = serde_json::Map::new();
        let (got, expected) = (got.as_object().unwrap_or(&empty), expected.as_object().unwrap_or(&empty));
        let mut fields: Vec<&String> = got.keys().chain(expected.keys()).filter(|field| *field != "id").collect();
        fields.sort();
        fields.dedup();
        let null = serde_json::Value::Null;
        let differs = fields.into_iter().filter_map(|field| {
            let (got, expected) = (got.get(field).unwrap_or(&null), expected.get(field).unwrap_or(&null));
            (got != expected).then(|| format!("  {}: {field}: got {got}, expected {expected}", self.name))
        });
        differs.collect()
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
    assert!(cases.len() >= 3);
    let wrong: Vec<String> = cases.iter().flat_map(|case| case.differences(case.extract(None))).collect();
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
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
