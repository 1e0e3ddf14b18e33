//! What a host's robots.txt says. Rule from RFC 9309: without the file (4xx) everything is allowed; while it cannot be
//! had (5xx, no answer) nothing is, for now.

use super::FetchError;
use robotxt::Robots;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, MutexGuard};
use url::Url;

/// Most of a robots.txt that is read: the 500 KiB of RFC 9309 §2.5 and one byte more, by which the parser sees that the last
/// line was cut and drops it (`Disallow: /private` cut short would forbid everything).
pub(super) const MOST_BYTES: u64 = 500 * 1024 + 1;

/// How soon to come back when another request has been fetching the rules for too long.
pub(super) const WHILE_FETCHED: Duration = Duration::from_millis(250);

/// One host's rules, while they are believed. Its lock is held while they are fetched, so that they are fetched once.
#[derive(Debug, Default)]
pub(super) struct RobotsMemory {
    kept: Mutex<Option<Kept>>,
}

#[derive(Debug)]
pub(super) struct Kept {
    rules: Rules,
    until: Instant,
}

#[derive(Debug, Clone)]
pub(super) enum Rules {
    Known(Box<Robots>),
    /// They could not be had, for this reason.
    Unreachable(FetchError),
}

impl RobotsMemory {
    /// The lock on the rules, or `None` when somebody else fetched them for longer than `patience`.
    pub(super) async fn open(&self, patience: Duration) -> Option<MutexGuard<'_, Option<Kept>>> {
        tokio::time::timeout(patience, self.kept.lock()).await.ok()
    }
}

impl Kept {
    pub(super) fn new(rules: Rules, until: Instant) -> Kept {
        Kept { rules, until }
    }

    /// Whether the page may be fetched; `None` when the rules are too old to tell.
    pub(super) fn verdict(&self, url: &Url, now: Instant) -> Option<Result<(), FetchError>> {
        (now < self.until).then(|| self.rules.verdict(url))
    }
}

impl Kept {
    /// How long the host wants between two requests.
    pub(super) fn crawl_delay(&self) -> Duration {
        self.rules.crawl_delay()
    }
}

impl Rules {
    /// How long the host wants between two requests; zero when it does not say.
    fn crawl_delay(&self) -> Duration {
        match self {
            Rules::Known(robots) => robots.crawl_delay().unwrap_or_default(),
            Rules::Unreachable(_) => Duration::ZERO,
        }
    }

    pub(super) fn are_known(&self) -> bool {
        matches!(self, Rules::Known(_))
    }

    /// Whether the page may be fetched.
    pub(super) fn verdict(&self, url: &Url) -> Result<(), FetchError> {
        match self {
            Rules::Known(robots) if robots.is_url_allowed(url) => Ok(()),
            Rules::Known(_) => Err(FetchError::Robots),
            Rules::Unreachable(error) => Err(error.clone()),
        }
    }
}

/// What the answer to a request for robots.txt means; [`FetchError::Later`] means nothing yet.
pub(super) fn read_rules(answer: Result<Vec<u8>, FetchError>, name: &str) -> Result<Rules, Duration> {
    let known = |robots| Ok(Rules::Known(Box::new(robots)));
    match answer {
        Ok(text) => known(Robots::parse(&text, name)),
        Err(FetchError::Later(wait)) => Err(wait),
        // Rule from RFC 9309 §2.3.1.2 and §2.3.1.3: redirects that lead nowhere and 4xx count as "there is none".
        Err(FetchError::Gone(_) | FetchError::Redirect) => known(Robots::allow_all()),
        // 429 is the exception: it says that we are too fast, not that there are no rules.
        Err(FetchError::Status(status)) if (400..500).contains(&status) && status != 429 => known(Robots::allow_all()),
        Err(error) => Ok(Rules::Unreachable(error)),
    }
}

/// Where a URL's host keeps its robots.txt.
pub(super) fn location(url: &Url) -> Url {
    let mut location = url.clone();
    location.set_path("/robots.txt");
    location.set_query(None);
    location.set_fragment(None);
    location
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(answer: Result<Vec<u8>, FetchError>, path: &str) -> Result<(), FetchError> {
        let now = Instant::now();
        let kept = Kept::new(read_rules(answer, "pricemill").unwrap(), now + Duration::from_secs(1));
        kept.verdict(&Url::parse("http://a.example").unwrap().join(path).unwrap(), now).unwrap()
    }

    #[test]
    fn rules_are_obeyed_for_our_name() {
        let rules = b"User-agent: pricemill\nDisallow: /private\n\nUser-agent: *\nDisallow: /".to_vec();
        assert_eq!(verdict(Ok(rules.clone()), "/p/1"), Ok(()));
        assert_eq!(verdict(Ok(rules), "/private?x"), Err(FetchError::Robots));
        assert_eq!(verdict(Ok(b"User-agent: *\nDisallow: /*?q=\n".to_vec()), "/s?q=1"), Err(FetchError::Robots));
    }

    #[test]
    fn none_means_allowed_and_unreachable_means_not_now() {
        assert_eq!(verdict(Err(FetchError::Gone(404)), "/"), Ok(()));
        assert_eq!(verdict(Err(FetchError::Status(400)), "/"), Ok(()));
        assert_eq!(verdict(Err(FetchError::Status(500)), "/"), Err(FetchError::Status(500)));
        assert_eq!(verdict(Err(FetchError::Timeout), "/"), Err(FetchError::Timeout));
        assert_eq!(read_rules(Err(FetchError::Later(Duration::ZERO)), "x").unwrap_err(), Duration::ZERO);
    }

    #[test]
    fn old_rules_say_nothing() {
        let now = Instant::now();
        let kept = Kept::new(Rules::Known(Box::new(Robots::allow_all())), now);
        assert_eq!(kept.verdict(&Url::parse("http://a.example/").unwrap(), now), None);
    }

    #[test]
    fn robots_txt_lies_at_the_root() {
        let url = Url::parse("http://a.example:81/b/c?d#e").unwrap();
        assert_eq!(location(&url).as_str(), "http://a.example:81/robots.txt");
    }
}
