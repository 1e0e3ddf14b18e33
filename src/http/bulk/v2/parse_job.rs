//! A new job of v2 as a domain value: the shared core with v2's options.
//!
//! Programs written for v1 send its options here as well. They are understood as long as they do not contradict v2's own:
//! a job must neither cost nor deliver other than what it says.

use super::download::format_word;
use super::minutes::parse_minutes;
use crate::domain::{
    Amount, ConditionFilter, JobSpec, JobTerms, LookupOptions, MaxAge, Multiplier, PageLimit, Selection, SortBy,
    Webhook, WebhookMethod,
};
use crate::http::bulk::job_params::{self, Catalog, Options, Question};
use crate::http::bulk::v1::parse::{parse_completeness, parse_currentness};
use crate::http::codes::{Dialect, Refusal};
use crate::http::param_values::{bounded, one_of};
use crate::http::params::Params;
use crate::rendering::FormatV2;
use std::time::Duration;
use url::Url;

/// Most of `max_age` that the database keeps; four thousand years.
pub const MOST_MAX_AGE_MINUTES: u64 = i32::MAX.unsigned_abs() as u64;
/// Longest deadline of a job: 30 days.
pub const MOST_TIMEOUT_MINUTES: u64 = 30 * 24 * 60;
/// Longest address of a webhook, in bytes.
pub const MAX_WEBHOOK_URL_BYTES: usize = 2048;

/// `POST /v2/jobs`.
pub fn parse_job(params: &Params, catalog: &Catalog<'_>) -> Result<JobSpec, Refusal> {
    job_params::parse_job(params, catalog, Dialect::V2, |question| {
        let lookup = LookupOptions {
            page_limit: parse_page_limit(params)?,
            max_age: parse_max_age(params)?,
            selection: parse_selection(params, question)?,
        };
        Ok(Options { lookup, multiplier: Multiplier::of_v2(&lookup), terms: parse_terms(params, catalog)? })
    })
}

fn parse_page_limit(params: &Params) -> Result<PageLimit, Refusal> {
    let own = bounded(params, "max_pages", 1..=u64::from(u32::MAX))?;
    let own = own.map(|pages| PageLimit::Pages(u32::try_from(pages).unwrap_or(u32::MAX)));
    let of_v1 = parse_completeness(params)?.map(|completeness| completeness.page_limit());
    Ok(agreed(("max_pages", own), ("completeness", of_v1))?.unwrap_or(PageLimit::Pages(1)))
}

fn parse_max_age(params: &Params) -> Result<MaxAge, Refusal> {
    let own = minutes(params, "max_age", 0, MOST_MAX_AGE_MINUTES)?;
    let own = own.map(|minutes| MaxAge { minutes: u32::try_from(minutes).unwrap_or(u32::MAX) });
    let of_v1 = parse_currentness(params)?.map(|currentness| currentness.max_age());
    Ok(agreed(("max_age", own), ("currentness", of_v1))?.unwrap_or(MaxAge::DAILY))
}

fn parse_selection(params: &Params, question: &Question) -> Result<Selection, Refusal> {
    let conditions = &question.facts.conditions;
    let is_v1_word = |name: &str| params.get(name).is_some_and(|text| text.eq_ignore_ascii_case("all"));
    let own = match is_v1_word("condition") {
        true => Some(ConditionFilter::All),
        false => one_of(params, "condition", conditions, ConditionFilter::v2)?,
    };
    let of_v1 = one_of(params, "conditions", conditions, ConditionFilter::as_str)?;
    let condition = agreed(("condition", own), ("conditions", of_v1))?;
    let (min_price, max_price) = (price(params, "min_price")?, price(params, "max_price")?);
    if let (Some(min), Some(max)) = (min_price, max_price)
        && min > max
    {
        return Err(Refusal::invalid("min_price", "The parameter `min_price` is at most `max_price`."));
    }
    Ok(Selection {
        // All conditions is what nobody who asks for none gets either.
        condition: condition.filter(|filter| *filter != ConditionFilter::All),
        sort_by: one_of(params, "sort_by", &SortBy::ALL, SortBy::as_str)?.unwrap_or_default(),
        min_price,
        max_price,
    })
}

fn price(params: &Params, name: &str) -> Result<Option<Amount>, Refusal> {
    let Some(text) = params.get(name) else { return Ok(None) };
    let amount = text.parse::<Amount>().ok().filter(|amount| *amount >= Amount::ZERO).ok_or_else(|| {
        Refusal::invalid(
            name,
            format!("The parameter `{name}` is a decimal number with a dot, 0 or more, such as 12.99."),
        )
    })?;
    Ok(Some(amount))
}

fn parse_terms(params: &Params, catalog: &Catalog<'_>) -> Result<JobTerms, Refusal> {
    let timeout = minutes(params, "timeout", 1, MOST_TIMEOUT_MINUTES)?;
    Ok(JobTerms {
        timeout: timeout.map(|minutes| Duration::from_secs(minutes * 60)),
        webhook: parse_webhook(params, catalog.check_address)?,
        max_credits: bounded(params, "max_credits", 0..=i64::MAX.unsigned_abs())?,
        ..JobTerms::default()
    })
}

/// `webhook_url`, `webhook_method`, `webhook_download_format`; `check_address` tells why an address is not called.
pub fn parse_webhook(
    params: &Params,
    check_address: impl Fn(&Url) -> Result<(), String>,
) -> Result<Option<Webhook>, Refusal> {
    let method = one_of(params, "webhook_method", &WebhookMethod::ALL, WebhookMethod::as_str)?.unwrap_or_default();
    let download_format = one_of(params, "webhook_download_format", &FormatV2::ALL, format_word)?;
    let download_format = download_format.map(|format| format_word(format).to_owned());
    let Some(text) = params.get_utf8("webhook_url")? else { return Ok(None) };
    let wrong = |why: &str| {
        let comment = format!("The parameter `webhook_url` is a public http or https address: {why}.");
        Refusal::invalid("webhook_url", comment)
    };
    if text.len() > MAX_WEBHOOK_URL_BYTES {
        return Err(wrong(&format!("it is longer than {MAX_WEBHOOK_URL_BYTES} bytes")));
    }
    let url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
    check_address(&url).map_err(|why| wrong(&format!("{why} is not allowed")))?;
    Ok(Some(Webhook { url: url.into(), method, download_format }))
}

fn minutes(params: &Params, name: &str, least: u64, most: u64) -> Result<Option<u64>, Refusal> {
    let Some(text) = params.get(name) else { return Ok(None) };
    let minutes = parse_minutes(text).filter(|minutes| (least..=most).contains(minutes)).ok_or_else(|| {
        let comment = format!(
            "The parameter `{name}` is a whole number of minutes from {least} to {most}, or an ISO 8601 duration such as PT20H."
        );
        Refusal::invalid(name, comment)
    })?;
    Ok(Some(minutes))
}

/// The one of v2's option and its forerunner in v1 that was sent; both only if they mean the same.
fn agreed<T: PartialEq>(own: (&str, Option<T>), of_v1: (&str, Option<T>)) -> Result<Option<T>, Refusal> {
    match (own.1, of_v1.1) {
        (Some(own_value), Some(value)) if own_value != value => Err(Refusal::invalid(
            of_v1.0,
            format!("The parameter `{}` contradicts `{}`; send one of them.", of_v1.0, own.0),
        )),
        (Some(one), _) | (None, Some(one)) => Ok(Some(one)),
        (None, None) => Ok(None),
    }
}

#[cfg(test)]
#[path = "parse_job_cases.rs"]
mod parse_job_cases;
