//! Answers of v1 as JSON, keys in the documented order.

use crate::domain::{
    Country, Credits, JobId, JobStatus, Key, SourceName, Timestamp, UsageMonth, UsageToday, progress_percent,
};
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

/// An answer as text.
pub fn json(answer: &impl Serialize) -> String {
    // Plain texts and numbers always serialise.
    serde_json::to_string(answer).unwrap_or_default()
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
    jobs: Vec<ListEntry<'a>>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListedJobV1)]
struct ListEntry<'a> {
    #[serde(flatten)]
    status: Status<'a>,
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

/// Answer of `GET /me/usage_today`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsageToday)]
pub struct Today<'a> {
    usage: TodayUsage<'a>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsageOfToday)]
struct TodayUsage<'a> {
    #[serde(flatten)]
    day: Day<'a>,
    quota: Credits,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsageOfDay)]
struct Day<'a> {
    #[schema(value_type = words::Day)]
    date: &'a str,
    credits: Credits,
    free_credits: Credits,
    paid_credits: Credits,
}

pub fn usage_today(usage: &UsageToday) -> Today<'_> {
    let day = Day {
        date: &usage.date,
        credits: usage.credits(),
        free_credits: usage.free_credits,
        paid_credits: usage.paid_credits,
    };
    Today { usage: TodayUsage { day, quota: usage.quota } }
}

/// Answer of `GET /me/usage_month`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsageMonth)]
pub struct Month<'a> {
    usage: MonthUsage<'a>,
    usages: Vec<Day<'a>>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsageOfMonth)]
struct MonthUsage<'a> {
    #[schema(value_type = words::Day)]
    from: &'a str,
    #[schema(value_type = words::Day)]
    to: &'a str,
    credits: Credits,
    free_credits: Credits,
    paid_credits: Credits,
    included_credits: Credits,
    /// Paid credits beyond those included.
    overusage: Credits,
}

pub fn usage_month(usage: &UsageMonth) -> Month<'_> {
    let days = usage.days.iter().map(|day| Day {
        date: &day.date,
        credits: day.credits(),
        free_credits: day.free_credits,
        paid_credits: day.paid_credits,
    });
    Month {
        usage: MonthUsage {
            from: &usage.from,
            to: &usage.to,
            credits: usage.credits(),
            free_credits: usage.free_credits(),
            paid_credits: usage.paid_credits(),
            included_credits: usage.included_credits,
            overusage: usage.overusage(),
        },
        usages: days.collect(),
    }
}

/// Answer of `GET` and `PUT /settings/daily_quota`.
#[derive(Debug, Serialize, ToSchema)]
pub struct DailyQuota {
    daily_quota: Credits,
}

pub fn daily_quota(daily_quota: Credits) -> DailyQuota {
    DailyQuota { daily_quota }
}

/// Answer of `GET` and `PUT /settings/hard_quota`.
#[derive(Debug, Serialize, ToSchema)]
pub struct HardQuota {
    hard_quota: bool,
}

pub fn hard_quota(hard_quota: bool) -> HardQuota {
    HardQuota { hard_quota }
}

/// Answer of `GET /settings/monthly_included_usage`.
#[derive(Debug, Serialize, ToSchema)]
pub struct MonthlyIncludedUsage {
    monthly_included_usage: Credits,
}

pub fn monthly_included_usage(monthly_included_usage: Credits) -> MonthlyIncludedUsage {
    MonthlyIncludedUsage { monthly_included_usage }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::UsageDay;

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

    #[test]
    fn the_documented_usage() {
        let today = UsageToday { date: "2016-10-17".into(), free_credits: 200, paid_credits: 800, quota: 10_000 };
        assert_eq!(
            json(&usage_today(&today)),
            r#"{"usage":{"date":"2016-10-17","credits":1000,"free_credits":200,"paid_credits":800,"quota":10000}}"#
        );
        let day = |date: &str, free_credits, paid_credits| UsageDay { date: date.into(), free_credits, paid_credits };
        let month = UsageMonth {
            from: "2016-10-01".into(),
            to: "2016-10-17".into(),
            included_credits: 50_000,
            days: vec![day("2016-10-01", 1000, 0), day("2016-10-17", 0, 55_000)],
        };
        assert_eq!(
            json(&usage_month(&month)),
            concat!(
                r#"{"usage":{"from":"2016-10-01","to":"2016-10-17","credits":56000,"free_credits":1000,"#,
                r#""paid_credits":55000,"included_credits":50000,"overusage":5000},"usages":["#,
                r#"{"date":"2016-10-01","credits":1000,"free_credits":1000,"paid_credits":0},"#,
                r#"{"date":"2016-10-17","credits":55000,"free_credits":0,"paid_credits":55000}]}"#
            )
        );
    }

    #[test]
    fn settings() {
        assert_eq!(json(&daily_quota(0)), r#"{"daily_quota":0}"#);
        assert_eq!(json(&monthly_included_usage(50_000)), r#"{"monthly_included_usage":50000}"#);
    }
}
