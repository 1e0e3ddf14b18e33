//! `POST /v2/jobs/{id}/cancel` and `DELETE /v2/jobs/{id}`.

use super::v2::job_object::job_object;
use crate::http::codes::{Refusal, RefusalKind};
use crate::http::params::Params;
use crate::http::state::HttpState;
use crate::jobs;
use actix_web::{HttpRequest, HttpResponse, web};

/// v2: the cancelled job.
pub async fn v2(
    state: web::Data<HttpState>,
    request: HttpRequest,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let job = state.job(&account, &id).await?;
    let cancelled = jobs::cancel(&state.app, &job).await?;
    let cancelled = cancelled.ok_or_else(|| Refusal::of(RefusalKind::JobAlreadyEnded))?;
    let balance = state.balance(account.id).await?;
    Ok(HttpResponse::Ok().json(job_object(&cancelled, &balance)))
}

/// v2: the job without its results.
pub async fn delete_v2(
    state: web::Data<HttpState>,
    request: HttpRequest,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let job = state.job(&account, &id).await?;
    let deleted = jobs::delete(&state.app, &job).await?;
    let balance = state.balance(account.id).await?;
    Ok(HttpResponse::Ok().json(job_object(&deleted, &balance)))
}
