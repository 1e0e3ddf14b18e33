//! A job as v2 tells it, in every answer the same.

use crate::domain::{Balance, Credits, JobId, JobStatus, Key, Topic, progress_percent};
use crate::http::json::json;
use crate::http::openapi::words;
use crate::storage::bulk_job::Job;
use serde::Serialize;
use utoipa::ToSchema;

/// The job object; keys in the documented order. It has no key `success`: clients take its presence for a failure.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Job)]
pub struct JobObject<'a> {
    #[schema(value_type = words::JobIdText)]
    job_id: &'a str,
    #[schema(value_type = words::JobIdText)]
    id: &'a str,
    /// Always 2.
    version: u8,
    #[schema(value_type = words::CountryCode)]
    country: &'a str,
    /// The source asked.
    source: String,
    #[schema(value_type = words::TopicWord)]
    topic: &'static str,
    #[schema(value_type = words::KeyV2)]
    key: &'static str,
    #[schema(value_type = words::JobStatusV2)]
    status: &'static str,
    /// Different values.
    requested: u32,
    /// Values that have ended.
    completed: u32,
    /// Values that have not.
    open_values: u32,
    #[schema(value_type = words::Percent)]
    progress: u32,
    /// Values that ended as `not found`.
    not_founds: u32,
    /// 0 until the job is finished.
    free_credits: Credits,
    paid_credits: Credits,
    #[schema(value_type = words::Moment)]
    created_at: String,
    #[schema(value_type = words::Moment)]
    expires_at: String,
    /// The job whose failed values this one asks again; absent for others.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::JobIdText>, nullable = false)]
    rerun_of: Option<&'a str>,
    /// What is left for further jobs; last, since it is ours.
    balance: BalanceObject,
}

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = Balance)]
struct BalanceObject {
    free_credits_left: Credits,
    daily_quota_left: Credits,
}

/// What v2 tells about a job, beside what its account has left ([`crate::ledger::balance`]).
pub fn job_object<'a>(job: &'a Job, balance: &Balance) -> JobObject<'a> {
    JobObject {
        job_id: job.id.as_str(),
        id: job.id.as_str(),
        version: 2,
        country: job.country.as_str(),
        source: job.source.v2(),
        topic: Topic::as_str(job.topic),
        key: Key::v2(job.key),
        status: status(job.status),
        requested: job.requested,
        completed: job.completed,
        open_values: job.requested.saturating_sub(job.completed),
        progress: progress_percent(job.completed, job.requested),
        not_founds: job.not_found,
        free_credits: job.charge.free,
        paid_credits: job.charge.paid,
        created_at: job.created_at.to_string(),
        // Deleted before its time, its results are kept no longer.
        expires_at: job.deleted_at.map_or(job.expires_at, |at| at.min(job.expires_at)).to_string(),
        rerun_of: job.rerun_of.as_ref().map(JobId::as_str),
        balance: BalanceObject {
            free_credits_left: balance.free_credits_left,
            daily_quota_left: balance.daily_quota_left,
        },
    }
}

/// The answer to its creation. Values that cannot be have ended by then, and a quick worker may have begun: what is told is
/// the job as it was made, so that the same request answers the same.
pub fn created_job<'a>(job: &'a Job, balance: &Balance) -> JobObject<'a> {
    JobObject {
        status: status(JobStatus::New),
        completed: 0,
        open_values: job.requested,
        progress: progress_percent(0, job.requested),
        not_founds: 0,
        free_credits: 0,
        paid_credits: 0,
        ..job_object(job, balance)
    }
}

/// v2 knows no `enqueued`: what waits reads as `new`.
pub fn status(status: JobStatus) -> &'static str {
    match status {
        JobStatus::New | JobStatus::Enqueued => "new",
        JobStatus::Working | JobStatus::Finishing | JobStatus::Finished | JobStatus::Cancelled => status.as_str(),
    }
}

/// The job object as text, for those who tell it without having been asked (webhooks).
pub fn describe_job(job: &Job, balance: &Balance) -> String {
    json(&job_object(job, balance))
}
