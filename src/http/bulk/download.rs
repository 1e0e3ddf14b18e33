//! `GET /products/bulk/{id}` and `GET /v2/jobs/{id}/download`.

use super::v1::download::split_suffix;
use super::{v1, v2};
use crate::app::SharedApp;
use crate::domain::{ItemResult, JobHead, JobStatus};
use crate::http::codes::{Refusal, RefusalKind};
use crate::http::params::Params;
use crate::http::state::HttpState;
use crate::http::stream::stream_results;
use crate::rendering::{Format, RenderOptions};
use crate::storage::bulk_job::Job;
use crate::storage::{StorageError, result};
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::Stream;
use std::time::Duration;

/// A download asked for while the job runs is held so long before it is refused: clients that wait a fixed few seconds
/// and download once then work.
const HOLD_UNFINISHED: Duration = Duration::from_secs(3);

/// v1: the results of a finished job.
pub async fn v1(
    state: web::Data<HttpState>,
    request: HttpRequest,
    path: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let (id, suffix) = split_suffix(&path);
    let job = state.job(&request, &account, id).await?;
    let (format, options) = v1::download::parse_download(suffix, &params)?;
    let job = finished(&state, &request, job, HOLD_UNFINISHED).await?;
    Ok(send(&state.app, job, format, options))
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
    let job = state.job(request, &account, id).await?;
    let (format, options) = v2::download::parse_download(suffix, params)?;
    let hold = v2::download::parse_wait(params)?.unwrap_or(HOLD_UNFINISHED);
    let job = finished(state, request, job, hold).await?;
    Ok(send(&state.app, job, format, options))
}

/// The job once it is finished and as long as its results are kept, within `hold`.
pub(super) async fn finished(
    state: &HttpState,
    request: &HttpRequest,
    job: Job,
    hold: Duration,
) -> Result<Job, Refusal> {
    let job = state.ended(request, job, hold).await?;
    if job.deleted_at.is_some() {
        return Err(Refusal::of(RefusalKind::JobExpired));
    }
    match job.status {
        JobStatus::Finished if job.deleted_at.is_some() => Err(Refusal::of(RefusalKind::JobExpired)),
        JobStatus::Finished => Ok(job),
        JobStatus::Cancelled => Err(Refusal::of(RefusalKind::JobCancelled)),
        JobStatus::New | JobStatus::Enqueued | JobStatus::Working | JobStatus::Finishing => {
            Err(Refusal::of(RefusalKind::JobNotFinished))
        }
    }
}

/// The results of a finished job as a stream.
pub(super) fn send(app: &SharedApp, job: Job, format: impl Into<Format>, options: RenderOptions) -> HttpResponse {
    let pages = result_pages(app.clone(), job.seq, job.requested);
    let head = JobHead {
        job_id: job.id,
        status: job.status,
        source: job.source,
        country: job.country,
        topic: job.topic,
        key: job.key,
        options: job.options,
        free_credits: job.charge.free,
        paid_credits: job.charge.paid,
        widest: job.widest,
    };
    stream_results(format, options, head, pages)
}

/// A few values a read: a slow reader holds no snapshot open, and memory stays flat however large the job is.
fn result_pages(
    app: SharedApp,
    job_seq: i64,
    requested: u32,
) -> impl Stream<Item = Result<Vec<ItemResult>, StorageError>> + 'static {
    let limit = app.config.server.download_page.max(1);
    futures_util::stream::try_unfold(0, move |from| {
        let app = app.clone();
        async move {
            if from >= requested {
                return Ok(None);
            }
            let page = result::list(&app.db, job_seq, from, limit).await?;
            let wanted = limit.min(requested - from) as usize;
            if page.len() != wanted {
                return Err(StorageError::incomplete_results(page.len(), wanted));
            }
            Ok(Some((page, from + limit)))
        }
    })
}
