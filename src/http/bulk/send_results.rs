//! A finished job's results on their way to the caller: whole, in part, or not at all when the caller has them.

use crate::app::SharedApp;
use crate::domain::{ItemResult, JobHead};
use crate::http::codes::{Dialect, Refusal, RefusalKind};
use crate::http::conditional::{Wanted, wanted, will_be_packed};
use crate::http::state::{HttpState, request_id};
use crate::http::stream::{ByteStream, StreamError, measure, result_bytes, results_head, slice};
use crate::rendering::{Format, RenderOptions};
use crate::storage::bulk_job::Job;
use crate::storage::{StorageError, result};
use actix_web::body::SizedStream;
use actix_web::http::header::{self, EntityTag, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use futures_util::{Stream, StreamExt, stream};
use sha2::{Digest, Sha256};

/// The results as the request wants them. `job` is finished.
pub(super) async fn send_results(
    state: &HttpState,
    request: &HttpRequest,
    job: &Job,
    format: impl Into<Format>,
    options: RenderOptions,
) -> Result<HttpResponse, Refusal> {
    let format = format.into();
    let tag = result_tag(job, format, options);
    let is_packed = !format.is_compressed() && will_be_packed(request);
    let bytes = async || {
        result_bytes(format, options, job_head(job), result_pages(state.app.clone(), job), &state.workbooks).await
    };
    let broken = |error| refusal_of(request, &error);
    let mut response = results_head(format, &job.id);
    // Every part of a workbook costs the whole: it is sent whole.
    match wanted(request, &tag, is_packed || format.is_compressed()) {
        Wanted::Unchanged => Ok(HttpResponse::NotModified().insert_header(header::ETag(tag)).finish()),
        Wanted::Whole => {
            describe(&mut response, tag, is_packed, format);
            // A question about the head is not worth rendering a body for.
            let is_head = *request.method() == Method::HEAD;
            let body: ByteStream =
                if is_head { stream::empty().boxed_local() } else { bytes().await.map_err(broken)? };
            Ok(response.streaming(body))
        }
        Wanted::Part(range) => {
            let length = length(state, &tag, &bytes).await.map_err(broken)?;
            let Some((first, last)) = range.to_satisfiable_range(length) else {
                return Ok(not_satisfiable(request, length));
            };
            describe(&mut response, tag, is_packed, format);
            response.status(StatusCode::PARTIAL_CONTENT);
            response.insert_header((header::CONTENT_RANGE, format!("bytes {first}-{last}/{length}")));
            let size = last - first + 1;
            let part = slice(bytes().await.map_err(broken)?, first, size);
            Ok(response.body(SizedStream::new(size, part)))
        }
    }
}

/// What stands in an answer's head beside its type and file name.
fn describe(response: &mut HttpResponseBuilder, tag: EntityTag, is_packed: bool, format: Format) {
    // How a stream is packed depends on how its pieces fell: two packed answers are equal only in what they mean.
    let tag = if is_packed { EntityTag::new_weak(tag.tag().to_owned()) } else { tag };
    response.insert_header(header::ETag(tag));
    if !is_packed && !format.is_compressed() {
        response.insert_header((header::ACCEPT_RANGES, HeaderValue::from_static("bytes")));
        // Whoever packs the others says so itself.
        response.insert_header((header::VARY, HeaderValue::from_static("accept-encoding")));
    }
}

/// Names the bytes: the same name never stands for others, not even after an update of this program.
fn result_tag(job: &Job, format: Format, options: RenderOptions) -> EntityTag {
    let finished_at = job.finished_at.map(|moment| moment.as_micros());
    let version = env!("CARGO_PKG_VERSION");
    let facts = format!("{version} {} {finished_at:?} {format:?} {options:?}", job.id);
    EntityTag::new_strong(hex::encode(&Sha256::digest(facts)[..16]))
}

/// The answer where nothing was sent yet. What went wrong is in the log already.
fn refusal_of(request: &HttpRequest, error: &StreamError) -> Refusal {
    if error.is_overload() { Refusal::of(RefusalKind::Overloaded) } else { Refusal::internal(request_id(request)) }
}

/// How many bytes there are: known from before, or counted by writing them to nowhere.
async fn length(
    state: &HttpState,
    tag: &EntityTag,
    bytes: impl AsyncFn() -> Result<ByteStream, StreamError>,
) -> Result<u64, StreamError> {
    if let Some(length) = state.result_lengths.get(tag.tag()) {
        return Ok(length);
    }
    let length = measure(bytes().await?).await?;
    state.result_lengths.keep(tag.tag(), length);
    Ok(length)
}

fn not_satisfiable(request: &HttpRequest, length: u64) -> HttpResponse {
    let mut response = Refusal::of(RefusalKind::RangeNotSatisfiable).response(Dialect::of_path(request.path()));
    if let Ok(value) = HeaderValue::from_str(&format!("bytes */{length}")) {
        response.headers_mut().insert(header::CONTENT_RANGE, value);
    }
    response
}

/// What stands above a job's results.
pub(super) fn job_head(job: &Job) -> JobHead {
    JobHead {
        job_id: job.id.clone(),
        status: job.status,
        source: job.source.clone(),
        country: job.country,
        topic: job.topic,
        key: job.key,
        options: job.options,
        free_credits: job.charge.free,
        paid_credits: job.charge.paid,
        widest: job.widest,
    }
}

/// A few values a read: a slow reader holds no snapshot open, and memory stays flat however large the job is.
fn result_pages(app: SharedApp, job: &Job) -> impl Stream<Item = Result<Vec<ItemResult>, StorageError>> + 'static {
    let (job_seq, requested) = (job.seq, job.requested);
    let limit = app.config.server.download_page.max(1);
    stream::try_unfold(0, move |from| {
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
