//! `GET /v2/schedules` and `GET /v2/schedules/{id}`.

use super::view;
use crate::http::codes::{Refusal, RefusalKind};
use crate::http::list_page::PageMeta;
use crate::http::list_page::parse_list_page;
use crate::http::params::Params;
use crate::http::state::HttpState;
use crate::storage::{job_schedule, schedule_run};
use actix_web::{HttpRequest, HttpResponse, web};

/// The account's schedules, newest first.
pub async fn list(state: web::Data<HttpState>, request: HttpRequest, params: Params) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let wanted = parse_list_page(&params)?;
    let db = &state.app.db;
    let (schedules, total) = job_schedule::list(db, account.id, wanted.page, wanted.per_page).await?;
    let seqs: Vec<i64> = schedules.iter().map(|schedule| schedule.seq).collect();
    let runs = schedule_run::list_last(db, &seqs).await?;
    Ok(HttpResponse::Ok().json(view::list(&schedules, &runs, PageMeta::of(wanted, total))))
}

/// One schedule with its values and last runs.
pub async fn one(
    state: web::Data<HttpState>,
    request: HttpRequest,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let found = job_schedule::find(&state.app.db, account.id, &id).await?;
    let schedule = found.ok_or_else(|| Refusal::of(RefusalKind::ScheduleNotFound))?;
    let runs = schedule_run::list(&state.app.db, schedule.seq).await?;
    Ok(HttpResponse::Ok().json(view::whole(&schedule, &runs)))
}
