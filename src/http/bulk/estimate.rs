//! `POST /v2/jobs/estimate`: what a job would cost.

use super::creation::{read_job, refuse};
use super::v2;
use crate::http::codes::{Dialect, Refusal};
use crate::http::params::Params;
use crate::http::state::HttpState;
use crate::jobs::estimate;
use actix_web::{HttpRequest, HttpResponse, web};

/// The parameters of a creation; nothing is created, and nothing counted.
pub async fn v2(state: web::Data<HttpState>, request: HttpRequest, params: Params) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let (spec, switches) = read_job(&state, |catalog| v2::parse_job::parse_job(&params, catalog)).await?;
    let mut told = estimate(&state.app, &account, &spec, &switches).await.map_err(|error| refuse(&state, error))?;
    let refusal = told.refusal.take().map(|error| refuse(&state, error));
    let reason = refusal.as_ref().map(|refusal| refusal.reason(Dialect::V2));
    Ok(HttpResponse::Ok().json(v2::estimate_view::estimate(&told, reason)))
}
