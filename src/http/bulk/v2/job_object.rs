//! A job as v2 tells it, in every answer the same.

use crate::domain::{Credits, JobStatus, Key, Topic, progress_percent};
use crate::storage::bulk_job::Job;
use serde::Serialize;

/// The job object; keys in the documented order. It has no key `success`: clients take its presence for a failure.
#[derive(Debug, Serialize)]
pub struct JobObject<'a> {
    job_id: &'a str,
    id: &'a str,
    version: u8,
    country: &'a str,
    source: String,
    topic: &'static str,
    key: &'static str,
    status: &'static str,
    requested: u32,
    completed: u32,
    open_values: u32,
    progress: u32,
    not_founds: u32,
    /// 0 until the job is finished.
    free_credits: Credits,
    paid_credits: Credits,
    created_at: String,
    expires_at: String,
}

/// What v2 tells about a job.
pub fn job_object(job: &Job) -> JobObject<'_> {
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
        expires_at: job.expires_at.to_string(),
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
pub fn describe_job(job: &Job) -> String {
    // Plain texts and numbers always serialise.
    serde_json::to_string(&job_object(job)).unwrap_or_default()
}
