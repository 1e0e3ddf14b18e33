//! Pages through proxies: rotation, health, credentials, and the guard on what they are asked for.

#[path = "../faults/hostile.rs"]
#[allow(dead_code)]
mod hostile;
mod relay;

use hostile::{Hostile, answer, page};
use pricemill::clock::Clock;
use pricemill::fetching::{FetchError, FetchPolicy, FetchSettings, FetchedPage, Fetcher, PageRequest};
use pricemill::outbound::Outbound;
use relay::{Mood, Relay, SECRETS};
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Everything any test of this binary logs, down to what libraries trace.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Logged;

impl Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        log().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn log() -> MutexGuard<'static, Vec<u8>> {
    LOG.lock().unwrap_or_else(PoisonError::into_inner)
}

fn settings() -> FetchSettings {
    let mut settings = FetchSettings { tries: 3, robots: false, ..FetchSettings::default() };
    settings.breaker.failures = 0;
    (settings.backoff.base_ms, settings.backoff.cap_ms) = (5, 20);
    // The host is not slowed down by what the proxies do.
    settings.slowdown.most_ms = 0;
    // Whoever rests, rests for longer than a test takes.
    settings.proxy_rest.base_ms = 600_000;
    settings
}

/// A fetcher whose pool `main` are these proxies, and which may reach this server (at its own port, by any name of ours).
fn fetcher(server: &Hostile, proxies: &[String], settings: FetchSettings) -> Fetcher {
    let _ = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(|| Logged).try_init();
    let allow = vec![format!("127.0.0.1:{}", server.port()).parse().unwrap()];
    let pool = proxies.iter().map(|proxy| proxy.parse().unwrap()).collect();
    let fetcher = Fetcher::new(Outbound::new(allow), settings, Clock::system()).unwrap();
    fetcher.with_proxies(BTreeMap::from([("main".to_owned(), pool)]))
}

async fn fetch(fetcher: &Fetcher, url: &str) -> Result<FetchedPage, FetchError> {
    let policy = FetchPolicy { proxies: Some("main".to_owned()), ..FetchPolicy::default() };
    let request =
        PageRequest { url: url.parse().unwrap(), policy: Arc::new(policy), patience: Duration::from_millis(200) };
    let outcome = tokio::time::timeout(Duration::from_secs(60), fetcher.fetch(&request)).await.expect("it never ended");
    if let Err(error) = &outcome {
        assert_no_secret(&format!("{error} {error:?}"));
    }
    outcome
}

fn assert_no_secret(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

/// An address at which nobody listens any more.
async fn dead(scheme: &str) -> String {
    let address = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    format!("{scheme}://{}:{}@{address}", relay::USER, relay::PASSWORD)
}

#[tokio::test]
async fn pages_leave_through_one_proxy_after_the_other() {
    let server = Hostile::always(page("<p>19</p>")).await;
    let (one, two) = (Relay::start(true).await, Relay::start(true).await);
    let fetcher = fetcher(&server, &[one.url("http"), two.url("http")], settings());
    for n in 1..=4 {
        let page = fetch(&fetcher, &server.url(&format!("/{n}"))).await.unwrap();
        assert_eq!(page.text, "<p>19</p>");
    }
    let asked = |n| format!("GET {}", server.url(&format!("/{n}")));
    assert_eq!((one.asked(), two.asked()), (vec![asked(1), asked(3)], vec![asked(2), asked(4)]));
    let heads = server.heads().join("").to_ascii_lowercase();
    assert!(!heads.contains("proxy-"), "what is the proxy's stays there");
}

#[tokio::test]
async fn a_source_without_a_pool_leaves_directly() {
    let server = Hostile::always(page("<p>19</p>")).await;
    let relay = Relay::start(true).await;
    let fetcher = fetcher(&server, &[relay.url("http")], settings());
    let policy = Arc::new(FetchPolicy::default());
    let request = PageRequest { url: server.url("/").parse().unwrap(), policy, patience: Duration::ZERO };
    assert!(fetcher.fetch(&request).await.is_ok());
    assert!(relay.asked().is_empty());
}

#[tokio::test]
async fn a_socks_proxy_is_told_an_address_or_a_name() {
    let server = Hostile::always(page("<p>19</p>")).await;
    let relay = Relay::start(true).await;
    let local = fetcher(&server, &[relay.url("socks5")], settings());
    assert!(fetch(&local, &format!("http://shop.localhost:{}/1", server.port())).await.is_ok());
    let remote = fetcher(&server, &[relay.url("socks5h")], settings());
    assert!(fetch(&remote, &format!("http://shop.example:{}/2", server.port())).await.is_ok());
    let port = server.port();
    assert_eq!(relay.asked(), [format!("SOCKS 127.0.0.1:{port}"), format!("SOCKS shop.example:{port}")]);
    assert_eq!(server.paths(), ["/1", "/2"]);
}

#[tokio::test]
async fn https_goes_through_a_tunnel_the_proxy_cannot_look_into() {
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = server.local_addr().unwrap().port();
    let hello = tokio::spawn(async move {
        let (mut stream, _) = server.accept().await.unwrap();
        let mut hello = vec![0; 4096];
        let read = tokio::io::AsyncReadExt::read(&mut stream, &mut hello).await.unwrap();
        hello.truncate(read);
        hello
    });
    let relay = Relay::start(true).await;
    let settings = FetchSettings { tries: 1, ..settings() };
    let fetcher =
        Fetcher::new(Outbound::new(vec![format!("127.0.0.1:{port}").parse().unwrap()]), settings, Clock::system())
            .unwrap()
            .with_proxies(BTreeMap::from([("main".to_owned(), vec![relay.url("http").parse().unwrap()])]));
    let failed = fetch(&fetcher, &format!("https://shop.localhost:{port}/secret")).await.unwrap_err();
    assert!(matches!(failed, FetchError::Connection(_)), "the server's fault, not the proxy's: {failed}");
    assert_eq!(relay.asked(), [format!("CONNECT shop.localhost:{port}")]);
    let hello = hello.await.unwrap();
    assert_eq!(hello[0], 22, "a TLS handshake");
    assert!(hello.windows(14).any(|part| part == b"shop.localhost"), "with the server's own name");
}

#[tokio::test]
async fn a_proxy_that_does_not_let_us_in_rests_and_another_is_taken() {
    let server = Hostile::always(page("<p>19</p>")).await;
    let locked = Relay::start(true).await;
    let good = Relay::start(true).await;
    for scheme in ["http", "socks5"] {
        for credentials in ["", "us:wrong@"] {
            let fetcher = fetcher(&server, &[locked.url_with(scheme, credentials), good.url(scheme)], settings());
            for n in 0..4 {
                assert!(fetch(&fetcher, &server.url(&format!("/{n}"))).await.is_ok(), "{scheme} {credentials}");
            }
            let counts = fetcher.stats().snapshot();
            assert_eq!((counts.outcome("page"), counts.retries), (4, 1), "{scheme} {credentials}");
        }
    }
    assert!(locked.asked().is_empty());
}

#[tokio::test]
async fn a_dead_proxy_is_skipped() {
    let server = Hostile::always(page("<p>19</p>")).await;
    let good = Relay::start(true).await;
    for scheme in ["http", "https", "socks5", "socks5h"] {
        let alive = if scheme == "https" { "http" } else { scheme };
        let fetcher = fetcher(&server, &[dead(scheme).await, dead(scheme).await, good.url(alive)], settings());
        for n in 0..5 {
            assert!(fetch(&fetcher, &server.url(&format!("/{n}"))).await.is_ok(), "{scheme}");
        }
        assert_eq!(fetcher.stats().snapshot().retries, 2, "{scheme}: each was tried once");
    }
}

#[tokio::test]
async fn a_refusal_is_tried_again_through_another_proxy() {
    let server = Hostile::always(page("<p>19</p>")).await;
    let (burned, good) = (Relay::start(true).await, Relay::start(true).await);
    burned.set_mood(Mood::Forbids);
    let both = fetcher(&server, &[burned.url("http"), good.url("http")], settings());
    for n in 0..8 {
        assert!(fetch(&both, &server.url(&format!("/{n}"))).await.is_ok());
    }
    assert_eq!(burned.asked().len(), 3, "then it rests");
    let alone = fetcher(&server, &[burned.url("http")], settings());
    assert!(matches!(fetch(&alone, &server.url("/")).await.unwrap_err(), FetchError::Blocked(_)));
    assert_eq!(burned.asked().len(), 4, "no other proxy, no other try");
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_not_the_proxys_fault() {
    let server = Hostile::always(page("<p>19</p>")).await;
    let relay = Relay::start(true).await;
    relay.set_mood(Mood::CannotReach);
    for scheme in ["http", "socks5", "socks5h"] {
        let fetcher = fetcher(&server, &[relay.url(scheme)], FetchSettings { tries: 1, ..settings() });
        let failed = fetch(&fetcher, &server.url("/")).await.unwrap_err();
        assert!(matches!(failed, FetchError::Status(502) | FetchError::Connection(_)), "{scheme}: {failed}");
        relay.set_mood(Mood::Relays);
        assert!(fetch(&fetcher, &server.url("/")).await.is_ok(), "{scheme}: it does not rest");
        relay.set_mood(Mood::CannotReach);
    }
}

#[tokio::test]
async fn while_all_proxies_rest_pages_are_put_off_once_and_then_refused() {
    let server = Hostile::always(page("<p>19</p>")).await;
    let mut settings = settings();
    (settings.tries, settings.proxy_rest.base_ms, settings.proxy_rest.cap_ms) = (1, 600_000, 600_000);
    let fetcher = fetcher(&server, &[dead("http").await, dead("socks5").await], settings.clone());
    for _ in 0..2 {
        assert!(matches!(fetch(&fetcher, &server.url("/")).await.unwrap_err(), FetchError::Proxy(_)));
    }
    let put_off = fetch(&fetcher, &server.url("/")).await.unwrap_err();
    assert!(matches!(put_off, FetchError::Later(wait) if wait > Duration::from_secs(500)), "{put_off}");
    // The same with rests so short that the second one is there at once.
    settings.proxy_rest.base_ms = 1;
    let fetcher = self::fetcher(&server, &[dead("http").await], settings);
    for _ in 0..3 {
        let failed = fetch(&fetcher, &server.url("/")).await.unwrap_err();
        assert!(matches!(failed, FetchError::Proxy(_)), "{failed}");
        assert_eq!(failed.reason(), Some(pricemill::domain::Reason::FailedToAccessSource));
    }
    assert!(server.paths().is_empty());
}

#[tokio::test]
async fn robots_txt_goes_the_same_way_and_a_dead_proxy_says_nothing_about_it() {
    let server = Hostile::start(|request| async move {
        match request.path.as_str() {
            "/robots.txt" => answer(200, &[], "User-agent: *\nDisallow: /private"),
            _ => page("<p>19</p>"),
        }
    })
    .await;
    let good = Relay::start(true).await;
    let settings = FetchSettings { robots: true, ..settings() };
    let fetcher = fetcher(&server, &[dead("http").await, good.url("http")], settings);
    assert!(fetch(&fetcher, &server.url("/1")).await.is_ok());
    assert_eq!(fetch(&fetcher, &server.url("/private")).await.unwrap_err(), FetchError::Robots);
    assert_eq!(server.paths(), ["/robots.txt", "/1"]);
    assert_eq!(good.asked().len(), 2);
}

#[tokio::test]
async fn no_proxy_is_asked_for_what_is_private() {
    let server = Hostile::always(page("<p>secret</p>")).await;
    let open =
        Hostile::start(move |request| async move { answer(302, &[&format!("Location: {}", &request.path[1..])], "") })
            .await;
    let relay = Relay::start(true).await;
    for scheme in ["http", "socks5", "socks5h"] {
        let fetcher = fetcher(&open, &[relay.url(scheme)], settings());
        for target in [
            "http://169.254.169.254/latest/meta-data/".to_owned(),
            "http://10.0.0.1/".to_owned(),
            "http://[::1]/".to_owned(),
            "http://2130706433/".to_owned(),
            "https://127.0.0.1/".to_owned(),
            "http://metadata.localhost/".to_owned(),
            format!("http://localhost:{}/", server.port()),
            server.url("/"),
        ] {
            let before = relay.asked().len();
            let failed = fetch(&fetcher, &target).await.unwrap_err();
            assert!(matches!(failed, FetchError::Forbidden(_)), "{scheme} {target}: {failed}");
            assert_eq!(relay.asked().len(), before, "{scheme} {target}");
            let failed = fetch(&fetcher, &open.url(&format!("/{target}"))).await.unwrap_err();
            assert!(matches!(failed, FetchError::Forbidden(_)), "{scheme} redirected to {target}: {failed}");
        }
    }
    assert!(server.paths().is_empty());
}

#[tokio::test]
async fn nothing_that_is_logged_holds_a_password() {
    let server = Hostile::always(page("<p>19</p>")).await;
    let relay = Relay::start(true).await;
    for scheme in ["http", "socks5", "socks5h"] {
        let proxies = [relay.url(scheme), dead(scheme).await, relay.url_with(scheme, "us%3Aer:s3cret-too@")];
        let fetcher = fetcher(&server, &proxies, settings());
        for n in 0..4 {
            assert!(fetch(&fetcher, &server.url(&format!("/{n}"))).await.is_ok());
        }
        let _ = fetch(&fetcher, &format!("https://shop.localhost:{}/", server.port())).await;
        assert_no_secret(&format!("{fetcher:?}"));
    }
    let text = String::from_utf8_lossy(&log()).into_owned();
    assert!(text.contains("a proxy rests") && text.contains("intercepts"), "the log was not caught");
    assert_no_secret(&text);
}
