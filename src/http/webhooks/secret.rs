//! `/v2/webhooks/secret`.

use super::view;
use crate::http::codes::Refusal;
use crate::http::params::Params;
use crate::http::state::HttpState;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

/// GET: whether there is one, never what it is.
pub async fn show(state: web::Data<HttpState>, request: HttpRequest, params: Params) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let secrets = state.app.webhooks.secrets(account.id).await?;
    Ok(HttpResponse::Ok().json(view::secret_facts(&secrets)))
}

/// POST: tells a secret, once.
pub async fn rotate(
    state: web::Data<HttpState>,
    request: HttpRequest,
    params: Params,
) -> Result<HttpResponse, Refusal> {
    let account = state.account(&request, &params).await?;
    let webhooks = &state.app.webhooks;
    let shown = webhooks.rotate_secret(account.id).await?;
    let secrets = webhooks.secrets(account.id).await?;
    // No cache on the way may keep it.
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(view::shown_secret(&shown, &secrets)))
}
