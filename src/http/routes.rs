//! The whole route table on one screen.

use super::account::{ledger, settings, usage};
use super::bulk::{cancel, create, download, estimate, events, list, rerun, results, show, single};
use super::codes::{Refusal, RefusalKind};
use super::health;
use super::mount::{Mount, at};
use super::reference;
use super::schedules;
use super::sources;
use super::webhooks::{deliveries, secret};
use actix_web::web::{ServiceConfig, to};

/// Every route. [`super::openapi`] describes exactly these; a test walks both.
#[rustfmt::skip]
pub fn table() -> Vec<Mount> {
    vec![
        at(["/jobs"]).post(create::v1).get(list::v1),
        at(["/jobs/{job_id}"]).get(show::v1),
        at(["/products/bulk/{job_id}"]).get(download::v1),
        at(["/products/single"]).get_only(single::v1),
        at(["/v2/me/usage_today", "/me/usage_today"]).get(usage::today),
        at(["/v2/me/usage_month", "/me/usage_month", "/v2/me/usage_month.csv", "/me/usage_month.csv"]).get(usage::month),
        at(["/v2/me/ledger", "/me/ledger", "/v2/me/ledger.csv", "/me/ledger.csv"]).get(ledger::ledger),
        at(["/settings/daily_quota"]).get(settings::daily_quota).put(settings::set_daily_quota),
        at(["/settings/hard_quota"]).get(settings::hard_quota).put(settings::set_hard_quota),
        at(["/settings/monthly_included_usage"]).get(settings::monthly_included_usage),
        at(["/v2/jobs"]).post(create::v2).get(list::v2),
        at(["/v2/jobs/estimate"]).post(estimate::v2),
        at(["/v2/jobs/{job_id}"]).get(show::v2).delete(cancel::delete_v2),
        at(["/v2/jobs/{job_id}/download"]).get(download::v2),
        at(["/v2/jobs/{job_id}/download.{suffix}"]).get(download::v2_as),
        at(["/v2/jobs/{job_id}/cancel"]).post(cancel::v2),
        at(["/v2/jobs/{job_id}/rerun"]).post(rerun::v2),
        at(["/v2/jobs/{job_id}/results"]).get(results::v2),
        at(["/v2/jobs/{job_id}/events"]).get(events::v2),
        at(["/v2/sources"]).get(sources::show::list),
        at(["/v2/sources/{name}/health"]).get(sources::show::health),
        at(["/v2/schedules"]).post(schedules::create::v2).get(schedules::show::list),
        at(["/v2/schedules/{schedule_id}"]).get(schedules::show::one).delete(schedules::change::delete),
        at(["/v2/schedules/{schedule_id}/pause"]).post(schedules::change::pause).patch(schedules::change::pause),
        at(["/v2/schedules/{schedule_id}/resume"]).post(schedules::change::resume).patch(schedules::change::resume),
        at(["/v2/webhooks/secret"]).get(secret::show).post(secret::rotate),
        at(["/v2/webhooks/deliveries"]).get(deliveries::list),
        at(["/v2/webhooks/deliveries/{message_id}"]).get(deliveries::show),
        at(["/v2/webhooks/deliveries/{message_id}/replay"]).post(deliveries::replay),
        at(["/healthz"]).get(health::live),
        at(["/readyz"]).get(health::ready),
        at(["/metrics"]).get(health::metrics),
        at(["/openapi.json"]).get(reference::document),
        at(["/docs"]).get(reference::page),
        at(["/docs/{file}"]).get(reference::file),
    ]
}

/// Mounts every route. A path that exists refuses other methods, and a path that does not exist says so, both in the
/// API's own words.
pub fn routes(config: &mut ServiceConfig) {
    for row in table() {
        row.mount(config);
    }
    config.default_service(to(async || Err::<(), _>(Refusal::of(RefusalKind::NoSuchRoute))));
}
