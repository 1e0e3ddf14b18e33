//! What fetching did, counted. Plain atomics: whoever publishes metrics reads a snapshot.

use super::FetchError;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counters of one fetcher, from its start.
#[derive(Debug, Default)]
pub struct FetchStats {
    requests: AtomicU64,
    bytes_received: AtomicU64,
    bytes_unpacked: AtomicU64,
    retries: AtomicU64,
    outcomes: [AtomicU64; OUTCOMES.len()],
}

/// A snapshot of [`FetchStats`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchCounts {
    /// Requests sent: retries, redirects and robots.txt included.
    pub requests: u64,
    pub bytes_received: u64,
    pub bytes_unpacked: u64,
    pub retries: u64,
    /// Answers of `fetch` by kind, each kind once.
    pub outcomes: Vec<(&'static str, u64)>,
}

/// How it stands at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FetchState {
    /// Hosts asked more slowly than configured.
    pub hosts_slowed: usize,
    /// Hosts left alone because they failed.
    pub hosts_resting: usize,
    /// Bytes of pages being read.
    pub bytes_held: u64,
}

const OUTCOMES: [&str; 16] = [
    "page",
    "later",
    "gone",
    "forbidden",
    "robots",
    "blocked",
    "status",
    "timeout",
    "connection",
    "redirect",
    "too_large",
    "bad_body",
    "breaker_open",
    "certificate",
    "proxy",
    "browser",
];

/// The place of an answer in [`OUTCOMES`].
fn place<T>(answer: &Result<T, FetchError>) -> usize {
    match answer {
        Ok(_) => 0,
        Err(FetchError::Later(_)) => 1,
        Err(FetchError::Gone(_)) => 2,
        Err(FetchError::Forbidden(_)) => 3,
        Err(FetchError::Robots) => 4,
        Err(FetchError::Blocked(_)) => 5,
        Err(FetchError::Status(_)) => 6,
        Err(FetchError::Timeout) => 7,
        Err(FetchError::Connection(_)) => 8,
        Err(FetchError::Redirect) => 9,
        Err(FetchError::TooLarge(_)) => 10,
        Err(FetchError::BadBody(_)) => 11,
        Err(FetchError::BreakerOpen) => 12,
        Err(FetchError::Certificate(_)) => 13,
        Err(FetchError::Proxy(_)) => 14,
        Err(FetchError::Browser(_)) => 15,
    }
}

impl FetchStats {
    /// The counts as they stand.
    pub fn snapshot(&self) -> FetchCounts {
        FetchCounts {
            requests: self.requests.load(Relaxed),
            bytes_received: self.bytes_received.load(Relaxed),
            bytes_unpacked: self.bytes_unpacked.load(Relaxed),
            retries: self.retries.load(Relaxed),
            outcomes: OUTCOMES.iter().zip(&self.outcomes).map(|(kind, count)| (*kind, count.load(Relaxed))).collect(),
        }
    }

    pub(super) fn count_request(&self) {
        self.requests.fetch_add(1, Relaxed);
    }

    pub(super) fn count_retry(&self) {
        self.retries.fetch_add(1, Relaxed);
    }

    pub(super) fn count_received(&self, bytes: usize) {
        self.bytes_received.fetch_add(bytes as u64, Relaxed);
    }

    pub(super) fn count_unpacked(&self, bytes: usize) {
        self.bytes_unpacked.fetch_add(bytes as u64, Relaxed);
    }

    pub(super) fn count_outcome<T>(&self, answer: &Result<T, FetchError>) {
        self.outcomes[place(answer)].fetch_add(1, Relaxed);
    }
}

impl FetchCounts {
    /// How many fetches ended as this kind; 0 for a kind there is not.
    pub fn outcome(&self, kind: &str) -> u64 {
        self.outcomes.iter().find(|(name, _)| *name == kind).map_or(0, |(_, count)| *count)
    }
}
