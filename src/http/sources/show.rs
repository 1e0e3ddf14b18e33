//! `GET /v2/sources` and `GET /v2/sources/{name}/health`.

use super::{parse, view};
use crate::health::{report, summaries};
use crate::http::codes::Refusal;
use crate::http::params::Params;
use crate::http::state::HttpState;
use crate::storage::source_switch;
use actix_web::{HttpRequest, HttpResponse, web};

/// Every source with its health of the last day.
pub async fn list(state: web::Data<HttpState>, request: HttpRequest, params: Params) -> Result<HttpResponse, Refusal> {
    state.account(&request, &params).await?;
    let app = &state.app;
    let switches = source_switch::list(&app.db).await?;
    let health = summaries(&app.db, app.clock.now()).await?;
    let definitions = app.engine.registry().iter().map(|definition| &**definition);
    Ok(HttpResponse::Ok().json(view::sources(definitions, &switches, &health)))
}

/// One source hour by hour.
pub async fn health(
    state: web::Data<HttpState>,
    request: HttpRequest,
    name: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    state.account(&request, &params).await?;
    let app = &state.app;
    let most_hours = app.config.health.keep_hours();
    let asked = parse::parse_health(&params, app.engine.registry(), &name, most_hours)?;
    let report = report(&app.db, &asked.definition.name, asked.country, asked.hours, app.clock.now()).await?;
    Ok(HttpResponse::Ok().json(view::series(&asked.definition.name, asked.country, &report)))
}
