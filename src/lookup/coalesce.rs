//! Lookups in flight: the same lookup asked twice at a time is fetched once.
//!
//! Everyone who asks for a lookup shares one listing and takes turns with it, a page a turn: who has the turn fetches the
//! next page only if the listing does not have it yet. So there is no leader to lose: whoever is dropped gives the turn to
//! the next, with all pages so far, and one who needs fewer pages leaves while the others go on.

use super::listing::Listing;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// The listings in flight by fingerprint. An entry lives as long as someone has a [`Seat`] at it or a
/// [`Hold`] on it.
#[derive(Debug, Default)]
pub(super) struct InFlight {
    listings: Mutex<HashMap<String, Weak<Shared>>>,
}

/// What everyone who asks for a lookup shares.
#[derive(Debug, Default)]
struct Shared {
    listing: tokio::sync::Mutex<Listing>,
    /// Those who look for it now; a [`Hold`] only keeps what they found.
    finders: AtomicUsize,
}

/// One participant's hold on a listing.
#[derive(Debug)]
pub(super) struct Seat<'f> {
    in_flight: &'f InFlight,
    fingerprint: String,
    /// `None` only while the seat is being given up.
    shared: Option<Arc<Shared>>,
    is_first: bool,
}

/// Keeps what is found for a lookup within reach of everyone who asks for it, until it is dropped: between the end of a
/// lookup and the write of its pages they stand nowhere else.
#[derive(Debug)]
#[must_use = "dropped at once it keeps nothing"]
pub struct Hold<'f> {
    in_flight: &'f InFlight,
    fingerprint: String,
    shared: Option<Arc<Shared>>,
}

impl InFlight {
    /// A seat of someone who looks for the lookup now.
    pub fn join(&self, fingerprint: &str) -> Seat<'_> {
        let shared = self.shared(fingerprint);
        let is_first = shared.finders.fetch_add(1, SeqCst) == 0;
        Seat { in_flight: self, fingerprint: fingerprint.to_owned(), shared: Some(shared), is_first }
    }

    pub fn hold(&self, fingerprint: &str) -> Hold<'_> {
        let shared = Some(self.shared(fingerprint));
        Hold { in_flight: self, fingerprint: fingerprint.to_owned(), shared }
    }

    fn shared(&self, fingerprint: &str) -> Arc<Shared> {
        let mut listings = self.lock();
        listings.get(fingerprint).and_then(Weak::upgrade).unwrap_or_else(|| {
            let shared = Arc::default();
            listings.insert(fingerprint.to_owned(), Arc::downgrade(&shared));
            shared
        })
    }

    /// Under the table's lock, so that nobody joins between the last participant's end and the entry's.
    fn leave(&self, fingerprint: &str, shared: &mut Option<Arc<Shared>>) {
        let mut listings = self.lock();
        drop(shared.take());
        if listings.get(fingerprint).is_some_and(|shared| shared.strong_count() == 0) {
            listings.remove(fingerprint);
        }
    }

    pub fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Weak<Shared>>> {
        self.listings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat<'_> {
    /// Whether nobody else looked for it when this one joined, so that a failure it finds is of the past.
    pub fn is_first(&self) -> bool {
        self.is_first
    }

    /// Waits for the turn; it ends when the guard is dropped. Turns are given in order of asking.
    pub async fn turn(&self) -> Option<tokio::sync::MutexGuard<'_, Listing>> {
        match &self.shared {
            Some(shared) => Some(shared.listing.lock().await),
            None => None,
        }
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        if let Some(shared) = &self.shared {
            shared.finders.fetch_sub(1, SeqCst);
        }
        self.in_flight.leave(&self.fingerprint, &mut self.shared);
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.in_flight.leave(&self.fingerprint, &mut self.shared);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_entry_lives_as_long_as_its_seats() {
        let in_flight = InFlight::default();
        let first = in_flight.join("a");
        let second = in_flight.join("a");
        let other = in_flight.join("b");
        assert_eq!(in_flight.len(), 2);
        first.turn().await.unwrap().fail(crate::domain::Reason::Error);
        drop(first);
        assert_eq!(in_flight.len(), 2);
        assert!(second.turn().await.unwrap().has_failed(), "what the first learned is still there");
        drop(second);
        drop(other);
        assert_eq!(in_flight.len(), 0);
        assert!(!in_flight.join("a").turn().await.unwrap().has_failed(), "a new entry knows nothing");
    }

    #[tokio::test]
    async fn a_hold_keeps_what_was_found_and_is_no_finder() {
        let in_flight = InFlight::default();
        let hold = in_flight.hold("a");
        let first = in_flight.join("a");
        let beside = in_flight.join("a");
        assert_eq!((first.is_first(), beside.is_first()), (true, false));
        first.turn().await.unwrap().fail(crate::domain::Reason::Error);
        drop((first, beside));
        let later = in_flight.join("a");
        assert!(later.is_first() && later.turn().await.unwrap().has_failed());
        drop(later);
        assert_eq!(in_flight.len(), 1);
        drop(hold);
        assert_eq!(in_flight.len(), 0);
    }
}
