//! `GET /jobs`.

use super::v1;
use super::v1::view::JobFacts;
use crate::http::codes::Refusal;
use crate::http::params::Params;
use crate::http::state::HttpState;
use crate::storage::bulk_job;
use actix_web::{HttpRequest, HttpResponse, web};

/// v1: the account's jobs, newest first.
pub async fn v1(state: web::Data<HttpState>, request: HttpRequest, params: Params) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let wanted = v1::parse::parse_list_page(&params)?;
    let jobs = bulk_job::list(&state.app.db, account.id, wanted.page, wanted.per_page)
        .await
        .map_err(|error| state.broken(&request, &error))?;
    let facts = jobs.iter().map(|job| JobFacts {
        job_id: &job.id,
        status: job.status,
        requested: job.requested,
        completed: job.completed,
        source: &job.source,
        country: job.country,
        key: job.key,
        created_at: job.created_at,
    });
    Ok(HttpResponse::Ok().json(v1::view::list(facts)))
}
