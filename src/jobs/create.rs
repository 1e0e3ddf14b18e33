//! A request becomes a stored job.

use super::answered::{Unanswered, check_answered};
use super::finish;
use super::quote::quote;
use crate::app::App;
use crate::domain::{
    AccountId, Balance, Credits, Disabled, JobSpec, JobStatus, Lookup, Quote, Reason, RequestedValue, Switch,
    Timestamp, Unaffordable,
};
use crate::queue::Ticket;
use crate::sources::Registry;
use crate::storage::account::{self, Account};
use crate::storage::bulk_item::{self, NewItem};
use crate::storage::bulk_job::{self, Job};
use crate::storage::purse::{self, Holdings};
use crate::storage::{StorageError, Transaction};
use std::time::Duration;

/// The source that reports what it would cost and charges nothing.
const FREE_SOURCE: &str = "test";

/// A job that was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedJob {
    /// As its creation is answered: `new`, whatever is done already.
    pub job: Job,
    /// What the account has left beside it.
    pub balance: Balance,
    /// Values still to be looked up.
    open: usize,
}

/// Why a job is not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
    #[error("every value is switched off")]
    ValuesDisabled,
    /// `is_hard`: the account has a hard quota, so that the most the job can cost must fit, else the least.
    #[error("{cause}")]
    Unaffordable { cause: Unaffordable, is_hard: bool },
    /// The account creates jobs faster than it may.
    #[error("too fast by {wait:?}")]
    TooFast { wait: Duration },
    /// The key stands for a creation with other parameters.
    #[error("the idempotency key was used for another job")]
    KeyReused,
    #[error("{limit} jobs are in flight")]
    TooManyInFlight { limit: u64 },
    #[error(transparent)]
    Storage(#[from] StorageError),
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
    let draft = Draft::of(app, spec, switches)?;
    let transaction = app.db.begin().await?;
    let account = account::lock(&transaction, owner).await?;
    let created = draft.store(app, &transaction, &account).await?;
    transaction.commit().await?;
    created.announce(app).await;
    Ok(created)
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

/// A job that could be stored.
pub(super) struct Draft<'a> {
    spec: &'a JobSpec,
    pub items: Vec<NewItem>,
    pub quote: Quote,
    /// False where the cost is only reported.
    pub is_charged: bool,
}

impl<'a> Draft<'a> {
    /// Looks at each value: which can be looked up, which never will be.
    pub fn of(app: &App, spec: &'a JobSpec, switches: &[Switch]) -> Result<Draft<'a>, CreateError> {
        check_answered(app.engine.registry(), spec, switches)?;
        let items: Vec<NewItem> = spec.values.iter().map(|value| new_item(app, spec, switches, value)).collect();
        if items.iter().all(|item| item.lookup == Err(Reason::ValueDisabled)) {
            return Err(CreateError::ValuesDisabled);
        }
        let valid = items.iter().filter(|item| item.lookup.is_ok()).count();
        let quote = quote(app.engine.registry(), spec, valid);
        Ok(Draft { spec, items, quote, is_charged: spec.source.as_str() != FREE_SOURCE })
    }

    /// Writes the job if the account can afford it; it is there when the transaction is committed.
    ///
    /// The account is locked by this transaction, so that jobs created side by side are measured one after another.
    pub async fn store(
        mut self,
        app: &App,
        transaction: &Transaction,
        account: &Account,
    ) -> Result<CreatedJob, CreateError> {
        let now = app.clock.now();
        let held = purse::load_in(transaction, account.id, &now.day()).await?;
        let reserved = self.check(app, account, &held)?;
        if self.spec.multiplier.pages_for(self.quote.most) == 0 {
            self.end_unpayable();
        }
        let open = self.items.iter().filter(|item| item.lookup.is_ok()).count();
        let job = self.job(app, account.id, open, if open == 0 { 0 } else { reserved }, now);
        let seq = bulk_job::insert(transaction, &job, app.clock.lease_now()).await?;
        bulk_item::insert(transaction, seq, &self.items).await?;
        let mut purse = held.purse(app.plan(&account.plan).subscription);
        purse.reserved += job.reserved;
        let job = Job { seq, status: JobStatus::New, ..job };
        Ok(CreatedJob { job, balance: purse.balance(), open })
    }

    /// What is to be held back for it, or why it is refused: quota, credits, jobs in flight. An account without a creation
    /// limit has no limit of jobs in flight either.
    pub fn check(&self, app: &App, account: &Account, held: &Holdings) -> Result<Credits, CreateError> {
        let plan = app.plan(&account.plan);
        let is_hard = held.has_hard_quota;
        let admitted = if self.is_charged { held.purse(plan.subscription).admit(&self.quote) } else { Ok(0) };
        let reserved = admitted.map_err(|cause| CreateError::Unaffordable { cause, is_hard })?;
        let limit = plan.jobs_in_flight;
        let is_limited = account.creations_per_minute != Some(0);
        if is_limited && held.in_flight >= limit { Err(CreateError::TooManyInFlight { limit }) } else { Ok(reserved) }
    }

    /// The job's own cap does not even pay for one page: nothing is looked up.
    fn end_unpayable(&mut self) {
        for item in self.items.iter_mut().filter(|item| item.lookup.is_ok()) {
            item.lookup = Err(Reason::CreditLimitReached);
        }
    }

    fn job(&self, app: &App, owner: AccountId, open: usize, reserved: Credits, now: Timestamp) -> Job {
        let completed = u32::try_from(self.items.len() - open).unwrap_or(u32::MAX);
        Job {
            is_charged: self.is_charged,
            status: if open == 0 { JobStatus::Finishing } else { JobStatus::New },
            completed,
            reserved,
            ..Job::new(app.ids.job_id(), owner, self.spec, now, now.plus(app.config.jobs.results_kept()))
        }
    }
}

impl CreatedJob {
    /// After the commit: the job is stored, and from here on nothing may refuse it. A bell that fails is rung again by
    /// `reconcile`.
    pub(super) async fn announce(&self, app: &App) {
        app.metrics.job_created();
        let job = &self.job;
        if self.open == 0 {
            if let Err(error) = finish(app, job.seq).await {
                tracing::error!(%error, job = %job.id, "not settled yet");
            }
        } else if let Err(error) = ring(app, job.seq, batches(app, self.open)).await {
            tracing::error!(%error, job = %job.id, "not rung yet");
        }
    }
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
