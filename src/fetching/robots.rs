//! What a host's robots.txt says. Rule from RFC 9309: without the file (4xx) everything is allowed; while it cannot be
//! had (5xx, no answer) nothing is, for now. Pages wait once for a server that answers 5xx; if it does so again, or does not
//! answer at all, they end.

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
    /// The server failed to give its rules, and had given them, or had not been asked, before: many such failures pass.
    may_pass: bool,
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
    /// Rules after those kept before.
    pub(super) fn new(rules: Rules, until: Instant, before: Option<&Kept>) -> Kept {
        let failed = matches!(rules, Rules::Unreachable(FetchError::Status(_)));
        let failed_before = before.is_some_and(|kept| !kept.rules.are_known());
        Kept { rules, until, may_pass: failed && !failed_before }
    }

    /// Whether the page may be fetched; `None` when the rules are too old to tell.
    pub(super) fn verdict(&self, url: &Url, now: Instant) -> Option<Result<(), FetchError>> {
        (now < self.until).then(|| self.say(url, now))
    }

    /// The same, however old they are. While a server's failure may pass the page is to wait; a second one ends it.
    pub(super) fn say(&self, url: &Url, now: Instant) -> Result<(), FetchError> {
        if self.may_pass {
            return Err(FetchError::Later(self.until.saturating_duration_since(now)));
        }
        self.rules.verdict(url)
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
        // As if they had failed before, so that nothing waits.
        let failed = Kept::new(Rules::Unreachable(FetchError::Timeout), now, None);
        let kept = Kept::new(read_rules(answer, "pricemill").unwrap(), now + Duration::from_secs(1), Some(&failed));
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
        let kept = Kept::new(Rules::Known(Box::new(Robots::allow_all())), now, None);
        assert_eq!(kept.verdict(&Url::parse("http://a.example/").unwrap(), now), None);
    }

    #[test]
    fn pages_wait_once_for_a_server_that_fails_and_not_for_one_that_is_not_there() {
        let (now, minute) = (Instant::now(), Duration::from_secs(60));
        let url = Url::parse("http://a.example/").unwrap();
        let failed = || Rules::Unreachable(FetchError::Status(503));
        let known = Kept::new(Rules::Known(Box::new(Robots::allow_all())), now, None);
        for before in [None, Some(&known)] {
            let first = Kept::new(failed(), now + minute, before);
            assert_eq!(first.verdict(&url, now), Some(Err(FetchError::Later(minute))));
            assert_eq!(first.verdict(&url, now + minute), None);
            let second = Kept::new(failed(), now + minute * 2, Some(&first));
            assert_eq!(second.verdict(&url, now), Some(Err(FetchError::Status(503))));
            let third = Kept::new(failed(), now + minute * 3, Some(&second));
            assert_eq!(third.verdict(&url, now), Some(Err(FetchError::Status(503))));
        }
        let absent = Kept::new(Rules::Unreachable(FetchError::Timeout), now + minute, None);
        assert_eq!(absent.verdict(&url, now), Some(Err(FetchError::Timeout)));
    }

    #[test]
    fn robots_txt_lies_at_the_root() {
        let url = Url::parse("http://a.example:81/b/c?d#e").unwrap();
        assert_eq!(location(&url).as_str(), "http://a.example:81/robots.txt");
    }

    /// Rules of RFC 9309, one a line: robots.txt, path, whether it is allowed.
    const RULES: [(&str, &str, bool); 34] = [
        // §2.2.1: our name in any letter case, else everyone's group; a name that only begins like ours is another's.
        ("User-Agent: PriceMill\nDisallow: /", "/p", false),
        ("user-agent: pricemill\nallow: /\n\nuser-agent: *\ndisallow: /", "/p", true),
        ("User-agent: pricemillbot\nDisallow: /", "/p", true),
        ("User-agent: price\nDisallow: /", "/p", true),
        ("User-agent: other\nDisallow: /\n\nUser-agent: *\nDisallow: /x", "/p", true),
        ("User-agent: other\nUser-agent: pricemill\nDisallow: /", "/p", false),
        ("Disallow: /", "/p", true),
        // Groups for the same name are one group.
        (
            "User-agent: pricemill\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: pricemill\nDisallow: /b",
            "/a",
            false,
        ),
        (
            "User-agent: pricemill\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: pricemill\nDisallow: /b",
            "/b",
            false,
        ),
        (
            "User-agent: pricemill\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: pricemill\nDisallow: /b",
            "/c",
            true,
        ),
        // §2.2.2: the longest match wins, and Allow among equals; what matches nothing is allowed, robots.txt itself too.
        ("User-agent: *\nDisallow: /p\nAllow: /p/1", "/p/1", true),
        ("User-agent: *\nAllow: /p\nDisallow: /p/1", "/p/1", false),
        ("User-agent: *\nDisallow: /p\nAllow: /p", "/p", true),
        ("User-agent: *\nDisallow: /*.html\nAllow: /p", "/p.html", false),
        ("User-agent: *\nDisallow: /P", "/p", true),
        ("User-agent: *\nDisallow:", "/p", true),
        ("User-agent: *\nDisallow: /", "/robots.txt", true),
        // §2.2.3: wildcards and the end of the path.
        ("User-agent: *\nDisallow: /*/cart", "/de/cart?x", false),
        ("User-agent: *\nDisallow: /*?", "/p?x=1", false),
        ("User-agent: *\nDisallow: /*?", "/p", true),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", false),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x", true),
        ("User-agent: *\nDisallow: /p$", "/p/1", true),
        ("User-agent: *\nDisallow: *&sort=", "/s?q=1&sort=2", false),
        // Percent-encoding is compared as what it means, except for what would change the path.
        ("User-agent: *\nDisallow: /caf%C3%A9", "/café", false),
        ("User-agent: *\nDisallow: /café", "/caf%c3%a9/1", false),
        ("User-agent: *\nDisallow: /%7Eme", "/~me", false),
        ("User-agent: *\nDisallow: /a%2Fb", "/a/b", true),
        // As files are: byte order marks, line ends, comments, nonsense, empty lines within a group.
        ("\u{feff}User-agent: *\nDisallow: /", "/p", false),
        ("User-agent: *\rDisallow: /p\r", "/p", false),
        ("User-agent: * # all\r\nDisallow: /p # no\r\n", "/p", false),
        ("<html>no such page</html>", "/p", true),
        ("User-agent: *\n\nDisallow: /p", "/p", false),
        ("User-agent: *\nSitemap: https://a.example/s.xml\nNoindex: /x\nDisallow: /p", "/p", false),
    ];

    #[test]
    fn rules_are_read_as_rfc_9309_says() {
        for (rules, path, is_allowed) in RULES {
            let said = verdict(Ok(rules.as_bytes().to_vec()), path);
            assert_eq!(said, if is_allowed { Ok(()) } else { Err(FetchError::Robots) }, "{path} by {rules:?}");
        }
    }

    #[test]
    fn a_crawl_delay_is_read_for_our_group() {
        let delay = |text: &str| read_rules(Ok(text.as_bytes().to_vec()), "pricemill").unwrap().crawl_delay();
        assert_eq!(delay("User-agent: *\nCrawl-delay: 2.5"), Duration::from_millis(2_500));
        assert_eq!(delay("User-agent: x\nCrawl-delay: 9\n\nUser-agent: *\nDisallow: /x"), Duration::ZERO);
        for nonsense in ["soon", "-1", "1e400", "NaN", ""] {
            assert_eq!(delay(&format!("User-agent: *\nCrawl-delay: {nonsense}")), Duration::ZERO, "{nonsense}");
        }
        let unreachable = read_rules(Err(FetchError::Timeout), "pricemill").unwrap();
        assert_eq!(unreachable.crawl_delay(), Duration::ZERO);
    }
}
