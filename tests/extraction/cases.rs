//! One folder a case under fixtures/pages: a page written after a site's structure, and what its definition reads on it.

use pricemill::domain::Amount;
use pricemill::extraction::{Extracted, PageContext, SearchResult, extract, extract_in_chunks};
use pricemill::sources::{Definition, Registry, Step};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use url::Url;

/// Cases there are at least: an empty folder must not pass.
const MIN_CASES: usize = 12;

struct Case {
    source: String,
    folder: PathBuf,
    page: String,
    expected: Value,
}

fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pages");
    let folders = |path: &Path| -> Vec<PathBuf> {
        let mut all: Vec<PathBuf> = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        all.retain(|path| path.is_dir());
        all.sort();
        all
    };
    let of_source = |source: PathBuf| {
        let name = source.file_name().unwrap().to_string_lossy().into_owned();
        folders(&source).into_iter().map(move |folder| Case {
            source: name.clone(),
            page: ["page.html", "page.json"]
                .iter()
                .find_map(|file| std::fs::read_to_string(folder.join(file)).ok())
                .unwrap_or_else(|| panic!("{folder:?} has no page")),
            expected: serde_json::from_str(&std::fs::read_to_string(folder.join("expected.json")).unwrap()).unwrap(),
            folder,
        })
    };
    folders(&root).into_iter().flat_map(of_source).collect()
}

/// The step that the address tells, or the case names.
fn step<'d>(definition: &'d Definition, case: &Case, registry: &Registry, url: Option<&Url>) -> &'d Step {
    let kind = match url {
        Some(url) => {
            let known = registry.page_at(url).unwrap_or_else(|| panic!("nobody knows {url}"));
            assert_eq!(known.definition.name.as_str(), case.source, "{url}");
            known.kind.unwrap_or_else(|| panic!("no step knows {url}")).as_str()
        }
        None => case.expected["step"].as_str().unwrap(),
    };
    definition.steps().find(|(step, _)| step.as_str() == kind).unwrap().1
}

fn as_json(extracted: &Extracted) -> Value {
    let amount = |amount: Option<Amount>| amount.map(|amount| amount.to_string());
    let entry = |r: &SearchResult| {
        json!({
            "position": r.position, "id": r.id, "name": r.name, "url": r.url, "image_url": r.image_url,
            "price": amount(r.price), "min_price": amount(r.min_price), "max_price": amount(r.max_price),
            "shipping_costs": amount(r.shipping_costs), "currency": r.currency.map(|c| c.code()), "shop_name": r.shop_name,
            "condition_text": r.condition_text, "review_count": r.review_count, "review_rating": r.review_rating,
        })
    };
    json!({
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
        _ => found.push(format!("{at}: {got}, want {expected}")),
    }
}

#[test]
fn every_case_is_read_as_expected_in_any_pieces() {
    let registry = Registry::load(None, &[]).unwrap();
    let mut found = Vec::new();
    let cases = cases();
    assert!(cases.len() >= MIN_CASES);
    for case in &cases {
        let definition = registry.find(&case.source).unwrap();
        let url = case.expected["url"].as_str().map(|url| Url::parse(url).unwrap());
        let recipe = &step(definition, case, &registry, url.as_ref()).recipe;
        let context = PageContext { url: url.as_ref(), ..PageContext::default() };
        let extracted = extract(recipe, &case.page, context).unwrap();
        for chunk in [1, 7] {
            assert_eq!(extract_in_chunks(recipe, &case.page, context, chunk).unwrap(), extracted, "{:?}", case.folder);
        }
        let mut expected = case.expected.clone();
        let keys = expected.as_object_mut().unwrap();
        keys.retain(|key, _| key != "url" && key != "step");
        let name = case.folder.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap();
        differences(&name.display().to_string(), &expected, &as_json(&extracted), &mut found);
        let origin = std::fs::read_to_string(case.folder.join("origin")).unwrap();
        assert!(origin.contains("invented"), "{name:?}: the origin says where the page comes from");
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
