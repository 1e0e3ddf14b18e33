//! Servers that say no, or not now.

use super::hostile::{Hostile, answer, page};
use super::{PATIENT, fetch, fetch_from, fetch_with_patience, fetcher, settings};
use pricemill::fetching::{BlockSigns, FetchError, FetchPolicy, FetchSettings, PageRequest};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

fn thrice() -> FetchSettings {
    FetchSettings { tries: 3, ..settings() }
}

#[tokio::test]
async fn a_missing_page_is_gone_and_asked_for_once() {
    for status in [404, 410] {
        let server = Hostile::always(answer(status, &[], "nothing here")).await;
        let failed = fetch(&fetcher(&[&server], thrice()), &server.url("/")).await.unwrap_err();
        assert_eq!((failed, server.paths().len()), (FetchError::Gone(status), 1));
    }
}

#[tokio::test]
async fn other_refusals_are_not_repeated() {
    for status in [400, 401, 402, 403, 405, 407, 451, 501] {
        let server = Hostile::always(answer(status, &["Retry-After: 0"], "no")).await;
        let failed = fetch(&fetcher(&[&server], thrice()), &server.url("/")).await.unwrap_err();
        let expected = match status {
            401 | 403 | 407 => FetchError::Blocked(format!("status {status}")),
            _ => FetchError::Status(status),
        };
        assert_eq!((failed, server.paths().len()), (expected, 1));
    }
}

#[tokio::test]
async fn a_server_that_recovers_gives_its_page() {
    for status in [408, 425, 429, 500, 502, 503, 504] {
        let server = Hostile::start(move |request| async move {
            if request.nth < 3 { answer(status, &[], "not now") } else { page("<p>19</p>") }
        })
        .await;
        let fetcher = fetcher(&[&server], thrice());
        assert_eq!(fetch(&fetcher, &server.url("/")).await.unwrap().text, "<p>19</p>", "{status}");
        assert_eq!((server.paths().len(), fetcher.stats().snapshot().retries), (3, 2));
    }
}

#[tokio::test]
async fn a_server_that_stays_down_is_asked_three_times() {
    let server = Hostile::always(answer(500, &[], "down")).await;
    let failed = fetch(&fetcher(&[&server], thrice()), &server.url("/")).await.unwrap_err();
    assert_eq!((failed, server.paths().len()), (FetchError::Status(500), 3));
    let server = Hostile::always(vec![]).await;
    let failed = fetch(&fetcher(&[&server], thrice()), &server.url("/")).await.unwrap_err();
    assert!(matches!(failed, FetchError::Connection(_)));
    assert_eq!(server.paths().len(), 3);
}

#[tokio::test]
async fn retry_after_puts_the_page_off_in_both_forms_up_to_the_cap() {
    let day = SystemTime::now() + Duration::from_secs(86_400);
    let date = httpdate::fmt_http_date(day);
    for (value, least, most) in [("30", 30, 30), ("999999999", 120, 120), (date.as_str(), 120, 120)] {
        let server = Hostile::always(answer(429, &[&format!("Retry-After: {value}")], "slow down")).await;
        let fetcher = fetcher(&[&server], thrice());
        let Err(FetchError::Later(wait)) = fetch_with_patience(&fetcher, &server.url("/"), PATIENT / 2).await else {
            panic!("not put off by {value}");
        };
        assert!((least..=most).contains(&wait.as_secs()), "{wait:?}");
        // The whole host is left alone meanwhile.
        let other = fetch_with_patience(&fetcher, &server.url("/other"), Duration::ZERO).await.unwrap_err();
        assert!(matches!(other, FetchError::Later(wait) if wait.as_secs() > 20), "{other}");
        assert_eq!(server.paths(), ["/"]);
    }
}

#[tokio::test]
async fn a_short_retry_after_is_waited_out() {
    let soon = httpdate::fmt_http_date(SystemTime::now() - Duration::from_secs(5));
    for value in ["0", soon.as_str()] {
        let headers = [format!("Retry-After: {value}")];
        let server = Hostile::start(move |request| {
            let headers = headers.clone();
            async move { if request.nth == 1 { answer(503, &[&headers[0]], "busy") } else { page("<p>19</p>") } }
        })
        .await;
        // A back-off of a minute would run into the patience of half one.
        let mut slow = thrice();
        (slow.backoff.base_ms, slow.backoff.cap_ms) = (600_000_000, 600_000_000);
        assert_eq!(fetch(&fetcher(&[&server], slow), &server.url("/")).await.unwrap().text, "<p>19</p>");
    }
}

#[tokio::test]
async fn being_put_off_again_and_again_uses_up_the_tries() {
    let server = Hostile::always(answer(429, &["Retry-After: 1"], "slow down")).await;
    let mut short = thrice();
    short.backoff.retry_after_cap_ms = 30;
    let fetcher = fetcher(&[&server], short);
    let impatient = Duration::from_millis(10);
    let mut put_off = 0;
    let failed = loop {
        match fetch_with_patience(&fetcher, &server.url("/"), impatient).await.unwrap_err() {
            FetchError::Later(_) if put_off < 10_000 => put_off += 1,
            failed => break failed,
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(failed, FetchError::Blocked("status 429".to_owned()));
    assert_eq!(server.paths().len(), 3);
    assert!(put_off >= 2);
}

#[tokio::test]
async fn a_block_page_with_status_200_is_a_refusal() {
    for text in [
        "<html><head><title>Just a moment...</title></head><body>wait</body></html>",
        "<title>Access Denied</title><h1>Access Denied</h1>You don't have permission to access this server.",
        "<title>shop.example</title><p>Please enable JS and disable any ad blocker</p>",
    ] {
        let server = Hostile::always(page(text)).await;
        assert!(matches!(fetch_from(&server).await.unwrap_err(), FetchError::Blocked(_)), "{text}");
    }
}

#[tokio::test]
async fn a_block_page_puts_the_impatient_off_and_is_tried_once_more_only() {
    let server = Hostile::always(page("<title>Robot Check</title>")).await;
    let fetcher = fetcher(&[&server], FetchSettings { block_pause_ms: 50, ..thrice() });
    let impatient = Duration::from_millis(20);
    let put_off = fetch_with_patience(&fetcher, &server.url("/"), impatient).await.unwrap_err();
    assert_eq!(put_off, FetchError::Later(Duration::from_millis(50)));
    let failed = fetch_with_patience(&fetcher, &server.url("/"), impatient).await.unwrap_err();
    assert!(matches!(failed, FetchError::Blocked(_)), "{failed}");
    assert_eq!(server.paths().len(), 2);
}

#[tokio::test]
async fn cookies_are_forgotten_with_the_page_and_never_shown_to_another_host() {
    let other = Hostile::always(page("<p>19</p>")).await;
    let there = format!("Location: http://b.localhost:{}/", other.port());
    let server = Hostile::start(move |request| {
        let headers: &[&str] =
            &["Set-Cookie: s=1; Domain=localhost", if request.nth == 1 { "Location: /" } else { &there }];
        std::future::ready(answer(302, headers, ""))
    })
    .await;
    let fetcher = fetcher(&[&server, &other], settings());
    let url = format!("http://a.localhost:{}/", server.port());
    assert!(fetch(&fetcher, &url).await.is_ok() && fetch(&fetcher, &url).await.is_ok());
    let shown: Vec<bool> =
        server.heads().iter().map(|head| head.to_ascii_lowercase().contains("cookie: s=1")).collect();
    assert_eq!(shown, [false, true, false]);
    assert!(other.heads().iter().all(|head| !head.to_ascii_lowercase().contains("cookie")));
}

#[tokio::test]
async fn a_page_with_recaptcha_is_a_page() {
    let server = Hostile::always(page("<title>Lamp</title><script src=/recaptcha/api.js></script><p>19</p>")).await;
    assert!(fetch_from(&server).await.is_ok());
}

#[tokio::test]
async fn a_source_names_its_own_refusals() {
    let signs = BlockSigns { status: vec![404], text: vec!["Bitte warten".to_owned()] };
    let policy = Arc::new(FetchPolicy { blocked: signs, ..FetchPolicy::default() });
    for acts in [answer(404, &[], "x"), page("<p>BITTE WARTEN</p>")] {
        let server = Hostile::always(acts).await;
        let request = PageRequest { url: server.url("/").parse().unwrap(), policy: policy.clone(), patience: PATIENT };
        let failed = fetcher(&[&server], settings()).fetch(&request).await.unwrap_err();
        assert!(matches!(failed, FetchError::Blocked(_)), "{failed}");
    }
}
