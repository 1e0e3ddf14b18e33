//! Schedules as JSON, keys in the documented order.

use crate::domain::{Credits, JobSpec, Key, Topic};
use crate::http::list_page::PageMeta;
use crate::http::openapi::words;
use crate::storage::job_schedule::{ListedSchedule, Schedule};
use crate::storage::schedule_run::Run;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// Answer of `GET /v2/schedules`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScheduleList<'a> {
    /// The schedules of this page, newest first.
    data: Vec<ScheduleObject<'a>>,
    meta: PageMeta,
}

/// A schedule as every answer tells it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Schedule)]
pub struct ScheduleObject<'a> {
    /// The schedule's id.
    id: &'a str,
    /// The caller's own name for it.
    #[schema(required)]
    name: Option<&'a str>,
    /// Five fields: minute, hour, day of month, month, day of week.
    cron: &'a str,
    /// The IANA time zone the expression is read in.
    timezone: &'a str,
    /// Whether no run is made at present.
    paused: bool,
    /// `None` while it is paused, and when it will never run again.
    #[schema(value_type = Option<words::Moment>, required)]
    next_run_at: Option<String>,
    #[schema(value_type = words::Moment)]
    created_at: String,
    /// The source asked.
    source: String,
    #[schema(value_type = words::CountryCode)]
    country: &'a str,
    #[schema(value_type = words::TopicWord)]
    topic: &'static str,
    #[schema(value_type = words::KeyV2)]
    key: &'static str,
    /// Different values of each run.
    requested: u32,
    /// `None` before the first one.
    #[schema(required)]
    last_run: Option<RunObject<'a>>,
}

/// Answer of `GET /v2/schedules/{id}`.
#[derive(Debug, Serialize, ToSchema)]
pub struct WholeSchedule<'a> {
    #[serde(flatten)]
    schedule: ScheduleObject<'a>,
    options: OptionsObject<'a>,
    /// What each run asks for.
    values: Vec<ValueObject<'a>>,
    /// The last runs, newest first.
    runs: Vec<RunObject<'a>>,
}

/// The options of each run, as `POST /v2/jobs` takes them; null where none was set.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScheduleOptions)]
struct OptionsObject<'a> {
    /// Most pages of a value; null: no limit but the source's own.
    #[schema(required)]
    max_pages: Option<u32>,
    /// How old a page may be, in minutes.
    max_age: u32,
    #[schema(value_type = words::ConditionV2)]
    condition: &'static str,
    /// The order in which entries are told.
    sort_by: &'static str,
    #[schema(value_type = Option<words::Money>, required)]
    min_price: Option<String>,
    #[schema(value_type = Option<words::Money>, required)]
    max_price: Option<String>,
    /// Deadline of a run, in minutes.
    #[schema(required)]
    timeout: Option<u64>,
    /// Most credits a run may cost.
    #[schema(required)]
    max_credits: Option<Credits>,
    /// Who is told of a run's end.
    #[schema(required)]
    webhook_url: Option<&'a str>,
    #[schema(value_type = Option<words::WebhookMethodWord>, required)]
    webhook_method: Option<&'static str>,
    /// The format of the download the receiver is told.
    #[schema(required)]
    webhook_download_format: Option<&'a str>,
}

fn options(spec: &JobSpec) -> OptionsObject<'_> {
    let JobSpec { options, terms, .. } = spec;
    let webhook = terms.webhook.as_ref();
    OptionsObject {
        max_pages: options.page_limit.pages(),
        max_age: options.max_age.minutes,
        condition: options.selection.condition_v2(),
        sort_by: options.selection.sort_by.as_str(),
        min_price: options.selection.min_price.map(|price| price.to_string()),
        max_price: options.selection.max_price.map(|price| price.to_string()),
        timeout: terms.timeout.map(|timeout| timeout.as_secs() / 60),
        max_credits: terms.max_credits,
        webhook_url: webhook.map(|webhook| webhook.url.as_str()),
        webhook_method: webhook.map(|webhook| webhook.method.as_str()),
        webhook_download_format: webhook.and_then(|webhook| webhook.download_format.as_deref()),
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScheduledValue)]
struct ValueObject<'a> {
    /// Exactly as it was sent.
    value: &'a str,
    /// The caller's own reference of it.
    #[schema(required)]
    reference: Option<&'a str>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScheduleRun)]
struct RunObject<'a> {
    #[schema(value_type = words::Moment)]
    due_at: String,
    #[schema(value_type = words::Moment)]
    at: String,
    #[schema(value_type = Option<words::JobIdText>, required)]
    job_id: Option<&'a str>,
    /// Why no job was made: the reason a creation would have been refused with.
    #[schema(required)]
    skipped: Option<&'a str>,
}

/// Answer of `DELETE /v2/schedules/{id}`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeletedSchedule)]
pub struct Deleted<'a> {
    /// The schedule's id.
    id: &'a str,
    /// Always `true`.
    deleted: bool,
}

pub fn deleted(id: &str) -> Deleted<'_> {
    Deleted { id, deleted: true }
}

fn run(run: &Run) -> RunObject<'_> {
    RunObject {
        due_at: run.due_at.to_string(),
        at: run.at.to_string(),
        job_id: run.made.as_ref().ok().map(|id| id.as_str()),
        skipped: run.made.as_ref().err().map(String::as_str),
    }
}

pub fn schedule<'a>(schedule: &'a Schedule, last_run: Option<&'a Run>) -> ScheduleObject<'a> {
    let spec = &schedule.spec;
    ScheduleObject {
        id: &schedule.id,
        name: schedule.name.as_deref(),
        cron: schedule.recurrence.cron(),
        timezone: schedule.recurrence.timezone(),
        paused: schedule.paused,
        next_run_at: schedule.next_run_at.map(|at| at.to_string()),
        created_at: schedule.created_at.to_string(),
        source: spec.source.v2(),
        country: spec.country.as_str(),
        topic: Topic::as_str(spec.topic),
        key: Key::v2(spec.key),
        requested: u32::try_from(spec.values.len()).unwrap_or(u32::MAX),
        last_run: last_run.map(run),
    }
}

pub fn whole<'a>(found: &'a Schedule, runs: &'a [Run]) -> WholeSchedule<'a> {
    let values = found.spec.values.iter();
    WholeSchedule {
        schedule: schedule(found, runs.first()),
        options: options(&found.spec),
        values: values.map(|one| ValueObject { value: &one.value, reference: one.reference.as_deref() }).collect(),
        runs: runs.iter().map(run).collect(),
    }
}

fn listed<'a>(one: &'a ListedSchedule, last_run: Option<&'a Run>) -> ScheduleObject<'a> {
    ScheduleObject {
        id: &one.id,
        name: one.name.as_deref(),
        cron: &one.cron,
        timezone: &one.timezone,
        paused: one.paused,
        next_run_at: one.next_run_at.map(|at| at.to_string()),
        created_at: one.created_at.to_string(),
        source: one.source.v2(),
        country: one.country.as_str(),
        topic: Topic::as_str(one.topic),
        key: Key::v2(one.key),
        requested: one.requested,
        last_run: last_run.map(run),
    }
}

pub fn list<'a>(schedules: &'a [ListedSchedule], runs: &'a HashMap<i64, Run>, meta: PageMeta) -> ScheduleList<'a> {
    ScheduleList { data: schedules.iter().map(|one| listed(one, runs.get(&one.seq))).collect(), meta }
}
