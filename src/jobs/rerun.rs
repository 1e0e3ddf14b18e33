//! What failed is asked once more.

use crate::app::App;
use crate::domain::{JobSpec, JobStatus, JobTerms, RequestedValue};
use crate::storage::bulk_job::Job;
use crate::storage::{StorageError, result};

/// Why a job is not asked again.
#[derive(Debug, thiserror::Error)]
pub enum RerunError {
    #[error("the job has not ended")]
    NotFinished,
    #[error("the job was cancelled")]
    Cancelled,
    #[error("the job's values are gone")]
    Expired,
    #[error("no value failed that could exist")]
    NothingFailed,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The job that asks the values of a finished one again that have no product, with the same options, terms and references.
pub async fn failed_again(app: &App, job: &Job) -> Result<JobSpec, RerunError> {
    if job.deleted_at.is_some() {
        return Err(RerunError::Expired);
    }
    match job.status {
        JobStatus::Finished => {}
        JobStatus::Cancelled => return Err(RerunError::Cancelled),
        JobStatus::New | JobStatus::Enqueued | JobStatus::Working | JobStatus::Finishing => {
            return Err(RerunError::NotFinished);
        }
    }
    let failed = result::list_failed(&app.db, job.seq).await?;
    let values: Vec<RequestedValue> =
        failed.into_iter().filter(|(_, reason)| reason.is_rerun()).map(|(value, _)| value).collect();
    if values.is_empty() { Err(RerunError::NothingFailed) } else { Ok(spec(job, values)) }
}

fn spec(job: &Job, values: Vec<RequestedValue>) -> JobSpec {
    JobSpec {
        source: job.source.clone(),
        country: job.country,
        topic: job.topic,
        key: job.key,
        values,
        options: job.options,
        multiplier: job.multiplier,
        terms: JobTerms {
            timeout: job.deadline_at.map(|deadline| deadline.since(job.created_at)),
            max_credits: job.max_credits,
            webhook: job.webhook.clone(),
            rerun_of: Some(job.id.clone()),
            schedule_id: None,
        },
    }
}
