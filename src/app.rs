//! What a running server holds, handed to every use case.

use crate::clock::Clock;
use crate::config::{Config, PlanConfig};
use crate::health::Tally;
use crate::ids::Ids;
use crate::lookup::Engine;
use crate::notifications::Webhooks;
use crate::outbound::Outbound;
use crate::queue::Queue;
use crate::storage::Db;
use crate::telemetry::Metrics;
use std::sync::Arc;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// One server. Shared by reference-counted pointer; nothing in it is global, so that two servers live in one process.
pub struct App {
    pub config: Config,
    pub clock: Clock,
    pub ids: Ids,
    pub db: Db,
    pub queue: Queue,
    pub engine: Engine,
    /// Which addresses callers may have us call.
    pub outbound: Outbound,
    pub metrics: Metrics,
    /// What live pages tell of their sources, until it is written.
    pub health: Arc<Tally>,
    pub webhooks: Arc<Webhooks>,
    /// Cancelled when the server is to stop: workers give their values back.
    pub stop: CancellationToken,
    /// Told whenever a job of this process moved on, so that whoever waits for one looks again.
    pub moved: Notify,
}

impl App {
    /// The terms of a plan; an account whose plan was removed from the settings gets the strictest: nothing.
    pub fn plan(&self, name: &str) -> PlanConfig {
        self.config.plans.get(name).cloned().unwrap_or(PlanConfig {
            free_credits: 0,
            included_credits: 0,
            subscription: false,
            daily_quota: 0,
            jobs_in_flight: 0,
            creations_per_minute: 0,
            price_per_1000_credits: None,
        })
    }
}

pub type SharedApp = Arc<App>;
