//! Webhook answers as JSON, keys in the documented order.

use crate::domain::WebhookState;
use crate::http::list_page::PageMeta;
use crate::http::openapi::words;
use crate::notifications::{SecretFacts, ShownSecret, mask_tokens};
use crate::storage::webhook_attempt::Attempt;
use crate::storage::webhook_message::Message;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// Answer of `GET /v2/webhooks/secret`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookSecret)]
pub struct SecretAnswer {
    /// Whether the account has a secret.
    exists: bool,
    /// The secret's last four characters.
    #[schema(required)]
    hint: Option<String>,
    #[schema(value_type = Option<words::Moment>, required)]
    created_at: Option<String>,
    /// `None`: it was made for a job and nobody was told it yet.
    #[schema(value_type = Option<words::Moment>, required)]
    shown_at: Option<String>,
    /// Those it followed that still sign beside it.
    previous: Vec<PreviousSecret>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PreviousWebhookSecret)]
struct PreviousSecret {
    /// The secret's last four characters.
    hint: String,
    #[schema(value_type = words::Moment)]
    created_at: String,
    #[schema(value_type = words::Moment)]
    signs_until: String,
}

/// Answer of `POST /v2/webhooks/secret`. No `Debug`: it holds the secret.
#[derive(Serialize, ToSchema)]
#[schema(as = ShownWebhookSecret)]
pub struct ShownAnswer {
    /// The secret, `whsec_` and Base64.
    secret: String,
    /// Its last four characters, by which it is told from others later.
    hint: String,
    #[schema(value_type = words::Moment)]
    created_at: String,
    /// Those it followed that still sign beside it.
    previous: Vec<PreviousSecret>,
}

fn previous(secrets: &[SecretFacts]) -> Vec<PreviousSecret> {
    let entry = |facts: &SecretFacts| {
        let signs_until = facts.expires_at?.to_string();
        Some(PreviousSecret { hint: facts.hint.clone(), created_at: facts.created_at.to_string(), signs_until })
    };
    secrets.iter().filter_map(entry).collect()
}

pub fn secret_facts(secrets: &[SecretFacts]) -> SecretAnswer {
    let current = secrets.iter().find(|facts| facts.expires_at.is_none());
    SecretAnswer {
        exists: current.is_some(),
        hint: current.map(|facts| facts.hint.clone()),
        created_at: current.map(|facts| facts.created_at.to_string()),
        shown_at: current.and_then(|facts| facts.shown_at).map(|at| at.to_string()),
        previous: previous(secrets),
    }
}

pub fn shown_secret(shown: &ShownSecret, secrets: &[SecretFacts]) -> ShownAnswer {
    ShownAnswer {
        secret: shown.secret.expose(),
        hint: shown.secret.hint(),
        created_at: shown.created_at.to_string(),
        previous: previous(secrets),
    }
}

/// Answer of `GET /v2/webhooks/deliveries`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookDeliveries)]
pub struct Deliveries<'a> {
    /// The messages of this page, newest first.
    data: Vec<Delivery<'a>>,
    meta: PageMeta,
}

/// One message with its attempts, oldest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub struct Delivery<'a> {
    /// The header `webhook-id` of every attempt.
    id: &'a str,
    /// What happened: `job.finished`.
    event: &'a str,
    #[schema(value_type = words::JobIdText)]
    job_id: &'a str,
    #[schema(value_type = words::WebhookStateWord)]
    state: &'static str,
    #[schema(value_type = words::WebhookMethodWord)]
    method: &'static str,
    /// Where it is sent.
    url: String,
    #[schema(value_type = words::Moment)]
    created_at: String,
    /// `None` once nothing is tried any more.
    #[schema(value_type = Option<words::Moment>, required)]
    next_attempt_at: Option<String>,
    #[schema(value_type = Option<words::Moment>, required)]
    ended_at: Option<String>,
    /// What was tried, oldest first.
    attempts: Vec<AttemptEntry<'a>>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookAttempt)]
struct AttemptEntry<'a> {
    #[schema(value_type = words::Moment)]
    at: String,
    /// How long it took, in milliseconds.
    duration_ms: u64,
    /// The HTTP status; null where no answer came.
    #[schema(required)]
    status: Option<u16>,
    /// Why the message was not taken; null where it was, and while the attempt is under way.
    #[schema(required)]
    error: Option<&'a str>,
    /// How the answer's body begins.
    excerpt: &'a str,
}

pub fn deliveries<'a>(
    messages: &'a [Message],
    attempts: &'a HashMap<i64, Vec<Attempt>>,
    meta: PageMeta,
) -> Deliveries<'a> {
    Deliveries { data: messages.iter().map(|message| delivery(message, attempts)).collect(), meta }
}

pub fn delivery<'a>(message: &'a Message, attempts: &'a HashMap<i64, Vec<Attempt>>) -> Delivery<'a> {
    let entry = |attempt: &'a Attempt| AttemptEntry {
        at: attempt.at.to_string(),
        duration_ms: attempt.duration_ms,
        status: attempt.status,
        error: attempt.error.as_deref(),
        excerpt: &attempt.excerpt,
    };
    Delivery {
        id: &message.id,
        event: &message.event,
        job_id: message.job_id.as_str(),
        state: message.state.as_str(),
        method: message.method.as_str(),
        // Some put their token into the address they want to be called at.
        url: mask_tokens(&message.url).into_owned(),
        created_at: message.created_at.to_string(),
        next_attempt_at: (message.state == WebhookState::Open).then(|| message.next_attempt_at.to_string()),
        ended_at: message.ended_at.map(|at| at.to_string()),
        attempts: attempts.get(&message.seq).into_iter().flatten().map(entry).collect(),
    }
}
