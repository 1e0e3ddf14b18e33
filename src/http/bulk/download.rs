//! `GET /products/bulk/{id}` and `GET /v2/jobs/{id}/download`.

use super::send_results::send_results;
use super::v1::download::{format_for, split_suffix};
use super::{v1, v2};
use crate::domain::JobStatus;
use crate::http::codes::{Refusal, RefusalKind};
use crate::http::params::Params;
use crate::http::state::HttpState;
use crate::storage::bulk_job::Job;
use actix_web::{HttpRequest, HttpResponse, web};
use std::time::Duration;

/// A download asked for while the job runs is held so long before it is refused: clients that wait a fixed few seconds
/// and download once then work.
pub const HOLD_UNFINISHED: Duration = Duration::from_secs(3);

/// v1: the results of a finished job.
pub async fn v1(
    state: web::Data<HttpState>,
    request: HttpRequest,
    path: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let (id, suffix) = split_suffix(&path);
    let job = state.job(&account, id).await?;
    let (format, options) = v1::download::parse_download(suffix, &params)?;
    let job = finished(&state, job, HOLD_UNFINISHED).await?;
    send_results(&state, &request, &job, format_for(format, job.topic), options).await
}

/// v2: the results of a finished job.
pub async fn v2(
    state: web::Data<HttpState>,
    request: HttpRequest,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    answer_v2(&state, &request, &id, None, &params).await
}

/// v2 with the format in the path.
pub async fn v2_as(
    state: web::Data<HttpState>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    let (id, suffix) = path.into_inner();
    answer_v2(&state, &request, &id, Some(&suffix), &params).await
}

/// Held for the job's end as long as the caller waits.
async fn answer_v2(
    state: &HttpState,
    request: &HttpRequest,
    id: &str,
    suffix: Option<&str>,
    params: &Params,
) -> Result<HttpResponse, Refusal> {
    let account = state.account(request, params).await?;
    let job = state.job(&account, id).await?;
    let (format, options) = v2::download::parse_download(suffix, params)?;
    let hold = v2::download::parse_wait(params)?.unwrap_or(HOLD_UNFINISHED);
    let job = finished(state, job, hold).await?;
    send_results(state, request, &job, format, options).await
}

/// The job once it is finished and as long as its results are kept, within `hold`.
pub(super) async fn finished(state: &HttpState, job: Job, hold: Duration) -> Result<Job, Refusal> {
    let job = state.polled(job, Some(hold)).await?;
    if job.deleted_at.is_some() {
        return Err(Refusal::of(RefusalKind::JobExpired));
    }
    match job.status {
        JobStatus::Finished => Ok(job),
        JobStatus::Cancelled => Err(Refusal::of(RefusalKind::JobCancelled)),
        JobStatus::New | JobStatus::Enqueued | JobStatus::Working | JobStatus::Finishing => {
            Err(Refusal::of(RefusalKind::JobNotFinished))
        }
    }
}
