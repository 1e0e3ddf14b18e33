//! How many jobs an account creates a minute.

use crate::domain::AccountId;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Accounts remembered; beyond it the windows start anew.
const MAX_ACCOUNTS: usize = 100_000;

/// One window an account, in the steady clock's time.
#[derive(Debug, Default)]
pub struct CreationLimits(Mutex<HashMap<AccountId, Window>>);

#[derive(Debug, Clone)]
struct Window {
    per_minute: u32,
    limiter: Arc<DefaultDirectRateLimiter>,
}

impl CreationLimits {
    /// Counts a creation, or says how long to wait; 0 a minute = no limit.
    pub fn take(&self, account: AccountId, per_minute: u32) -> Result<(), Duration> {
        let Some(quota) = NonZeroU32::new(per_minute) else { return Ok(()) };
        let limiter = {
            let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if windows.len() >= MAX_ACCOUNTS {
                windows.clear();
            }
            let fresh = || Window { per_minute, limiter: Arc::new(RateLimiter::direct(Quota::per_minute(quota))) };
            let window = windows.entry(account).or_insert_with(fresh);
            if window.per_minute != per_minute {
                *window = fresh();
            }
            window.limiter.clone()
        };
        limiter.check().map_err(|refused| refused.wait_time_from(DefaultClock::default().now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_each_account_apart() {
        let limits = CreationLimits::default();
        let (a, b) = (AccountId(1), AccountId(2));
        assert!((0..3).all(|_| limits.take(a, 3).is_ok()));
        let wait = limits.take(a, 3).unwrap_err();
        assert!(wait <= Duration::from_secs(20), "{wait:?}");
        assert!(limits.take(b, 3).is_ok());
        assert!((0..100).all(|_| limits.take(a, 0).is_ok()), "0 is no limit");
    }
}
