//! Whether the server lives, whether it can work, and what it counted.

use super::state::HttpState;
use crate::storage::bulk_job::PassedOver;
use crate::storage::{bulk_item, bulk_job, source_drift, webhook_message};
use actix_web::{HttpResponse, web};

pub const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
pub const TEXT_TYPE: &str = "text/plain; charset=utf-8";

/// What the probes are told.
pub const ALIVE: &str = "ok\n";
pub const READY: &str = "ready\n";
pub const STOPPING: &str = "stopping\n";
pub const NO_DATABASE: &str = "the database does not answer\n";

/// `GET /healthz`: the process answers.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type(TEXT_TYPE).body(ALIVE)
}

/// `GET /readyz`: requests can be served: the database answers, can be written, and the server is not stopping.
pub async fn ready(state: web::Data<HttpState>) -> HttpResponse {
    let not_ready = |why: &'static str| HttpResponse::ServiceUnavailable().content_type(TEXT_TYPE).body(why);
    if state.app.stop.is_cancelled() {
        return not_ready(STOPPING);
    }
    match state.app.db.ping().await {
        Ok(()) => HttpResponse::Ok().content_type(TEXT_TYPE).body(READY),
        Err(error) => {
            tracing::error!(%error, "not ready");
            not_ready(NO_DATABASE)
        }
    }
}

/// `GET /metrics`: OpenMetrics text.
pub async fn metrics(state: web::Data<HttpState>) -> HttpResponse {
    let app = &state.app;
    let open = bulk_job::count_by_status(&app.db).await;
    let ready = bulk_item::count_ready(&app.db, app.clock.lease_now(), &PassedOver::default()).await;
    let tickets = app.queue.count_waiting().await;
    if let (Ok(open), Ok(ready), Ok(tickets)) = (open, ready, tickets) {
        let open: Vec<_> = open.into_iter().map(|(status, n)| (status.as_str(), n)).collect();
        app.metrics.set_depth(&open, tickets, ready.iter().map(|(_, n)| n).sum());
    }
    let crawler = app.engine.fetch_state();
    app.metrics.set_crawler(crawler.hosts_slowed, crawler.hosts_resting, crawler.bytes_held);
    if let Ok(open) = webhook_message::count_open(&app.db).await {
        app.metrics.set_webhooks_open(open);
    }
    let drifts = source_drift::list(&app.db).await.unwrap_or_default();
    app.metrics.clear_drift();
    for drift in drifts {
        let (source, country) = (drift.source.as_str(), drift.country.as_str());
        app.metrics.set_drift(source, country, drift.step.as_str(), drift.signal.as_text(), drift.state.level());
    }
    match app.metrics.encode() {
        Ok(text) => HttpResponse::Ok().content_type(METRICS_TYPE).body(text),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}
