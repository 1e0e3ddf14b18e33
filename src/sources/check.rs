//! A file as written → a checked [`Definition`], or every mistake in it.

use super::definition::DEFAULT_MAX_PAGES;
use super::document::Document;
use super::file::{CountryFile, DefinitionFile, FormFile, KeyFile, SearchFile, StepFile};
use super::recipes;
use super::template::{Filling, Placeholder, UrlTemplate};
use super::{Definition, DefinitionError, Site, Step, ValueForm, ValueRule};
use crate::domain::{Country, Currency, Key, SourceName, Topic};
use crate::extraction::Recipe;
use crate::fetching::{FetchPolicy, Means};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use url::Url;

/// Most pages of one list any definition may ask for.
const MAX_PAGES: u32 = 200;
/// Longest selector that a browser waits for.
const MAX_WAIT_BYTES: usize = 500;
/// Longest name of a source, in characters.
const MAX_NAME_CHARS: usize = 64;
/// Memory a value pattern may take once compiled, in bytes.
const MAX_PATTERN_BYTES: usize = 1 << 20;
/// Enough of a SHA-256 to tell one definition from another.
const DIGEST_BYTES: usize = 16;
/// Topics the lookup engine answers.
const SERVED_TOPICS: [Topic; 3] = [Topic::ProductAndOffers, Topic::Product, Topic::Offers];

/// Reads and checks one definition file.
pub(super) fn check(file_name: &str, text: &str) -> Result<Definition, Vec<DefinitionError>> {
    let (mut document, file) = Document::read(file_name, text);
    // What could not be read was left out: then nothing can be said about what is missing.
    let unread = document.has_errors();
    let d = &mut document;

    let name = check_name(&file, unread, d);
    let title = file.title.clone().or_else(|| name.clone());
    if file.kind.is_none() && !unread {
        d.report("kind", "the key `kind` is missing: comparator, marketplace or shop");
    }
    let topics = check_topics(&file.topics, unread, d);
    let keys = check_keys(&file.keys, unread, d);
    let before_countries = d.error_count();
    let countries = check_countries(&file, unread, d);
    let countries_are_right = d.error_count() == before_countries;
    check_wait("fetch", file.fetch.fetch, file.fetch.wait_for.as_deref(), d);
    let search = file.steps.search.as_ref().and_then(|step| check_search(step, &file.fetch, d));
    let searched_keys = check_searched_keys(file.steps.search.as_ref(), &keys, d);
    let product = file.steps.product.as_ref().and_then(|step| check_step(step, &file.fetch, "steps/product", d));
    let offers = file.steps.offers.as_ref().and_then(|step| check_step(step, &file.fetch, "steps/offers", d));
    if file.steps.product.is_none() && file.steps.offers.is_none() && !unread {
        d.report("steps", "there is neither a step `product` nor a step `offers`");
    }
    for (step, place) in [(&search, "search"), (&product, "product"), (&offers, "offers")] {
        if let Some(step) = step.as_ref().filter(|_| countries_are_right) {
            check_urls(step, &countries, &format!("steps/{place}/url"), d);
        }
    }

    match (name, title, file.kind) {
        (Some(name), Some(title), Some(kind)) if !document.has_errors() => Ok(Definition {
            name: SourceName::new(&name),
            aliases: file.aliases,
            title,
            kind,
            topics,
            countries,
            keys,
            policy: Arc::new(file.fetch),
            shop_name: file.shop_name,
            searched_keys,
            search,
            product,
            offers,
            file: file_name.to_owned(),
            digest: digest(text),
        }),
        _ => Err(document.into_errors()),
    }
}

fn digest(text: &str) -> String {
    let told = Sha256::new().chain_update(env!("CARGO_PKG_VERSION")).chain_update([0]).chain_update(text).finalize();
    hex::encode(&told[..DIGEST_BYTES])
}

fn check_name(file: &DefinitionFile, unread: bool, d: &mut Document<'_>) -> Option<String> {
    let Some(name) = &file.name else {
        if !unread {
            d.report("name", "the key `name` is missing");
        }
        return None;
    };
    let letters = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if name.is_empty() || name.len() > MAX_NAME_CHARS || !letters || name.starts_with('-') || name.ends_with('-') {
        d.report("name", format!("a name is 1 to {MAX_NAME_CHARS} lower-case letters, digits and hyphens"));
    }
    for (index, alias) in file.aliases.iter().enumerate() {
        if alias.trim().is_empty() || alias.len() > MAX_NAME_CHARS {
            d.report(&format!("aliases/{index}"), format!("an alias is 1 to {MAX_NAME_CHARS} characters"));
        }
    }
    Some(name.clone())
}

fn check_topics(written: &[String], unread: bool, d: &mut Document<'_>) -> Vec<Topic> {
    if written.is_empty() && !unread {
        d.report("topics", "there is no topic; say topics = [\"product_and_offers\"]");
    }
    let mut topics = Vec::new();
    for (index, text) in written.iter().enumerate() {
        match Topic::parse(text).filter(|topic| SERVED_TOPICS.contains(topic)) {
            Some(topic) if !topics.contains(&topic) => topics.push(topic),
            Some(_) => {}
            None => {
                let known: Vec<&str> = SERVED_TOPICS.into_iter().map(Topic::as_str).collect();
                d.report(&format!("topics/{index}"), format!("unknown topic `{text}`; known: {}", known.join(", ")));
            }
        }
    }
    topics
}

/// The key with exactly this name: files use one spelling, aliases are for callers.
fn key_named(text: &str) -> Option<Key> {
    Key::ALL.into_iter().find(|key| key.v1() == text)
}

fn check_keys(written: &BTreeMap<String, KeyFile>, unread: bool, d: &mut Document<'_>) -> BTreeMap<Key, ValueRule> {
    if written.is_empty() && !unread {
        d.report("keys", "there is no key; say [keys.gtin], [keys.keyword] or [keys.source_id]");
    }
    let mut keys = BTreeMap::new();
    for (name, rule) in written {
        let place = format!("keys/{name}");
        let Some(key) = key_named(name) else {
            d.report(&place, format!("unknown key `{name}`; known: gtin, keyword, source_id"));
            continue;
        };
        let form = match rule.form {
            Some(FormFile::Url) if key != Key::SourceId => {
                d.report(&format!("{place}/form"), "only a source_id can be a URL");
                ValueForm::Text
            }
            Some(FormFile::Url) => ValueForm::Url,
            Some(FormFile::Text) | None => ValueForm::Text,
        };
        keys.insert(key, ValueRule { pattern: check_pattern(rule, &place, d), form });
    }
    keys
}

fn check_pattern(rule: &KeyFile, place: &str, d: &mut Document<'_>) -> Option<regex::Regex> {
    let whole = format!("^(?:{})$", rule.pattern.as_ref()?);
    match regex::RegexBuilder::new(&whole).size_limit(MAX_PATTERN_BYTES).build() {
        Ok(pattern) => Some(pattern),
        Err(error) => {
            // The first lines draw the pattern with a caret; the last one says what is wrong.
            let text = error.to_string();
            let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
            d.report(&format!("{place}/pattern"), format!("not a pattern: {reason}"));
            None
        }
    }
}

fn check_countries(file: &DefinitionFile, unread: bool, d: &mut Document<'_>) -> BTreeMap<Country, Site> {
    let written = &file.countries.0;
    if written.is_empty() && !unread {
        d.report("countries", "there is no country; say countries = [\"de\"], countries = \"*\" or [countries.de]");
    }
    let mut countries = BTreeMap::new();
    if let Some(every) = written.get("*") {
        for country in Country::all() {
            countries.insert(country, every);
        }
    }
    let mut named = BTreeMap::new();
    for (code, table) in written.iter().filter(|(code, _)| *code != "*") {
        match code.parse::<Country>().ok().filter(|country| country.currency().is_some()) {
            Some(country) if named.insert(country, code).is_some() => {
                d.report(&format!("countries/{code}"), format!("the country {country} stands here twice"));
            }
            Some(country) => {
                countries.insert(country, table);
            }
            None => {
                d.report(
                    &format!("countries/{code}"),
                    format!("`{code}` is not a country; a country is a code such as de or gb"),
                );
            }
        }
    }
    let bases = check_base_urls(file, d);
    countries.into_iter().map(|(country, table)| (country, site(country, table, &bases, d))).collect()
}

/// Base URLs as templates in which only `{country}` is known, by their text.
fn check_base_urls(file: &DefinitionFile, d: &mut Document<'_>) -> BaseUrls {
    let mut bases = BaseUrls { shared: file.base_url.clone(), templates: BTreeMap::new() };
    let shared = file.base_url.iter().map(|url| (url, "base_url".to_owned()));
    let own = file
        .countries
        .0
        .iter()
        .filter_map(|(code, table)| table.base_url.as_ref().map(|url| (url, format!("countries/{code}/base_url"))));
    for (text, place) in shared.chain(own) {
        match UrlTemplate::parse(text, &[Placeholder::Country]) {
            Ok(template) => {
                let sample = Filling { country: Country::all().next(), ..Filling::default() };
                match template.fill(&sample) {
                    Ok(url) if url.query().is_some() || url.fragment().is_some() => {
                        d.report(&place, "a base URL has neither a query nor a fragment");
                    }
                    Ok(_) => {
                        bases.templates.insert(text.clone(), template);
                    }
                    Err(error) => d.report(&place, error),
                }
            }
            Err(error) => d.report(&place, error),
        }
    }
    bases
}

struct BaseUrls {
    shared: Option<String>,
    templates: BTreeMap<String, UrlTemplate>,
}

fn site(country: Country, table: &CountryFile, bases: &BaseUrls, d: &mut Document<'_>) -> Site {
    let text = table.base_url.as_ref().or(bases.shared.as_ref());
    let filling = Filling { country: Some(country), ..Filling::default() };
    let base_url = text
        .and_then(|text| bases.templates.get(text))
        .and_then(|template| template.fill(&filling).ok())
        .map(|url| url.as_str().trim_end_matches('/').to_owned());
    let currency = match &table.currency {
        None => country.currency(),
        Some(code) => {
            let currency = Currency::from_code(code);
            if currency.is_none() {
                d.report(
                    &format!("countries/{country}/currency"),
                    format!("`{code}` is not a currency; a currency is a code such as EUR"),
                );
            }
            currency
        }
    };
    Site { base_url, currency }
}

fn check_searched_keys(search: Option<&SearchFile>, keys: &BTreeMap<Key, ValueRule>, d: &mut Document<'_>) -> Vec<Key> {
    let Some(search) = search else { return Vec::new() };
    let Some(written) = &search.keys else {
        return [Key::Gtin, Key::Keyword].into_iter().filter(|key| keys.contains_key(key)).collect();
    };
    let mut searched = Vec::new();
    for (index, text) in written.iter().enumerate() {
        match key_named(text).filter(|key| keys.contains_key(key)) {
            Some(key) => searched.push(key),
            None => {
                d.report(&format!("steps/search/keys/{index}"), format!("`{text}` is not among this source's [keys.…]"))
            }
        }
    }
    searched
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

fn check_wait(place: &str, fetch: Option<Means>, wait_for: Option<&str>, d: &mut Document<'_>) {
    let Some(selector) = wait_for else { return };
    if fetch != Some(Means::Browser) {
        d.report(&format!("{place}/wait_for"), "only a browser waits: say fetch = \"browser\"");
    }
    if selector.trim().is_empty() || selector.len() > MAX_WAIT_BYTES {
        d.report(&format!("{place}/wait_for"), format!("a CSS selector of 1 to {MAX_WAIT_BYTES} bytes is waited for"));
    }
}

fn check_search(step: &SearchFile, source: &FetchPolicy, d: &mut Document<'_>) -> Option<Step> {
    let known = [Placeholder::BaseUrl, Placeholder::Country, Placeholder::Value];
    if step.page.as_ref().is_some_and(|page| page.results.is_none()) {
        d.report("steps/search/page", "a search page lists results: [steps.search.page.results] is missing");
    }
    let policy = check_means((step.fetch, step.wait_for.as_deref()), source, "steps/search", d);
    let as_step = StepParts { url: step.url.as_ref(), page: step.page.as_ref(), known: &known, policy };
    build_step(&as_step, &StepFile::default(), "steps/search", d)
}

fn check_step(step: &StepFile, source: &FetchPolicy, place: &str, d: &mut Document<'_>) -> Option<Step> {
    let policy = check_means((step.fetch, step.wait_for.as_deref()), source, place, d);
    let parts = StepParts { url: step.url.as_ref(), page: step.page.as_ref(), known: &Placeholder::ALL, policy };
    if step.max_pages.is_some_and(|pages| !(1..=MAX_PAGES).contains(&pages)) {
        d.report(&format!("{place}/max_pages"), format!("a list has 1 to {MAX_PAGES} pages"));
    }
    if step.page_step == Some(0) {
        d.report(&format!("{place}/page_step"), "{page} must grow: page_step is at least 1");
    }
    build_step(&parts, step, place, d)
}

struct StepParts<'a> {
    url: Option<&'a String>,
    page: Option<&'a Recipe>,
    known: &'a [Placeholder],
    policy: Option<Arc<FetchPolicy>>,
}

fn build_step(parts: &StepParts<'_>, paging: &StepFile, place: &str, d: &mut Document<'_>) -> Option<Step> {
    let url = match parts.url.map(|text| UrlTemplate::parse(text, parts.known)) {
        Some(Ok(url)) => Some(url),
        Some(Err(error)) => {
            d.report(&format!("{place}/url"), error);
            None
        }
        None => {
            d.report(place, format!("the key `url` of [{}] is missing", place.replace('/', ".")));
            None
        }
    };
    let Some(page) = parts.page else {
        d.report(place, format!("[{}.page] is missing: how is the page read?", place.replace('/', ".")));
        return None;
    };
    let recipe = recipes::compile(page, &format!("{place}/page"), d)?;
    let url = url?;
    // A list goes on by a link or by a number in the URL; without either there is one page.
    let goes_on = page.next.is_some() || url.has(Placeholder::Page);
    Some(Step {
        recipe: Arc::new(recipe),
        policy: parts.policy.clone(),
        has_list: page.offers.is_some() || page.results.is_some(),
        has_next: page.next.is_some(),
        has_no_result_sign: !page.no_result.is_empty(),
        first_page: paging.first_page.unwrap_or(1),
        page_step: paging.page_step.unwrap_or(1),
        max_pages: if goes_on { paging.max_pages.unwrap_or(DEFAULT_MAX_PAGES) } else { 1 },
        url,
    })
}

/// Fills the template for every country, so that a lookup never meets a URL that cannot be.
fn check_urls(step: &Step, countries: &BTreeMap<Country, Site>, place: &str, d: &mut Document<'_>) {
    const SAMPLE_URL: &str = "https://host.example/";
    for (country, site) in countries {
        let filling = Filling {
            base_url: site.base_url.as_deref(),
            country: Some(*country),
            value: Some("1"),
            id: Some("1"),
            url: Some(SAMPLE_URL),
            page: Some(1),
        };
        let filled: Result<Url, _> = step.url.fill(&filling);
        if let Err(error) = filled {
            let hint = if site.base_url.is_none() { " (the country has no base_url)" } else { "" };
            d.report(place, format!("for {country}: {error}{hint}"));
            return;
        }
    }
}
