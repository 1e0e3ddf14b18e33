//! Answers of v2 as JSON, keys in the documented order.

use crate::domain::{
    ConditionFilter, Country, Disabled, Drift, DriftState, Key, LatencyCounts, PageCounts, SourceName, Switch, Topic,
};
use crate::health::{CountryHealth, SourceReport};
use crate::http::openapi::words;
use crate::sources::Definition;
use crate::storage::source_health::HourOfPages;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Answer of `GET /v2/sources`.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourceList<'a> {
    /// In the order of their names.
    data: Vec<SourceEntry<'a>>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Source)]
struct SourceEntry<'a> {
    /// The name to ask it by.
    source: String,
    /// Its name for people.
    title: &'a str,
    /// `comparator`, `marketplace` or `shop`.
    kind: &'static str,
    /// What values can be.
    #[schema(value_type = Vec<words::KeyV2>)]
    keys: Vec<&'static str>,
    /// What can be asked about them.
    #[schema(value_type = Vec<words::TopicWord>)]
    topics: Vec<&'static str>,
    /// The keys that each topic can be asked by.
    #[schema(value_type = BTreeMap<String, Vec<words::KeyV2>>)]
    topic_keys: BTreeMap<&'static str, Vec<&'static str>>,
    /// What `condition` can be.
    #[schema(value_type = Vec<words::ConditionV2>)]
    conditions: [&'static str; 3],
    /// Whether the operator switched it off everywhere.
    disabled: bool,
    /// Where it answers.
    countries: Vec<CountryEntry>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourceCountry)]
struct CountryEntry {
    #[schema(value_type = words::CountryCode)]
    country: String,
    #[schema(value_type = Option<words::CurrencyCode>, required)]
    currency: Option<&'static str>,
    /// Whether the operator switched it off there.
    disabled: bool,
    /// Keys that cannot be asked there at present.
    #[schema(value_type = Vec<words::KeyV2>)]
    disabled_keys: Vec<&'static str>,
    /// `None`: nobody asked it of late, so nothing is known.
    #[schema(required)]
    health: Option<HealthEntry>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourceHealth)]
struct HealthEntry {
    #[schema(value_type = words::HealthState)]
    state: &'static str,
    #[schema(value_type = Option<words::Moment>, required)]
    since: Option<String>,
    #[serde(flatten)]
    pages: Pages,
    /// What is not as it was.
    signals: Vec<SignalEntry>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PageCounts)]
struct Pages {
    /// Pages asked for; the six counts behind it add up to it.
    pages: u64,
    /// What was looked for was on the page.
    understood: u64,
    /// The source said that it has nothing there.
    no_result: u64,
    /// A page came that is not like those the source had.
    not_understood: u64,
    /// The source refused.
    blocked: u64,
    /// No page came, after the retries.
    failed: u64,
    /// No page came in time, after the retries.
    timed_out: u64,
    latency_ms: Latency,
}

#[derive(Debug, Serialize, ToSchema)]
struct Latency {
    /// Half of the pages that came took no longer, in milliseconds.
    #[schema(required)]
    p50: Option<u64>,
    /// 95 of 100 took no longer.
    #[schema(required)]
    p95: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HealthSignal)]
struct SignalEntry {
    #[schema(value_type = words::StepWord)]
    step: &'static str,
    /// `blocked`, `failed`, `not_understood`, or `field:` and the name of a field that came out empty.
    signal: String,
    #[schema(value_type = words::HealthState)]
    state: &'static str,
    #[schema(value_type = words::Moment)]
    since: String,
    /// Its share of the newest pages when it came into this state.
    #[schema(required)]
    recent_percent: Option<u64>,
    /// Its share of those before.
    #[schema(required)]
    past_percent: Option<u64>,
}

fn pages(counts: &PageCounts, latency: &LatencyCounts) -> Pages {
    let PageCounts { understood, no_result, not_understood, blocked, failed, timed_out } = *counts;
    Pages {
        pages: counts.total(),
        understood,
        no_result,
        not_understood,
        blocked,
        failed,
        timed_out,
        latency_ms: Latency { p50: latency.percentile_ms(50), p95: latency.percentile_ms(95) },
    }
}

fn signal(drift: &Drift) -> SignalEntry {
    SignalEntry {
        step: drift.step.as_str(),
        signal: drift.signal.as_text(),
        state: drift.state.as_str(),
        since: drift.since.to_string(),
        recent_percent: drift.recent.percent(),
        past_percent: drift.past.percent(),
    }
}

/// `definitions` in the order of their names.
pub fn sources<'a>(
    definitions: impl IntoIterator<Item = &'a Definition>,
    switches: &[Switch],
    health: &BTreeMap<(SourceName, Country), CountryHealth>,
) -> SourceList<'a> {
    let entry = |definition: &'a Definition| {
        let countries = definition.countries.iter().map(|(country, site)| {
            let off = |key| Disabled::for_request(switches, &definition.name, *country, key);
            let keys = definition.keys.keys().copied();
            CountryEntry {
                country: country.to_string(),
                currency: site.currency.map(|currency| currency.code()),
                disabled: is_off(switches, &definition.name, Some(*country)),
                disabled_keys: keys.filter(|key| off(*key).is_some()).map(Key::v2).collect(),
                health: health.get(&(definition.name.clone(), *country)).map(health_entry),
            }
        });
        let keys_of = |topic| definition.keys_of(topic).into_iter().map(Key::v2).collect();
        SourceEntry {
            source: definition.name.v2(),
            title: &definition.title,
            kind: definition.kind.as_str(),
            keys: definition.keys.keys().copied().map(Key::v2).collect(),
            topics: definition.topics.iter().copied().map(Topic::as_str).collect(),
            topic_keys: definition.topics.iter().map(|topic| (topic.as_str(), keys_of(*topic))).collect(),
            conditions: [ConditionFilter::All, ConditionFilter::New, ConditionFilter::Used].map(ConditionFilter::v2),
            disabled: is_off(switches, &definition.name, None),
            countries: countries.collect(),
        }
    };
    SourceList { data: definitions.into_iter().map(entry).collect() }
}

/// Whether a whole source is off, or (with a country) off there.
fn is_off(switches: &[Switch], source: &SourceName, country: Option<Country>) -> bool {
    let mut whole = switches.iter().filter(|switch| switch.source == *source && switch.disables() == Disabled::Source);
    whole.any(|switch| switch.country.is_none() || switch.country == country)
}

fn health_entry(health: &CountryHealth) -> HealthEntry {
    HealthEntry {
        state: health.state().as_str(),
        since: health.since().map(|since| since.to_string()),
        pages: pages(&health.pages, &health.latency),
        signals: health.drifts.iter().map(signal).collect(),
    }
}

/// Answer of `GET /v2/sources/{name}/health`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourceHealthSeries)]
pub struct Series {
    /// The source asked about.
    source: String,
    #[schema(value_type = Option<words::CountryCode>, required)]
    country: Option<String>,
    #[schema(value_type = words::Moment)]
    from: String,
    #[schema(value_type = words::Moment)]
    to: String,
    /// How it stands in each country.
    states: Vec<StateEntry>,
    /// Hour by hour, oldest first.
    data: Vec<HourEntry>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourceCountryState)]
struct StateEntry {
    #[schema(value_type = words::CountryCode)]
    country: String,
    #[schema(value_type = words::HealthState)]
    state: &'static str,
    /// What is not as it was.
    signals: Vec<SignalEntry>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HourOfPages)]
struct HourEntry {
    #[schema(value_type = words::Moment)]
    hour: String,
    #[schema(value_type = words::CountryCode)]
    country: String,
    #[schema(value_type = words::StepWord)]
    step: &'static str,
    #[serde(flatten)]
    pages: Pages,
}

/// `country` is the one asked for, if only one was.
pub fn series(source: &SourceName, country: Option<Country>, report: &SourceReport) -> Series {
    let mut states: BTreeMap<Country, (DriftState, Vec<SignalEntry>)> = BTreeMap::new();
    for hour in &report.hours {
        states.entry(hour.key.country).or_default();
    }
    for drift in &report.drifts {
        let (state, signals) = states.entry(drift.country).or_default();
        *state = (*state).max(drift.state);
        signals.push(signal(drift));
    }
    let state = |(country, (state, signals)): (Country, (DriftState, Vec<SignalEntry>))| StateEntry {
        country: country.to_string(),
        state: state.as_str(),
        signals,
    };
    let hour = |hour: &HourOfPages| HourEntry {
        hour: hour.key.hour.to_string(),
        country: hour.key.country.to_string(),
        step: hour.key.step.as_str(),
        pages: pages(&hour.pages, &hour.latency),
    };
    Series {
        source: source.v2(),
        country: country.map(|country| country.to_string()),
        from: report.from.to_string(),
        to: report.to.to_string(),
        states: states.into_iter().map(state).collect(),
        data: report.hours.iter().map(hour).collect(),
    }
}
