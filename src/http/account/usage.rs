//! `GET /v2/me/usage_today` and `/v2/me/usage_month`, the same in every version.

use super::ledger::csv_response;
use super::{statement, view};
use crate::http::codes::Refusal;
use crate::http::params::Params;
use crate::http::state::{HttpState, request_id};
use crate::ledger::{usage_month, usage_today};
use actix_web::{HttpRequest, HttpResponse, web};

/// Credits of the current UTC day.
pub async fn today(state: web::Data<HttpState>, request: HttpRequest, params: Params) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let usage = usage_today(&state.app, &account).await?;
    Ok(HttpResponse::Ok().json(view::usage_today(&usage)))
}

/// Credits of a month, by day, as JSON or CSV.
pub async fn month(state: web::Data<HttpState>, request: HttpRequest, params: Params) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let asked = statement::parse_statement(&params, request.path(), state.app.clock.now())?;
    let usage = usage_month(&state.app, &account, asked.month).await?;
    if asked.is_csv {
        let table = statement::usage_csv(&usage, asked.bom).map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "usage not written");
            Refusal::internal(request_id(&request))
        })?;
        return Ok(csv_response(&format!("usage-{}.csv", asked.month)).body(table));
    }
    Ok(HttpResponse::Ok().json(view::usage_month(&usage)))
}
