//! A file as written → a checked [`Definition`], or every mistake in it.

use super::check_steps::{Around, check_steps, check_wait};
use super::document::Document;
use super::file::{CountryFile, DefinitionFile, FormFile, KeyFile, StepFile};
use super::template::{Filling, Placeholder, UrlTemplate};
use super::{Definition, DefinitionError, Kind, Site, ValueForm, ValueRule};
use crate::domain::{Country, Currency, Key, SourceName, Topic};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Longest name of a source, in characters.
const MAX_NAME_CHARS: usize = 64;
/// Memory a value pattern may take once compiled, in bytes.
const MAX_PATTERN_BYTES: usize = 1 << 20;
/// Enough of a SHA-256 to tell one definition from another.
const DIGEST_BYTES: usize = 16;
/// Topics a definition can have.
const SERVED_TOPICS: [Topic; 5] = Topic::ALL;

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
    let steps = check_steps(
        &file.steps,
        unread,
        &Around { keys: &keys, countries: countries_are_right.then_some(&countries), fetch: &file.fetch },
        d,
    );
    check_topic_steps(&topics, &file, unread, d);
    let hosts = check_hosts(&file.hosts, d);

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
            searched_keys: steps.searched_keys,
            listed_keys: steps.listed_keys,
            search: steps.search,
            product: steps.product,
            offers: steps.offers,
            reviews: steps.reviews,
            bestsellers: steps.bestsellers,
            hosts,
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

/// Each topic has the pages that answer it.
fn check_topic_steps(topics: &[Topic], file: &DefinitionFile, unread: bool, d: &mut Document<'_>) {
    if unread {
        return;
    }
    let steps = &file.steps;
    let lists_offers =
        steps.product.as_ref().and_then(|step| step.page.as_ref()).is_some_and(|page| page.offers.is_some());
    let is_shop = file.kind == Some(Kind::Shop) && steps.product.is_some();
    for topic in topics {
        let missing = match topic {
            Topic::SearchResults if steps.search.is_none() => "the topic search_results needs a step `search`",
            Topic::SearchResults if steps.search.as_ref().is_some_and(is_never_searched) => {
                "the topic search_results needs a key that is searched: [steps.search] has none in `keys`"
            }
            Topic::Reviews if steps.reviews.is_none() => "the topic reviews needs a step `reviews`",
            Topic::Offers if steps.offers.is_none() && !lists_offers && !is_shop => {
                "the topic offers needs a step `offers`, or a list of offers on the pages of the step `product`"
            }
            _ => continue,
        };
        d.report(&format!("topics/{}", topic.as_str()), missing);
    }
}

/// Host names in lower case, without `www.`.
fn check_hosts(written: &[String], d: &mut Document<'_>) -> Vec<String> {
    let mut hosts = Vec::new();
    for (index, text) in written.iter().enumerate() {
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
        if text.contains('.') && text.chars().all(letters) && !text.starts_with("www.") {
            hosts.push(text.clone());
        } else {
            d.report(&format!("hosts/{index}"), format!("`{text}` is not a host's name in lower case without www."));
        }
    }
    hosts
}

/// The key with exactly this name: files use one spelling, aliases are for callers.
pub(super) fn key_named(text: &str) -> Option<Key> {
    Key::ALL.into_iter().find(|key| key.v1() == text)
}

/// Whether a step `search` takes no key at all.
fn is_never_searched(search: &StepFile) -> bool {
    search.keys.as_deref() == Some(&[]) && search.listed_keys.is_empty()
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
    compile_pattern(&format!("^(?:{})$", rule.pattern.as_ref()?), &format!("{place}/pattern"), d)
}

/// The pattern, or `None` after saying what is wrong with it.
pub(super) fn compile_pattern(text: &str, place: &str, d: &mut Document<'_>) -> Option<regex::Regex> {
    match regex::RegexBuilder::new(text).size_limit(MAX_PATTERN_BYTES).build() {
        Ok(pattern) => Some(pattern),
        Err(error) => {
            // The first lines draw the pattern with a caret; the last one says what is wrong.
            let text = error.to_string();
            let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
            d.report(place, format!("not a pattern: {reason}"));
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
        match UrlTemplate::parse(text, &[Placeholder::Country], &[]) {
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
