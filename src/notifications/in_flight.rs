//! Who may be sent to now: no receiver and no account holds so many attempts that others find none free.

use crate::domain::AccountId;
use crate::storage::webhook_message::DueMessage;
use std::collections::HashMap;

/// Attempts to one host of an account at a time.
pub(super) const MOST_PER_HOST: usize = 4;

/// The attempts that one process has under way.
#[derive(Debug)]
pub(super) struct InFlight {
    free: usize,
    by_host: HashMap<(AccountId, String), usize>,
    by_account: HashMap<AccountId, usize>,
}

impl InFlight {
    pub fn new(most: usize) -> InFlight {
        InFlight { free: most.max(1), by_host: HashMap::new(), by_account: HashMap::new() }
    }

    pub fn free(&self) -> usize {
        self.free
    }

    /// Takes a place if the message may have one: its host holds few, and its account fewer than are free.
    pub fn take(&mut self, due: &DueMessage) -> bool {
        let host = self.by_host.get(&key(due)).copied().unwrap_or(0);
        let account = self.by_account.get(&due.account_id).copied().unwrap_or(0);
        // One free place serves whoever holds none.
        if self.free == 0 || host >= MOST_PER_HOST || account >= self.free {
            return false;
        }
        self.free -= 1;
        *self.by_host.entry(key(due)).or_default() += 1;
        *self.by_account.entry(due.account_id).or_default() += 1;
        true
    }

    pub fn give_back(&mut self, due: &DueMessage) {
        self.free += 1;
        if let Some(count) = self.by_host.get_mut(&key(due)) {
            *count -= 1;
        }
        if let Some(count) = self.by_account.get_mut(&due.account_id) {
            *count -= 1;
        }
        self.by_host.retain(|_, count| *count > 0);
        self.by_account.retain(|_, count| *count > 0);
    }
}

fn key(due: &DueMessage) -> (AccountId, String) {
    (due.account_id, due.host.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(account: i64, host: &str) -> DueMessage {
        DueMessage { seq: 0, account_id: AccountId(account), host: host.to_owned() }
    }

    #[test]
    fn a_receiver_and_an_account_leave_places_for_others() {
        let mut places = InFlight::new(16);
        assert_eq!((0..16).filter(|_| places.take(&due(1, "slow"))).count(), MOST_PER_HOST);
        let hosts = (0..16).filter(|n| places.take(&due(1, &format!("slow{n}")))).count();
        assert_eq!(hosts, 4, "an account alone takes half");
        assert!(places.take(&due(2, "fast")));
        for _ in 0..MOST_PER_HOST {
            places.give_back(&due(1, "slow"));
        }
        assert!(places.take(&due(1, "slow")));
    }

    #[test]
    fn one_place_serves_everyone_in_turn() {
        let mut places = InFlight::new(1);
        assert!(places.take(&due(1, "a")) && !places.take(&due(2, "b")));
        places.give_back(&due(1, "a"));
        assert!(places.take(&due(2, "b")));
        places.give_back(&due(2, "b"));
        assert!(places.free() == 1 && places.by_host.is_empty() && places.by_account.is_empty());
    }
}
