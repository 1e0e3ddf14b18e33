//! The whole route table on one screen.

use super::bulk::{create, download, list, settings, show, single, sources, usage};
use super::codes::{Refusal, RefusalKind};
use super::health;
use actix_web::Route;
use actix_web::guard;
use actix_web::web::{ServiceConfig, post, put, resource, route, to};

/// Mounts every route. A path that exists refuses other methods, and a path that does not exist says so, both in the
/// API's own words.
#[rustfmt::skip]
pub fn routes(config: &mut ServiceConfig) {
    const READ: &str = "GET, HEAD";
    config
        .service(resource("/jobs").route(post().to(create::v1)).route(get().to(list::v1)).default_service(no_method("GET, HEAD, POST")))
        .service(resource("/jobs/{job_id}").route(get().to(show::v1)).default_service(no_method(READ)))
        .service(resource("/products/bulk/{job_id}").route(get().to(download::v1)).default_service(no_method(READ)))
        .service(resource("/products/single").route(route().guard(guard::Get()).to(single::v1)).default_service(no_method("GET")))
        .service(resource(["/v2/me/usage_today", "/me/usage_today"]).route(get().to(usage::today)).default_service(no_method(READ)))
        .service(resource(["/v2/me/usage_month", "/me/usage_month"]).route(get().to(usage::month)).default_service(no_method(READ)))
        .service(resource("/settings/daily_quota").route(get().to(settings::daily_quota)).route(put().to(settings::set_daily_quota)).default_service(no_method("GET, HEAD, PUT")))
        .service(resource("/settings/monthly_included_usage").route(get().to(settings::monthly_included_usage)).default_service(no_method(READ)))
        .service(resource("/v2/jobs").route(post().to(create::v2)).route(get().to(list::v2)).default_service(no_method("GET, HEAD, POST")))
        .service(resource("/v2/jobs/{job_id}").route(get().to(show::v2)).default_service(no_method(READ)))
        .service(resource("/v2/jobs/{job_id}/download").route(get().to(download::v2)).default_service(no_method(READ)))
        .service(resource("/v2/jobs/{job_id}/download.{suffix}").route(get().to(download::v2_as)).default_service(no_method(READ)))
        .service(resource("/v2/sources").route(get().to(sources::v2)).default_service(no_method(READ)))
        .service(resource("/v2/sources/{name}/health").route(get().to(sources::health_v2)).default_service(no_method(READ)))
        .service(resource("/healthz").route(get().to(health::live)).default_service(no_method(READ)))
        .service(resource("/readyz").route(get().to(health::ready)).default_service(no_method(READ)))
        .service(resource("/metrics").route(get().to(health::metrics)).default_service(no_method(READ)))
        .default_service(to(async || Err::<(), _>(Refusal::of(RefusalKind::NoSuchRoute))));
}

/// GET, and HEAD with it.
fn get() -> Route {
    route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// The answer to every other method than these.
fn no_method(allowed: &'static str) -> Route {
    to(move || async move { Err::<(), _>(Refusal::method_not_allowed(allowed)) })
}
