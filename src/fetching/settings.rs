//! The operator's settings for every host; a source's [`super::FetchPolicy`] goes before them.

use serde::Deserialize;
use std::time::Duration;

/// How pages are fetched where a source says nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FetchSettings {
    /// Sent as it is; its first word up to `/` is also the name looked for in robots.txt.
    pub user_agent: String,
    /// Most time on the network for one try, redirects and body included.
    pub timeout_ms: u64,
    pub connect_timeout_ms: u64,
    /// Most bytes of one body as sent.
    pub max_bytes_received: u64,
    /// Most bytes of one body after unpacking.
    pub max_bytes_unpacked: u64,
    /// Most bytes of all bodies held at the same time (and one body more).
    pub max_bytes_held: u64,
    /// Most requests for one page, the first included.
    pub tries: u32,
    /// Most requests to one host at the same time.
    pub concurrency: u32,
    /// Least time between the starts of two requests to one host.
    pub pace_ms: u64,
    /// Whether robots.txt is asked first and obeyed.
    pub robots: bool,
    /// How long a host's robots.txt is believed. Rule from RFC 9309 §2.4: at most a day.
    pub robots_keep_ms: u64,
    /// How long a host whose robots.txt could not be had is left alone: its pages wait so long, once, if it answered at all.
    pub robots_retry_ms: u64,
    /// Most of a robots.txt's `Crawl-delay` that is honoured; 0 = it is not looked at.
    pub crawl_delay_cap_ms: u64,
    /// After a refusal that came as a page: the pause before it is tried once more.
    pub block_pause_ms: u64,
    /// Most hosts whose pace, breaker and robots.txt are remembered; the longest unused goes first.
    pub hosts_remembered: usize,
    pub breaker: BreakerSettings,
    pub backoff: BackoffSettings,
    pub slowdown: SlowdownSettings,
    /// The pool of proxies for sources that name none; empty = no proxy.
    pub proxies: String,
    pub proxy_rest: RestSettings,
}

/// When a host that fails is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BreakerSettings {
    /// So many failed accesses in a row open the breaker; 0 switches it off.
    pub failures: u32,
    /// How long an open breaker rests before one probe is let through.
    pub rest_ms: u64,
}

/// How long to wait before a page is asked for again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BackoffSettings {
    /// The first wait is at most this; each further one at most twice the one before.
    pub base_ms: u64,
    pub cap_ms: u64,
    /// Most of a server's `Retry-After` that is honoured.
    pub retry_after_cap_ms: u64,
}

/// How much slower than configured a host is asked that fails, refuses us or answers ever later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SlowdownSettings {
    /// The first addition to the gap between two starts; each further failure doubles it.
    pub first_ms: u64,
    /// The largest addition; 0 = no host is slowed down.
    pub most_ms: u64,
}

/// How long a proxy that fails is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RestSettings {
    /// The first rest; each further one is twice the one before.
    pub base_ms: u64,
    pub cap_ms: u64,
}

impl Default for FetchSettings {
    fn default() -> FetchSettings {
        FetchSettings {
            user_agent: concat!("pricemill/", env!("CARGO_PKG_VERSION")).to_owned(),
            timeout_ms: 20_000,
            connect_timeout_ms: 5_000,
            max_bytes_received: 8 << 20,
            max_bytes_unpacked: 16 << 20,
            max_bytes_held: 128 << 20,
            tries: 3,
            concurrency: 4,
            pace_ms: 0,
            robots: true,
            robots_keep_ms: 3_600_000,
            robots_retry_ms: 60_000,
            crawl_delay_cap_ms: 2_000,
            block_pause_ms: 5_000,
            hosts_remembered: 2_000,
            breaker: BreakerSettings::default(),
            backoff: BackoffSettings::default(),
            slowdown: SlowdownSettings::default(),
            proxies: String::new(),
            proxy_rest: RestSettings::default(),
        }
    }
}

impl Default for BreakerSettings {
    fn default() -> BreakerSettings {
        BreakerSettings { failures: 8, rest_ms: 30_000 }
    }
}

impl Default for BackoffSettings {
    fn default() -> BackoffSettings {
        BackoffSettings { base_ms: 500, cap_ms: 10_000, retry_after_cap_ms: 120_000 }
    }
}

impl Default for SlowdownSettings {
    fn default() -> SlowdownSettings {
        SlowdownSettings { first_ms: 100, most_ms: 10_000 }
    }
}

impl Default for RestSettings {
    fn default() -> RestSettings {
        RestSettings { base_ms: 5_000, cap_ms: 600_000 }
    }
}

impl RestSettings {
    /// The length of a rest by its number in a row, from 1.
    pub(super) fn pause_ms(&self, rests: u32) -> u64 {
        let doubled = 1_u64.checked_shl(rests.saturating_sub(1)).unwrap_or(u64::MAX);
        self.base_ms.saturating_mul(doubled).min(self.cap_ms)
    }
}

impl FetchSettings {
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    /// The crawler's name in robots.txt. Rule from RFC 9309 §2.2.1.
    pub fn robots_name(&self) -> &str {
        let end = self.user_agent.find(|c: char| !(c.is_ascii_alphabetic() || c == '-' || c == '_'));
        &self.user_agent[..end.unwrap_or(self.user_agent.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_robots_name_is_the_product_of_the_user_agent() {
        let named = |user_agent: &str| FetchSettings { user_agent: user_agent.to_owned(), ..FetchSettings::default() };
        assert_eq!(FetchSettings::default().robots_name(), "pricemill");
        assert_eq!(named("my_Bot-x/1.0 (+https://example.org)").robots_name(), "my_Bot-x");
        assert_eq!(named("plain").robots_name(), "plain");
        assert_eq!(named("1").robots_name(), "");
    }

    #[test]
    fn unknown_settings_are_refused_and_missing_ones_stand() {
        let read: FetchSettings = toml::from_str("tries = 5\n[breaker]\nfailures = 2").unwrap();
        assert_eq!((read.tries, read.breaker.failures, read.breaker.rest_ms), (5, 2, 30_000));
        assert!(toml::from_str::<FetchSettings>("trys = 5").is_err());
        assert!(toml::from_str::<FetchSettings>("[backoff]\nbase = 5").is_err());
    }
}
