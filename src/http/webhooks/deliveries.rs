//! `/v2/webhooks/deliveries…`: messages and their attempts.

use super::view;
use crate::domain::{JobId, WebhookState};
use crate::http::codes::{Refusal, RefusalKind};
use crate::http::list_page::PageMeta;
use crate::http::list_page::{ListPage, parse_list_page};
use crate::http::params::Params;
use crate::http::state::HttpState;
use crate::notifications::ReplayError;
use crate::storage::webhook_message::{Message, MessageFilter};
use crate::storage::{webhook_attempt, webhook_message};
use actix_web::{HttpRequest, HttpResponse, web};

/// `GET /v2/webhooks/deliveries`: the account's messages, newest first.
pub async fn list(state: web::Data<HttpState>, request: HttpRequest, params: Params) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let (wanted, filter) = parse_list(&params)?;
    let db = &state.app.db;
    let (messages, total) = webhook_message::list(db, account.id, &filter, wanted.page, wanted.per_page).await?;
    let seqs: Vec<i64> = messages.iter().map(|message| message.seq).collect();
    let attempts = webhook_attempt::list(db, &seqs, state.app.clock.lease_now()).await?;
    Ok(HttpResponse::Ok().json(view::deliveries(&messages, &attempts, PageMeta::of(wanted, total))))
}

fn parse_list(params: &Params) -> Result<(ListPage, MessageFilter), Refusal> {
    let wanted = parse_list_page(params)?;
    let invalid_id =
        || Refusal::invalid("job_id", "The parameter `job_id` is a job's id: 24 lower-case hex characters.");
    let job_id = params.get("job_id").map(str::parse::<JobId>).transpose().map_err(|()| invalid_id())?;
    let state = match params.get("state") {
        None => None,
        Some(text) => Some(
            WebhookState::parse(&text.to_ascii_lowercase())
                .ok_or_else(|| Refusal::not_one_of("state", WebhookState::ALL.map(WebhookState::as_str)))?,
        ),
    };
    Ok((wanted, MessageFilter { job_id, state }))
}

/// `GET /v2/webhooks/deliveries/{id}`.
pub async fn show(
    state: web::Data<HttpState>,
    request: HttpRequest,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let found = webhook_message::find(&state.app.db, account.id, &id).await?;
    let message = found.ok_or_else(|| Refusal::of(RefusalKind::DeliveryNotFound))?;
    answer(&state, &message).await
}

/// `POST /v2/webhooks/deliveries/{id}/replay`: the same id and body, once more.
pub async fn replay(
    state: web::Data<HttpState>,
    request: HttpRequest,
    id: web::Path<String>,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let message = state.app.webhooks.replay(account.id, &id).await.map_err(|error| match error {
        ReplayError::NotFound => Refusal::of(RefusalKind::DeliveryNotFound),
        ReplayError::UnderWay => Refusal::of(RefusalKind::DeliveryUnderWay),
        ReplayError::Storage(error) => error.into(),
    })?;
    answer(&state, &message).await
}

async fn answer(state: &HttpState, message: &Message) -> Result<HttpResponse, Refusal> {
    let (db, lease_now) = (&state.app.db, state.app.clock.lease_now());
    let attempts = webhook_attempt::list(db, &[message.seq], lease_now).await?;
    Ok(HttpResponse::Ok().json(view::delivery(message, &attempts)))
}
