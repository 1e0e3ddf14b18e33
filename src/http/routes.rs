//! The whole route table on one screen.

use super::bulk::{create, download, list, settings, show, single, usage};
use super::codes::{Refusal, RefusalKind};
use super::health;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{ServiceConfig, post, put, resource, route, to};
use actix_web::{ResponseError, Route, guard};

/// Mounts every route. A path that exists refuses other methods, and a path that does not exist says so, both in the
/// API's own words.
#[rustfmt::skip]
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(resource("/jobs").route(post().to(create::v1)).route(get().to(list::v1)).default_service(only("GET, HEAD, POST")))
        .service(resource("/jobs/{job_id}").route(get().to(show::v1)).default_service(only(READ)))
        .service(resource("/products/bulk/{job_id}").route(get().to(download::v1)).default_service(only(READ)))
        .service(resource("/products/single").route(get().to(single::v1)).default_service(only(READ)))
        .service(resource(["/v2/me/usage_today", "/me/usage_today"]).route(get().to(usage::today)).default_service(only(READ)))
        .service(resource(["/v2/me/usage_month", "/me/usage_month"]).route(get().to(usage::month)).default_service(only(READ)))
        .service(resource("/settings/daily_quota").route(get().to(settings::daily_quota)).route(put().to(settings::set_daily_quota)).default_service(only("GET, HEAD, PUT")))
        .service(resource("/settings/monthly_included_usage").route(get().to(settings::monthly_included_usage)).default_service(only(READ)))
        .service(resource("/healthz").route(get().to(health::live)).default_service(only(READ)))
        .service(resource("/readyz").route(get().to(health::ready)).default_service(only(READ)))
        .service(resource("/metrics").route(get().to(health::metrics)).default_service(only(READ)))
        .default_service(to(async || Err::<(), _>(Refusal::of(RefusalKind::NoSuchRoute))));
}

const READ: &str = "GET, HEAD";

/// GET, and HEAD with it.
fn get() -> Route {
    route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// The answer to any other method: 405 and the methods there are (RFC 9110 §15.5.6).
fn only(methods: &'static str) -> Route {
    to(move || async move {
        let mut answer = Refusal::of(RefusalKind::MethodNotAllowed).error_response();
        answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static(methods));
        answer
    })
}
