//! `GET /v2/sources` and `GET /v2/sources/{name}/health`: what can be asked, and how well it answers.

use super::v2;
use crate::health::{report, summaries};
use crate::http::codes::Refusal;
use crate::http::params::Params;
use crate::http::state::HttpState;
use crate::storage::source_switch;
use actix_web::{HttpRequest, HttpResponse, web};

/// Every source with its health of the last day.
pub async fn v2(state: web::Data<HttpState>, request: HttpRequest, params: Result<Params, Refusal>) -> HttpResponse {
    v2::answer(list(&state, &request, params).await)
}

async fn list(
    state: &HttpState,
    request: &HttpRequest,
    params: Result<Params, Refusal>,
) -> Result<HttpResponse, Refusal> {
    state.account(request, &params?).await?;
    let app = &state.app;
    let broken = |error| state.broken(request, &error);
    let switches = source_switch::list(&app.db).await.map_err(broken)?;
    let health = summaries(&app.db, app.clock.now()).await.map_err(broken)?;
    let definitions = app.engine.registry().iter().map(|definition| &**definition);
    Ok(HttpResponse::Ok().json(v2::view::sources(definitions, &switches, &health)))
}

/// One source hour by hour.
pub async fn health_v2(
    state: web::Data<HttpState>,
    request: HttpRequest,
    name: web::Path<String>,
    params: Result<Params, Refusal>,
) -> HttpResponse {
    v2::answer(series(&state, &request, &name, params).await)
}

async fn series(
    state: &HttpState,
    request: &HttpRequest,
    name: &str,
    params: Result<Params, Refusal>,
) -> Result<HttpResponse, Refusal> {
    let params = params?;
    state.account(request, &params).await?;
    let app = &state.app;
    let most_hours = app.config.health.keep_hours();
    let asked = v2::parse::parse_health(&params, app.engine.registry(), name, most_hours)?;
    let report = report(&app.db, &asked.definition.name, asked.country, asked.hours, app.clock.now())
        .await
        .map_err(|error| state.broken(request, &error))?;
    Ok(HttpResponse::Ok().json(v2::view::series(&asked.definition.name, asked.country, &report)))
}
