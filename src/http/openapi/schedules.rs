//! Jobs that are created again and again.

use super::bulk_v1::{CREATING, list_page, values, values_in_a_file};
use super::bulk_v2::{options, question};
use super::known::Known;
use super::operation::{Op, Tag, op};
use super::parameter::{Param, optional, required};
use super::samples;
use super::words::text;
use crate::domain::MAX_CRON_CHARS;
use crate::http::codes::RefusalKind as K;
use crate::http::schedules::parse::{DEFAULT_TIMEZONE, MAX_NAME_CHARS};
use crate::http::schedules::view;
use serde_json::{Value, json};
use utoipa::openapi::HttpMethod::{self, Delete, Get, Patch, Post};
use utoipa::openapi::link::{Link, LinkBuilder};

pub(super) fn operations(known: &Known) -> Vec<Op> {
    let page = json!({"data": [schedule()], "meta": {"page": 1, "per_page": 20, "total": 1, "total_pages": 1}});
    let mut whole = schedule();
    whole["options"] = json!({"max_pages": 1, "max_age": 1200, "condition": "any", "sort_by": "ranking_descending", "min_price": null,
        "max_price": null, "timeout": null, "max_credits": 50, "webhook_url": "https://shop.example/hook", "webhook_method": "POST",
        "webhook_download_format": null});
    whole["values"] = json!([{"value": "00885909666966", "reference": "SKU-1"}]);
    whole["runs"] = json!([whole["last_run"].clone()]);
    let one = |method: HttpMethod, path, id, summary| {
        op(method, path, id, Tag::Schedules, summary).in_path(schedule_id()).refuses(&[K::ScheduleNotFound])
    };
    let change = |method, what, id, summary| {
        one(method, what, id, summary)
            .describe("Doing it twice changes nothing.")
            .json::<view::ScheduleObject>("The schedule.", schedule())
    };
    vec![
        create(known),
        op(Get, "/v2/schedules", "list_schedules", Tag::Schedules, "List your schedules")
            .query(list_page())
            .json::<view::ScheduleList>("A page of them, newest first.", page),
        one(Get, "/v2/schedules/{schedule_id}", "show_schedule", "Show a schedule")
            .json::<view::WholeSchedule>("It, with its values and last runs.", whole),
        one(Delete, "/v2/schedules/{schedule_id}", "delete_schedule", "Delete a schedule")
            .describe("Its jobs stay.")
            .json::<view::Deleted>("It is gone.", json!({"id": ID, "deleted": true})),
        change(Post, "/v2/schedules/{schedule_id}/pause", "pause_schedule", "Pause a schedule"),
        change(Patch, "/v2/schedules/{schedule_id}/pause", "pause_schedule_patch", "Pause a schedule"),
        change(Post, "/v2/schedules/{schedule_id}/resume", "resume_schedule", "Resume a schedule"),
        change(Patch, "/v2/schedules/{schedule_id}/resume", "resume_schedule_patch", "Resume a schedule"),
    ]
}

fn create(known: &Known) -> Op {
    let mut params = vec![
        required(
            "cron",
            text().min_length(Some(1)).max_length(Some(MAX_CRON_CHARS)),
            "Five fields: minute, hour, day of month, month, day of week.",
        ),
        optional(
            "timezone",
            text().default(Some(json!(DEFAULT_TIMEZONE))),
            "The name of a time zone, such as `Europe/Berlin`.",
        ),
        optional("name", text().max_length(Some(MAX_NAME_CHARS)), "A text for people."),
    ];
    params.extend(question(known));
    params.push(values());
    params.extend(options());
    let example = json!({"cron": "30 6 * * MON-FRI", "timezone": "Europe/Berlin", "name": "Mornings", "source": "test",
        "country": "de", "key": "gtin", "values": [{"value": "00885909666966", "reference": "SKU-1"}]});
    op(Post, "/v2/schedules", "create_schedule", Tag::Schedules, "Create a schedule")
        .describe("The parameters of a job, and when it is to be created. Each run is an ordinary job.")
        .body(params, example)
        .or_file(values_in_a_file())
        .json::<view::ScheduleObject>("The new schedule.", schedule())
        .links([
            ("schedule", link("show_schedule", "The schedule with its runs.")),
            ("pause", link("pause_schedule", "Stops it for a while.")),
            ("resume", link("resume_schedule", "Goes on.")),
            ("delete", link("delete_schedule", "Ends it.")),
        ])
        .refuses(CREATING)
        .refuses(&[K::TooManySchedules])
}

fn link(operation: &str, meaning: &str) -> Link {
    LinkBuilder::new()
        .operation_id(operation)
        .parameter("schedule_id", "$response.body#/id")
        .description(meaning)
        .build()
}

fn schedule_id() -> Param {
    required("schedule_id", text().min_length(Some(1)), "The schedule's id.")
}

/// The id of the example.
const ID: &str = "234567890abcdef123456781";

fn schedule() -> Value {
    json!({
        "id": ID, "name": "Mornings", "cron": "30 6 * * MON-FRI", "timezone": "Europe/Berlin", "paused": false,
        "next_run_at": "2026-02-02T05:30:00Z", "created_at": "2026-01-30T12:00:00Z", "source": "test", "country": "de",
        "topic": "product_and_offers", "key": "gtin", "requested": 1,
        "last_run": {"due_at": "2026-01-30T05:30:00Z", "at": "2026-01-30T05:30:01Z", "job_id": samples::job_id().as_str(), "skipped": null},
    })
}
