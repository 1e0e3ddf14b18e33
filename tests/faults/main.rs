//! What broken and hostile servers do, and what a fetch makes of it.

#[path = "../harness/mod.rs"]
mod harness;
mod hostile;

mod bodies;
mod bomb;
mod every;
mod fair;
mod guard;
mod manners;
mod refusals;
mod secure;
mod table;

use hostile::Hostile;
use pricemill::clock::Clock;
use pricemill::fetching::{FetchError, FetchPolicy, FetchSettings, FetchedPage, Fetcher, PageRequest};
use pricemill::outbound::Outbound;
use std::sync::Arc;
use std::time::Duration;

/// Longer than any case takes: a fetch that only this ends has lost its own limits.
const FAR_TOO_LONG: Duration = Duration::from_secs(60);

/// Patience for whatever waits a case's settings lead to.
const PATIENT: Duration = Duration::from_secs(30);

/// Settings of most cases: one try, no robots.txt, no breaker, waits of milliseconds.
fn settings() -> FetchSettings {
    let mut settings =
        FetchSettings { tries: 1, robots: false, max_bytes_received: 100_000, ..FetchSettings::default() };
    settings.max_bytes_unpacked = 1_000_000;
    settings.breaker.failures = 0;
    settings.backoff.base_ms = 5;
    settings.backoff.cap_ms = 20;
    settings.slowdown.most_ms = 0;
    settings.block_pause_ms = 5;
    settings
}

/// A fetcher that may reach these servers and nothing else of this machine.
fn fetcher(servers: &[&Hostile], settings: FetchSettings) -> Fetcher {
    let allow = servers.iter().map(|server| format!("127.0.0.1:{}", server.port()).parse().unwrap()).collect();
    Fetcher::new(Outbound::new(allow), settings, Clock::system()).unwrap()
}

fn request(url: &str, patience: Duration) -> PageRequest {
    PageRequest { url: url.parse().unwrap(), policy: Arc::new(FetchPolicy::default()), patience }
}

async fn fetch(fetcher: &Fetcher, url: &str) -> Result<FetchedPage, FetchError> {
    fetch_with_patience(fetcher, url, PATIENT).await
}

async fn fetch_with_patience(fetcher: &Fetcher, url: &str, patience: Duration) -> Result<FetchedPage, FetchError> {
    let request = request(url, patience);
    tokio::time::timeout(FAR_TOO_LONG, fetcher.fetch(&request)).await.expect("the fetch never ended")
}

/// Fetches the server's first page with the usual settings.
async fn fetch_from(server: &Hostile) -> Result<FetchedPage, FetchError> {
    fetch(&fetcher(&[server], settings()), &server.url("/")).await
}
