//! A job's progress as server-sent events (the `text/event-stream` of the HTML standard).

use super::job_object::{job_object, status};
use crate::domain::{Balance, JobStatus};
use crate::http::json::json;
use crate::storage::bulk_job::Job;
use bytes::Bytes;
use std::fmt;

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
    // JSON written so has no line ends.
    let data = json(&job_object(job, balance));
    format!("event: {name}\nid: {}\ndata: {data}\n\n", EventId::of(job)).into()
}

/// Which event it was: how many values were done, and whether the job was cancelled then. The end of a cancelled job would
/// else have the id of the event before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventId {
    completed: u32,
    is_cancelled: bool,
}

/// What stands behind the count of a cancelled job.
const CANCELLED: &str = "-cancelled";

impl EventId {
    fn of(job: &Job) -> EventId {
        EventId { completed: job.completed, is_cancelled: job.status == JobStatus::Cancelled }
    }

    /// As a client sends it back.
    pub fn parse(text: &str) -> Option<EventId> {
        let text = text.trim();
        let (count, is_cancelled) = match text.strip_suffix(CANCELLED) {
            Some(count) => (count, true),
            None => (text, false),
        };
        Some(EventId { completed: count.parse().ok()?, is_cancelled })
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.completed, if self.is_cancelled { CANCELLED } else { "" })
    }
}

/// What a client that saw the event `last_id` has not seen: whether the job as it is now is news to it.
///
/// All values done is news only once they are settled, so that the count of all of them stands on the last event alone.
pub fn is_news(job: &Job, last_id: Option<EventId>) -> bool {
    job.status != JobStatus::Finishing && last_id != Some(EventId::of(job))
}

/// Whether the client has seen the last event, and need not come again.
pub fn is_over(job: &Job, last_id: Option<EventId>) -> bool {
    job.status.is_final() && !is_news(job, last_id)
}

/// Whether two looks at a job tell the same.
pub fn is_same(before: &Job, now: &Job) -> bool {
    (status(before.status), before.completed) == (status(now.status), now.completed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        AccountId, JobId, JobSpec, JobTerms, Key, LookupOptions, MaxAge, Multiplier, PageLimit, RequestedValue,
        Selection, SourceName, Timestamp, Topic,
    };

    /// A job of three values.
    fn job(status: JobStatus, completed: u32) -> Job {
        let value = |text: &str| RequestedValue { value: text.into(), reference: None };
        let spec = JobSpec {
            source: SourceName::new("test"),
            country: "de".parse().unwrap(),
            topic: Topic::ProductAndOffers,
            key: Key::Gtin,
            values: ["1", "2", "3"].map(value).to_vec(),
            options: LookupOptions {
                page_limit: PageLimit::Pages(1),
                max_age: MaxAge::DAILY,
                selection: Selection::default(),
            },
            multiplier: Multiplier::ORDINARY,
            terms: JobTerms::default(),
        };
        let now = Timestamp(0);
        Job { status, completed, ..Job::new(JobId::from_bytes([1; 12]), AccountId(1), &spec, now, now) }
    }

    #[test]
    fn an_event_is_a_name_an_id_and_one_line() {
        let left = Balance { free_credits_left: 1, daily_quota_left: 2 };
        let text = |job: &Job| String::from_utf8(event(job, &left).to_vec()).unwrap();
        let told = text(&job(JobStatus::Working, 2));
        let lines: Vec<&str> = told.split('\n').collect();
        assert_eq!((lines[0], lines[1], lines.len()), ("event: progress", "id: 2", 5), "{told}");
        assert!(lines[2].starts_with("data: {\"job_id\":\"010101010101010101010101\",") && told.ends_with("}\n\n"));
        assert!(text(&job(JobStatus::Finished, 3)).starts_with("event: finished\nid: 3\n"));
        assert!(text(&job(JobStatus::Cancelled, 1)).starts_with("event: cancelled\nid: 1-cancelled\n"));
    }

    #[test]
    fn whoever_comes_again_hears_what_is_new() {
        let seen = EventId::parse;
        let working = job(JobStatus::Working, 2);
        assert!(is_news(&working, None) && is_news(&working, seen("1")) && !is_news(&working, seen(" 2 ")));
        // All are done, but the last event is still to come: no event has its id before it.
        let finishing = job(JobStatus::Finishing, 3);
        assert!(!is_news(&finishing, None) && !is_news(&finishing, seen("2")));
        let finished = job(JobStatus::Finished, 3);
        assert!(is_news(&finished, seen("2")) && !is_over(&finished, seen("2")) && is_over(&finished, seen("3")));
        let cancelled = job(JobStatus::Cancelled, 2);
        assert!(is_news(&cancelled, seen("2")) && is_over(&cancelled, seen("2-cancelled")));
        assert!(!is_over(&working, seen("2")));
        assert_eq!((seen("x"), seen("-cancelled"), seen("")), (None, None, None));
    }

    #[test]
    fn what_v2_does_not_tell_apart_is_no_step() {
        assert!(is_same(&job(JobStatus::New, 0), &job(JobStatus::Enqueued, 0)));
        assert!(!is_same(&job(JobStatus::Enqueued, 0), &job(JobStatus::Working, 0)));
        assert!(!is_same(&job(JobStatus::Working, 0), &job(JobStatus::Working, 1)));
    }
}
