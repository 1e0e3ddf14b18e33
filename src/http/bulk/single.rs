//! `GET /products/single`: a job of one value, waited for.

use super::creation::create_job;
use super::download::finished;
use super::send_results::send_results;
use super::v1;
use super::v2::download::LONGEST_WAIT_S;
use crate::http::codes::{Refusal, RefusalKind};
use crate::http::params::Params;
use crate::http::state::HttpState;
use actix_web::{HttpRequest, HttpResponse, web};
use std::time::Duration;

/// Longest the answer is held.
const LONGEST_WAIT: Duration = Duration::from_secs(LONGEST_WAIT_S);

/// v1: the results of the one value, in the shape of a bulk download.
pub async fn v1(state: web::Data<HttpState>, request: HttpRequest, params: Params) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let (format, options) = v1::download::parse_download(None, &params)?;
    let created = create_job(&state, &account, |catalog| v1::parse::parse_single(&params, catalog)).await?;
    let job = state.job(&account, created.job.id.as_str()).await?;
    let id = job.id.clone();
    let job = finished(&state, job, LONGEST_WAIT).await.map_err(|refusal| match refusal.kind {
        // The job goes on and will cost what it costs: the caller must be able to get what it pays for.
        RefusalKind::JobNotFinished => refusal.because(format!(
            "The value takes longer than {} seconds; its results will be at /products/bulk/{id}.",
            LONGEST_WAIT.as_secs()
        )),
        _ => refusal,
    })?;
    send_results(&state, &request, &job, format, options).await
}
