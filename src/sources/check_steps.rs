//! The steps of a file as written → checked [`Step`]s.

use super::check::{compile_pattern, key_named};
use super::definition::DEFAULT_MAX_PAGES;
use super::document::Document;
use super::file::{StepFile, StepsFile};
use super::recipes;
use super::template::{Filling, Placeholder, UrlTemplate};
use super::{Site, Step, StepKind, ValueRule};
use crate::domain::{Country, Key};
use crate::extraction::Recipe;
use crate::fetching::{FetchPolicy, Means};
use std::collections::BTreeMap;
use std::sync::Arc;
use url::Url;

/// Most pages of one list any definition may ask for.
const MAX_PAGES: u32 = 200;
/// Longest selector that a browser waits for.
const MAX_WAIT_BYTES: usize = 500;
/// Most patterns of addresses a step may have.
const MAX_MATCHES: usize = 50;

/// What of the rest of the file the steps depend on.
pub(super) struct Around<'a> {
    pub keys: &'a BTreeMap<Key, ValueRule>,
    /// `None` when they are wrong already.
    pub countries: Option<&'a BTreeMap<Country, Site>>,
    pub fetch: &'a FetchPolicy,
}

/// The steps that are right.
#[derive(Default)]
pub(super) struct Steps {
    pub search: Option<Step>,
    pub searched_keys: Vec<Key>,
    pub listed_keys: Vec<Key>,
    pub product: Option<Step>,
    pub offers: Option<Step>,
    pub reviews: Option<Step>,
    pub bestsellers: Option<Step>,
}

/// Checks every step; reports each mistake.
pub(super) fn check_steps(file: &StepsFile, unread: bool, around: &Around<'_>, d: &mut Document<'_>) -> Steps {
    let (searched_keys, listed_keys) = check_search_keys(file.search.as_ref(), around.keys, d);
    let search_takes: Vec<Key> = searched_keys.iter().chain(&listed_keys).copied().collect();
    let mut steps = Steps { searched_keys, listed_keys, ..Steps::default() };
    if file.product.is_none() && file.offers.is_none() && !unread {
        d.report("steps", "there is neither a step `product` nor a step `offers`");
    }
    for (kind, step) in [
        (StepKind::Search, &file.search),
        (StepKind::Product, &file.product),
        (StepKind::Offers, &file.offers),
        (StepKind::Reviews, &file.reviews),
        (StepKind::Bestsellers, &file.bestsellers),
    ] {
        let Some(written) = step else { continue };
        let checked = check_step(kind, written, &search_takes, around, d);
        match kind {
            StepKind::Search => steps.search = checked,
            StepKind::Product => steps.product = checked,
            StepKind::Offers => steps.offers = checked,
            StepKind::Reviews => steps.reviews = checked,
            StepKind::Bestsellers => steps.bestsellers = checked,
        }
    }
    steps
}

/// The keys that are searched first, and those that only the topic `search_results` searches for.
fn check_search_keys(
    search: Option<&StepFile>,
    keys: &BTreeMap<Key, ValueRule>,
    d: &mut Document<'_>,
) -> (Vec<Key>, Vec<Key>) {
    let Some(search) = search else { return Default::default() };
    let mut check = |name: &str, written: &[String]| -> Vec<Key> {
        let mut named = Vec::new();
        for (index, text) in written.iter().enumerate() {
            match key_named(text).filter(|key| keys.contains_key(key)) {
                Some(key) => named.push(key),
                None => d.report(
                    &format!("steps/search/{name}/{index}"),
                    format!("`{text}` is not among this source's [keys.…]"),
                ),
            }
        }
        named
    };
    let searched = match &search.keys {
        Some(written) => check("keys", written),
        None => [Key::Gtin, Key::Keyword].into_iter().filter(|key| keys.contains_key(key)).collect(),
    };
    let listed = check("listed_keys", &search.listed_keys);
    for (index, key) in listed.iter().enumerate().filter(|(_, key)| searched.contains(key)) {
        let twice = format!("`{}` is searched anyway: it stands in `keys`", key.v1());
        d.report(&format!("steps/search/listed_keys/{index}"), twice);
    }
    (searched, listed)
}

fn check_step(
    kind: StepKind,
    step: &StepFile,
    searched: &[Key],
    around: &Around<'_>,
    d: &mut Document<'_>,
) -> Option<Step> {
    let place = format!("steps/{}", kind.as_str());
    if kind != StepKind::Search && step.keys.is_some() {
        d.report(&format!("{place}/keys"), "only the step `search` has keys");
    }
    if kind != StepKind::Search && !step.listed_keys.is_empty() {
        d.report(&format!("{place}/listed_keys"), "only the step `search` has keys");
    }
    if step.max_pages.is_some_and(|pages| !(1..=MAX_PAGES).contains(&pages)) {
        d.report(&format!("{place}/max_pages"), format!("a list has 1 to {MAX_PAGES} pages"));
    }
    if step.page_step == Some(0) {
        d.report(&format!("{place}/page_step"), "{page} must grow: page_step is at least 1");
    }
    match (&step.page, kind) {
        (Some(page), StepKind::Search) if page.results.is_none() => {
            d.report(&format!("{place}/page"), "a search page lists results: [steps.search.page.results] is missing");
        }
        (Some(page), StepKind::Reviews) if page.reviews.is_none() => {
            let missing = "[steps.reviews.page.reviews] is missing";
            d.report(&format!("{place}/page"), format!("a page of reviews lists reviews: {missing}"));
        }
        (Some(page), StepKind::Bestsellers) if page.bestsellers.is_none() => {
            let missing = "[steps.bestsellers.page.bestsellers] is missing";
            d.report(&format!("{place}/page"), format!("a bestseller page lists bestsellers: {missing}"));
        }
        _ => {}
    }
    let reaching: Vec<Key> = around.keys.keys().copied().filter(|key| reaches(kind, *key, searched)).collect();
    let groups = groups_of(&reaching, around.keys);
    let url = check_url(kind, step.url.as_ref(), &groups, &place, d);
    let matches = check_matches(&step.matches, &place, d);
    let policy = check_means((step.fetch, step.wait_for.as_deref()), around.fetch, &place, d);
    let Some(page) = &step.page else {
        d.report(&place, format!("[{}.page] is missing: how is the page read?", place.replace('/', ".")));
        return None;
    };
    let step = Step { policy, ..build_step(url, matches, page, step, &place, d)? };
    if let Some(countries) = around.countries {
        check_urls(&step, countries, &groups, &format!("{place}/url"), d);
    }
    Some(step)
}

/// What a step's pages are fetched by, where that is not what the source says.
fn check_means(
    step: (Option<Means>, Option<&str>),
    source: &FetchPolicy,
    place: &str,
    d: &mut Document<'_>,
) -> Option<Arc<FetchPolicy>> {
    let (fetch, wait_for) = step;
    check_wait(place, fetch.or(source.fetch), wait_for, d);
    (fetch.is_some() || wait_for.is_some()).then(|| {
        let wait_for = wait_for.map(str::to_owned).or_else(|| source.wait_for.clone());
        Arc::new(FetchPolicy { fetch: fetch.or(source.fetch), wait_for, ..source.clone() })
    })
}

pub(super) fn check_wait(place: &str, fetch: Option<Means>, wait_for: Option<&str>, d: &mut Document<'_>) {
    let Some(selector) = wait_for else { return };
    if fetch != Some(Means::Browser) {
        d.report(&format!("{place}/wait_for"), "only a browser waits: say fetch = \"browser\"");
    }
    if selector.trim().is_empty() || selector.len() > MAX_WAIT_BYTES {
        d.report(&format!("{place}/wait_for"), format!("a CSS selector of 1 to {MAX_WAIT_BYTES} bytes is waited for"));
    }
}

/// Whether values of a key are used in this step's addresses.
fn reaches(kind: StepKind, key: Key, searched: &[Key]) -> bool {
    match kind {
        StepKind::Search => searched.contains(&key),
        StepKind::Product | StepKind::Offers | StepKind::Reviews => true,
        StepKind::Bestsellers => false,
    }
}

/// The named groups that the patterns of all these keys have.
fn groups_of<'a>(keys: &[Key], rules: &'a BTreeMap<Key, ValueRule>) -> Vec<&'a str> {
    let names = |key: &Key| -> Vec<&'a str> {
        let pattern = rules.get(key).and_then(|rule| rule.pattern.as_ref());
        pattern.map(|pattern| pattern.capture_names().flatten().collect()).unwrap_or_default()
    };
    let Some((first, rest)) = keys.split_first() else { return Vec::new() };
    let mut groups = names(first);
    for key in rest {
        let others = names(key);
        groups.retain(|name| others.contains(name));
    }
    groups
}

fn check_url(
    kind: StepKind,
    text: Option<&String>,
    groups: &[&str],
    place: &str,
    d: &mut Document<'_>,
) -> Option<UrlTemplate> {
    const LISTED: [Placeholder; 4] =
        [Placeholder::BaseUrl, Placeholder::Country, Placeholder::Value, Placeholder::Page];
    let known = match kind {
        StepKind::Search | StepKind::Bestsellers => &LISTED[..],
        StepKind::Product | StepKind::Offers | StepKind::Reviews => &Placeholder::ALL[..],
    };
    match text.map(|text| UrlTemplate::parse(text, known, groups)) {
        Some(Ok(url)) => Some(url),
        Some(Err(error)) => {
            d.report(&format!("{place}/url"), error);
            None
        }
        None => {
            d.report(place, format!("the key `url` of [{}] is missing", place.replace('/', ".")));
            None
        }
    }
}

fn check_matches(written: &[String], place: &str, d: &mut Document<'_>) -> Vec<regex::Regex> {
    if written.len() > MAX_MATCHES {
        d.report(&format!("{place}/matches"), format!("more than {MAX_MATCHES} patterns"));
    }
    let all = written.iter().enumerate().take(MAX_MATCHES);
    all.filter_map(|(index, text)| compile_pattern(&format!("^(?:{text})"), &format!("{place}/matches/{index}"), d))
        .collect()
}

fn build_step(
    url: Option<UrlTemplate>,
    matches: Vec<regex::Regex>,
    page: &Recipe,
    paging: &StepFile,
    place: &str,
    d: &mut Document<'_>,
) -> Option<Step> {
    let recipe = recipes::compile(page, &format!("{place}/page"), d)?;
    let url = url?;
    // A list goes on by a link or by a number in the URL; without either there is one page.
    let goes_on = page.next.is_some() || url.has(Placeholder::Page);
    Some(Step {
        recipe: Arc::new(recipe),
        policy: None,
        has_list: [page.offers.is_some(), page.results.is_some(), page.reviews.is_some(), page.bestsellers.is_some()]
            .contains(&true),
        has_next: page.next.is_some(),
        has_no_result_sign: !page.no_result.is_empty(),
        first_page: paging.first_page.unwrap_or(1),
        page_step: paging.page_step.unwrap_or(1),
        max_pages: if goes_on { paging.max_pages.unwrap_or(DEFAULT_MAX_PAGES) } else { 1 },
        matches,
        url,
    })
}

/// Fills the template for every country, so that a lookup never meets a URL that cannot be.
fn check_urls(step: &Step, countries: &BTreeMap<Country, Site>, groups: &[&str], place: &str, d: &mut Document<'_>) {
    const SAMPLE_URL: &str = "https://host.example/";
    const SAMPLE_SERVER: &str = "https://host.example";
    let sample: Vec<(&str, &str)> = groups.iter().map(|name| (*name, SAMPLE_SERVER)).collect();
    for (country, site) in countries {
        let filling = Filling {
            base_url: site.base_url.as_deref(),
            country: Some(*country),
            value: Some("1"),
            id: Some("1"),
            url: Some(SAMPLE_URL),
            page: Some(1),
            groups: &sample,
        };
        let filled: Result<Url, _> = step.url.fill(&filling);
        if let Err(error) = filled {
            let hint = if site.base_url.is_none() { " (the country has no base_url)" } else { "" };
            d.report(place, format!("for {country}: {error}{hint}"));
            return;
        }
    }
}
