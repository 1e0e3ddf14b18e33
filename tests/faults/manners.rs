//! How a host is treated over many requests: robots.txt, places, pace, breaker.

use super::hostile::{Act, Hostile, answer, page};
use super::{fetch, fetch_with_patience, fetcher, settings};
use futures_util::future::join_all;
use pricemill::fetching::{FetchError, FetchPolicy, FetchSettings, Fetcher, PageRequest};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;
use tokio::sync::Barrier;

fn obedient() -> FetchSettings {
    FetchSettings { robots: true, ..settings() }
}

/// A shop of pages with this answer for robots.txt.
async fn with_robots(robots: Vec<Act>) -> Hostile {
    Hostile::start(move |request| {
        let acts = if request.path == "/robots.txt" { robots.clone() } else { page("<p>19</p>") };
        std::future::ready(acts)
    })
    .await
}

fn robots_asked(server: &Hostile) -> usize {
    server.paths().iter().filter(|path| *path == "/robots.txt").count()
}

#[tokio::test]
async fn robots_txt_is_obeyed_and_asked_for_once() {
    let rules = "User-agent: *\nDisallow: /\n\nUser-agent: Pricemill\nDisallow: /private\nDisallow: /*?sort=";
    let server = with_robots(answer(200, &["Content-Type: text/plain"], rules)).await;
    let fetcher = fetcher(&[&server], obedient());
    let [one, two, three, four] = ["/p/1", "/p/2", "/private/1", "/p?sort=price"].map(|path| server.url(path));
    let (one, two, three, four) =
        tokio::join!(fetch(&fetcher, &one), fetch(&fetcher, &two), fetch(&fetcher, &three), fetch(&fetcher, &four));
    assert!(one.is_ok() && two.is_ok());
    assert_eq!((three.unwrap_err(), four.unwrap_err()), (FetchError::Robots, FetchError::Robots));
    assert_eq!((robots_asked(&server), server.paths().len()), (1, 3));
}

#[tokio::test]
async fn no_robots_txt_means_allowed() {
    for robots in [answer(404, &[], ""), answer(403, &[], ""), answer(302, &["Location: /robots.txt"], "")] {
        let server = with_robots(robots).await;
        assert!(fetch(&fetcher(&[&server], obedient()), &server.url("/p")).await.is_ok());
    }
}

#[tokio::test]
async fn an_unreachable_robots_txt_means_not_now() {
    let dropped = vec![];
    for robots in [answer(500, &[], ""), answer(503, &[], ""), answer(429, &[], ""), dropped] {
        let server = with_robots(robots).await;
        let fetcher = fetcher(&[&server], FetchSettings { tries: 2, ..obedient() });
        for _ in 0..3 {
            assert!(fetch(&fetcher, &server.url("/p")).await.is_err());
        }
        assert_eq!(server.paths(), ["/robots.txt", "/robots.txt"]);
    }
}

#[tokio::test]
async fn an_unreachable_robots_txt_is_asked_for_again_after_a_while() {
    let server = Hostile::start(|request| async move {
        match request.path.as_str() {
            "/robots.txt" if request.nth == 1 => answer(500, &[], ""),
            "/robots.txt" => answer(200, &[], "User-agent: *\nDisallow: /private"),
            _ => page("<p>19</p>"),
        }
    })
    .await;
    let fetcher = fetcher(&[&server], FetchSettings { robots_retry_ms: 20, ..obedient() });
    assert!(fetch(&fetcher, &server.url("/p")).await.is_ok());
    assert_eq!(fetch(&fetcher, &server.url("/private")).await.unwrap_err(), FetchError::Robots);
    assert_eq!(robots_asked(&server), 2);
}

#[tokio::test]
async fn pages_wait_once_for_a_robots_txt_and_then_end() {
    let server = with_robots(answer(500, &[], "")).await;
    let fetcher = fetcher(&[&server], FetchSettings { robots_retry_ms: 20, ..obedient() });
    assert_eq!(fetch(&fetcher, &server.url("/1")).await.unwrap_err(), FetchError::Status(500));
    assert_eq!(robots_asked(&server), 2);
    let server = with_robots(answer(500, &[], "")).await;
    let fetcher = super::fetcher(&[&server], FetchSettings { robots_retry_ms: 600_000, ..obedient() });
    for _ in 0..2 {
        let failed = fetch(&fetcher, &server.url("/1")).await.unwrap_err();
        assert!(matches!(failed, FetchError::Later(wait) if wait > Duration::from_secs(500)), "{failed}");
    }
    assert_eq!(server.paths(), ["/robots.txt"]);
}

#[tokio::test]
async fn a_huge_robots_txt_is_cut_not_ignored() {
    let rules = format!("User-agent: *\nDisallow: /private\n{}", "# padding, padding, padding\n".repeat(60_000));
    let server = with_robots(answer(200, &["Content-Type: text/plain"], rules)).await;
    let fetcher = fetcher(&[&server], obedient());
    assert_eq!(fetch(&fetcher, &server.url("/private")).await.unwrap_err(), FetchError::Robots);
    assert!(fetch(&fetcher, &server.url("/p")).await.is_ok());
}

#[tokio::test]
async fn a_robots_txt_that_moved_to_another_host_is_followed() {
    let other = with_robots(answer(200, &[], "User-agent: *\nDisallow: /private")).await;
    let there = format!("Location: http://other.localhost:{}/robots.txt", other.port());
    let server = with_robots(answer(301, &[&there], "")).await;
    let fetcher = fetcher(&[&server, &other], obedient());
    assert_eq!(fetch(&fetcher, &server.url("/private")).await.unwrap_err(), FetchError::Robots);
    assert!(fetch(&fetcher, &server.url("/p")).await.is_ok());
    assert_eq!((robots_asked(&server), robots_asked(&other)), (1, 1));
}

#[tokio::test]
async fn a_crawl_delay_raises_the_pace_up_to_the_cap() {
    for (cap_ms, delay, least_s, most_s) in [(600_000, "100", 99, 100), (600_000, "86400", 599, 600), (0, "100", 0, 0)]
    {
        let server = with_robots(answer(200, &[], format!("User-agent: *\nCrawl-delay: {delay}"))).await;
        let fetcher = fetcher(&[&server], FetchSettings { crawl_delay_cap_ms: cap_ms, ..obedient() });
        assert!(fetch(&fetcher, &server.url("/1")).await.is_ok());
        match fetch(&fetcher, &server.url("/2")).await {
            Err(FetchError::Later(wait)) => assert!((least_s..=most_s).contains(&wait.as_secs()), "{wait:?}"),
            answer => assert!(answer.is_ok() && most_s == 0, "{answer:?}"),
        }
    }
}

#[tokio::test]
async fn a_host_in_trouble_is_asked_more_slowly_until_it_answers_again() {
    let server = Hostile::start(|request| {
        let acts = if request.nth <= 2 { answer(503, &[], "busy") } else { page("<p>19</p>") };
        std::future::ready(acts)
    })
    .await;
    let mut settings = settings();
    (settings.slowdown.first_ms, settings.slowdown.most_ms) = (40, 80);
    let fetcher = fetcher(&[&server], settings);
    let mut slowed = Vec::new();
    for _ in 0..12 {
        let _ = fetch(&fetcher, &server.url("/p")).await;
        slowed.push(fetcher.state().hosts_slowed);
    }
    assert_eq!((slowed[0], slowed[1], slowed[2], slowed[11]), (1, 1, 1, 0), "{slowed:?}");
    // Refused with a long wait, the next start lies that far ahead.
    let server = Hostile::always(answer(500, &[], "down")).await;
    let mut settings = self::settings();
    (settings.slowdown.first_ms, settings.slowdown.most_ms) = (600_000, 600_000);
    let fetcher = self::fetcher(&[&server], settings);
    assert_eq!(fetch(&fetcher, &server.url("/1")).await.unwrap_err(), FetchError::Status(500));
    let Err(FetchError::Later(wait)) = fetch(&fetcher, &server.url("/2")).await else { panic!("not put off") };
    assert!(wait > Duration::from_secs(500), "{wait:?}");
}

#[tokio::test]
async fn a_source_that_refuses_single_products_is_not_slowed_down_by_that() {
    let server = Hostile::always(answer(403, &[], "no")).await;
    let mut settings = settings();
    (settings.slowdown.first_ms, settings.slowdown.most_ms) = (600_000, 600_000);
    let fetcher = fetcher(&[&server], settings);
    let policy = Arc::new(FetchPolicy { breaker_failures: Some(0), ..FetchPolicy::default() });
    for _ in 0..5 {
        let request = PageRequest { policy: policy.clone(), ..super::request(&server.url("/"), Duration::ZERO) };
        assert!(matches!(fetcher.fetch(&request).await.unwrap_err(), FetchError::Blocked(_)));
    }
    assert_eq!(fetcher.state().hosts_slowed, 0);
}

#[tokio::test]
async fn bytes_of_all_pages_are_bounded_and_none_waits_for_ever() {
    let server = Hostile::always(page("<p>19</p>".repeat(9_000))).await;
    let settings = FetchSettings { max_bytes_held: 100_000, concurrency: 20, ..settings() };
    let fetcher = fetcher(&[&server], settings);
    let kept = fetch(&fetcher, &server.url("/kept")).await.unwrap();
    assert_eq!(fetcher.state().bytes_held, 2 * 64 * 1024);
    let urls: Vec<String> = (0..20).map(|n| server.url(&format!("/{n}"))).collect();
    let lengths = join_all(urls.iter().map(|url| async { fetch(&fetcher, url).await.unwrap().text.len() })).await;
    assert_eq!(lengths, [81_000; 20]);
    drop(kept);
    assert_eq!(fetcher.state().bytes_held, 0);
}

#[tokio::test]
async fn no_more_requests_than_places_at_the_same_time() {
    // Answers come only to two requests together, so one place would hang and three would show.
    let pairs = Arc::new(Barrier::new(2));
    let server = Hostile::start(move |_| {
        let pairs = Arc::clone(&pairs);
        async move {
            pairs.wait().await;
            page("<p>19</p>")
        }
    })
    .await;
    let fetcher = fetcher(&[&server], FetchSettings { concurrency: 2, ..settings() });
    let urls: Vec<String> = (0..12).map(|n| server.url(&format!("/{n}"))).collect();
    let pages = join_all(urls.iter().map(|url| fetch(&fetcher, url))).await;
    assert!(pages.iter().all(Result::is_ok));
    assert_eq!(server.most_at_once(), 2);
}

#[tokio::test]
async fn a_full_or_paced_host_puts_the_impatient_off() {
    let server = Hostile::always(page("<p>19</p>")).await;
    let fetcher = fetcher(&[&server], FetchSettings { pace_ms: 600_000, ..settings() });
    assert!(fetch(&fetcher, &server.url("/1")).await.is_ok());
    let Err(FetchError::Later(wait)) = fetch(&fetcher, &server.url("/2")).await else { panic!("not put off") };
    assert!(wait > Duration::from_secs(500), "{wait:?}");
    assert_eq!(server.paths(), ["/1"]);
    // Another host of the same machine has a pace of its own.
    let other = format!("http://other.localhost:{}/3", server.port());
    assert!(fetch(&fetcher, &other).await.is_ok());
}

/// A shop that is down until told otherwise.
async fn down() -> (Hostile, Arc<AtomicBool>) {
    let is_up = Arc::new(AtomicBool::new(false));
    let up = Arc::clone(&is_up);
    let server = Hostile::start(move |_| {
        std::future::ready(if up.load(SeqCst) { page("<p>19</p>") } else { answer(500, &[], "down") })
    })
    .await;
    (server, is_up)
}

fn with_breaker(server: &Hostile, rest_ms: u64) -> Fetcher {
    let mut settings = settings();
    (settings.breaker.failures, settings.breaker.rest_ms) = (3, rest_ms);
    fetcher(&[server], settings)
}

async fn fail_thrice(fetcher: &Fetcher, server: &Hostile) {
    for _ in 0..3 {
        assert_eq!(fetch(fetcher, &server.url("/")).await.unwrap_err(), FetchError::Status(500));
    }
}

#[tokio::test]
async fn a_failing_host_is_left_alone() {
    let (server, _) = down().await;
    let fetcher = with_breaker(&server, 600_000);
    fail_thrice(&fetcher, &server).await;
    for _ in 0..3 {
        let failed = fetch(&fetcher, &server.url("/")).await.unwrap_err();
        assert!(matches!(failed, FetchError::Later(wait) if wait > Duration::from_secs(500)), "{failed}");
    }
    assert_eq!(server.paths().len(), 3);
}

#[tokio::test]
async fn a_host_that_comes_back_is_found_by_one_probe() {
    let (server, is_up) = down().await;
    let fetcher = with_breaker(&server, 40);
    fail_thrice(&fetcher, &server).await;
    is_up.store(true, SeqCst);
    let urls: Vec<String> = (0..5).map(|n| server.url(&format!("/{n}"))).collect();
    let pages = join_all(urls.iter().map(|url| fetch(&fetcher, url))).await;
    assert!(pages.iter().all(Result::is_ok));
}

#[tokio::test]
async fn a_host_that_stays_down_ends_its_values_instead_of_holding_them() {
    let (server, is_up) = down().await;
    let fetcher = with_breaker(&server, 40);
    fail_thrice(&fetcher, &server).await;
    let urls: Vec<String> = (0..20).map(|n| server.url(&format!("/{n}"))).collect();
    let failed = join_all(urls.iter().map(|url| fetch(&fetcher, url))).await;
    for failed in failed {
        let failed = failed.unwrap_err();
        assert!(matches!(failed, FetchError::Status(500) | FetchError::BreakerOpen), "{failed}");
    }
    // Far fewer than one request for each of the twenty.
    assert!(server.paths().len() < 13, "{:?}", server.paths());
    is_up.store(true, SeqCst);
    let page = loop {
        match fetch(&fetcher, &server.url("/back")).await {
            Err(FetchError::BreakerOpen) => tokio::task::yield_now().await,
            answer => break answer,
        }
    };
    assert!(page.is_ok());
}

#[tokio::test]
async fn missing_pages_do_not_open_the_breaker() {
    let server = Hostile::always(answer(404, &[], "")).await;
    let fetcher = with_breaker(&server, 600_000);
    for _ in 0..10 {
        assert_eq!(fetch(&fetcher, &server.url("/")).await.unwrap_err(), FetchError::Gone(404));
    }
}

#[tokio::test]
async fn a_probe_that_is_dropped_midway_does_not_keep_the_host_shut() {
    let server = Hostile::start(|request| async move {
        match request.path.as_str() {
            "/down" => answer(500, &[], "down"),
            "/stall" => vec![Act::Stall],
            _ => page("<p>19</p>"),
        }
    })
    .await;
    let fetcher = with_breaker(&server, 0);
    for _ in 0..3 {
        assert!(fetch(&fetcher, &server.url("/down")).await.is_err());
    }
    let stalled = server.url("/stall");
    tokio::select! {
        _ = fetch(&fetcher, &stalled) => panic!("the stalled page came"),
        () = async { while !server.paths().contains(&"/stall".to_owned()) { tokio::task::yield_now().await } } => {}
    }
    assert!(fetch_with_patience(&fetcher, &server.url("/p"), Duration::ZERO).await.is_ok());
}
