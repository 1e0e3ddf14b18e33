//! Answers of v1 as JSON, keys in the documented order.

use crate::domain::{Country, JobId, JobStatus, Key, SourceName, Timestamp, progress_percent};
use crate::http::openapi::words;
use serde::Serialize;
use utoipa::ToSchema;

/// What the answers tell about a job.
#[derive(Debug, Clone, Copy)]
pub struct JobFacts<'a> {
    pub job_id: &'a JobId,
    pub status: JobStatus,
    pub requested: u32,
    pub completed: u32,
    pub source: &'a SourceName,
    pub country: Country,
    pub key: Key,
    pub created_at: Timestamp,
}

/// Answer of `POST /jobs`. It has no key `success`: clients take its presence for a failure.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobCreatedV1)]
pub struct Created<'a> {
    #[schema(value_type = words::JobIdText)]
    job_id: &'a str,
    #[schema(value_type = words::JobStatusV1)]
    status: &'static str,
    /// Number of different values.
    requested: u32,
}

pub fn created(job_id: &JobId, requested: u32) -> Created<'_> {
    Created { job_id: job_id.as_str(), status: JobStatus::New.as_str(), requested }
}

/// Answer of `GET /jobs/{id}`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobV1)]
pub struct Status<'a> {
    #[schema(value_type = words::JobIdText)]
    job_id: &'a str,
    #[schema(value_type = words::JobStatusV1)]
    status: &'static str,
    /// Number of different values.
    requested: u32,
    /// Values that have ended.
    completed: u32,
    /// `completed` in percent of `requested`, rounded down.
    #[schema(value_type = words::Percent)]
    progress: u32,
}

pub fn status(job_id: &JobId, status: JobStatus, requested: u32, completed: u32) -> Status<'_> {
    let progress = progress_percent(completed, requested);
    Status { job_id: job_id.as_str(), status: status.as_str(), requested, completed, progress }
}

/// Answer of `GET /jobs`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobListV1)]
pub struct List<'a> {
    /// Newest first.
    jobs: Vec<ListEntry<'a>>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListedJobV1)]
struct ListEntry<'a> {
    #[serde(flatten)]
    status: Status<'a>,
    /// The source asked.
    source: &'a str,
    #[schema(value_type = words::CountryCode)]
    country: String,
    #[schema(value_type = words::KeyV1)]
    key: &'static str,
    #[schema(value_type = words::Moment)]
    created_at: String,
}

/// `jobs` are newest first.
pub fn list<'a>(jobs: impl IntoIterator<Item = JobFacts<'a>>) -> List<'a> {
    let entry = |job: JobFacts<'a>| ListEntry {
        status: status(job.job_id, job.status, job.requested, job.completed),
        source: job.source.as_str(),
        country: job.country.to_string(),
        key: job.key.v1(),
        created_at: job.created_at.to_string(),
    };
    List { jobs: jobs.into_iter().map(entry).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(view: &impl Serialize) -> String {
        serde_json::to_string(view).unwrap()
    }

    fn id() -> JobId {
        "1234567890abcdef12345678".parse().unwrap()
    }

    #[test]
    fn jobs() {
        assert_eq!(json(&created(&id(), 2)), r#"{"job_id":"1234567890abcdef12345678","status":"new","requested":2}"#);
        let known =
            r#""job_id":"1234567890abcdef12345678","status":"working","requested":3,"completed":2,"progress":66"#;
        assert_eq!(json(&status(&id(), JobStatus::Working, 3, 2)), format!("{{{known}}}"));
        let source = SourceName::new("google-shopping");
        let job_id = id();
        let job = JobFacts {
            job_id: &job_id,
            status: JobStatus::Working,
            requested: 3,
            completed: 2,
            source: &source,
            country: "de".parse().unwrap(),
            key: Key::SourceId,
            created_at: Timestamp(1_476_662_400_000_000),
        };
        assert_eq!(
            json(&list([job])),
            format!(
                "{{\"jobs\":[{{{known},\"source\":\"google-shopping\",\"country\":\"de\",\"key\":\"source_id\",\
                 \"created_at\":\"2016-10-17T00:00:00Z\"}}]}}"
            )
        );
        assert_eq!(json(&list([])), r#"{"jobs":[]}"#);
    }
}
