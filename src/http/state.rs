//! What handlers share, and how a use case's trouble becomes a refusal.

use super::caller::presented_token;
use super::codes::{Refusal, RefusalKind};
use super::open_streams::OpenStreams;
use super::params::Params;
use super::poll_pace::{PollPace, Verdict};
use super::rate_limit::CreationLimits;
use super::reference::Description;
use super::result_lengths::ResultLengths;
use super::stream::WorkbookTurns;
use crate::accounts::authenticate;
use crate::app::SharedApp;
use crate::config::PaceConfig;
use crate::domain::{AccountId, Balance, JobId};
use crate::jobs::wait;
use crate::ledger::balance;
use crate::storage::account::Account;
use crate::storage::bulk_job::{self, Job};
use actix_web::{HttpMessage, HttpRequest};
use std::time::Duration;

/// One server's handlers' common ground.
pub struct HttpState {
    pub app: SharedApp,
    creation_limits: CreationLimits,
    /// The API's own description.
    pub(super) description: Description,
    pub(super) open_streams: OpenStreams,
    pub(super) result_lengths: ResultLengths,
    pub(super) workbooks: WorkbookTurns,
    poll_pace: PollPace,
}

/// The id by which a request is found in the log, kept with the request.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

impl HttpState {
    pub fn new(app: SharedApp) -> HttpState {
        let PaceConfig { held_beyond, refused_beyond } = app.config.pace;
        HttpState {
            app,
            creation_limits: CreationLimits::default(),
            description: Description::default(),
            open_streams: OpenStreams::default(),
            result_lengths: ResultLengths::default(),
            workbooks: WorkbookTurns::default(),
            poll_pace: PollPace::new(held_beyond, refused_beyond),
        }
    }

    /// Whose request it is.
    pub async fn account(&self, request: &HttpRequest, params: &Params) -> Result<Account, Refusal> {
        let unauthorized = Refusal::unauthorized;
        let token = presented_token(request, params).ok_or_else(unauthorized)?;
        authenticate(&self.app.db, token.expose()).await?.ok_or_else(unauthorized)
    }

    /// Counts a creation against the account's rate, or says how long to wait.
    pub(super) fn count_creation(&self, account: &Account) -> Result<(), Duration> {
        let per_minute =
            account.creations_per_minute.unwrap_or_else(|| self.app.plan(&account.plan).creations_per_minute);
        self.creation_limits.take(account.id, per_minute)
    }

    /// A job of this account; another's is as good as none.
    pub async fn job(&self, account: &Account, id: &str) -> Result<Job, Refusal> {
        let unknown = || Refusal::of(RefusalKind::JobNotFound);
        let id: JobId = id.parse().map_err(|()| unknown())?;
        let found = bulk_job::find(&self.app.db, account.id, &id).await?;
        found.ok_or_else(unknown)
    }

    /// The job as soon as it has ended, or as it is after `longest`.
    async fn ended(&self, job: Job, longest: Duration) -> Result<Job, Refusal> {
        if job.status.is_final() || longest.is_zero() {
            return Ok(job);
        }
        let found = wait(&self.app, job.account_id, &job.id, longest).await?;
        found.ok_or_else(|| Refusal::of(RefusalKind::JobNotFound))
    }

    /// The job for an answer that tells how far it is: as soon as it has ended or after `wait`; one that is asked for too
    /// often is held a moment, or refused.
    pub async fn polled(&self, job: Job, wait: Option<Duration>) -> Result<Job, Refusal> {
        if job.status.is_final() {
            return Ok(job);
        }
        let wait = wait.unwrap_or_default();
        match self.poll_pace.ask(job.account_id, job.seq, self.app.clock.steady()) {
            Verdict::Answer => self.ended(job, wait).await,
            Verdict::Hold(hold) => self.ended(job, hold.max(wait)).await,
            Verdict::Refuse(after) => Err(Refusal::of(RefusalKind::TooManyRequests).retry_after(after)),
        }
    }

    /// What an account has left for further jobs.
    pub async fn balance(&self, owner: AccountId) -> Result<Balance, Refusal> {
        Ok(balance(&self.app, owner).await?)
    }
}

/// The request's id.
pub fn request_id(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}
