//! `GET /v2/jobs/{id}/results`: the finished values of a job in the order in which they ended, while it runs and after.

use super::v2::{self, entries::Entries};
use crate::app::SharedApp;
use crate::domain::ItemResult;
use crate::http::codes::{Refusal, RefusalKind};
use crate::http::params::Params;
use crate::http::state::HttpState;
use crate::http::stream::chunks;
use crate::jobs::{HandedOut, hand_out, next_values};
use crate::storage::{StorageError, result};
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::{Stream, TryStreamExt};

/// The header that says what to send as `after` next.
pub const NEXT_AFTER: &str = "x-next-after";

/// v2: some results and where to go on.
pub async fn v2(
    state: web::Data<HttpState>,
    request: HttpRequest,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let job = state.job(&account, &id).await?;
    let page = v2::parse_results::parse_results(&params, &request)?;
    if job.deleted_at.is_some() {
        return Err(Refusal::of(RefusalKind::JobExpired));
    }
    let is_head = request.method() == Method::HEAD;
    // Who asks for the head alone is given nothing.
    let HandedOut { job, after, last } = match is_head {
        true => next_values(job, page.after, page.limit),
        false => hand_out(&state.app, job, page.after, page.limit).await?,
    };
    let mut response = HttpResponse::Ok();
    response.content_type(page.shape.content_type());
    response.insert_header((NEXT_AFTER, last)).insert_header((header::VARY, header::ACCEPT.as_str()));
    if is_head {
        return Ok(response.finish());
    }
    let found = ended_pages(state.app.clone(), job.seq, after, last);
    let id = job.id.clone();
    let body = chunks(Entries::new(job, page.shape, last), found).inspect_err(move |error| {
        tracing::error!(%id, error = error as &dyn std::error::Error, "results broken off");
    });
    Ok(response.streaming(body))
}

/// A few values a read, so that memory stays flat.
fn ended_pages(
    app: SharedApp,
    job_seq: i64,
    after: u32,
    last: u32,
) -> impl Stream<Item = Result<Vec<ItemResult>, StorageError>> + 'static {
    let limit = app.config.server.download_page.max(1);
    futures_util::stream::try_unfold(after, move |after| {
        let app = app.clone();
        async move {
            if after >= last {
                return Ok(None);
            }
            let to = after.saturating_add(limit).min(last);
            let page = result::list_ended(&app.db, job_seq, after, to).await?;
            let wanted = (to - after) as usize;
            if page.len() != wanted {
                return Err(StorageError::incomplete_results(page.len(), wanted));
            }
            Ok(Some((page, to)))
        }
    })
}
