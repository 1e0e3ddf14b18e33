//! What is remembered of each host, bounded.
//!
//! A host is an origin (scheme, name and port): robots.txt is defined per origin, and each shop of the demo marketplace
//! is one.

use super::SlowdownSettings;
use super::breaker::Breaker;
use super::pace::Pace;
use super::robots::RobotsMemory;
use super::tempo::{Sign, Tempo};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use url::Url;

/// One host's manners.
#[derive(Debug)]
pub(super) struct Host {
    pub pace: Arc<Pace>,
    pub breaker: Mutex<Breaker>,
    pub tempo: Mutex<Tempo>,
    pub robots: RobotsMemory,
}

/// All hosts remembered.
#[derive(Debug)]
pub(super) struct Hosts {
    by_origin: Mutex<Memory>,
    most: usize,
}

#[derive(Debug, Default)]
struct Memory {
    hosts: HashMap<String, (Arc<Host>, u64)>,
    /// Grows with every look-up; a host's number says when it was last used.
    uses: u64,
}

impl Hosts {
    pub(super) fn new(most: usize) -> Hosts {
        Hosts { by_origin: Mutex::default(), most: most.max(1) }
    }

    /// The host of a URL; a new one starts with this many places.
    pub(super) fn of(&self, url: &Url, concurrency: u32, now: Instant) -> Arc<Host> {
        let mut memory = self.by_origin.lock().unwrap_or_else(PoisonError::into_inner);
        memory.uses += 1;
        let uses = memory.uses;
        let origin = url.origin().ascii_serialization();
        if let Some((host, last_use)) = memory.hosts.get_mut(&origin) {
            *last_use = uses;
            return Arc::clone(host);
        }
        if memory.hosts.len() >= self.most {
            memory.forget_idle(self.most);
        }
        let host = Arc::new(Host {
            pace: Arc::new(Pace::new(concurrency, now)),
            breaker: Mutex::default(),
            tempo: Mutex::default(),
            robots: RobotsMemory::default(),
        });
        memory.hosts.insert(origin, (Arc::clone(&host), uses));
        host
    }

    /// Hosts that are asked more slowly than configured, and hosts that rest because they failed.
    pub(super) fn count_troubled(&self, now: Instant) -> (usize, usize) {
        let memory = self.by_origin.lock().unwrap_or_else(PoisonError::into_inner);
        let hosts = || memory.hosts.values().map(|(host, _)| host);
        (
            hosts().filter(|host| !host.extra_gap().is_zero()).count(),
            hosts().filter(|host| host.is_resting(now)).count(),
        )
    }
}

impl Host {
    /// What is added to the configured gap between two starts at present.
    pub(super) fn extra_gap(&self) -> Duration {
        self.tempo.lock().unwrap_or_else(PoisonError::into_inner).extra()
    }

    /// Hears what came of a request and slows down or recovers.
    pub(super) fn learn(&self, sign: Sign, began: Instant, now: Instant, settings: &SlowdownSettings) {
        let extra = {
            let mut tempo = self.tempo.lock().unwrap_or_else(PoisonError::into_inner);
            let before = tempo.extra();
            *tempo = tempo.after(sign, [began, now], self.pace.limit(), settings);
            // The next start was set by the gap as it was when this one began.
            if tempo.extra() > before { tempo.extra() } else { Duration::ZERO }
        };
        if !extra.is_zero() {
            self.pace.hold(extra, now);
        }
    }

    fn is_resting(&self, now: Instant) -> bool {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner).is_resting(now)
    }
}

impl Memory {
    /// Makes room for a tenth of `most`, the longest unused first. Hosts in use stay, so there may be as many more as
    /// there are requests under way.
    fn forget_idle(&mut self, most: usize) {
        let mut idle: Vec<u64> = self
            .hosts
            .values()
            .filter(|(host, _)| Arc::strong_count(host) == 1)
            .map(|(_, last_use)| *last_use)
            .collect();
        idle.sort_unstable();
        let too_many = self.hosts.len() + 1 + most / 10 - most;
        let Some(newest_to_go) = idle.get(too_many.min(idle.len()).wrapping_sub(1)) else { return };
        self.hosts.retain(|_, (host, last_use)| *last_use > *newest_to_go || Arc::strong_count(host) > 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(n: usize) -> Url {
        Url::parse(&format!("http://shop{n}.example/")).unwrap()
    }

    #[test]
    fn an_origin_is_one_host() {
        let (hosts, now) = (Hosts::new(10), Instant::now());
        let of = |text: &str| hosts.of(&Url::parse(text).unwrap(), 1, now);
        assert!(Arc::ptr_eq(&of("http://a.example/x"), &of("http://A.example:80/y?z")));
        assert!(!Arc::ptr_eq(&of("http://a.example/"), &of("http://a.example:81/")));
        assert!(!Arc::ptr_eq(&of("http://a.example/"), &of("https://a.example/")));
    }

    #[test]
    fn the_longest_unused_are_forgotten_and_those_in_use_never() {
        let (hosts, now) = (Hosts::new(20), Instant::now());
        let in_use = hosts.of(&url(0), 1, now);
        for n in 1..1_000 {
            hosts.of(&url(n), 1, now);
            assert!(hosts.by_origin.lock().unwrap().hosts.len() <= 20);
        }
        assert!(Arc::ptr_eq(&in_use, &hosts.of(&url(0), 1, now)));
        let memory = hosts.by_origin.lock().unwrap();
        assert!(memory.hosts.contains_key(&url(999).origin().ascii_serialization()));
        assert!(!memory.hosts.contains_key(&url(500).origin().ascii_serialization()));
    }
}
