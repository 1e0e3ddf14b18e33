//! What a finished lookup tells the metrics.

use crate::domain::{Country, SourceName};
use std::sync::Arc;
use std::time::Duration;

/// One finished lookup.
#[derive(Debug, Clone)]
pub struct LookupEvent<'a> {
    pub source: &'a SourceName,
    pub country: Country,
    /// `found`, `incomplete`, `later`, or the wording of a reason.
    pub outcome: &'static str,
    /// Pages delivered that this lookup fetched itself.
    pub pages_live: u32,
    /// Pages delivered that came from the store or from a twin in flight.
    pub pages_ready: u32,
    /// Requests that were answered, search and product steps included.
    pub requests: u32,
    /// Received from the network.
    pub bytes: u64,
    pub duration: Duration,
}

/// Called once at the end of every lookup; must not block.
pub type MetricsHook = Arc<dyn Fn(&LookupEvent<'_>) + Send + Sync>;

/// Counts nothing.
pub fn no_metrics() -> MetricsHook {
    Arc::new(|_| {})
}
