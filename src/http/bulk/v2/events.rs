//! A job's progress as server-sent events (the `text/event-stream` of the HTML standard).

use super::job_object::{job_object, status};
use crate::domain::{Balance, JobStatus};
use crate::storage::bulk_job::Job;
use bytes::Bytes;

/// The events' names: while it runs, and its two ends.
pub const EVENTS: [&str; 3] = ["progress", "finished", "cancelled"];

/// How long a client waits before it connects again.
pub const RECONNECT_MS: u32 = 2000;

/// The first bytes of a stream.
pub fn hello() -> Bytes {
    format!("retry: {RECONNECT_MS}\n\n").into()
}

/// Says that the connection is alive, so that nothing between the two ends closes it.
pub fn keep_alive() -> Bytes {
    Bytes::from_static(b": alive\n\n")
}

/// How a job stands; its id is how many values are done.
pub fn event(job: &Job, balance: &Balance) -> Bytes {
    let [progress, finished, cancelled] = EVENTS;
    let name = match job.status {
        JobStatus::Finished => finished,
        JobStatus::Cancelled => cancelled,
        JobStatus::New | JobStatus::Enqueued | JobStatus::Working | JobStatus::Finishing => progress,
    };
    // Plain texts and numbers always serialise, and JSON written so has no line ends.
    let data = serde_json::to_string(&job_object(job, balance)).unwrap_or_default();
    format!("event: {name}\nid: {}\ndata: {data}\n\n", job.completed).into()
}

/// What a client that saw the event `last_id` has not seen: whether the job as it is now is news to it.
///
/// All values done is news only once they are settled, so that the count of all of them stands on the last event alone.
pub fn is_news(job: &Job, last_id: Option<u32>) -> bool {
    match job.status {
        JobStatus::Finished => !is_over(job, last_id),
        JobStatus::Cancelled => true,
        JobStatus::Finishing => false,
        JobStatus::New | JobStatus::Enqueued | JobStatus::Working => last_id != Some(job.completed),
    }
}

/// Whether the client has seen the last event of a finished job, and need not come again.
pub fn is_over(job: &Job, last_id: Option<u32>) -> bool {
    job.status == JobStatus::Finished && last_id == Some(job.completed)
}

/// Whether two looks at a job tell the same.
pub fn is_same(before: &Job, now: &Job) -> bool {
    (status(before.status), before.completed) == (status(now.status), now.completed)
}
