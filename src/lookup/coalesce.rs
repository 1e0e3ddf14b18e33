//! Lookups in flight: the same lookup asked twice at a time is fetched once.
//!
//! Everyone who asks for a lookup shares one listing and takes turns with it, a page a turn: who has the turn fetches the
//! next page only if the listing does not have it yet. So there is no leader to lose: whoever is dropped gives the turn to
//! the next, with all pages so far, and one who needs fewer pages leaves while the others go on.

use super::listing::Listing;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// The listings in flight by fingerprint. An entry lives as long as someone has a [`Seat`] at it.
#[derive(Debug, Default)]
pub(super) struct InFlight {
    listings: Mutex<HashMap<String, Weak<tokio::sync::Mutex<Listing>>>>,
}

/// One participant's hold on a listing.
#[derive(Debug)]
pub(super) struct Seat<'f> {
    in_flight: &'f InFlight,
    fingerprint: String,
    /// `None` only while the seat is being given up.
    listing: Option<Arc<tokio::sync::Mutex<Listing>>>,
}

impl InFlight {
    pub fn join(&self, fingerprint: &str) -> Seat<'_> {
        let mut listings = self.lock();
        let listing = listings.get(fingerprint).and_then(Weak::upgrade).unwrap_or_else(|| {
            let listing = Arc::default();
            listings.insert(fingerprint.to_owned(), Arc::downgrade(&listing));
            listing
        });
        Seat { in_flight: self, fingerprint: fingerprint.to_owned(), listing: Some(listing) }
    }

    pub fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Weak<tokio::sync::Mutex<Listing>>>> {
        self.listings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat<'_> {
    /// Waits for the turn; it ends when the guard is dropped. Turns are given in order of asking.
    pub async fn turn(&self) -> Option<tokio::sync::MutexGuard<'_, Listing>> {
        match &self.listing {
            Some(listing) => Some(listing.lock().await),
            None => None,
        }
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        // Under the table's lock, so that nobody joins between the last seat's end and the entry's.
        let mut listings = self.in_flight.lock();
        drop(self.listing.take());
        if listings.get(&self.fingerprint).is_some_and(|listing| listing.strong_count() == 0) {
            listings.remove(&self.fingerprint);
        }
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
}
