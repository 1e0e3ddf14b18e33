//! A bulk job: up to a thousand values asked of one source.

use super::{Country, Credits, Key, LookupOptions, Multiplier, SourceName, Topic, Webhook};
use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// Most different values in one job.
pub const MAX_VALUES: usize = 1000;

/// Characters of a caller's own reference of a value.
pub const MAX_REFERENCE_CHARS: usize = 255;

/// 24 lower-case hex characters, unguessable.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(String);

impl JobId {
    pub const CHARS: usize = 24;

    /// From twelve random bytes.
    pub fn from_bytes(bytes: [u8; 12]) -> JobId {
        JobId(hex::encode(bytes))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for JobId {
    type Err = ();

    fn from_str(text: &str) -> Result<JobId, ()> {
        let is_id = text.len() == JobId::CHARS && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if is_id { Ok(JobId(text.to_owned())) } else { Err(()) }
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Row id of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(pub i64);

/// Where a job stands; only ever moves down this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum JobStatus {
    /// Stored, not queued yet.
    New,
    /// Queued behind other jobs.
    Enqueued,
    /// At least one value was started.
    Working,
    /// All values are done; credits are being settled.
    Finishing,
    Finished,
    Cancelled,
}

impl JobStatus {
    pub const ALL: [JobStatus; 6] = [
        JobStatus::New,
        JobStatus::Enqueued,
        JobStatus::Working,
        JobStatus::Finishing,
        JobStatus::Finished,
        JobStatus::Cancelled,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            JobStatus::New => "new",
            JobStatus::Enqueued => "enqueued",
            JobStatus::Working => "working",
            JobStatus::Finishing => "finishing",
            JobStatus::Finished => "finished",
            JobStatus::Cancelled => "cancelled",
        }
    }

    pub fn parse(text: &str) -> Option<JobStatus> {
        JobStatus::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Nothing moves any more.
    pub fn is_final(self) -> bool {
        matches!(self, JobStatus::Finished | JobStatus::Cancelled)
    }
}

/// A value as the caller sent it (trimmed), with the caller's own reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedValue {
    pub value: String,
    pub reference: Option<String>,
}

/// Why a list of values is refused as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidValues {
    #[error("there is no value")]
    Empty,
    #[error("there are more than {MAX_VALUES} different values")]
    TooMany,
}

/// The different values in request order: trimmed, blank ones dropped, the first occurrence kept.
pub fn distinct_values(values: impl IntoIterator<Item = RequestedValue>) -> Result<Vec<RequestedValue>, InvalidValues> {
    let mut seen = HashSet::new();
    let mut kept = Vec::new();
    for mut requested in values {
        let trimmed = requested.value.trim();
        if trimmed.is_empty() || !seen.insert(trimmed.to_owned()) {
            continue;
        }
        if kept.len() == MAX_VALUES {
            return Err(InvalidValues::TooMany);
        }
        if trimmed.len() != requested.value.len() {
            requested.value = trimmed.to_owned();
        }
        kept.push(requested);
    }
    if kept.is_empty() { Err(InvalidValues::Empty) } else { Ok(kept) }
}

/// floor(100 × completed / requested).
pub fn progress_percent(completed: u32, requested: u32) -> u32 {
    if requested == 0 { 100 } else { (u64::from(completed) * 100 / u64::from(requested)) as u32 }
}

/// A bulk job as it was asked for, every parameter checked; single values may still be invalid and keep their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobSpec {
    pub source: SourceName,
    pub country: Country,
    pub topic: Topic,
    pub key: Key,
    pub values: Vec<RequestedValue>,
    pub options: LookupOptions,
    pub multiplier: Multiplier,
    pub terms: JobTerms,
}

/// What a job is told about itself as a whole, beside what its values are asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobTerms {
    /// Values not done so long after the creation end with [`super::Reason::Timeout`]; `None` = no deadline.
    pub timeout: Option<Duration>,
    /// Most credits the job may cost.
    pub max_credits: Option<Credits>,
    pub webhook: Option<Webhook>,
    /// The job whose failed values this one asks again.
    pub rerun_of: Option<JobId>,
    /// Row id of the schedule that created it.
    pub schedule_id: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> RequestedValue {
        RequestedValue { value: text.into(), reference: None }
    }

    #[test]
    fn first_occurrence_keeps_its_place() {
        let kept = distinct_values(["b", " a ", "", "b ", "a", "c"].map(value)).unwrap();
        assert_eq!(kept, ["b", "a", "c"].map(value));
        assert_eq!(distinct_values([value(" ")]), Err(InvalidValues::Empty));
    }

    #[test]
    fn the_limit_counts_different_values() {
        let thousand: Vec<_> = (0..1000).map(|i| value(&i.to_string())).collect();
        let twice = thousand.iter().cloned().chain(thousand.clone());
        assert_eq!(distinct_values(twice).unwrap().len(), 1000);
        assert_eq!(distinct_values(thousand.into_iter().chain([value("x")])), Err(InvalidValues::TooMany));
    }

    #[test]
    fn progress_is_floored() {
        assert_eq!(progress_percent(2, 3), 66);
        assert_eq!(progress_percent(999, 1000), 99);
        assert_eq!(progress_percent(3, 3), 100);
    }
}
