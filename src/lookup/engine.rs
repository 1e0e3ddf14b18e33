//! What a lookup needs.

use super::coalesce::InFlight;
use super::event::MetricsHook;
use crate::clock::Clock;
use crate::demo::{self, EmbeddedAnswer};
use crate::fetching::Fetcher;
use crate::ids::Ids;
use crate::sources::Registry;
use std::sync::Arc;
use std::time::Duration;

/// Longest wait for a host's pace before the first request of a lookup; a longer one is answered as
/// [`super::Outcome::Later`], so that the value holds no slot meanwhile.
pub const FIRST_PATIENCE: Duration = Duration::from_millis(500);
/// The same for every further request: a lookup that has begun waits, since what it has fetched would be lost.
pub const NEXT_PATIENCE: Duration = Duration::from_secs(60);

/// Answers requests to `embedded://…` by path and query, in this process.
pub type Embedded = Arc<dyn Fn(&str) -> EmbeddedAnswer + Send + Sync>;

/// Finds one value at a time; cheap to clone, clones share what is in flight.
#[derive(Clone)]
pub struct Engine {
    pub(super) registry: Arc<Registry>,
    pub(super) fetcher: Arc<Fetcher>,
    pub(super) embedded: Embedded,
    pub(super) clock: Clock,
    pub(super) ids: Ids,
    pub(super) metrics: MetricsHook,
    pub(super) in_flight: Arc<InFlight>,
}

impl Engine {
    pub fn new(registry: Arc<Registry>, fetcher: Arc<Fetcher>, clock: Clock, ids: Ids, metrics: MetricsHook) -> Engine {
        let embedded: Embedded = Arc::new(demo::respond);
        Engine { registry, fetcher, embedded, clock, ids, metrics, in_flight: Arc::default() }
    }

    /// The same engine with another marketplace behind `embedded://` addresses.
    pub fn with_embedded(self, embedded: Embedded) -> Engine {
        Engine { embedded, ..self }
    }

    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Lookups being fetched at the moment.
    pub fn in_flight(&self) -> usize {
        self.in_flight.len()
    }
}
