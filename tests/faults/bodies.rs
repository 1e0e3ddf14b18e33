//! Bodies that never come, never end, break off or are not what they claim.

use super::hostile::{Act, Hostile, answer, head, page};
use super::{fetch, fetch_from, fetcher, settings};
use flate2::Compression;
use flate2::write::GzEncoder;
use pricemill::fetching::{FetchError, FetchSettings};
use std::io::Write;
use std::time::Duration;

const HTML: &str = "Content-Type: text/html";

fn hurried() -> FetchSettings {
    FetchSettings { timeout_ms: 50, ..settings() }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_page_arrives_with_its_facts() {
    let server = Hostile::always(answer(
        200,
        &["Content-Type: Text/HTML; charset=UTF-8", "Content-Encoding: gzip"],
        gzip("<p>19,99 €</p>".repeat(100).as_bytes()),
    ))
    .await;
    let fetcher = fetcher(&[&server], settings());
    let page = fetch(&fetcher, &server.url("/p?q=1#there")).await.unwrap();
    assert_eq!((page.status, page.content_type.as_str()), (200, "text/html"));
    assert_eq!(page.text, "<p>19,99 €</p>".repeat(100));
    assert_eq!(page.bytes_unpacked, 1_600);
    assert!(page.bytes_received < 200, "{}", page.bytes_received);
    assert_eq!(server.paths(), ["/p?q=1"]);
    let head = server.heads()[0].to_ascii_lowercase();
    assert!(head.contains("user-agent: pricemill/") && head.contains("accept-encoding: gzip, br, zstd"), "{head}");
    let counts = fetcher.stats().snapshot();
    assert_eq!((counts.requests, counts.outcome("page"), counts.retries), (1, 1, 0));
    assert_eq!((counts.bytes_received, counts.bytes_unpacked), (page.bytes_received, 1_600));
}

#[tokio::test]
async fn no_answer_is_a_timeout() {
    let server = Hostile::always(vec![Act::Stall]).await;
    assert_eq!(fetch(&fetcher(&[&server], hurried()), &server.url("/")).await.unwrap_err(), FetchError::Timeout);
}

#[tokio::test]
async fn a_dripping_head_or_body_is_a_timeout() {
    let drip = Act::Drip(Duration::from_millis(2));
    let begun = Act::Send(b"HTTP/1.1 200 OK\r\nX-Header: ".to_vec());
    for acts in [vec![begun, drip.clone()], vec![Act::Send(head(200, &[HTML])), drip]] {
        let server = Hostile::always(acts).await;
        let failed = fetch(&fetcher(&[&server], hurried()), &server.url("/")).await.unwrap_err();
        assert_eq!(failed, FetchError::Timeout);
    }
}

#[tokio::test]
async fn a_body_that_stalls_is_a_timeout() {
    let server = Hostile::always(vec![Act::Send(head(200, &[HTML])), Act::Send(b"<p>".to_vec()), Act::Stall]).await;
    assert_eq!(fetch(&fetcher(&[&server], hurried()), &server.url("/")).await.unwrap_err(), FetchError::Timeout);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_a_failed_connection() {
    let short = [head(200, &[HTML, "Content-Length: 1000"]), b"<p>only this".to_vec()].concat();
    let chunked = [head(200, &[HTML, "Transfer-Encoding: chunked"]), b"5\r\n<p>19\r\n".to_vec()].concat();
    let nonsense = [head(200, &[HTML, "Transfer-Encoding: chunked"]), b"zz\r\n<p>\r\n0\r\n\r\n".to_vec()].concat();
    for bytes in [short, chunked, nonsense, b"HTTP/1.1 200 OK\r\nContent-".to_vec(), b"hello\r\n\r\n".to_vec(), vec![]]
    {
        let server = Hostile::always(vec![Act::Send(bytes.clone())]).await;
        let failed = fetch_from(&server).await.unwrap_err();
        assert!(matches!(failed, FetchError::Connection(_)), "{failed} {}", String::from_utf8_lossy(&bytes));
    }
}

#[tokio::test]
async fn bytes_past_the_content_length_are_not_the_page() {
    let bytes = [head(200, &[HTML, "Content-Length: 9"]), b"<p>19</p>HTTP/1.1 200 smuggled".to_vec()].concat();
    let server = Hostile::always(vec![Act::Send(bytes)]).await;
    assert_eq!(fetch_from(&server).await.unwrap().text, "<p>19</p>");
}

#[tokio::test]
async fn http_1_0_without_a_length_is_a_page() {
    let server = Hostile::always(vec![Act::Send(b"HTTP/1.0 200 OK\r\n\r\n<p>19</p>".to_vec())]).await;
    assert_eq!(fetch_from(&server).await.unwrap().text, "<p>19</p>");
}

#[tokio::test]
async fn codings_that_are_broken_cut_off_or_unknown_are_bad_bodies() {
    let whole = gzip("<p>19,99</p>".repeat(1_000).as_bytes());
    let cases: [(&str, &[u8]); 6] = [
        ("gzip", b"<p>not gzip</p>"),
        ("gzip", &whole[..whole.len() / 2]),
        ("br", b"\xff\xff\xff\xff"),
        ("zstd", b"nothing of the kind"),
        ("deflate", &whole),
        ("compress", &whole),
    ];
    for (coding, body) in cases {
        let server = Hostile::always(answer(200, &[HTML, &format!("Content-Encoding: {coding}")], body)).await;
        let failed = fetch_from(&server).await.unwrap_err();
        assert!(matches!(failed, FetchError::BadBody(_)), "{coding}: {failed}");
    }
}

#[tokio::test]
async fn a_gzip_bomb_is_given_up_at_the_limit() {
    let server = Hostile::always(answer(200, &[HTML, "Content-Encoding: gzip"], gzip(&vec![0; 8_000_000]))).await;
    let fetcher = fetcher(&[&server], settings());
    assert_eq!(fetch(&fetcher, &server.url("/")).await.unwrap_err(), FetchError::TooLarge(1_000_000));
    assert!(fetcher.stats().snapshot().bytes_received < 100_000);
}

#[tokio::test]
async fn an_endless_body_is_given_up_at_the_limit() {
    let endless = Act::Endless(vec![b'x'; 10_000]);
    let server = Hostile::always(vec![Act::Send(head(200, &[HTML])), endless]).await;
    let fetcher = fetcher(&[&server], settings());
    assert_eq!(fetch(&fetcher, &server.url("/")).await.unwrap_err(), FetchError::TooLarge(100_000));
    assert!(fetcher.stats().snapshot().bytes_received < 2_000_000);
}

#[tokio::test]
async fn an_announced_size_past_the_limit_is_not_even_begun() {
    let server = Hostile::always(vec![Act::Send(head(200, &[HTML, "Content-Length: 100001"])), Act::Stall]).await;
    assert_eq!(fetch_from(&server).await.unwrap_err(), FetchError::TooLarge(100_000));
}

#[tokio::test]
async fn endless_headers_end_the_connection() {
    let many = Act::Endless(b"X-Header: and another one\r\n".repeat(100));
    let server = Hostile::always(vec![Act::Send(b"HTTP/1.1 200 OK\r\n".to_vec()), many]).await;
    assert!(matches!(fetch_from(&server).await.unwrap_err(), FetchError::Connection(_)));
}

#[tokio::test]
async fn what_is_not_text_is_not_read() {
    let server = Hostile::always(vec![Act::Send(head(200, &["Content-Type: image/png"])), Act::Stall]).await;
    assert_eq!(fetch_from(&server).await.unwrap_err(), FetchError::BadBody("content type image/png".to_owned()));
    let server = Hostile::always(answer(200, &[], b"\x89PNG\r\n\x1a\n\0\0\0\x0d")).await;
    assert_eq!(fetch_from(&server).await.unwrap_err(), FetchError::BadBody("not text".to_owned()));
}

#[tokio::test]
async fn an_empty_page_is_a_bad_body() {
    for acts in [page(""), page(" \r\n "), answer(204, &[], "")] {
        let server = Hostile::always(acts).await;
        assert_eq!(fetch_from(&server).await.unwrap_err(), FetchError::BadBody("empty".to_owned()));
    }
}

#[tokio::test]
async fn a_lying_charset_does_not_spoil_the_price() {
    let cases: [(&str, &[u8]); 4] = [
        ("text/html; charset=windows-1252", "19,99 €".as_bytes()),
        ("text/html; charset=ISO-8859-1", "19,99 €".as_bytes()),
        ("text/html; charset=utf-8", b"19,99 \x80"),
        ("text/html; charset=no-such-thing", b"19,99 \x80"),
    ];
    for (content_type, body) in cases {
        let server = Hostile::always(answer(200, &[&format!("Content-Type: {content_type}")], body)).await;
        assert_eq!(fetch_from(&server).await.unwrap().text, "19,99 €", "{content_type}");
    }
}
