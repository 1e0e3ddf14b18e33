//! Who may hold a process's batches: no source and no account takes so many that others find none free.
//!
//! The rule for sources is that of dynamic thresholds in shared buffers: a source takes another batch only while it holds
//! fewer than are free. One slow source alone gets half of them, the next slow one half of what is left, and so on, so the
//! first batch of a source that holds none is there until very many sources are slow at once. Accounts may use all but the
//! last few, which are for accounts that hold none. Slots are a process's own, so this needs no table; whose turn it is among
//! those that may is the database's matter.

use crate::app::App;
use crate::domain::{AccountId, SourceName};
use crate::storage::StorageError;
use crate::storage::bulk_item::{self, LeasedBatch};
use crate::storage::bulk_job::PassedOver;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// One of so many slots is kept for accounts that hold none.
const KEPT: usize = 8;

/// The batches one process holds at a time. One for all workers of the process.
#[derive(Debug)]
pub struct Slots {
    held: Arc<Mutex<Held>>,
    /// One at a time chooses, so that two do not count the same free slot.
    choosing: tokio::sync::Mutex<()>,
    returned: Arc<Notify>,
}

#[derive(Debug)]
struct Held {
    free: usize,
    kept: usize,
    by_source: HashMap<SourceName, usize>,
    by_account: HashMap<AccountId, usize>,
}

/// A batch's place, given back when dropped.
#[derive(Debug)]
pub(super) struct Slot {
    held: Arc<Mutex<Held>>,
    returned: Arc<Notify>,
    source: SourceName,
    account: AccountId,
}

impl Slots {
    /// So many batches.
    pub fn new(batches: usize) -> Slots {
        let free = batches.max(1);
        let held = Held { free, kept: free / KEPT, by_source: HashMap::new(), by_account: HashMap::new() };
        Slots { held: Arc::new(Mutex::new(held)), choosing: tokio::sync::Mutex::default(), returned: Arc::default() }
    }

    /// Leases the batch whose turn it is among those that may have one; `None` when there is none now, or the server stops.
    pub(super) async fn lease(&self, app: &App) -> Result<Option<(LeasedBatch, Slot)>, StorageError> {
        let settings = &app.config.jobs;
        let _alone = self.choosing.lock().await;
        // Whoever waited here while the server was told to stop takes nothing any more.
        if app.stop.is_cancelled() {
            return Ok(None);
        }
        // A worker that an error ended leaves its batches running beside those of the next one.
        if lock(&self.held).free == 0 {
            return Ok(None);
        }
        let passed_over = self.passed_over();
        let (lease, now) = (app.ids.lease(), app.clock.lease_now());
        let most = settings.batch_values;
        let leased = bulk_item::lease_next(&app.db, lease, most, now, settings.lease(), &passed_over).await?;
        Ok(leased.map(|batch| {
            let slot = self.take(&batch.job.source, batch.job.account_id);
            (batch, slot)
        }))
    }

    /// Who may not have another batch now.
    pub(super) fn passed_over(&self) -> PassedOver {
        lock(&self.held).passed_over()
    }

    /// Waits until no batch is held. The queue's worker may end before what it began has: a worker that an error ended leaves
    /// its batches running. Meant for after the signal to stop, when no more are taken.
    pub async fn all_returned(&self) {
        let _nobody_chooses = self.choosing.lock().await;
        loop {
            let returned = self.returned.notified();
            if lock(&self.held).by_source.is_empty() {
                return;
            }
            returned.await;
        }
    }

    fn take(&self, source: &SourceName, account: AccountId) -> Slot {
        let mut held = lock(&self.held);
        held.free = held.free.saturating_sub(1);
        *held.by_source.entry(source.clone()).or_default() += 1;
        *held.by_account.entry(account).or_default() += 1;
        Slot { held: Arc::clone(&self.held), returned: Arc::clone(&self.returned), source: source.clone(), account }
    }
}

impl Held {
    /// Who may not have another batch now.
    fn passed_over(&self) -> PassedOver {
        let sources = self.by_source.iter().filter(|(_, held)| **held >= self.free).map(|(name, _)| name.clone());
        let accounts = self.by_account.keys().filter(|_| self.free <= self.kept).copied();
        PassedOver { sources: sources.collect(), accounts: accounts.collect() }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut held = lock(&self.held);
        held.free += 1;
        give_back(&mut held.by_source, &self.source);
        give_back(&mut held.by_account, &self.account);
        drop(held);
        self.returned.notify_waiters();
    }
}

fn give_back<K: Hash + Eq>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

fn lock(held: &Mutex<Held>) -> MutexGuard<'_, Held> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes a slot if the rule lets it.
    fn ask(slots: &Slots, source: &str, account: i64) -> Option<Slot> {
        let (source, account) = (SourceName::new(source), AccountId(account));
        let (is_free, over) = {
            let held = lock(&slots.held);
            (held.free > 0, held.passed_over())
        };
        let may = is_free && !over.sources.contains(&source) && !over.accounts.contains(&account);
        may.then(|| slots.take(&source, account))
    }

    fn fill(slots: &Slots, source: &str, account: i64) -> Vec<Slot> {
        std::iter::from_fn(|| ask(slots, source, account)).collect()
    }

    #[test]
    fn a_source_gets_half_of_what_the_others_leave() {
        let slots = Slots::new(16);
        let held: Vec<Vec<Slot>> = (0..6).map(|n| fill(&slots, &format!("slow{n}"), n)).collect();
        assert_eq!(held.iter().map(Vec::len).collect::<Vec<_>>(), [8, 4, 2, 1, 1, 0]);
        drop(held);
        assert_eq!(fill(&slots, "slow", 1).len(), 8);
    }

    #[test]
    fn the_last_slots_are_for_accounts_that_hold_none() {
        let slots = Slots::new(16);
        let mine: Vec<Slot> = (0..20).flat_map(|n| fill(&slots, &format!("slow{n}"), 1)).collect();
        assert_eq!(mine.len(), 14);
        assert!(ask(&slots, "fast", 1).is_none());
        let other = ask(&slots, "fast", 2);
        assert!(other.is_some() && ask(&slots, "fast", 2).is_none());
        drop(other);
        assert!(ask(&slots, "slow0", 2).is_none());
        drop(mine);
        assert!(ask(&slots, "fast", 1).is_some());
    }

    #[test]
    fn one_slot_serves_everyone_in_turn() {
        let slots = Slots::new(1);
        let held = fill(&slots, "a", 1);
        assert_eq!(held.len(), 1);
        drop(held);
        assert_eq!(fill(&slots, "b", 2).len(), 1);
        let held = lock(&slots.held);
        assert!(held.free == 1 && held.by_source.is_empty() && held.by_account.is_empty());
    }
}
