//! `POST /v2/jobs/{id}/rerun`: a job of the values that failed.

use super::creation::answer_known_creation;
use super::v2::job_object::created_job;
use crate::domain::{Balance, rerun_fingerprint};
use crate::http::codes::{Refusal, RefusalKind};
use crate::http::json::json;
use crate::http::params::Params;
use crate::http::state::HttpState;
use crate::jobs::{RerunError, failed_again};
use crate::storage::bulk_job::Job;
use actix_web::{HttpRequest, HttpResponse, web};

/// v2: the new job, as a job that is created answers.
pub async fn v2(
    state: web::Data<HttpState>,
    request: HttpRequest,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let spec = async {
        let job = state.job(&account, &id).await?;
        Ok(failed_again(&state.app, &job).await?)
    };
    let tell = |job: &Job, balance: &Balance| json(&created_job(job, balance));
    // Asked again under its key it is answered again, though the old job may be gone by then.
    answer_known_creation(&state, &request, &account, rerun_fingerprint(&id, 2), spec, tell).await
}

impl From<RerunError> for Refusal {
    fn from(error: RerunError) -> Refusal {
        match error {
            RerunError::NotFinished => Refusal::of(RefusalKind::JobNotFinished)
                .because("Only the values of a finished job can be asked again; ask for the job's status."),
            RerunError::Cancelled => Refusal::of(RefusalKind::JobCancelled),
            RerunError::Expired => Refusal::of(RefusalKind::JobExpired),
            RerunError::NothingFailed => Refusal::of(RefusalKind::NothingToRerun),
            RerunError::Storage(error) => error.into(),
        }
    }
}
