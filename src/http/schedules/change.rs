//! `POST /v2/schedules/{id}/pause`, `…/resume`, `DELETE /v2/schedules/{id}`.

use super::view;
use crate::http::codes::{Refusal, RefusalKind};
use crate::http::params::Params;
use crate::http::state::HttpState;
use crate::jobs::{delete_schedule, pause_schedule};
use crate::storage::schedule_run;
use actix_web::{HttpRequest, HttpResponse, web};

/// No run until it is resumed; the second time changes nothing.
pub async fn pause(
    state: web::Data<HttpState>,
    request: HttpRequest,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    set_paused(&state, &request, &id, &params, true).await
}

/// Runs again from its next moment on.
pub async fn resume(
    state: web::Data<HttpState>,
    request: HttpRequest,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    set_paused(&state, &request, &id, &params, false).await
}

async fn set_paused(
    state: &HttpState,
    request: &HttpRequest,
    id: &str,
    params: &Params,
    paused: bool,
) -> Result<HttpResponse, Refusal> {
    let account = state.account(request, params).await?;
    let found = pause_schedule(&state.app, account.id, id, paused).await?;
    let schedule = found.ok_or_else(|| Refusal::of(RefusalKind::ScheduleNotFound))?;
    let runs = schedule_run::list_last(&state.app.db, &[schedule.seq]).await?;
    Ok(HttpResponse::Ok().json(view::schedule(&schedule, runs.get(&schedule.seq))))
}

/// The schedule goes, its jobs stay.
pub async fn delete(
    state: web::Data<HttpState>,
    request: HttpRequest,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let deleted = delete_schedule(&state.app, account.id, &id).await?;
    if !deleted {
        return Err(Refusal::of(RefusalKind::ScheduleNotFound));
    }
    Ok(HttpResponse::Ok().json(view::deleted(&id)))
}
