//! `/settings/…`: what an account sets and is told about itself.

use super::{parse, view};
use crate::accounts::{set_daily_quota as set_quota, set_hard_quota as set_hard};
use crate::http::codes::Refusal;
use crate::http::params::Params;
use crate::http::state::HttpState;
use actix_web::{HttpRequest, HttpResponse, web};

/// `GET /settings/daily_quota`.
pub async fn daily_quota(
    state: web::Data<HttpState>,
    request: HttpRequest,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    Ok(HttpResponse::Ok().json(view::daily_quota(account.daily_quota)))
}

/// `PUT /settings/daily_quota`.
pub async fn set_daily_quota(
    state: web::Data<HttpState>,
    request: HttpRequest,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let quota = parse::parse_daily_quota(&params)?;
    set_quota(&state.app.db, account.id, quota).await?;
    Ok(HttpResponse::Ok().json(view::daily_quota(quota)))
}

/// `GET /settings/hard_quota`.
pub async fn hard_quota(
    state: web::Data<HttpState>,
    request: HttpRequest,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    Ok(HttpResponse::Ok().json(view::hard_quota(account.hard_quota)))
}

/// `PUT /settings/hard_quota`.
pub async fn set_hard_quota(
    state: web::Data<HttpState>,
    request: HttpRequest,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let is_hard = parse::parse_hard_quota(&params)?;
    set_hard(&state.app.db, account.id, is_hard).await?;
    Ok(HttpResponse::Ok().json(view::hard_quota(is_hard)))
}

/// `GET /settings/monthly_included_usage`.
pub async fn monthly_included_usage(
    state: web::Data<HttpState>,
    request: HttpRequest,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let included = state.app.plan(&account.plan).included_credits;
    Ok(HttpResponse::Ok().json(view::monthly_included_usage(included)))
}
