//! `GET /products/bulk/{id}`.

use super::v1::download::{parse_download, split_suffix};
use crate::app::SharedApp;
use crate::domain::{ItemResult, JobHead, JobStatus};
use crate::http::codes::{Refusal, RefusalKind};
use crate::http::params::Params;
use crate::http::state::HttpState;
use crate::http::stream::stream_results;
use crate::jobs::wait;
use crate::rendering::{Format, RenderOptions, Renderer};
use crate::storage::account::Account;
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
    let (format, options) = parse_download(suffix, &params)?;
    let job = finished(&state, &request, &account, job, HOLD_UNFINISHED).await?;
    Ok(send(&state.app, job, format, options))
}

/// The job once it is finished, within `hold`.
pub(super) async fn finished(
    state: &HttpState,
    request: &HttpRequest,
    account: &Account,
    job: Job,
    hold: Duration,
) -> Result<Job, Refusal> {
    let job = match job.status.is_final() {
        true => job,
        false => wait(&state.app, account.id, &job.id, hold)
            .await
            .map_err(|error| state.broken(request, &error))?
            .ok_or_else(|| Refusal::of(RefusalKind::JobNotFound))?,
    };
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

/// The results of a finished job as a stream.
pub(super) fn send(app: &SharedApp, job: Job, format: Format, options: RenderOptions) -> HttpResponse {
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
    stream_results(Renderer::new(format, options, head), pages)
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
