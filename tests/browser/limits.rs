//! Pages without end, and what is left of them.

use super::*;

fn within(policy: FetchPolicy, timeout_ms: u64) -> FetchPolicy {
    FetchPolicy { timeout_ms: Some(timeout_ms), ..policy }
}

#[tokio::test]
async fn a_script_that_never_ends_is_left_alone() {
    let Some(chromium) = Chromium::shared() else { return };
    let server = shop("<script>while (true) {}</script>", nothing).await;
    let fetcher = fetcher(&[&server], settings(), browser_settings(&chromium));
    let failed = fetch(&fetcher, &server.url("/"), within(by_browser(), 3_000)).await.unwrap_err();
    assert_eq!(failed, FetchError::Timeout);
    assert_no_page_is_left(&chromium, &server).await;
}

#[tokio::test]
async fn a_page_that_is_never_quiet_is_taken_as_it_is() {
    let Some(chromium) = Chromium::shared() else { return };
    for (body, path) in [
        ("<p>19</p><script src=/stall.js></script>", "/stall.js"),
        ("<p>19</p><script>fetch('/stall')</script>", "/stall"),
        ("<p>19</p><script>setInterval(() => fetch('/poll'), 100)</script>", "/poll"),
    ] {
        let server = shop(body, |request| match request.path.as_str() {
            "/poll" => json("{}"),
            _ => vec![Act::Stall],
        })
        .await;
        let fetcher = fetcher(&[&server], settings(), browser_settings(&chromium));
        let page = fetch(&fetcher, &server.url("/"), within(by_browser(), 8_000)).await.unwrap();
        assert!(page.text.contains("<p>19</p>") && server.paths().iter().any(|asked| asked == path), "{path}");
        assert_no_page_is_left(&chromium, &server).await;
    }
}

#[tokio::test]
async fn a_page_that_never_comes_is_a_timeout() {
    let Some(chromium) = Chromium::shared() else { return };
    let server = Hostile::always(vec![Act::Stall]).await;
    let fetcher = fetcher(&[&server], settings(), browser_settings(&chromium));
    let failed = fetch(&fetcher, &server.url("/"), within(by_browser(), 2_000)).await.unwrap_err();
    assert_eq!(failed, FetchError::Timeout);
    assert_no_page_is_left(&chromium, &server).await;
}

#[tokio::test]
async fn bytes_and_requests_are_bounded() {
    let Some(chromium) = Chromium::shared() else { return };
    let grows = "<script>document.body.innerHTML = '<p>19</p>'.repeat(150000)</script>";
    let server = shop(grows, nothing).await;
    let failed = fetch_from(&chromium, &server).await.unwrap_err();
    assert!(matches!(failed, FetchError::TooLarge(_)), "{failed}");
    assert_no_page_is_left(&chromium, &server).await;

    let endless =
        vec![Act::Send(hostile::head(200, &["Content-Type: text/javascript"])), Act::Endless(vec![b' '; 64 * 1024])];
    let server = shop("<p>19</p><script src=/endless.js></script>", move |_| endless.clone()).await;
    let mut browser = browser_settings(&chromium);
    browser.max_bytes_received = 500_000;
    let one = fetcher(&[&server], settings(), browser);
    let page = fetch(&one, &server.url("/"), by_browser()).await.unwrap();
    assert!(page.text.contains("<p>19</p>"), "the page without the script");

    let server = shop("<p>19</p><script>for (let i = 0; i < 500; i++) fetch('/' + i)</script>", |_| json("{}")).await;
    let mut browser = browser_settings(&chromium);
    browser.requests = 20;
    let one = fetcher(&[&server], settings(), browser);
    assert!(fetch(&one, &server.url("/"), by_browser()).await.is_ok());
    assert_eq!(server.paths().len(), 20);
    assert!(server.most_at_once() <= 6);
}

#[tokio::test]
async fn refusals_are_judged_like_any_others() {
    let Some(chromium) = Chromium::shared() else { return };
    for (acts, expected) in [
        (answer(404, &[], "<p>gone</p>"), FetchError::Gone(404)),
        (answer(403, &[], "<p>no</p>"), FetchError::Blocked("status 403".into())),
        (answer(500, &[], "<p>oops</p>"), FetchError::Status(500)),
        (answer(200, &["Content-Type: image/png"], "x"), FetchError::BadBody("content type image/png".into())),
    ] {
        let server = Hostile::always(acts).await;
        assert_eq!(fetch_from(&chromium, &server).await.unwrap_err(), expected);
        assert_eq!(server.paths().len(), 1);
    }
    // What scripts turn into a challenge is one.
    let server = shop("<script>document.title = 'Just a moment...'</script>", nothing).await;
    assert!(matches!(fetch_from(&chromium, &server).await.unwrap_err(), FetchError::Blocked(_)));
}

#[tokio::test]
async fn pages_take_turns_at_the_browser_and_leave_with_whoever_dropped_them() {
    let Some(chromium) = Chromium::shared() else { return };
    let server = shop("<p>19</p>", |_| vec![Act::Stall]).await;
    let browser = BrowserSettings { pages: 1, ..browser_settings(&chromium) };
    let fetcher = fetcher(&[&server], settings(), browser);
    let url = server.url("/");
    let (one, two, three) = tokio::join!(
        fetch(&fetcher, &url, by_browser()),
        fetch(&fetcher, &url, by_browser()),
        fetch(&fetcher, &url, by_browser())
    );
    assert!(one.is_ok() && two.is_ok() && three.is_ok());
    let stalling = server.url("/stall");
    {
        let mut opening = Box::pin(fetch(&fetcher, &stalling, by_browser()));
        while !server.paths().contains(&"/stall".to_owned()) {
            let _ = tokio::time::timeout(Duration::from_millis(10), &mut opening).await;
        }
        let impatient = PageRequest {
            url: url.parse().unwrap(),
            policy: Arc::new(by_browser()),
            patience: Duration::from_millis(10),
        };
        assert!(matches!(fetcher.fetch(&impatient).await.unwrap_err(), FetchError::Later(_)));
    }
    assert!(fetch(&fetcher, &url, by_browser()).await.is_ok(), "its place is free again");
    assert_no_page_is_left(&chromium, &server).await;
}

#[tokio::test]
async fn without_a_browser_there_is_no_page() {
    let server = Hostile::always(page("<p>19</p>")).await;
    let address = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let none = BrowserSettings::default();
    let gone = BrowserSettings { url: format!("http://{address}"), ..BrowserSettings::default() };
    let no_browser = BrowserSettings { url: server.url(""), ..BrowserSettings::default() };
    for browser in [none, gone, no_browser] {
        let fetcher = fetcher(&[&server], settings(), browser);
        let failed = fetch(&fetcher, &server.url("/"), by_browser()).await.unwrap_err();
        assert!(matches!(failed, FetchError::Browser(_)), "{failed}");
        assert_eq!(failed.reason(), Some(pricemill::domain::Reason::FailedToAccessSource));
    }
}
