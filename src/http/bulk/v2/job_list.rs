//! `GET /v2/jobs` in words of v2.

use super::job_object::{JobObject, job_object};
use crate::domain::{Balance, JobId};
use crate::http::list_page::ListPage;
use crate::http::list_page::PageMeta;
use crate::storage::bulk_job::Job;
use serde::Serialize;
use utoipa::ToSchema;

/// The answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobList<'a> {
    /// The jobs of this page, newest first.
    data: Vec<JobObject<'a>>,
    meta: PageMeta,
}

/// `jobs` is the page asked for, newest first; `total` counts those of all pages.
pub fn job_list<'a>(jobs: &'a [Job], balance: &Balance, wanted: ListPage, total: u64) -> JobList<'a> {
    JobList { data: jobs.iter().map(|job| job_object(job, balance)).collect(), meta: PageMeta::of(wanted, total) }
}

/// The jobs alone, oldest first.
pub fn bare_list<'a>(newest_first: &'a [Job], balance: &Balance) -> Vec<JobObject<'a>> {
    newest_first.iter().rev().map(|job| job_object(job, balance)).collect()
}

/// Whether a raw query holds a job's id that is no parameter's value: some programs put one there and read a bare list.
pub fn wants_bare_list(query: &str) -> bool {
    query.split('&').any(|part| {
        let word = part.strip_suffix('=').unwrap_or(part);
        word.to_ascii_lowercase().parse::<JobId>().is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_id_in_the_query() {
        for query in [
            "1234567890abcdef12345678",
            "1234567890ABCDEF12345678",
            "token=T&1234567890abcdef12345678",
            "1234567890abcdef12345678=&token=T&per_page=2",
        ] {
            assert!(wants_bare_list(query), "{query}");
        }
        for query in [
            "",
            "token=T",
            "job_id=1234567890abcdef12345678",
            "token=1234567890abcdef12345678",
            "1234567890abcdef1234567",
            "page",
        ] {
            assert!(!wants_bare_list(query), "{query}");
        }
    }
}
