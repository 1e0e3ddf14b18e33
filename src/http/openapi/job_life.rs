//! What is done with one job of version 2 beside following and downloading it.

use super::bulk_v1::{CREATING, job_id};
use super::bulk_v2::{job, job_links};
use super::operation::{Media, Op, Tag, op};
use super::parameter::optional;
use super::results_v2;
use super::samples;
use super::shape::Shape;
use super::words::{form, integer, named, one_of, text};
use crate::http::bulk::IDEMPOTENT_REPLAYED;
use crate::http::bulk::results::NEXT_AFTER;
use crate::http::bulk::v2::entries::Shape as Told;
use crate::http::bulk::v2::events::EVENTS;
use crate::http::bulk::v2::job_object::JobObject;
use crate::http::bulk::v2::parse_results::{DEFAULT_LIMIT, FORMATS, MAX_LIMIT};
use crate::http::codes::RefusalKind as K;
use crate::rendering::FormatV2;
use serde_json::{Value, json};
use utoipa::openapi::HttpMethod::{Delete, Get, Post};
use utoipa::openapi::schema::Schema;

pub(super) fn operations() -> Vec<Op> {
    let after = optional(
        "after",
        integer(0, i64::from(u32::MAX)).default(Some(json!(0))),
        "How many of them you have: `after` of the answer before. Until the job has ended, one beyond what was handed out counts as that.",
    );
    let limit = integer(1, i64::from(MAX_LIMIT)).default(Some(json!(DEFAULT_LIMIT)));
    let event = json!({"event": "finished", "id": "2", "data": job("finished").to_string()});
    let (_, event_schema) = Shape::new("JobEvent", "")
        .always("event", one_of(EVENTS), "")
        .always(
            "id",
            form("^[0-9]+(-cancelled)?$"),
            "How many values have ended; it is the `Last-Event-ID` of whoever goes on here.",
        )
        .always("data", text().content_media_type("application/json"), "The job as JSON.")
        .build();
    let lines = Schema::from(text().description(Some("An entry a line; the cursor is in the header.")).build());
    vec![
        op(Post, "/v2/jobs/{job_id}/cancel", "cancel_job", Tag::BulkV2, "Cancel a job")
            .describe("Nothing is charged but values that were handed out already.")
            .in_path(job_id())
            .json::<JobObject>("The cancelled job.", job("cancelled"))
            .links(job_links())
            .refuses(&[K::JobNotFound, K::JobAlreadyEnded]),
        op(Delete, "/v2/jobs/{job_id}", "delete_job", Tag::BulkV2, "Delete a job's results")
            .describe("At once; a job that runs is cancelled. The job itself and what it cost stay.")
            .in_path(job_id())
            .json::<JobObject>("The job without results.", job("finished"))
            .refuses(&[K::JobNotFound]),
        op(Post, "/v2/jobs/{job_id}/rerun", "rerun_job", Tag::BulkV2, "Ask again what failed")
            .describe("A new job of the values whose failure another try may mend.")
            .in_path(job_id())
            .once()
            .json::<JobObject>("The new job.", rerun())
            .with_header(IDEMPOTENT_REPLAYED, "`true` when the answer was given before to the same Idempotency-Key.")
            .links(job_links())
            .refuses(CREATING)
            .refuses(&[K::JobNotFound, K::JobNotFinished, K::JobCancelled, K::JobExpired, K::NothingToRerun]),
        op(Get, "/v2/jobs/{job_id}/results", "partial_results", Tag::BulkV2, "Results so far")
            .describe("Values that have ended, in the order in which they did, while the job runs and after.")
            .in_path(job_id())
            .query([
                after,
                optional("limit", limit, "Most of them at a time."),
                optional("format", one_of(FORMATS), "The format; else the header Accept says it."),
            ])
            .media(200, "The next of them; the body is streamed.", vec![
                Media { content_type: Told::List.content_type(), schema: named(results_v2::PARTIAL), example: partial() },
                Media { content_type: Told::Lines.content_type(), schema: lines.into(), example: samples::results(FormatV2::Ndjson.into()) },
            ])
            .with_header(NEXT_AFTER, "Send it as `after` for those that come next.")
            .with_schemas(results_v2::schemas())
            .refuses(&[K::JobNotFound, K::JobExpired]),
        op(Get, "/v2/jobs/{job_id}/events", "job_events", Tag::BulkV2, "Progress as events")
            .describe("Server-sent events: `progress` whenever the job moved on, at the end `finished` or `cancelled`; `data` is the job. The stream ends with the job.")
            .in_path(job_id())
            .header(optional("Last-Event-ID", text(), "The id of the last event you saw."))
            .media(200, "Events, each with these fields.", vec![Media {
                content_type: "text/event-stream",
                schema: event_schema,
                example: event,
            }])
            .media(204, "The job has ended and you saw its last event.", Vec::new())
            .refuses(&[K::JobNotFound, K::TooManyRequests]),
    ]
}

/// A job that asks again what failed.
fn rerun() -> Value {
    let mut job = job("new");
    job["rerun_of"] = Value::from("abcdefabcdefabcdefabcdef");
    job
}

/// Results of a job that runs.
fn partial() -> Value {
    let mut whole = samples::results(FormatV2::Json.into());
    let first = whole["results"][0].take();
    json!({"job_id": samples::job_id().as_str(), "status": "working", "results": [first], "after": 1, "completed": 1, "requested": 2})
}
