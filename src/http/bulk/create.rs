//! `POST /jobs` and `POST /v2/jobs`.

use super::creation::answer_creation;
use super::v2::job_object::created_job;
use super::{v1, v2};
use crate::http::codes::Refusal;
use crate::http::json::json;
use crate::http::params::Params;
use crate::http::state::HttpState;
use actix_web::{HttpRequest, HttpResponse, web};

/// v1: 200 with the new job's id.
pub async fn v1(state: web::Data<HttpState>, request: HttpRequest, params: Params) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    answer_creation(
        &state,
        &request,
        &account,
        1,
        |catalog| v1::parse::parse_job(&params, catalog),
        |job, _| json(&v1::view::created(&job.id, job.requested)),
    )
    .await
}

/// v2: 200 with the new job.
pub async fn v2(state: web::Data<HttpState>, request: HttpRequest, params: Params) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    answer_creation(
        &state,
        &request,
        &account,
        2,
        |catalog| v2::parse_job::parse_job(&params, catalog),
        |job, balance| json(&created_job(job, balance)),
    )
    .await
}
