//! Requests sent at the end of jobs: the secret that signs them, and what became of each.

use super::bulk_v1::list_page;
use super::operation::{Op, Tag, op};
use super::parameter::{Param, optional, required};
use super::samples;
use super::words::{JobIdText, one_of, text};
use crate::domain::WebhookState;
use crate::http::codes::RefusalKind as K;
use crate::http::webhooks::view;
use serde_json::{Value, json};
use utoipa::PartialSchema;
use utoipa::openapi::HttpMethod::{Get, Post};
use utoipa::openapi::link::LinkBuilder;

pub(super) fn operations() -> Vec<Op> {
    let previous =
        json!([{"hint": "k3Jf", "created_at": "2026-01-01T12:00:00Z", "signs_until": "2026-02-01T12:00:00Z"}]);
    let facts = json!({"exists": true, "hint": "9aQz", "created_at": "2026-01-31T12:00:00Z", "shown_at": "2026-01-31T12:00:00Z", "previous": previous});
    let shown = json!({"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "hint": "LaSw", "created_at": "2026-01-31T12:00:00Z", "previous": previous});
    let page = json!({"data": [delivery()], "meta": {"page": 1, "per_page": 20, "total": 1, "total_pages": 1}});
    let link = |operation: &str, meaning: &str, id: &str| {
        LinkBuilder::new().operation_id(operation).parameter("message_id", id).description(meaning).build()
    };
    vec![
        op(Get, "/v2/webhooks/secret", "webhook_secret", Tag::Webhooks, "Is there a secret?")
            .json::<view::SecretAnswer>("What is known of it, never the secret itself.", facts),
        op(Post, "/v2/webhooks/secret", "rotate_webhook_secret", Tag::Webhooks, "Make a new secret")
            .describe("The one before signs beside it for a while.")
            .json::<view::ShownAnswer>("The secret; it is told this once.", shown),
        op(Get, "/v2/webhooks/deliveries", "list_deliveries", Tag::Webhooks, "List deliveries")
            .query(list_page())
            .query([
                optional("job_id", JobIdText::schema(), "Only those of this job."),
                optional("state", one_of(WebhookState::ALL.map(WebhookState::as_str)), "Only those in this state."),
            ])
            .json::<view::Deliveries>("A page of them, newest first.", page)
            .links([
                ("delivery", link("show_delivery", "The newest of them.", "$response.body#/data/0/id")),
                ("replay", link("replay_delivery", "Sends it once more.", "$response.body#/data/0/id")),
            ]),
        op(Get, "/v2/webhooks/deliveries/{message_id}", "show_delivery", Tag::Webhooks, "Show a delivery")
            .in_path(message_id())
            .json::<view::Delivery>("It, with its attempts.", delivery())
            .refuses(&[K::DeliveryNotFound]),
        op(Post, "/v2/webhooks/deliveries/{message_id}/replay", "replay_delivery", Tag::Webhooks, "Send once more")
            .describe("The same id and body.")
            .in_path(message_id())
            .json::<view::Delivery>("It, with its attempts.", delivery())
            .refuses(&[K::DeliveryNotFound, K::DeliveryUnderWay]),
    ]
}

fn message_id() -> Param {
    required("message_id", text().min_length(Some(1)), "The message's id.")
}

fn delivery() -> Value {
    json!({
        "id": "msg_2f6b1c9e0d7a4c538e1f60b29a7d4c15", "event": "job.finished", "job_id": samples::job_id().as_str(), "state": "delivered", "method": "POST",
        "url": "https://shop.example/hook", "created_at": "2026-01-31T12:00:00Z", "next_attempt_at": null,
        "ended_at": "2026-01-31T12:00:01Z",
        "attempts": [{"at": "2026-01-31T12:00:01Z", "duration_ms": 120, "status": 204, "error": null, "excerpt": ""}],
    })
}
