//! `GET /jobs/{id}`.

use super::v1;
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
    let job = state.job(&request, &account, &id).await?;
    Ok(HttpResponse::Ok().json(v1::view::status(&job.id, job.status, job.requested, job.completed)))
}
