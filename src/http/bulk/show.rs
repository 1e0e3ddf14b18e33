//! `GET /jobs/{id}` and `GET /v2/jobs/{id}`.

use super::v1;
use super::v2::download::parse_wait;
use super::v2::job_object::job_object;
use crate::http::codes::Refusal;
use crate::http::params::Params;
use crate::http::state::HttpState;
use actix_web::{HttpRequest, HttpResponse, web};

/// v1: how far the job is.
pub async fn v1(
    state: web::Data<HttpState>,
    request: HttpRequest,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let job = state.job(&account, &id).await?;
    let job = state.polled(job, None).await?;
    Ok(HttpResponse::Ok().json(v1::view::status(&job.id, job.status, job.requested, job.completed)))
}

/// v2: the job, held for its end as long as the caller waits.
pub async fn v2(
    state: web::Data<HttpState>,
    request: HttpRequest,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let wait = parse_wait(&params)?;
    let job = state.job(&account, &id).await?;
    let job = state.polled(job, wait).await?;
    let balance = state.balance(account.id).await?;
    Ok(HttpResponse::Ok().json(job_object(&job, &balance)))
}
