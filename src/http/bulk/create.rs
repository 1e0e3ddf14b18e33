//! `POST /jobs` and `POST /v2/jobs`.

use super::asking::create_job;
use super::v1;
use super::v2;
use super::v2::job_object::created_job;
use crate::http::codes::Refusal;
use crate::http::params::Params;
use crate::http::state::HttpState;
use actix_web::{HttpRequest, HttpResponse, web};

/// v1: 200 with the new job's id.
pub async fn v1(state: web::Data<HttpState>, request: HttpRequest, params: Params) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let created = create_job(&state, &request, &account, |catalog| v1::parse::parse_job(&params, catalog)).await?;
    Ok(HttpResponse::Ok().json(v1::view::created(&created.job.id, created.job.requested)))
}

/// v2: 200 with the new job.
pub async fn v2(state: web::Data<HttpState>, request: HttpRequest, params: Params) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let created = create_job(&state, &request, &account, |catalog| v2::parse_job::parse_job(&params, catalog)).await?;
    Ok(HttpResponse::Ok().json(created_job(&created.job, &created.balance)))
}
