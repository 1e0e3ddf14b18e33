//! What handlers share, and how a use case's trouble becomes a refusal.

use super::caller::presented_token;
use super::codes::{Refusal, RefusalKind};
use super::params::Params;
use super::rate_limit::CreationLimits;
use crate::accounts::authenticate;
use crate::app::SharedApp;
use crate::domain::JobId;
use crate::storage::StorageError;
use crate::storage::account::Account;
use crate::storage::bulk_job::{self, Job};
use actix_web::{HttpMessage, HttpRequest};
use std::time::Duration;

/// One server's handlers' common ground.
pub struct HttpState {
    pub app: SharedApp,
    creation_limits: CreationLimits,
}

/// The id by which a request is found in the log, kept with the request.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

impl HttpState {
    pub fn new(app: SharedApp) -> HttpState {
        HttpState { app, creation_limits: CreationLimits::default() }
    }

    /// Whose request it is.
    pub async fn account(&self, request: &HttpRequest, params: &Params) -> Result<Account, Refusal> {
        let unauthorized = Refusal::unauthorized;
        let token = presented_token(request, params).ok_or_else(unauthorized)?;
        authenticate(&self.app.db, token.expose()).await.map_err(|e| self.broken(request, &e))?.ok_or_else(unauthorized)
    }

    /// Counts a creation against the account's rate, or says how long to wait.
    pub(super) fn count_creation(&self, account: &Account) -> Result<(), Duration> {
        let per_minute =
            account.creations_per_minute.unwrap_or_else(|| self.app.plan(&account.plan).creations_per_minute);
        self.creation_limits.take(account.id, per_minute)
    }

    /// A job of this account; another's is as good as none.
    pub async fn job(&self, request: &HttpRequest, account: &Account, id: &str) -> Result<Job, Refusal> {
        let unknown = || Refusal::of(RefusalKind::JobNotFound);
        let id: JobId = id.parse().map_err(|()| unknown())?;
        let found = bulk_job::find(&self.app.db, account.id, &id).await.map_err(|e| self.broken(request, &e))?;
        found.ok_or_else(unknown)
    }

    /// The answer to trouble of our own: the cause goes to the log, the client gets the id to ask with.
    pub fn broken(&self, request: &HttpRequest, error: &StorageError) -> Refusal {
        let id = request_id(request);
        tracing::error!(%error, request_id = %id, "request not answered");
        if error.is_overload() { Refusal::of(RefusalKind::Overloaded) } else { Refusal::internal(&id) }
    }
}

/// The request's id.
pub fn request_id(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}
