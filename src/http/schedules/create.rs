//! `POST /v2/schedules`.

use super::parse::{never, parse_name, parse_recurrence};
use super::view;
use crate::http::bulk::creation::read_job;
use crate::http::bulk::v2;
use crate::http::codes::{Refusal, RefusalKind};
use crate::http::params::Params;
use crate::http::state::HttpState;
use crate::jobs::{NewSchedule, ScheduleError, create_schedule};
use actix_web::{HttpRequest, HttpResponse, web};

/// 200 with the new schedule. Parameters are those of a job, and `cron`, `timezone`, `name`.
pub async fn v2(state: web::Data<HttpState>, request: HttpRequest, params: Params) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let (spec, _) = read_job(&state, |catalog| v2::parse_job::parse_job(&params, catalog)).await?;
    let new = NewSchedule { name: parse_name(&params)?, recurrence: parse_recurrence(&params)?, spec };
    let schedule = create_schedule(&state.app, account.id, new).await.map_err(|error| match error {
        ScheduleError::TooMany => Refusal::of(RefusalKind::TooManySchedules),
        ScheduleError::Never => never(),
        ScheduleError::Storage(error) => error.into(),
    })?;
    Ok(HttpResponse::Ok().json(view::schedule(&schedule, None)))
}
