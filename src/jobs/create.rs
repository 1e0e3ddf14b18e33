//! A request becomes a stored job.

use super::finish;
use crate::app::App;
use crate::domain::{
    AccountId, Credits, Disabled, JobId, JobSpec, JobStatus, Lookup, Reason, RequestedValue, Switch, Timestamp,
};
use crate::ledger::least_cost;
use crate::queue::Ticket;
use crate::sources::Registry;
use crate::storage::account::{self, Account};
use crate::storage::bulk_item::{self, NewItem};
use crate::storage::bulk_job::{self, Job};
use crate::storage::{StorageError, Transaction, ledger};
use std::time::Duration;

/// The source that reports what it would cost and charges nothing.
const FREE_SOURCE: &str = "test";
/// How long results are kept after the finish.
const RESULTS_KEPT: Duration = Duration::from_secs(72 * 3_600);

/// A job that was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedJob {
    pub id: JobId,
    pub requested: u32,
}

/// Why a job is not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    #[error("every value is switched off")]
    ValuesDisabled,
    #[error("the job costs at least {least} credits, and {left} free credits are left")]
    NotEnoughFreeCredits { least: Credits, left: Credits },
    #[error("the job costs at least {least} credits; {used} of {quota} are used today")]
    DailyQuotaExceeded { least: Credits, used: Credits, quota: Credits },
    #[error("{limit} jobs are in flight")]
    TooManyInFlight { limit: u64 },
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A job that is ready to be stored.
pub(super) struct NewJob {
    pub job: Job,
    items: Vec<NewItem>,
    /// Values that wait to be looked up.
    open: usize,
}

/// Stores a job and its values in one transaction and rings for workers after its commit.
///
/// Values that cannot be, or that are switched off, are finished at once and keep their place.
pub async fn create(
    app: &App,
    owner: AccountId,
    spec: &JobSpec,
    switches: &[Switch],
) -> Result<CreatedJob, CreateError> {
    let new = prepare(app, owner, spec, switches)?;
    let transaction = app.db.begin().await?;
    let seq = insert(app, &transaction, spec, &new).await?;
    transaction.commit().await?;
    Ok(begin(app, seq, &new).await)
}

/// What will be stored.
pub(super) fn prepare(app: &App, owner: AccountId, spec: &JobSpec, switches: &[Switch]) -> Result<NewJob, CreateError> {
    let now = app.clock.now();
    let items: Vec<NewItem> = spec.values.iter().map(|value| new_item(app, spec, switches, value)).collect();
    let open = items.iter().filter(|item| item.lookup.is_ok()).count();
    if items.iter().all(|item| item.lookup == Err(Reason::ValueDisabled)) {
        return Err(CreateError::ValuesDisabled);
    }
    Ok(NewJob { job: new_job(app, owner, spec, open, now), items, open })
}

/// Checks what the account may and stores the job and its values; answers the job's `seq`.
pub(super) async fn insert(
    app: &App,
    transaction: &Transaction,
    spec: &JobSpec,
    new: &NewJob,
) -> Result<i64, CreateError> {
    let NewJob { job, items, open } = new;
    let account = account::lock(transaction, job.account_id).await?;
    if job.is_charged {
        check_credits(app, transaction, &account, least_cost(*open, spec.multiplier), job.created_at).await?;
    }
    check_in_flight(app, transaction, &account).await?;
    let seq = bulk_job::insert(transaction, job, app.clock.lease_now()).await?;
    bulk_item::insert(transaction, seq, items).await?;
    Ok(seq)
}

/// Rings for workers. The job is stored: from here on nothing may refuse it. A bell that fails is rung again by `reconcile`.
pub(super) async fn begin(app: &App, seq: i64, new: &NewJob) -> CreatedJob {
    let NewJob { job, open, .. } = new;
    app.metrics.job_created();
    if *open == 0 {
        if let Err(error) = finish(app, seq).await {
            tracing::error!(%error, job = %job.id, "not settled yet");
        }
    } else if let Err(error) = ring(app, seq, batches(app, *open)).await {
        tracing::error!(%error, job = %job.id, "not rung yet");
    }
    CreatedJob { id: job.id.clone(), requested: job.requested }
}

/// How many batches so many values are.
pub(super) fn batches(app: &App, values: usize) -> usize {
    values.div_ceil(app.config.jobs.batch_values.max(1) as usize)
}

/// Rings one ticket for each batch of values that wait.
pub(super) async fn ring(
    app: &App,
    job_seq: i64,
    batches: usize,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    // `enqueued` is written first: a worker may answer the ticket before this line is reached again.
    bulk_job::mark_enqueued(&app.db, job_seq).await?;
    app.queue.ring(&vec![Ticket::for_job(job_seq); batches]).await?;
    Ok(())
}

fn new_item(app: &App, spec: &JobSpec, switches: &[Switch], requested: &RequestedValue) -> NewItem {
    let checked = app.engine.registry().get(&spec.source).ok_or(Reason::Error).and_then(|definition| {
        Registry::check_value(definition, spec.key, &requested.value).map_err(|_| Reason::InvalidValue)
    });
    let lookup = checked.and_then(|value| {
        let lookup =
            Lookup { source: spec.source.clone(), country: spec.country, topic: spec.topic, key: spec.key, value };
        match Disabled::for_lookup(switches, &lookup) {
            Some(_) => Err(Reason::ValueDisabled),
            None => Ok(lookup.value),
        }
    });
    NewItem { value: requested.value.clone(), reference: requested.reference.clone(), lookup }
}

fn new_job(app: &App, owner: AccountId, spec: &JobSpec, open: usize, now: Timestamp) -> Job {
    let completed = u32::try_from(spec.values.len() - open).unwrap_or(u32::MAX);
    Job {
        is_charged: spec.source.as_str() != FREE_SOURCE,
        status: if open == 0 { JobStatus::Finishing } else { JobStatus::New },
        completed,
        ..Job::new(app.ids.job_id(), owner, spec, now, now.plus(RESULTS_KEPT))
    }
}

async fn check_credits(
    app: &App,
    transaction: &Transaction,
    account: &Account,
    least: Credits,
    now: Timestamp,
) -> Result<(), CreateError> {
    let used = ledger::usage_of_day(transaction, account.id, &now.day()).await?;
    if used + least > account.daily_quota {
        return Err(CreateError::DailyQuotaExceeded { least, used, quota: account.daily_quota });
    }
    let left = account.free_credits_left;
    if !app.plan(&account.plan).subscription && left < least {
        return Err(CreateError::NotEnoughFreeCredits { least, left });
    }
    Ok(())
}

/// An account without a creation limit has no limit of jobs in flight either.
async fn check_in_flight(app: &App, transaction: &Transaction, account: &Account) -> Result<(), CreateError> {
    let limit = app.plan(&account.plan).jobs_in_flight;
    if account.creations_per_minute == Some(0) {
        return Ok(());
    }
    let in_flight = bulk_job::count_in_flight(transaction, account.id).await?;
    if in_flight >= limit { Err(CreateError::TooManyInFlight { limit }) } else { Ok(()) }
}
