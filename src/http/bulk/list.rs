//! `GET /jobs` and `GET /v2/jobs`.

use super::v1;
use super::v1::view::JobFacts;
use super::v2::job_list::{bare_list, job_list, wants_bare_list};
use crate::http::codes::Refusal;
use crate::http::list_page::parse_list_page;
use crate::http::params::Params;
use crate::http::state::HttpState;
use crate::storage::bulk_job;
use actix_web::{HttpRequest, HttpResponse, web};

/// v1: the account's jobs, newest first.
pub async fn v1(state: web::Data<HttpState>, request: HttpRequest, params: Params) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let wanted = parse_list_page(&params)?;
    let jobs = bulk_job::list(&state.app.db, account.id, wanted.page, wanted.per_page).await?;
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

/// v2: the same with how many there are; a bare list for a query that holds a lone id.
pub async fn v2(state: web::Data<HttpState>, request: HttpRequest, params: Params) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let wanted = parse_list_page(&params)?;
    let db = &state.app.db;
    let balance = state.balance(account.id).await?;
    if wants_bare_list(request.query_string()) {
        let newest = bulk_job::list(db, account.id, 1, wanted.per_page).await?;
        return Ok(HttpResponse::Ok().json(bare_list(&newest, &balance)));
    }
    let jobs = bulk_job::list(db, account.id, wanted.page, wanted.per_page).await?;
    let total = bulk_job::count(db, account.id).await?;
    Ok(HttpResponse::Ok().json(job_list(&jobs, &balance, wanted, total)))
}
