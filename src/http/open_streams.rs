//! How many event streams an account holds open.

use crate::domain::AccountId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Event streams one account may hold open at this process at a time.
pub const MAX_STREAMS_PER_ACCOUNT: usize = 20;

/// The open streams of one server.
#[derive(Debug, Clone, Default)]
pub struct OpenStreams(Arc<Mutex<HashMap<AccountId, usize>>>);

/// One open stream, closed when dropped.
#[derive(Debug)]
pub struct OpenStream {
    all: OpenStreams,
    account: AccountId,
}

impl OpenStreams {
    /// A place for one stream more; `None` when the account holds as many as it may.
    pub fn open(&self, account: AccountId) -> Option<OpenStream> {
        let mut counts = self.lock();
        let count = counts.entry(account).or_default();
        if *count >= MAX_STREAMS_PER_ACCOUNT {
            return None;
        }
        *count += 1;
        Some(OpenStream { all: self.clone(), account })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<AccountId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut counts = self.all.lock();
        if let Some(count) = counts.get_mut(&self.account) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_gets_its_places_back() {
        let streams = OpenStreams::default();
        let mut open: Vec<_> = (0..MAX_STREAMS_PER_ACCOUNT).map(|_| streams.open(AccountId(1)).unwrap()).collect();
        assert!(streams.open(AccountId(1)).is_none());
        assert!(streams.open(AccountId(2)).is_some());
        open.pop();
        assert!(streams.open(AccountId(1)).is_some());
        drop(open);
        assert!(streams.lock().is_empty(), "nothing is remembered of accounts without a stream");
    }
}
