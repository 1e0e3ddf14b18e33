//! A job specification as the JSON a schedule keeps: written today, read by later versions.

use super::StorageError;
use super::bulk_job::{page_limit_text, parse_page_limit};
use crate::domain::{
    ConditionFilter, JobSpec, JobTerms, Key, LookupOptions, MaxAge, Multiplier, RequestedValue, Selection, SortBy,
    SourceName, Topic, Webhook, WebhookMethod,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The stored form; a field that a later version adds has a default.
#[derive(Serialize, Deserialize)]
struct Stored {
    source: String,
    country: String,
    topic: String,
    key: String,
    values: Vec<StoredValue>,
    page_limit: String,
    max_age_minutes: u32,
    condition: Option<String>,
    sort_by: String,
    min_price: Option<String>,
    max_price: Option<String>,
    multiplier: u8,
    timeout_s: Option<u64>,
    max_credits: Option<u64>,
    webhook: Option<StoredWebhook>,
}

#[derive(Serialize, Deserialize)]
struct StoredValue {
    value: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct StoredWebhook {
    url: String,
    method: String,
    download_format: Option<String>,
}

/// What each run asks; where a job came from is not part of it.
pub(super) fn to_json(spec: &JobSpec) -> Result<String, StorageError> {
    let JobSpec { source, country, topic, key, values, options, multiplier, terms } = spec;
    let LookupOptions { page_limit, max_age, selection } = options;
    let Selection { condition, sort_by, min_price, max_price } = selection;
    let JobTerms { timeout, max_credits, webhook, rerun_of: _, schedule_id: _ } = terms;
    let value = |one: &RequestedValue| StoredValue { value: one.value.clone(), reference: one.reference.clone() };
    let stored = Stored {
        source: source.to_string(),
        country: country.to_string(),
        topic: topic.as_str().to_owned(),
        key: key.v1().to_owned(),
        values: values.iter().map(value).collect(),
        page_limit: page_limit_text(*page_limit),
        max_age_minutes: max_age.minutes,
        condition: condition.map(|condition| condition.as_str().to_owned()),
        sort_by: sort_by.as_str().to_owned(),
        min_price: min_price.map(|amount| amount.to_string()),
        max_price: max_price.map(|amount| amount.to_string()),
        multiplier: multiplier.0,
        timeout_s: timeout.map(|timeout| timeout.as_secs()),
        max_credits: *max_credits,
        webhook: webhook.as_ref().map(|webhook| StoredWebhook {
            url: webhook.url.clone(),
            method: webhook.method.as_str().to_owned(),
            download_format: webhook.download_format.clone(),
        }),
    };
    serde_json::to_string(&stored).map_err(|error| StorageError::corrupt("job_schedule", error))
}

/// The specification again, for a run of the schedule with this row id.
pub(super) fn from_json(json: &str, schedule_seq: i64) -> Result<JobSpec, StorageError> {
    let corrupt = |what: &str| StorageError::corrupt("job_schedule", format!("{what} of {schedule_seq}"));
    let stored: Stored = serde_json::from_str(json).map_err(|_| corrupt("spec"))?;
    let amount = |text: Option<String>| text.map(|text| text.parse().map_err(|_| corrupt("price"))).transpose();
    let condition = stored.condition.map(|text| {
        ConditionFilter::ALL.into_iter().find(|one| one.as_str() == text).ok_or_else(|| corrupt("condition"))
    });
    let sort_by = SortBy::ALL.into_iter().find(|one| one.as_str() == stored.sort_by);
    let webhook = stored.webhook.map(|webhook| {
        let method = WebhookMethod::ALL.into_iter().find(|one| one.as_str() == webhook.method);
        let method = method.ok_or_else(|| corrupt("webhook method"))?;
        Ok::<_, StorageError>(Webhook { url: webhook.url, method, download_format: webhook.download_format })
    });
    let value = |one: StoredValue| RequestedValue { value: one.value, reference: one.reference };
    Ok(JobSpec {
        source: SourceName::new(&stored.source),
        country: stored.country.parse().map_err(|_| corrupt("country"))?,
        topic: Topic::parse(&stored.topic).ok_or_else(|| corrupt("topic"))?,
        key: Key::parse(&stored.key).ok_or_else(|| corrupt("key"))?,
        values: stored.values.into_iter().map(value).collect(),
        options: LookupOptions {
            page_limit: parse_page_limit(&stored.page_limit).ok_or_else(|| corrupt("page_limit"))?,
            max_age: MaxAge { minutes: stored.max_age_minutes },
            selection: Selection {
                condition: condition.transpose()?,
                sort_by: sort_by.ok_or_else(|| corrupt("sort_by"))?,
                min_price: amount(stored.min_price)?,
                max_price: amount(stored.max_price)?,
            },
        },
        multiplier: Multiplier(stored.multiplier),
        terms: JobTerms {
            timeout: stored.timeout_s.map(Duration::from_secs),
            max_credits: stored.max_credits,
            webhook: webhook.transpose()?,
            rerun_of: None,
            schedule_id: Some(schedule_seq),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PageLimit;

    fn spec() -> JobSpec {
        JobSpec {
            source: SourceName::new("google-shopping"),
            country: "de".parse().unwrap(),
            topic: Topic::ProductAndOffers,
            key: Key::SourceId,
            values: vec![
                RequestedValue { value: "a\"b".into(), reference: Some("SKU 1".into()) },
                RequestedValue { value: "c".into(), reference: None },
            ],
            options: LookupOptions {
                page_limit: PageLimit::Pages(3),
                max_age: MaxAge { minutes: 7 },
                selection: Selection {
                    condition: Some(ConditionFilter::Used),
                    sort_by: SortBy::ALL[1],
                    min_price: Some("1.50".parse().unwrap()),
                    max_price: Some("20".parse().unwrap()),
                },
            },
            multiplier: Multiplier::DOUBLE,
            terms: JobTerms {
                timeout: Some(Duration::from_secs(600)),
                max_credits: Some(9),
                webhook: Some(Webhook {
                    url: "https://a.example/".into(),
                    method: WebhookMethod::Put,
                    download_format: Some("csv".into()),
                }),
                rerun_of: None,
                schedule_id: Some(5),
            },
        }
    }

    #[test]
    fn comes_back_as_it_was() {
        assert_eq!(from_json(&to_json(&spec()).unwrap(), 5).unwrap(), spec());
    }

    /// What this version wrote must be read by all later ones.
    #[test]
    fn the_form_is_stable() {
        let written = r#"{"source":"google-shopping","country":"de","topic":"product_and_offers","key":"source_id","values":[{"value":"a\"b","reference":"SKU 1"},{"value":"c"}],"page_limit":"3","max_age_minutes":7,"condition":"used","sort_by":"price_ascending","min_price":"1.50","max_price":"20","multiplier":2,"timeout_s":600,"max_credits":9,"webhook":{"url":"https://a.example/","method":"PUT","download_format":"csv"}}"#;
        assert_eq!(to_json(&spec()).unwrap(), written);
        assert!(from_json("{}", 1).is_err());
    }
}
