//! What can be asked, and how well it answers.

use super::known::Known;
use super::operation::{Op, Tag, op};
use super::parameter::{optional, required};
use super::words::{integer, one_of};
use crate::http::codes::RefusalKind as K;
use crate::http::sources::parse::DEFAULT_HOURS;
use crate::http::sources::view;
use serde_json::json as value;
use utoipa::openapi::HttpMethod::Get;
use utoipa::openapi::link::LinkBuilder;

pub(super) fn operations(known: &Known) -> Vec<Op> {
    let words = |words: &[String]| one_of(words.iter().map(String::as_str));
    let pages = value!({"pages": 40, "understood": 38, "no_result": 1, "not_understood": 0, "blocked": 0, "failed": 1, "timed_out": 0,
        "latency_ms": {"p50": 100, "p95": 400}});
    let mut health = value!({"state": "ok", "since": null, "signals": []});
    let mut hour = value!({"hour": "2026-01-31T11:00:00Z", "country": "de", "step": "search"});
    for whole in [&mut health, &mut hour] {
        if let (Some(whole), Some(pages)) = (whole.as_object_mut(), pages.as_object()) {
            whole.extend(pages.clone());
        }
    }
    let list = value!({"data": [{
        "source": "google_shopping", "title": "Google Shopping", "kind": "comparator", "keys": ["gtin", "term", "id"],
        "topics": ["product_and_offers"], "topic_keys": {"product_and_offers": ["gtin"]}, "conditions": ["any", "new", "used"], "disabled": false,
        "countries": [{"country": "de", "currency": "EUR", "disabled": false, "disabled_keys": [], "health": health}],
    }]});
    let series = value!({
        "source": "google_shopping", "country": "de", "from": "2026-01-30T13:00:00Z", "to": "2026-01-31T12:00:00Z",
        "states": [{"country": "de", "state": "ok", "signals": []}], "data": [hour],
    });
    let hours = integer(1, i64::from(known.health_hours)).default(Some(value!(DEFAULT_HOURS.min(known.health_hours))));
    vec![
        op(Get, "/v2/sources", "list_sources", Tag::Sources, "List sources")
            .json::<view::SourceList>("Every source, with its health of the last day.", list)
            .links([(
                "health",
                LinkBuilder::new()
                    .operation_id("source_health")
                    .parameter("name", "$response.body#/data/0/source")
                    .description("The first source, hour by hour.")
                    .build(),
            )]),
        op(Get, "/v2/sources/{name}/health", "source_health", Tag::Sources, "Show a source's health")
            .in_path(required("name", words(&known.sources_v2), "The source's name."))
            .query([
                optional("country", words(&known.countries), "Only there; without it everywhere."),
                optional("hours", hours, "How far to look back."),
            ])
            .json::<view::Series>("Its pages hour by hour; hours without one are absent.", series)
            .refuses(&[K::UnsupportedSource, K::UnsupportedCountry]),
    ]
}
