//! Whether, when and how often a page is asked for again.
//!
//! Asked again: after a connection that failed, a timeout, and the statuses that mean "not now". Never: what the next
//! answer would not change (other 4xx, an address not allowed, robots.txt, a bad certificate, a body too large or broken).
//! Once more: after a refusal that came as a page. Waits double and
//! are spread at random over their whole length ("full jitter"), so that requests that failed together do not return
//! together; a server's `Retry-After` goes before that, up to a cap.

use super::{BackoffSettings, FetchError};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use url::Url;

/// Pages put off in the middle of their tries that are remembered; more than this and the oldest start afresh.
const PUT_OFF_REMEMBERED: usize = 10_000;

/// A try that failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub error: FetchError,
    pub is_transient: bool,
    /// What the server asked for.
    pub retry_after: Option<Duration>,
    /// A wait of its own instead of the back-off's; such a page is tried once more and not again.
    pub once_more_after: Option<Duration>,
}

impl Failure {
    /// A failure that another try would not change.
    pub(super) fn lasting(error: FetchError) -> Failure {
        Failure { error, is_transient: false, retry_after: None, once_more_after: None }
    }

    /// A refusal that came as a page: often meant for the moment, so it is tried once more after a pause.
    pub(super) fn block_page(error: FetchError, pause: Duration) -> Failure {
        Failure { error, is_transient: true, retry_after: None, once_more_after: Some(pause) }
    }

    /// Whether another try may help after so many.
    pub(super) fn is_worth_another(&self, tries: u32, most: u32) -> bool {
        let most = if self.once_more_after.is_some() { most.min(2) } else { most };
        self.is_transient && tries < most
    }

    /// How long to wait before it.
    pub(super) fn wait(&self, tries: u32, settings: &BackoffSettings) -> Duration {
        self.retry_after.or(self.once_more_after).unwrap_or_else(|| backoff(tries, settings))
    }
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Failure {
        let is_transient = matches!(
            error,
            FetchError::Timeout | FetchError::Connection(_) | FetchError::Proxy(_) | FetchError::Browser(_)
        );
        Failure { is_transient, ..Failure::lasting(error) }
    }
}

/// Statuses that another try may change.
pub(super) fn is_transient_status(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504)
}

/// The wait after so many failed tries (from 1): random up to a bound that doubles.
pub(super) fn backoff(tries: u32, settings: &BackoffSettings) -> Duration {
    Duration::from_millis(rand::random_range(0..=backoff_bound(tries, settings)))
}

fn backoff_bound(tries: u32, settings: &BackoffSettings) -> u64 {
    let doubled = 1_u64.checked_shl(tries.saturating_sub(1)).unwrap_or(u64::MAX);
    settings.base_ms.saturating_mul(doubled).min(settings.cap_ms)
}

/// Reads a `Retry-After` in either form, seconds or an HTTP date, measured against the server's own `Date` where it sent
/// one. Rule from RFC 9110 §10.2.3.
pub(super) fn retry_after(value: &str, date: Option<&str>, now: SystemTime, cap: Duration) -> Option<Duration> {
    let value = value.trim();
    let wait = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        let now = date.and_then(|date| httpdate::parse_http_date(date.trim()).ok()).unwrap_or(now);
        httpdate::parse_http_date(value).ok()?.duration_since(now).unwrap_or_default()
    };
    Some(wait.min(cap))
}

/// Tries already made for pages that were put off, so that being put off never makes their number endless.
#[derive(Debug, Default)]
pub(super) struct PutOff {
    state: Mutex<PutOffState>,
}

#[derive(Debug, Default)]
struct PutOffState {
    /// By the URL's hash: tries made, and the sequence number of the entry.
    tries: HashMap<u64, (u32, u64)>,
    sequence: u64,
}

impl PutOff {
    /// Takes out the tries made for a page.
    pub(super) fn take(&self, url: &Url) -> u32 {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.tries.remove(&hash(url)).map_or(0, |(tries, _)| tries)
    }

    pub(super) fn keep(&self, url: &Url, tries: u32) {
        if tries == 0 {
            return;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.sequence += 1;
        let sequence = state.sequence;
        if state.tries.len() >= PUT_OFF_REMEMBERED {
            let mut ages: Vec<u64> = state.tries.values().map(|(_, age)| *age).collect();
            let (_, median, _) = ages.select_nth_unstable(PUT_OFF_REMEMBERED / 2);
            let median = *median;
            state.tries.retain(|_, (_, age)| *age > median);
        }
        state.tries.insert(hash(url), (tries, sequence));
    }
}

fn hash(url: &Url) -> u64 {
    let mut hasher = DefaultHasher::new();
    url.as_str().hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: BackoffSettings = BackoffSettings { base_ms: 100, cap_ms: 1_000, retry_after_cap_ms: 60_000 };
    const CAP: Duration = Duration::from_secs(60);

    #[test]
    fn waits_double_up_to_the_cap() {
        let bounds: Vec<u64> =
            [1, 2, 3, 4, 5, 64, 1_000].iter().map(|tries| backoff_bound(*tries, &SETTINGS)).collect();
        assert_eq!(bounds, [100, 200, 400, 800, 1_000, 1_000, 1_000]);
    }

    #[test]
    fn waits_are_spread_over_their_whole_length() {
        let waits: Vec<u128> = (0..500).map(|_| backoff(1, &SETTINGS).as_millis()).collect();
        assert!(waits.iter().all(|wait| *wait <= 100));
        assert!(waits.iter().any(|wait| *wait < 25) && waits.iter().any(|wait| *wait > 75));
    }

    #[test]
    fn retry_after_is_read_in_both_forms_and_capped() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:00 GMT").unwrap();
        let read = |value, date| retry_after(value, date, now, CAP);
        assert_eq!(read("7", None), Some(Duration::from_secs(7)));
        assert_eq!(read(" 0 ", None), Some(Duration::ZERO));
        assert_eq!(read("86400", None), Some(CAP));
        assert_eq!(read("99999999999999999999999", None), Some(CAP));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT", None), Some(Duration::from_secs(37)));
        let date = Some("Sun, 06 Nov 1994 08:49:30 GMT");
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT", date), Some(Duration::from_secs(7)));
        assert_eq!(read("Sat, 05 Nov 1994 08:49:37 GMT", None), Some(Duration::ZERO));
        for nonsense in ["", "soon", "-1", "1.5"] {
            assert_eq!(read(nonsense, None), None, "{nonsense}");
        }
    }

    #[test]
    fn tries_outlive_being_put_off() {
        let (put_off, url) = (PutOff::default(), Url::parse("http://a.example/1").unwrap());
        put_off.keep(&url, 2);
        assert_eq!(put_off.take(&url), 2);
        assert_eq!(put_off.take(&url), 0);
    }

    #[test]
    fn pages_put_off_are_bounded_and_the_oldest_go() {
        let put_off = PutOff::default();
        let url = |n: usize| Url::parse(&format!("http://a.example/{n}")).unwrap();
        (0..PUT_OFF_REMEMBERED + 1).for_each(|n| put_off.keep(&url(n), 1));
        assert!(put_off.state.lock().unwrap().tries.len() <= PUT_OFF_REMEMBERED);
        assert_eq!((put_off.take(&url(0)), put_off.take(&url(PUT_OFF_REMEMBERED))), (0, 1));
    }

    #[test]
    fn only_what_may_change_is_tried_again() {
        assert!([408, 425, 429, 500, 502, 503, 504].into_iter().all(is_transient_status));
        assert!(![200, 301, 400, 401, 403, 404, 410, 451, 501].into_iter().any(is_transient_status));
        assert!(Failure::from(FetchError::Timeout).is_transient);
        assert!(!Failure::from(FetchError::Certificate(String::new())).is_transient);
        assert!(!Failure::from(FetchError::TooLarge(1)).is_transient);
        assert!(!Failure::from(FetchError::Forbidden(String::new())).is_transient);
    }

    #[test]
    fn a_block_page_is_tried_once_more_after_its_own_pause() {
        let blocked = Failure::block_page(FetchError::Blocked(String::new()), Duration::from_secs(5));
        assert_eq!(blocked.wait(1, &SETTINGS), Duration::from_secs(5));
        assert!(blocked.is_worth_another(1, 3) && !blocked.is_worth_another(2, 3) && !blocked.is_worth_another(1, 1));
        let timeout = Failure::from(FetchError::Timeout);
        assert!(timeout.is_worth_another(2, 3) && !timeout.is_worth_another(3, 3));
    }
}
