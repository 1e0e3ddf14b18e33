//! Whose turn it is at one host: so many requests at the same time, so much time between two starts, first come first
//! served.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The least that a value is put off when all of a host's places are taken.
const LEAST_PUT_OFF: Duration = Duration::from_millis(100);

/// The most, however long nobody has left: a place that comes free then waits no longer for the next value.
const MOST_PUT_OFF: Duration = Duration::from_secs(5);

/// One host's turnstile.
#[derive(Debug)]
pub(super) struct Pace {
    places: Arc<Semaphore>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    next_start: Instant,
    /// Places there are. Sources that share a host get the narrowest limit any of them named.
    limit: u32,
    /// Places to take away once the requests that hold them end.
    surplus: u32,
    /// How long a request holds its place, averaged over the last few.
    usual_hold: Duration,
    /// When a place was last given back.
    left_at: Instant,
}

/// A place at the host, given back when dropped.
#[derive(Debug)]
pub(super) struct Turn {
    pace: Arc<Pace>,
    place: Option<OwnedSemaphorePermit>,
    began: Instant,
}

impl Pace {
    pub(super) fn new(limit: u32, now: Instant) -> Pace {
        let limit = limit.max(1);
        Pace {
            places: Arc::new(Semaphore::new(limit as usize)),
            state: Mutex::new(State { next_start: now, limit, surplus: 0, usual_hold: Duration::ZERO, left_at: now }),
        }
    }

    /// Waits for a place and for the pace; a wait that would be longer than `patience` is not begun, or is given up, and
    /// answered with the time to come back after.
    pub(super) async fn enter(
        self: &Arc<Pace>,
        limit: u32,
        gap: Duration,
        patience: Duration,
    ) -> Result<Turn, Duration> {
        self.narrow(limit);
        let arrived = Instant::now();
        let place = tokio::time::timeout(patience, Arc::clone(&self.places).acquire_owned()).await;
        let now = Instant::now();
        let place = place.ok().and_then(Result::ok).ok_or_else(|| self.state().put_off(now))?;
        let wait = self.reserve(gap, patience.saturating_sub(now.duration_since(arrived)), now)?;
        let mut turn = Turn { pace: Arc::clone(self), place: Some(place), began: now };
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
            turn.began = Instant::now();
        }
        Ok(turn)
    }

    /// Places there are.
    pub(super) fn limit(&self) -> u32 {
        self.state().limit
    }

    /// Nobody starts before so much time has passed: the host asked for it.
    pub(super) fn hold(&self, wait: Duration, now: Instant) {
        let mut state = self.state();
        state.next_start = state.next_start.max(now + wait);
    }

    /// Takes the next start: the wait until then, or, when that is longer than `patience`, the wait as a refusal.
    fn reserve(&self, gap: Duration, patience: Duration, now: Instant) -> Result<Duration, Duration> {
        let mut state = self.state();
        let start = state.next_start.max(now);
        let wait = start.duration_since(now);
        if wait > patience {
            return Err(wait);
        }
        state.next_start = start + gap;
        Ok(wait)
    }

    fn narrow(&self, limit: u32) {
        let mut state = self.state();
        let limit = limit.clamp(1, state.limit);
        let excess = state.limit - limit;
        if excess > 0 {
            let free_taken = self.places.forget_permits(excess as usize);
            state.surplus += excess - u32::try_from(free_taken).unwrap_or(excess);
            state.limit = limit;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// When to come back to a host whose places are all taken: as long as a place is usually held, or as long as nobody has
    /// left by now. Without the latter the values of a host that never answers would come and go many times a second.
    fn put_off(&self, now: Instant) -> Duration {
        let stuck = now.saturating_duration_since(self.left_at).min(MOST_PUT_OFF);
        self.usual_hold.max(stuck).max(LEAST_PUT_OFF)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.pace.state();
        let now = Instant::now();
        state.usual_hold = (state.usual_hold * 3 + now.duration_since(self.began)) / 4;
        state.left_at = now;
        if let Some(place) = self.place.take().filter(|_| state.surplus > 0) {
            state.surplus -= 1;
            place.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn starts_are_a_gap_apart_and_impatience_takes_none() {
        let now = Instant::now();
        let pace = Pace::new(4, now);
        assert_eq!(pace.reserve(SECOND, SECOND * 9, now), Ok(Duration::ZERO));
        assert_eq!(pace.reserve(SECOND, SECOND * 9, now), Ok(SECOND));
        assert_eq!(pace.reserve(SECOND, SECOND, now), Err(SECOND * 2));
        assert_eq!(pace.reserve(SECOND, SECOND * 2, now), Ok(SECOND * 2));
        assert_eq!(pace.reserve(SECOND, Duration::ZERO, now + SECOND * 60), Ok(Duration::ZERO));
    }

    #[test]
    fn a_held_host_starts_nobody() {
        let now = Instant::now();
        let pace = Pace::new(4, now);
        pace.hold(SECOND * 30, now);
        pace.hold(SECOND, now);
        assert_eq!(pace.reserve(Duration::ZERO, SECOND, now), Err(SECOND * 30));
    }

    #[test]
    fn the_longer_nobody_leaves_a_full_host_the_later_others_come_back() {
        let now = Instant::now();
        let pace = Pace::new(4, now);
        assert_eq!(pace.state().put_off(now), LEAST_PUT_OFF);
        assert_eq!(pace.state().put_off(now + SECOND * 2), SECOND * 2);
        assert_eq!(pace.state().put_off(now + SECOND * 60), MOST_PUT_OFF);
        pace.state().usual_hold = SECOND * 9;
        assert_eq!(pace.state().put_off(now + SECOND * 60), SECOND * 9);
    }

    #[tokio::test]
    async fn places_are_bounded_and_come_back() {
        let pace = Arc::new(Pace::new(2, Instant::now()));
        let enter = || pace.enter(2, Duration::ZERO, Duration::ZERO);
        let (first, _second) = (enter().await.unwrap(), enter().await.unwrap());
        assert!(enter().await.unwrap_err() >= LEAST_PUT_OFF);
        drop(first);
        assert!(enter().await.is_ok());
    }

    #[tokio::test]
    async fn the_narrowest_limit_holds_once_the_surplus_is_gone() {
        let pace = Arc::new(Pace::new(3, Instant::now()));
        let enter = |limit| pace.enter(limit, Duration::ZERO, Duration::ZERO);
        let turns = [enter(3).await.unwrap(), enter(3).await.unwrap(), enter(3).await.unwrap()];
        assert!(enter(1).await.is_err());
        drop(turns);
        let one = enter(3).await.unwrap();
        assert!(enter(3).await.is_err());
        drop(one);
        assert!(enter(3).await.is_ok());
    }
}
