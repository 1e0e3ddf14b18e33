//! Pages that a real Chromium makes: what their scripts add, what they may ask for, and that nothing of them is left.
//!
//! Without Chromium the tests say so loudly and pass; with `PRICEMILL_REQUIRE_BROWSER=1` they fail.

mod chromium;
#[path = "../harness/mod.rs"]
mod harness;
#[path = "../faults/hostile.rs"]
#[allow(dead_code)]
mod hostile;

mod guard;
mod limits;
mod lookup;
mod scripts;

use chromium::Chromium;
use hostile::{Act, Hostile, Request, answer, page};
use pricemill::clock::Clock;
use pricemill::fetching::{
    Browser, BrowserSettings, FetchError, FetchPolicy, FetchSettings, FetchedPage, Fetcher, Means, PageRequest,
};
use pricemill::outbound::Outbound;
use std::sync::Arc;
use std::time::Duration;

/// Longer than any case takes: a page that only this ends has lost its own limits.
const FAR_TOO_LONG: Duration = Duration::from_secs(60);

fn settings() -> FetchSettings {
    let mut settings = FetchSettings { tries: 1, robots: false, ..FetchSettings::default() };
    settings.max_bytes_unpacked = 1_000_000;
    settings.breaker.failures = 0;
    settings
}

fn browser_settings(chromium: &Chromium) -> BrowserSettings {
    BrowserSettings { url: chromium.url.clone(), ..BrowserSettings::default() }
}

/// A fetcher with this browser that may reach these servers and nothing else of this machine.
fn fetcher(servers: &[&Hostile], settings: FetchSettings, browser: BrowserSettings) -> Fetcher {
    let allow = servers.iter().map(|server| format!("127.0.0.1:{}", server.port()).parse().unwrap()).collect();
    let fetcher = Fetcher::new(Outbound::new(allow), settings, Clock::system()).unwrap();
    fetcher.with_browser(Browser::new(browser).unwrap())
}

fn by_browser() -> FetchPolicy {
    FetchPolicy { fetch: Some(Means::Browser), ..FetchPolicy::default() }
}

async fn fetch(fetcher: &Fetcher, url: &str, policy: FetchPolicy) -> Result<FetchedPage, FetchError> {
    let request =
        PageRequest { url: url.parse().unwrap(), policy: Arc::new(policy), patience: Duration::from_secs(30) };
    tokio::time::timeout(FAR_TOO_LONG, fetcher.fetch(&request)).await.expect("the page never ended")
}

/// The page at `/` of a shop, with the usual settings.
async fn fetch_from(chromium: &Chromium, server: &Hostile) -> Result<FetchedPage, FetchError> {
    let fetcher = fetcher(&[server], settings(), browser_settings(chromium));
    fetch(&fetcher, &server.url("/"), by_browser()).await
}

/// How often it is looked whether the browser has thrown a page away, and how long between.
const MOST_LOOKS: u32 = 400;

/// Waits until no page of a shop is open.
async fn assert_no_page_is_left(chromium: &Chromium, server: &Hostile) {
    let base = server.url("/");
    for _ in 0..MOST_LOOKS {
        if !chromium.pages().await.iter().any(|page| page.starts_with(&base)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("a page is left: {:?}", chromium.pages().await);
}

/// A shop of one page with this in its body, whose other addresses are answered by `rest`.
async fn shop(body: &str, rest: impl Fn(&Request) -> Vec<Act> + Send + Sync + 'static) -> Hostile {
    let html = format!("<!doctype html><title>Shop</title><body>{body}");
    Hostile::start(move |request| std::future::ready(if request.path == "/" { page(&html) } else { rest(&request) }))
        .await
}

fn nothing(_: &Request) -> Vec<Act> {
    answer(404, &[], "")
}

fn script(text: &str) -> Vec<Act> {
    answer(200, &["Content-Type: text/javascript"], text)
}

fn json(text: &str) -> Vec<Act> {
    answer(200, &["Content-Type: application/json"], text)
}
