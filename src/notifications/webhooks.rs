//! What telling webhooks takes.

use crate::clock::Clock;
use crate::config::WebhooksConfig;
use crate::domain::Balance;
use crate::ids::Ids;
use crate::outbound::{ClientLimits, Clients, Outbound, OutboundError};
use crate::storage::Db;
use crate::storage::bulk_job::Job;
use crate::telemetry::Metrics;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Longest a connection may take to be there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Writes a job as its status answer does: a JSON object.
pub type DescribeJob = Arc<dyn Fn(&Job, &Balance) -> String + Send + Sync>;

/// What [`Webhooks`] is made of.
pub struct WebhookParts {
    pub db: Db,
    pub clock: Clock,
    pub ids: Ids,
    pub metrics: Metrics,
    pub outbound: Outbound,
    pub settings: WebhooksConfig,
    /// Where callers reach this server, without a slash at the end.
    pub public_url: String,
    pub describe: DescribeJob,
}

/// Tells webhooks what happened. One a server.
pub struct Webhooks {
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) ids: Ids,
    pub(super) metrics: Metrics,
    pub(super) clients: Clients,
    pub(super) settings: WebhooksConfig,
    pub(super) public_url: String,
    pub(super) describe: DescribeJob,
    /// Rung when a message of this process may be due.
    pub(super) bell: Notify,
}

impl Webhooks {
    pub fn new(parts: WebhookParts) -> Result<Webhooks, OutboundError> {
        let WebhookParts { db, clock, ids, metrics, outbound, settings, public_url, describe } = parts;
        let clients = outbound.clients(ClientLimits { connect_timeout: CONNECT_TIMEOUT })?;
        let bell = Notify::new();
        Ok(Webhooks { db, clock, ids, metrics, clients, settings, public_url, describe, bell })
    }

    /// A message was committed, or time was moved: whoever delivers looks at once.
    pub fn ring(&self) {
        self.bell.notify_one();
    }
}
