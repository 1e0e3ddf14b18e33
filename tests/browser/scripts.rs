//! What scripts make of a page.

use super::*;

/// A shop whose price comes by a script that asks for it.
async fn scripted() -> Hostile {
    let body = "<h1>Tea</h1><b id=price></b><img src=/tea.jpg><style>@font-face{font-family:f;src:url(/f.woff2)}\
                b{font-family:f}</style><link rel=stylesheet href=/s.css><script src=/app.js></script>";
    shop(body, |request| match request.path.as_str() {
        "/app.js" => script(
            "fetch('/api', {method: 'POST', body: 'sku=1', headers: {'X-Shop': '7'}}).then(r => r.json())\
             .then(p => document.getElementById('price').textContent = p.price)",
        ),
        "/api" => json(r#"{"price": "19.90 EUR"}"#),
        _ => nothing(request),
    })
    .await
}

#[tokio::test]
async fn a_price_that_a_script_fetches_is_there() {
    let Some(chromium) = Chromium::shared() else { return };
    let server = scripted().await;
    let page = fetch_from(&chromium, &server).await.unwrap();
    assert!(page.text.contains("<b id=\"price\">19.90 EUR</b>"), "{}", page.text);
    assert_eq!((page.url.as_str(), page.status), (server.url("/").as_str(), 200));
    assert!(page.bytes_received > 300, "{}", page.bytes_received);
    assert_eq!(server.paths(), ["/", "/app.js", "/api"], "neither images nor fonts nor style sheets");
    let heads: Vec<String> = server.heads().iter().map(|head| head.to_ascii_lowercase()).collect();
    assert!(
        heads.iter().all(|head| head.contains("user-agent: pricemill/") && !head.contains("headless")),
        "{heads:?}"
    );
    assert!(heads[2].starts_with("post ") && heads[2].contains("x-shop: 7") && heads[2].contains("content-length: 5"));
    assert_no_page_is_left(&chromium, &server).await;
}

#[tokio::test]
async fn what_comes_late_is_waited_for() {
    let Some(chromium) = Chromium::shared() else { return };
    let late = "<script>setTimeout(() => document.body.insertAdjacentHTML('beforeend', '<b class=price>19</b>'), 1500)</script>";
    let server = shop(late, nothing).await;
    let fetcher = fetcher(&[&server], settings(), browser_settings(&chromium));
    let early = fetch(&fetcher, &server.url("/"), by_browser()).await.unwrap();
    assert!(!early.text.contains("class=\"price\""));
    let waiting = |selector: &str| FetchPolicy { wait_for: Some(selector.to_owned()), ..by_browser() };
    let complete = fetch(&fetcher, &server.url("/"), waiting("b.price")).await.unwrap();
    assert!(complete.text.contains("class=\"price\""));
    // What never comes does not cost the page, which may say why; nor does a selector that is none.
    for selector in ["b.never", "b[", "'); alert('"] {
        assert!(fetch(&fetcher, &server.url("/"), waiting(selector)).await.is_ok(), "{selector}");
    }
}

#[tokio::test]
async fn redirects_and_what_scripts_make_of_the_address_are_told() {
    let Some(chromium) = Chromium::shared() else { return };
    let server = shop("", |request| match request.path.as_str() {
        "/old" => answer(302, &["Location: /new", "Set-Cookie: session=7; Path=/"], ""),
        "/new" => page("<p>19</p><script>history.replaceState(0, '', '/tea?variant=2')</script>"),
        _ => nothing(request),
    })
    .await;
    let fetcher = fetcher(&[&server], settings(), browser_settings(&chromium));
    let page = fetch(&fetcher, &server.url("/old"), by_browser()).await.unwrap();
    assert_eq!(page.url.as_str(), server.url("/tea?variant=2"));
    assert_eq!(server.paths(), ["/old", "/new"]);
}

#[tokio::test]
async fn dialogs_and_new_windows_hold_nothing_up() {
    let Some(chromium) = Chromium::shared() else { return };
    let server = shop(
        "<script>alert(1); confirm(2); for (let i = 0; i < 50; i++) window.open('/popup')</script><p>19</p>",
        nothing,
    )
    .await;
    let page = fetch_from(&chromium, &server).await.unwrap();
    assert!(page.text.contains("<p>19</p>"));
    assert_eq!(server.paths(), ["/"]);
}

#[tokio::test]
async fn a_session_lasts_as_long_as_the_page() {
    let Some(chromium) = Chromium::shared() else { return };
    let asks = "<b></b><script>fetch('/api').then(r => r.text()).then(t => document.querySelector('b').textContent = t)</script>";
    let server = Hostile::start(move |request| {
        let knows = request.head.to_ascii_lowercase().contains("cookie: session=7");
        std::future::ready(match request.path.as_str() {
            "/" if knows => page("<b>remembered</b>"),
            "/" => answer(200, &["Content-Type: text/html", "Set-Cookie: session=7; Path=/"], asks),
            _ if knows => json("19.90"),
            _ => json("who are you?"),
        })
    })
    .await;
    let fetcher = fetcher(&[&server], settings(), browser_settings(&chromium));
    for _ in 0..2 {
        let page = fetch(&fetcher, &server.url("/"), by_browser()).await.unwrap();
        assert!(page.text.contains("<b>19.90</b>"), "{}", page.text);
    }
}
