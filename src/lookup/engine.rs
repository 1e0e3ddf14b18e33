//! What a lookup needs.

use super::coalesce::{Hold, InFlight};
use super::event::MetricsHook;
use super::seen::PageHook;
use super::trial::Watch;
use crate::clock::Clock;
use crate::domain::Lookup;
use crate::fetching::{FetchState, Fetcher};
use crate::ids::Ids;
use crate::sources::Registry;
use std::sync::Arc;
use std::time::Duration;

/// Longest wait for a host's pace before the first request of a lookup; a longer one is answered as
/// [`super::Outcome::Later`], so that the value holds no slot meanwhile.
pub const FIRST_PATIENCE: Duration = Duration::from_millis(500);
/// The same for every further request: a lookup that has begun waits, since what it has fetched would be lost.
pub const NEXT_PATIENCE: Duration = Duration::from_secs(60);

/// Answers `embedded://market/NAME/PATH?QUERY` in this process, given `NAME` and `/PATH?QUERY`. Must not block.
pub type Embedded = Arc<dyn Fn(&str, &str) -> EmbeddedAnswer + Send + Sync>;

/// A page out of the binary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddedAnswer {
    pub status: u16,
    pub body: String,
    /// Without parameters, lower case.
    pub content_type: String,
}

/// Nothing behind `embedded://` addresses: every page is gone.
pub fn no_marketplace() -> Embedded {
    Arc::new(|_, _| EmbeddedAnswer { status: 404, body: String::new(), content_type: String::new() })
}

/// Finds one value at a time; cheap to clone, clones share what is in flight.
#[derive(Clone)]
pub struct Engine {
    pub(super) registry: Arc<Registry>,
    pub(super) fetcher: Arc<Fetcher>,
    pub(super) embedded: Embedded,
    pub(super) clock: Clock,
    pub(super) ids: Ids,
    pub(super) metrics: MetricsHook,
    pub(super) pages: PageHook,
    pub(super) in_flight: Arc<InFlight>,
    /// Somebody who wants to know of each step.
    pub(super) watch: Option<Watch>,
}

impl Engine {
    pub fn new(
        registry: Arc<Registry>,
        fetcher: Arc<Fetcher>,
        embedded: Embedded,
        clock: Clock,
        ids: Ids,
        metrics: MetricsHook,
    ) -> Engine {
        Engine {
            registry,
            fetcher,
            embedded,
            clock,
            ids,
            metrics,
            pages: Arc::new(|_| {}),
            in_flight: Arc::default(),
            watch: None,
        }
    }

    /// The same, telling of every live page.
    pub fn with_page_hook(self, pages: PageHook) -> Engine {
        Engine { pages, ..self }
    }

    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// How it stands with the hosts and the pages being read.
    pub fn fetch_state(&self) -> FetchState {
        self.fetcher.state()
    }

    /// Taken before the store is read and kept until the pages found are written, it closes the gap between the two: what a
    /// twin found is either still held or already in the store.
    pub fn hold(&self, lookup: &Lookup) -> Hold<'_> {
        self.in_flight.hold(&lookup.fingerprint())
    }

    /// Lookups being fetched, or held, at the moment.
    pub fn in_flight(&self) -> usize {
        self.in_flight.len()
    }
}
