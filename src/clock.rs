//! The only makers of "now".
//!
//! Two clocks, since they answer different questions: the business clock says what moment it is (created_at, freshness,
//! usage days) and may be set or moved by tests and the demo; the steady clock measures leases, pace, timeouts and rate
//! windows and always runs.

use crate::domain::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The business clock. Cheap to clone; clones move together.
#[derive(Debug, Clone)]
pub struct Clock {
    /// Microseconds added to the system's time, or the moment itself while the clock stands still.
    offset: Arc<AtomicI64>,
    frozen: bool,
}

impl Clock {
    /// The system's time.
    pub fn system() -> Clock {
        Clock { offset: Arc::new(AtomicI64::new(0)), frozen: false }
    }

    /// A clock that stands at a moment until it is moved.
    pub fn frozen_at(moment: Timestamp) -> Clock {
        Clock { offset: Arc::new(AtomicI64::new(moment.as_micros())), frozen: true }
    }

    pub fn now(&self) -> Timestamp {
        let moved = self.offset.load(Ordering::SeqCst);
        Timestamp::from_micros(if self.frozen { moved } else { system_micros().saturating_add(moved) })
    }

    /// Moves the clock, and all its clones, forward.
    pub fn advance(&self, by: Duration) {
        self.offset.fetch_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }

    /// The steady clock.
    pub fn steady(&self) -> Instant {
        Instant::now()
    }

    /// The steady clock as the database keeps it: processes that share a database agree on it as far as their system
    /// times agree. Leases are written in it, never in business time, which tests and the demo move.
    pub fn lease_now(&self) -> Timestamp {
        Timestamp::from_micros(system_micros())
    }
}

fn system_micros() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX)
}
