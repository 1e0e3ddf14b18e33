//! `GET /v2/jobs/{id}/events`: a job's progress, told as it happens.

use super::v2::events as sse;
use super::v2::events::EventId;
use crate::app::SharedApp;
use crate::http::codes::{Refusal, RefusalKind};
use crate::http::open_streams::{MAX_STREAMS_PER_ACCOUNT, OpenStream};
use crate::http::params::Params;
use crate::http::state::{HttpState, request_id};
use crate::jobs::wait_for_change;
use crate::ledger::balance;
use crate::storage::StorageError;
use crate::storage::bulk_job::Job;
use actix_web::http::header::{self, ContentEncoding};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};
use std::time::Duration;

/// How long a stream is silent at most.
pub const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// v2: `progress` events, and `finished` or `cancelled` as the last one.
pub async fn v2(
    state: web::Data<HttpState>,
    request: HttpRequest,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let job = state.job(&account, &id).await?;
    let last_id = last_event_id(&request);
    if sse::is_over(&job, last_id) {
        // The answer on which browsers stop to connect again.
        return Ok(HttpResponse::new(StatusCode::NO_CONTENT));
    }
    if request.method() == Method::HEAD {
        return Ok(head().finish());
    }
    let place = state.open_streams.open(account.id).ok_or_else(|| {
        Refusal::of(RefusalKind::TooManyRequests).because(format!(
            "{MAX_STREAMS_PER_ACCOUNT} event streams of this account are open, and no more are allowed at a time; close some."
        ))
    })?;
    let told = request_id(&request);
    let body = stream(state.app.clone(), job, last_id, place).inspect_err(move |error| {
        tracing::error!(%error, request_id = %told, "events broken off");
    });
    Ok(head().streaming(body))
}

/// Compressed, events would wait for more of them; and nothing on the way may keep or gather them.
fn head() -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .content_type("text/event-stream")
        .insert_header(ContentEncoding::Identity)
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header(("x-accel-buffering", "no"));
    response
}

/// The id of the last event a client saw that connects again.
fn last_event_id(request: &HttpRequest) -> Option<EventId> {
    EventId::parse(request.headers().get("last-event-id")?.to_str().ok()?)
}

/// What a stream is about to do.
enum Next {
    /// Tells how the job stands, if that is news to the client.
    Begin(Option<EventId>),
    Watch,
    End,
}

/// Holds the account's place until it is dropped, at the end or when the client goes away.
fn stream(
    app: SharedApp,
    job: Job,
    last_id: Option<EventId>,
    place: OpenStream,
) -> impl Stream<Item = Result<Bytes, StorageError>> + 'static {
    let begin = (app, job, Next::Begin(last_id), place);
    futures_util::stream::try_unfold(begin, |(app, job, next, place)| async move {
        let (bytes, job) = match next {
            Next::End => return Ok(None),
            Next::Begin(last_id) => {
                let mut bytes = sse::hello().to_vec();
                if sse::is_news(&job, last_id) {
                    bytes.extend_from_slice(&sse::event(&job, &balance(&app, job.account_id).await?));
                }
                (bytes.into(), job)
            }
            Next::Watch => match watch(&app, job).await? {
                Some(told) => told,
                None => return Ok(None),
            },
        };
        let next = if job.status.is_final() { Next::End } else { Next::Watch };
        Ok(Some((bytes, (app, job, next, place))))
    })
}

/// The next event, or a sign of life; `None` when the server stops.
async fn watch(app: &SharedApp, mut job: Job) -> Result<Option<(Bytes, Job)>, StorageError> {
    let begun = app.clock.steady();
    loop {
        let left = KEEP_ALIVE.saturating_sub(begun.elapsed());
        let Some(now) = wait_for_change(app, &job, left).await? else { return Ok(None) };
        let is_told = !sse::is_same(&job, &now) && sse::is_news(&now, None);
        job = now;
        if is_told {
            let left = balance(app, job.account_id).await?;
            return Ok(Some((sse::event(&job, &left), job)));
        }
        if app.stop.is_cancelled() {
            return Ok(None);
        }
        if left.is_zero() {
            return Ok(Some((sse::keep_alive(), job)));
        }
    }
}
