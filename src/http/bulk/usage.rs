//! `GET /v2/me/usage_today` and `/v2/me/usage_month`, the same in every version.

use super::v1::view;
use crate::http::codes::Refusal;
use crate::http::params::Params;
use crate::http::state::HttpState;
use crate::ledger::{usage_month, usage_today};
use actix_web::{HttpRequest, HttpResponse, web};

/// Credits of the current UTC day.
pub async fn today(state: web::Data<HttpState>, request: HttpRequest, params: Params) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let usage = usage_today(&state.app, &account).await.map_err(|error| state.broken(&request, &error))?;
    Ok(HttpResponse::Ok().json(view::usage_today(&usage)))
}

/// Credits of the current month, by day.
pub async fn month(state: web::Data<HttpState>, request: HttpRequest, params: Params) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let usage = usage_month(&state.app, &account).await.map_err(|error| state.broken(&request, &error))?;
    Ok(HttpResponse::Ok().json(view::usage_month(&usage)))
}
