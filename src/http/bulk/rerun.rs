//! `POST /v2/jobs/{id}/rerun`: a job of the values that failed.

use super::creation::answer_creation;
use super::v2::job_object::created_job;
use crate::http::codes::{Refusal, RefusalKind};
use crate::http::json::json;
use crate::http::params::Params;
use crate::http::state::HttpState;
use crate::jobs::{RerunError, failed_again};
use actix_web::{HttpRequest, HttpResponse, web};

/// v2: the new job, as a job that is created answers.
pub async fn v2(
    state: web::Data<HttpState>,
    request: HttpRequest,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let job = state.job(&request, &account, &id).await?;
    let spec = failed_again(&state.app, &job).await.map_err(|error| refuse(&state, &request, error))?;
    answer_creation(&state, &request, &account, 2, |_| Ok(spec), |job, balance| json(&created_job(job, balance))).await
}

fn refuse(state: &HttpState, request: &HttpRequest, error: RerunError) -> Refusal {
    match error {
        RerunError::NotFinished => Refusal::of(RefusalKind::JobNotFinished)
            .because("Only the values of a finished job can be asked again; ask for the job's status."),
        RerunError::Cancelled => Refusal::of(RefusalKind::JobCancelled),
        RerunError::Expired => Refusal::of(RefusalKind::JobExpired),
        RerunError::NothingFailed => Refusal::of(RefusalKind::NothingToRerun),
        RerunError::Storage(error) => state.broken(request, &error),
    }
}
