//! Around every request: its id, its line in the log, its metrics, and what a panic answers.

use super::codes::{REQUEST_ID, Refusal};
use super::state::{HttpState, RequestId};
use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, Version};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use tracing::Instrument;

/// Stands for the pattern of paths that no route has, so that a scan does not make a series a path.
const NO_ROUTE: &str = "(none)";

/// The middleware. The query is never logged: it may hold a token.
pub async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let Some(state) = request.app_data::<web::Data<HttpState>>().cloned() else { return next.call(request).await };
    let app = &state.app;
    let id = app.ids.request_id();
    request.extensions_mut().insert(RequestId(id.clone()));
    let (method, path) = (request.method().to_string(), request.path().to_owned());
    let started = app.clock.steady();
    let span = tracing::info_span!("request", %id, %method, %path);
    // A panic would otherwise close the connection without a word.
    let answered = AssertUnwindSafe(next.call(request)).catch_unwind().instrument(span.clone()).await;
    let mut answer = match answered {
        Ok(answer) => answer,
        Err(_) => {
            app.metrics.panicked();
            span.in_scope(|| tracing::error!("the handler panicked"));
            Err(Refusal::internal(&id).into())
        }
    };
    let took = started.elapsed();
    let (route, status) = match &answer {
        Ok(answer) => (answer.request().match_pattern(), answer.status()),
        Err(error) => (None, error.as_response_error().status_code()),
    };
    app.metrics.request_answered(route.as_deref().unwrap_or(NO_ROUTE), &method, status.as_u16(), took);
    span.in_scope(|| tracing::debug!(status = status.as_u16(), took_us = took.as_micros(), "answered"));
    if let Ok(answer) = &mut answer
        && answer.headers().get(CONTENT_ENCODING).is_some_and(|encoding| encoding == "identity")
    {
        // Said by a handler whose answer must not be compressed; on the wire it has no place (RFC 9110, 8.4.1).
        answer.headers_mut().remove(CONTENT_ENCODING);
    }
    if let Ok(answer) = &mut answer {
        suit_old_clients(answer);
    }
    if let (Ok(answer), Ok(value)) = (&mut answer, HeaderValue::from_str(&id)) {
        answer.headers_mut().insert(HeaderName::from_static(REQUEST_ID), value);
    }
    answer
}

/// JSON is UTF-8 without a word (RFC 8259), yet some HTTP libraries take a text without a named encoding for Latin-1. And
/// HTTP/1.0 knows no chunks: there a body of unknown length ends with the connection (RFC 9112, 6.1).
fn suit_old_clients(answer: &mut ServiceResponse<impl MessageBody>) {
    if answer.headers().get(CONTENT_TYPE).is_some_and(|content_type| content_type == "application/json") {
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    }
    let is_old = answer.request().version() < Version::HTTP_11;
    if is_old && answer.response().body().size() == BodySize::Stream {
        let head = answer.response_mut().head_mut();
        head.no_chunking(true);
        head.set_connection_type(ConnectionType::Close);
    }
}
