//! The core that every version reads alike: source, country, key, topic, values, in this order; the first mistake is
//! answered. What differs is the wording of a version and its options.

use crate::domain::{
    ConditionFilter, Country, InvalidValues, JobSpec, JobTerms, Key, LookupOptions, Multiplier, RequestedValue,
    SourceName, Topic, check_value, distinct_values,
};
use crate::http::codes::{Dialect, Refusal, RefusalKind};
use crate::http::param_values::{parse_country, unsupported};
use crate::http::params::Params;

/// What a source can be asked.
#[derive(Debug, Clone)]
pub struct SourceFacts {
    pub name: SourceName,
    pub countries: Vec<Country>,
    pub keys: Vec<Key>,
    /// Each topic with the keys it can be asked by.
    pub topics: Vec<(Topic, Vec<Key>)>,
    /// Conditions its offers can be filtered by.
    pub conditions: Vec<ConditionFilter>,
}

/// A part of a source that may be switched off: with `key` and `value` the more and more particular.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub source: &'a SourceName,
    pub country: Country,
    pub key: Option<Key>,
    /// Normalised, as [`check_value`] returns it.
    pub value: Option<&'a str>,
}

/// What the parser asks about this server.
pub struct Catalog<'a> {
    /// The source with this name or alias.
    pub find: &'a dyn Fn(&str) -> Option<SourceFacts>,
    /// Every source's name.
    pub names: &'a dyn Fn() -> Vec<SourceName>,
    /// Whether the operator switched the part off. Asked with neither key nor value: the source in that country; with a
    /// key: all values of it.
    pub is_off: &'a dyn Fn(Asked<'_>) -> bool,
    /// Whether the server may call this address, as far as the address alone tells; else why not.
    pub check_address: &'a dyn Fn(&url::Url) -> Result<(), String>,
}

/// Everything before the values.
pub struct Question {
    pub facts: SourceFacts,
    pub country: Country,
    pub key: Key,
    pub topic: Topic,
}

/// What a version's options say.
pub struct Options {
    pub lookup: LookupOptions,
    pub multiplier: Multiplier,
    pub terms: JobTerms,
}

/// A job of the parameter `values`; `options` are read last.
pub fn parse_job(
    params: &Params,
    catalog: &Catalog<'_>,
    dialect: Dialect,
    options: impl FnOnce(&Question) -> Result<Options, Refusal>,
) -> Result<JobSpec, Refusal> {
    let question = parse_question(params, catalog, dialect)?;
    let values = distinct_values(params.values(question.key)?).map_err(|refused| match refused {
        InvalidValues::Empty => Refusal::missing("values"),
        InvalidValues::TooMany => Refusal::of(RefusalKind::TooManyValues).about("values"),
    })?;
    complete(catalog, question, values, options)
}

/// A job of the one `value`.
pub fn parse_single(
    params: &Params,
    catalog: &Catalog<'_>,
    dialect: Dialect,
    options: impl FnOnce(&Question) -> Result<Options, Refusal>,
) -> Result<JobSpec, Refusal> {
    let question = parse_question(params, catalog, dialect)?;
    let value = params.get_utf8("value")?.ok_or_else(|| Refusal::missing("value"))?.to_owned();
    complete(catalog, question, vec![RequestedValue { value, reference: None }], options)
}

fn parse_question(params: &Params, catalog: &Catalog<'_>, dialect: Dialect) -> Result<Question, Refusal> {
    let required = |name: &str| params.get(name).ok_or_else(|| Refusal::missing(name));

    let source = required("source")?;
    let facts = (catalog.find)(source).ok_or_else(|| {
        let names: Vec<String> = (catalog.names)().iter().map(|name| source_word(name, dialect)).collect();
        unsupported(RefusalKind::UnsupportedSource, "source", names.iter().map(String::as_str))
    })?;

    let country = parse_country(required("country")?, &facts.countries)?;
    let off = |key| (catalog.is_off)(Asked { source: &facts.name, country, key, value: None });
    if off(None) {
        return Err(Refusal::of(RefusalKind::SourceDisabled).about("source"));
    }

    let key = Key::parse(required("key")?)
        .filter(|key| facts.keys.contains(key))
        .ok_or_else(|| unsupported_key(&facts.keys, dialect))?;
    if off(Some(key)) {
        return Err(Refusal::of(RefusalKind::KeyDisabled).about("key"));
    }

    let topic = parse_topic(params, &facts, dialect)?;
    let of_topic = facts.topics.iter().find(|(one, _)| *one == topic).map(|(_, keys)| keys.as_slice());
    let of_topic = of_topic.unwrap_or_default();
    if !of_topic.contains(&key) {
        return Err(unsupported_key(of_topic, dialect));
    }
    Ok(Question { facts, country, key, topic })
}

/// v1 knows one topic only; a request that asks it for another must not be charged for this one.
fn parse_topic(params: &Params, facts: &SourceFacts, dialect: Dialect) -> Result<Topic, Refusal> {
    let has = |topic: &Topic| facts.topics.iter().any(|(one, _)| one == topic);
    let known: Vec<Topic> = match dialect {
        Dialect::V1 => vec![Topic::ProductAndOffers],
        Dialect::V2 => Topic::ALL.into_iter().filter(has).collect(),
    };
    let asked = match params.get("topic") {
        None => Some(Topic::ProductAndOffers),
        Some(text) => Topic::parse(&text.to_ascii_lowercase()),
    };
    asked
        .filter(|topic| known.contains(topic) && has(topic))
        .ok_or_else(|| unsupported(RefusalKind::UnsupportedTopic, "topic", known.iter().map(|topic| topic.as_str())))
}

fn source_word(name: &SourceName, dialect: Dialect) -> String {
    match dialect {
        Dialect::V1 => name.to_string(),
        Dialect::V2 => name.v2(),
    }
}

fn unsupported_key(known: &[Key], dialect: Dialect) -> Refusal {
    let word = |key: &Key| match dialect {
        Dialect::V1 => key.v1(),
        Dialect::V2 => key.v2(),
    };
    unsupported(RefusalKind::UnsupportedKey, "key", known.iter().map(word))
}

fn complete(
    catalog: &Catalog<'_>,
    question: Question,
    values: Vec<RequestedValue>,
    options: impl FnOnce(&Question) -> Result<Options, Refusal>,
) -> Result<JobSpec, Refusal> {
    let is_value_off = |requested: &RequestedValue| {
        let Question { facts, country, key, .. } = &question;
        check_value(*key, &requested.value).is_ok_and(|value| {
            let value = Some(value.as_str());
            (catalog.is_off)(Asked { source: &facts.name, country: *country, key: Some(*key), value })
        })
    };
    if values.iter().all(is_value_off) {
        return Err(Refusal::of(RefusalKind::ValueDisabled).about("values"));
    }
    let Options { lookup, multiplier, terms } = options(&question)?;
    let Question { facts, country, key, topic } = question;
    Ok(JobSpec { source: facts.name, country, topic, key, values, options: lookup, multiplier, terms })
}
