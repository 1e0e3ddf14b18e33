//! Servers that send us where we must not go.

use super::hostile::{Hostile, answer, page};
use super::{fetch, fetcher, settings};
use pricemill::clock::Clock;
use pricemill::fetching::{FetchError, FetchPolicy, Fetcher, PageRequest};
use pricemill::outbound::Outbound;
use std::sync::Arc;

async fn redirecting_to(target: &str) -> Hostile {
    Hostile::always(answer(302, &[&format!("Location: {target}")], "")).await
}

#[tokio::test]
async fn redirects_into_the_private_network_are_refused() {
    let other = Hostile::always(page("<p>secret</p>")).await;
    let targets = [
        "http://10.0.0.1/".to_owned(),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://[::1]/".to_owned(),
        "http://[fe80::1]/".to_owned(),
        "http://[::ffff:127.0.0.1]/".to_owned(),
        "http://[64:ff9b::7f00:1]/".to_owned(),
        "http://[2002:7f00:1::]/".to_owned(),
        "http://2130706433/".to_owned(),
        "http://0x7f000001/".to_owned(),
        "http://0177.1/".to_owned(),
        "//127.0.0.1/".to_owned(),
        "http://localhost/".to_owned(),
        "http://shop.localhost:1/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "ftp://example.com/".to_owned(),
        other.url("/"),
        format!("http://localhost:{}/", other.port()),
        format!("http://[::ffff:127.0.0.1]:{}/", other.port()),
    ];
    let locations = targets.clone();
    let server = Hostile::start(move |request| {
        let target = &locations[request.path[1..].parse::<usize>().unwrap()];
        std::future::ready(answer(302, &[&format!("Location: {target}")], ""))
    })
    .await;
    let fetcher = fetcher(&[&server], settings());
    for (n, target) in targets.iter().enumerate() {
        let failed = fetch(&fetcher, &server.url(&format!("/{n}"))).await.unwrap_err();
        assert!(matches!(failed, FetchError::Forbidden(_)), "{target}: {failed}");
    }
    assert_eq!(other.paths(), Vec::<String>::new());
}

#[tokio::test]
async fn private_addresses_are_refused_by_number_and_by_name() {
    let server = Hostile::always(page("<p>secret</p>")).await;
    let closed = Fetcher::new(Outbound::default(), settings(), Clock::system()).unwrap();
    for url in [
        server.url("/"),
        format!("http://localhost:{}/", server.port()),
        format!("http://shop.localhost:{}/", server.port()),
        format!("http://2130706433:{}/", server.port()),
    ] {
        assert!(matches!(fetch(&closed, &url).await.unwrap_err(), FetchError::Forbidden(_)), "{url}");
    }
    assert_eq!(server.paths(), Vec::<String>::new());
}

#[tokio::test]
async fn a_localhost_name_reaches_an_opened_port() {
    let server = Hostile::always(page("<p>19</p>")).await;
    let url = format!("http://shop.localhost:{}/p", server.port());
    let page = fetch(&fetcher(&[&server], settings()), &url).await.unwrap();
    assert_eq!((page.text.as_str(), page.url.as_str()), ("<p>19</p>", url.as_str()));
    assert!(server.heads()[0].to_ascii_lowercase().contains("host: shop.localhost"));
}

#[tokio::test]
async fn redirects_are_followed_five_times_and_no_further() {
    let server = Hostile::start(|request| async move {
        let n: u32 = request.path[1..].parse().unwrap();
        match n {
            0 => page("<p>arrived</p>"),
            n => answer(301, &[&format!("Location: {}", n - 1)], ""),
        }
    })
    .await;
    let fetcher = fetcher(&[&server], settings());
    let page = fetch(&fetcher, &server.url("/5")).await.unwrap();
    assert_eq!((page.text.as_str(), page.url.path()), ("<p>arrived</p>", "/0"));
    assert_eq!(fetch(&fetcher, &server.url("/6")).await.unwrap_err(), FetchError::Redirect);
}

#[tokio::test]
async fn loops_and_redirects_to_nowhere_are_errors() {
    for location in ["Location: /", "X-Location: /", "Location: http://", "Location: http://a b/"] {
        let server = Hostile::always(answer(302, &[location], "")).await;
        let failed = fetch(&fetcher(&[&server], settings()), &server.url("/")).await.unwrap_err();
        assert_eq!(failed, FetchError::Redirect, "{location}");
        assert!(server.paths().len() <= 6);
    }
}

#[tokio::test]
async fn cookies_of_a_source_do_not_follow_a_redirect_to_another_host() {
    let other = Hostile::always(page("<p>19</p>")).await;
    let server = redirecting_to(&other.url("/")).await;
    let headers = [("Cookie", "session=1"), ("Accept-Language", "de")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let policy = Arc::new(FetchPolicy { headers, ..FetchPolicy::default() });
    let request = PageRequest { url: server.url("/").parse().unwrap(), policy, patience: super::PATIENT };
    fetcher(&[&server, &other], settings()).fetch(&request).await.unwrap();
    let (at_home, abroad) = (server.heads()[0].to_ascii_lowercase(), other.heads()[0].to_ascii_lowercase());
    assert!(at_home.contains("cookie: session=1") && at_home.contains("accept-language: de"));
    assert!(!abroad.contains("cookie") && abroad.contains("accept-language: de"));
}
