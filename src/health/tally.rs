//! What this process saw and has not written yet.

use crate::domain::{FieldCounts, HourCounts, HourKey, PageOutcome, Timestamp};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Most kinds of pages and hours kept between two writes; what is seen beyond them is not counted.
const MOST_HOURS: usize = 4_096;
/// Most fields counted of one kind of page.
const MOST_FIELDS: usize = 128;

/// Counts by kind of page and hour. Never blocks for long, whatever the database does.
#[derive(Debug)]
pub struct Tally {
    hours: Mutex<BTreeMap<HourKey, HourCounts>>,
    uncounted: AtomicU64,
    /// The last hour in which old hours were forgotten.
    forgotten_at: AtomicI64,
}

impl Default for Tally {
    fn default() -> Tally {
        Tally { hours: Mutex::default(), uncounted: AtomicU64::new(0), forgotten_at: AtomicI64::new(i64::MIN) }
    }
}

impl Tally {
    /// Counts one page; `fields` are those that were looked for on it.
    pub fn record(&self, key: HourKey, outcome: PageOutcome, took: Duration, fields: &[(String, FieldCounts)]) {
        let mut hours = self.lock();
        if hours.len() >= MOST_HOURS && !hours.contains_key(&key) {
            self.uncounted.fetch_add(1, Relaxed);
            return;
        }
        let counts = hours.entry(key).or_default();
        counts.pages.count(outcome);
        if outcome.is_answer() {
            counts.latency.observe(took);
        }
        for (field, count) in fields {
            if counts.fields.len() < MOST_FIELDS || counts.fields.contains_key(field) {
                counts.fields.entry(field.clone()).or_default().add(count);
            }
        }
    }

    /// Everything counted so far, to be written.
    pub(super) fn take(&self) -> BTreeMap<HourKey, HourCounts> {
        std::mem::take(&mut *self.lock())
    }

    /// What could not be written, to be written with the next.
    pub(super) fn put_back(&self, hours: BTreeMap<HourKey, HourCounts>) {
        let mut kept = self.lock();
        for (key, counts) in hours {
            if kept.len() < MOST_HOURS || kept.contains_key(&key) {
                kept.entry(key).or_default().add(&counts);
            } else {
                self.uncounted.fetch_add(counts.pages.total(), Relaxed);
            }
        }
    }

    /// Pages that found no room since the last call.
    pub(super) fn take_uncounted(&self) -> u64 {
        self.uncounted.swap(0, Relaxed)
    }

    /// Whether this hour's turn of forgetting has not been yet; asked once, it has.
    pub(super) fn is_time_to_forget(&self, now: Timestamp) -> bool {
        let hour = now.hour().as_micros();
        self.forgotten_at.swap(hour, Relaxed) != hour
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<HourKey, HourCounts>> {
        self.hours.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{PageStep, SourceName};

    fn key(hour: i64) -> HourKey {
        HourKey {
            source: SourceName::new("s"),
            country: "de".parse().unwrap(),
            step: PageStep::Product,
            hour: Timestamp(hour * 3_600_000_000),
        }
    }

    fn see(tally: &Tally, hour: i64, outcome: PageOutcome) {
        let fields = [("price".to_owned(), FieldCounts { pages: 1, items: 1, missing: 1 })];
        tally.record(key(hour), outcome, Duration::from_millis(30), &fields);
    }

    #[test]
    fn counts_by_hour_until_taken() {
        let tally = Tally::default();
        see(&tally, 1, PageOutcome::Understood);
        see(&tally, 1, PageOutcome::Blocked);
        see(&tally, 2, PageOutcome::Understood);
        let hours = tally.take();
        assert_eq!(hours.len(), 2);
        let first = &hours[&key(1)];
        assert_eq!((first.pages.understood, first.pages.blocked), (1, 1));
        assert_eq!(first.latency.0.iter().sum::<u64>(), 1, "a refusal's duration says nothing");
        assert_eq!(first.fields["price"].missing, 2);
        assert!(tally.take().is_empty());
        see(&tally, 1, PageOutcome::Understood);
        tally.put_back(hours);
        assert_eq!(tally.take()[&key(1)].pages.total(), 3, "what could not be written is not lost");
    }

    #[test]
    fn memory_is_bounded() {
        let tally = Tally::default();
        let most = i64::try_from(MOST_HOURS).unwrap();
        (0..most + 5).for_each(|hour| see(&tally, hour, PageOutcome::Understood));
        see(&tally, 0, PageOutcome::Understood);
        for field in 0..2 * MOST_FIELDS {
            let fields = [(field.to_string(), FieldCounts::default())];
            tally.record(key(1), PageOutcome::Understood, Duration::ZERO, &fields);
        }
        assert_eq!((tally.take_uncounted(), tally.take_uncounted()), (5, 0));
        let hours = tally.take();
        assert_eq!((hours.len(), hours[&key(0)].pages.total()), (MOST_HOURS, 2));
        assert_eq!(hours[&key(1)].fields.len(), MOST_FIELDS);
        (0..most).for_each(|hour| see(&tally, most + hour, PageOutcome::Understood));
        tally.put_back(hours);
        assert_eq!(tally.take().len(), MOST_HOURS);
        assert!(tally.take_uncounted() > most.unsigned_abs());
    }

    #[test]
    fn old_hours_are_forgotten_once_an_hour() {
        let tally = Tally::default();
        let asked = [1, 2, 3_600_000_000, 3_600_000_001].map(|now| tally.is_time_to_forget(Timestamp(now)));
        assert_eq!(asked, [true, false, true, false]);
    }
}
