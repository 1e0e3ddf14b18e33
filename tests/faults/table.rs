//! ONE table of what servers do to a crawler and what it makes of that. It drives the test of each fetch, the test of a whole
//! job, and docs/FAULTS.md.

use super::bomb::{cut_gzip, gzip, gzip_bomb};
use super::hostile::{Act, Request, answer, head};
use super::secure::Secure;
use std::fmt::Write as _;
use std::time::Duration;

/// Page, robots.txt and all: what the name says happens at `http(s)://NAME.localhost:PORT/p`.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// The first label of its host.
    pub name: &'static str,
    pub does: &'static str,
    /// The kind of `FetchError`; [`PAGE`] when a page is got.
    pub ends: &'static str,
    /// Wording of the value's reason; [`FOUND`] for a page.
    pub reason: &'static str,
    pub most: Most,
    /// Requests of the page's own address with three tries at most; connections where no request gets through.
    pub requests: usize,
    pub by: By,
}

/// Most bytes read of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Most {
    Nothing,
    Little,
    /// The limit on bytes as sent.
    Received,
    /// The limit on bytes after unpacking.
    Unpacked,
}

#[derive(Clone, Copy)]
pub enum By {
    Plain(fn(&Request, u16) -> Vec<Act>),
    Tls(Secure),
    /// TLS is asked of a server that speaks none.
    NoTls,
}

pub const PAGE: &str = "page";
pub const FOUND: &str = "found";

/// What "little" means.
pub const LITTLE: u64 = 64 * 1024;

const FAILED: &str = "failed to access source";
const HTML: &str = "Content-Type: text/html; charset=utf-8";

impl std::fmt::Debug for By {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            By::Plain(_) => "Plain",
            By::Tls(_) => "Tls",
            By::NoTls => "NoTls",
        })
    }
}

impl Most {
    fn as_str(self) -> &'static str {
        match self {
            Most::Nothing => "none",
            Most::Little => "64 KiB",
            Most::Received => "`max_bytes_received`",
            Most::Unpacked => "`max_bytes_unpacked`",
        }
    }
}

/// The table as the document shows it.
pub fn markdown() -> String {
    let mut table = "| case | the server | `FetchError` | value ends as | bytes read of the body | requests |\n\
                     |---|---|---|---|---|---|\n"
        .to_owned();
    for case in cases() {
        let Case { name, does, ends, reason, most, requests, .. } = case;
        let _ = writeln!(table, "| {name} | {does} | `{ends}` | `{reason}` | {} | {requests} |", most.as_str());
    }
    table
}

/// A product page that every part of the program understands.
pub fn product() -> String {
    "<!doctype html><title>Lamp</title><script type=\"application/ld+json\">{\"@context\":\"https://schema.org\",\
     \"@type\":\"Product\",\"name\":\"Lamp\",\"offers\":{\"@type\":\"Offer\",\"price\":\"19.99\",\"priceCurrency\":\"EUR\"}}\
     </script><h1>Lamp</h1><p>19,99 €</p>"
        .to_owned()
}

fn good() -> Vec<Act> {
    answer(200, &[HTML], product())
}

fn moved(to: &str) -> Vec<Act> {
    answer(302, &[&format!("Location: {to}")], "")
}

fn send(parts: &[&[u8]]) -> Vec<Act> {
    vec![Act::Send(parts.concat())]
}

fn refused(status: u16, headers: &[&str]) -> Vec<Act> {
    answer(status, headers, "<h1>No</h1>")
}

fn drip() -> Act {
    Act::Drip(Duration::from_secs(1))
}

/// A `Retry-After` date: long ago, so that no test waits for it; tests/faults/refusals.rs has the ones that lie ahead.
const PAST_DATE: &str = "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT";

#[rustfmt::skip]
pub fn cases() -> Vec<Case> {
    use By::{NoTls, Plain, Tls};
    use Most::{Little, Nothing, Received, Unpacked};
    let case = |name, does, ends, reason, most, requests, by| Case { name, does, ends, reason, most, requests, by };
    vec![
        // Time
        case("never-answers", "takes the request and says nothing", "Timeout", FAILED, Nothing, 3, Plain(|_, _| vec![Act::Stall])),
        case("answers-too-late", "answers after the limit", "Timeout", FAILED, Nothing, 3, Plain(|_, _| vec![Act::Late(head(200, &[HTML]))])),
        case("drips-head", "sends a byte of the head a second", "Timeout", FAILED, Nothing, 3, Plain(|_, _| vec![Act::Send(b"HTTP/1.1 200 OK\r\nX: ".to_vec()), drip()])),
        case("drips-body", "sends a byte of the body a second", "Timeout", FAILED, Little, 3, Plain(|_, _| vec![Act::Send(head(200, &[HTML])), drip()])),
        case("stalls-in-body", "stops in the middle of the body", "Timeout", FAILED, Little, 3, Plain(|_, _| vec![Act::Send([head(200, &[HTML]), b"<p>19".to_vec()].concat()), Act::Stall])),
        // Broken exchanges
        case("hangs-up", "closes the connection without a word", "Connection", FAILED, Nothing, 3, Plain(|_, _| vec![])),
        case("drops-in-head", "breaks off in the head", "Connection", FAILED, Nothing, 3, Plain(|_, _| send(&[b"HTTP/1.1 200 OK\r\nContent-"]))),
        case("drops-in-body", "breaks off in the body", "Connection", FAILED, Little, 3, Plain(|_, _| send(&[&head(200, &[HTML, "Content-Length: 5000"]), b"<p>19,99"]))),
        case("length-too-long", "announces more than it sends", "Connection", FAILED, Little, 3, Plain(|_, _| send(&[&head(200, &[HTML, "Content-Length: 9999"]), product().as_bytes()]))),
        case("length-too-short", "sends more than it announces (a second answer)", PAGE, FOUND, Little, 1, Plain(|_, _| {
            let page = product();
            send(&[&head(200, &[HTML, &format!("Content-Length: {}", page.len())]), page.as_bytes(), b"HTTP/1.1 200 OK\r\n\r\nsmuggled"])
        })),
        case("two-lengths", "announces two different lengths", "Connection", FAILED, Nothing, 3, Plain(|_, _| send(&[&head(200, &[HTML, "Content-Length: 5", "Content-Length: 9"]), b"<p>19</p>"]))),
        case("bad-chunks", "sends a chunk whose size is no number", "Connection", FAILED, Little, 3, Plain(|_, _| send(&[&head(200, &[HTML, "Transfer-Encoding: chunked"]), b"zz\r\n<p>\r\n0\r\n\r\n"]))),
        case("cut-chunks", "breaks off within a chunk", "Connection", FAILED, Little, 3, Plain(|_, _| send(&[&head(200, &[HTML, "Transfer-Encoding: chunked"]), b"ff\r\n<p>19"]))),
        case("no-http", "does not speak HTTP", "Connection", FAILED, Nothing, 3, Plain(|_, _| send(&[b"220 mail.example ESMTP\r\n"]))),
        case("http-1-0", "speaks HTTP/1.0 and ends the body by closing", PAGE, FOUND, Little, 1, Plain(|_, _| send(&[b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n", product().as_bytes()]))),
        case("many-headers", "sends 100,000 headers", "Connection", FAILED, Nothing, 3, Plain(|_, _| {
            let headers: String = (0..100_000).map(|n| format!("X-Header-{n}: value\r\n")).collect();
            send(&[b"HTTP/1.1 200 OK\r\n", headers.as_bytes(), b"\r\n<p>19</p>"])
        })),
        case("endless-headers", "sends headers without end", "Connection", FAILED, Nothing, 3, Plain(|_, _| vec![Act::Send(b"HTTP/1.1 200 OK\r\n".to_vec()), Act::Endless(b"X-Header: another\r\n".repeat(100))])),
        // Bodies
        case("empty", "answers 200 with nothing", "BadBody", "error", Nothing, 1, Plain(|_, _| answer(200, &[HTML], ""))),
        case("no-content", "answers 204", "BadBody", "error", Nothing, 1, Plain(|_, _| answer(204, &[], ""))),
        case("bad-gzip", "calls plain text gzip", "BadBody", "error", Little, 1, Plain(|_, _| answer(200, &[HTML, "Content-Encoding: gzip"], product()))),
        case("cut-gzip", "sends half a gzip stream", "BadBody", "error", Little, 1, Plain(|_, _| answer(200, &[HTML, "Content-Encoding: gzip"], cut_gzip(product().repeat(50).as_bytes())))),
        case("unknown-coding", "uses a content coding nobody asked for", "BadBody", "error", Nothing, 1, Plain(|_, _| answer(200, &[HTML, "Content-Encoding: compress"], product()))),
        case("gzip-bomb", "sends 1 GB of zeros as 1 MB of gzip", "TooLarge", FAILED, Unpacked, 1, Plain(|_, _| answer(200, &[HTML, "Content-Encoding: gzip"], gzip_bomb()))),
        case("endless-body", "sends a body without end", "TooLarge", FAILED, Received, 1, Plain(|_, _| vec![Act::Send(head(200, &[HTML])), Act::Endless(b"<p>more</p>".repeat(1_000))])),
        case("announced-giant", "announces a body of 1 TB", "TooLarge", FAILED, Nothing, 1, Plain(|_, _| vec![Act::Send(head(200, &[HTML, "Content-Length: 1000000000000"])), Act::Stall])),
        case("not-text", "sends an image", "BadBody", "error", Nothing, 1, Plain(|_, _| answer(200, &["Content-Type: image/png"], b"\x89PNG\r\n"))),
        case("big-script", "sends a page with 5 MB of inline script", PAGE, FOUND, Received, 1, Plain(|_, _| answer(200, &[HTML], format!("{}<script>{}</script>", product(), "var x=1;".repeat(650_000))))),
        case("packed-script", "sends the same page as gzip", PAGE, FOUND, Unpacked, 1, Plain(|_, _| answer(200, &[HTML, "Content-Encoding: gzip"], gzip(format!("<script>{}</script>{}", "var x=1;".repeat(650_000), product()).as_bytes())))),
        case("lying-charset", "declares windows-1252 and sends UTF-8", PAGE, FOUND, Little, 1, Plain(|_, _| answer(200, &["Content-Type: text/html; charset=windows-1252"], product()))),
        case("lying-utf-8", "declares UTF-8 and sends windows-1252", PAGE, FOUND, Little, 1, Plain(|_, _| answer(200, &[HTML], product().as_bytes().iter().copied().filter(u8::is_ascii).chain([0x80]).collect::<Vec<_>>()))),
        case("unknown-charset", "declares a charset that does not exist", PAGE, FOUND, Little, 1, Plain(|_, _| answer(200, &["Content-Type: text/html; charset=x-none"], product()))),
        // Redirects
        case("redirect-loop", "redirects in a circle", "Redirect", FAILED, Nothing, 1, Plain(|request, _| moved(if request.path == "/a" { "/b" } else { "/a" }))),
        case("redirect-nowhere", "redirects without saying where to", "Redirect", FAILED, Nothing, 1, Plain(|_, _| answer(302, &[], ""))),
        case("redirect-private", "redirects to a private address", "Forbidden", FAILED, Nothing, 1, Plain(|_, _| moved("http://10.0.0.1/"))),
        case("redirect-link-local", "redirects to the link-local metadata address", "Forbidden", FAILED, Nothing, 1, Plain(|_, _| moved("http://169.254.169.254/latest/meta-data/"))),
        case("redirect-mapped", "redirects to an IPv4 address in IPv6 clothes", "Forbidden", FAILED, Nothing, 1, Plain(|_, port| moved(&format!("http://[::ffff:127.0.0.1]:{port}/")))),
        case("redirect-decimal", "redirects to an address written as one number", "Forbidden", FAILED, Nothing, 1, Plain(|_, port| moved(&format!("http://2130706433:{port}/")))),
        case("redirect-other-port", "redirects to another port of an allowed address", "Forbidden", FAILED, Nothing, 1, Plain(|_, port| moved(&format!("http://127.0.0.1:{port}/")))),
        case("redirect-private-name", "redirects to a name that resolves to a private address", "Forbidden", FAILED, Nothing, 1, Plain(|_, port| moved(&format!("http://inside.localhost:{port}/")))),
        case("redirect-file", "redirects to a file", "Forbidden", FAILED, Nothing, 1, Plain(|_, _| moved("file:///etc/passwd"))),
        case("needs-cookie", "redirects to itself until its cookie comes back", PAGE, FOUND, Little, 2, Plain(|request, _| {
            if request.head.to_ascii_lowercase().contains("cookie: seen=1") { good() } else { answer(302, &["Location: /p", "Set-Cookie: seen=1; Path=/; HttpOnly"], "") }
        })),
        case("eats-cookies", "redirects to itself with ever new cookies", "Redirect", FAILED, Nothing, 6, Plain(|request, _| answer(302, &["Location: /p", &format!("Set-Cookie: n{}=1", request.nth)], ""))),
        // Refusals
        case("status-404", "answers 404", "Gone", "not found", Nothing, 1, Plain(|_, _| refused(404, &[]))),
        case("status-410", "answers 410", "Gone", "not found", Nothing, 1, Plain(|_, _| refused(410, &[]))),
        case("status-401", "answers 401", "Blocked", FAILED, Nothing, 1, Plain(|_, _| refused(401, &[]))),
        case("status-403", "answers 403", "Blocked", FAILED, Nothing, 1, Plain(|_, _| refused(403, &[]))),
        case("status-403-later", "answers 403 and names a time", "Blocked", FAILED, Nothing, 1, Plain(|_, _| refused(403, &["Retry-After: 1"]))),
        case("status-429", "answers 429", "Blocked", FAILED, Nothing, 3, Plain(|_, _| refused(429, &[]))),
        case("status-429-seconds", "answers 429 and names seconds", "Blocked", FAILED, Nothing, 3, Plain(|_, _| refused(429, &["Retry-After: 1"]))),
        case("status-429-date", "answers 429 and names a date", "Blocked", FAILED, Nothing, 3, Plain(|_, _| refused(429, &[PAST_DATE]))),
        case("status-451", "answers 451", "Status", FAILED, Nothing, 1, Plain(|_, _| refused(451, &[]))),
        case("status-500", "answers 500", "Status", FAILED, Nothing, 3, Plain(|_, _| refused(500, &[]))),
        case("status-503", "answers 503", "Blocked", FAILED, Nothing, 3, Plain(|_, _| refused(503, &[]))),
        case("status-503-seconds", "answers 503 and names seconds", "Blocked", FAILED, Nothing, 3, Plain(|_, _| refused(503, &["Retry-After: 1"]))),
        case("status-503-date", "answers 503 and names a date", "Blocked", FAILED, Nothing, 3, Plain(|_, _| refused(503, &[PAST_DATE]))),
        case("recovers", "answers 503 twice, then the page", PAGE, FOUND, Little, 3, Plain(|request, _| if request.nth < 3 { refused(503, &[]) } else { good() })),
        // Refusals in disguise
        case("block-cloudflare", "answers 200 with Cloudflare's challenge", "Blocked", FAILED, Little, 2, Plain(|_, _| answer(200, &[HTML], "<title>Just a moment...</title><script>window._cf_chl_opt={}</script>"))),
        case("block-header", "answers 200 with a header that only challenges have", "Blocked", FAILED, Nothing, 2, Plain(|_, _| answer(200, &[HTML, "cf-mitigated: challenge"], product()))),
        case("block-datadome", "answers 200 with DataDome's captcha", "Blocked", FAILED, Little, 2, Plain(|_, _| answer(200, &[HTML], "<title>shop.example</title><p id=\"cmsg\">Please enable JS and disable any ad blocker</p>"))),
        case("block-perimeterx", "answers 200 with PerimeterX's captcha", "Blocked", FAILED, Little, 2, Plain(|_, _| answer(200, &[HTML], "<title>Access to this page has been denied</title><div id=\"px-captcha\"></div>"))),
        case("block-akamai", "answers 200 with Akamai's refusal", "Blocked", FAILED, Little, 2, Plain(|_, _| answer(200, &[HTML], "<TITLE>Access Denied</TITLE><H1>Access Denied</H1>Reference #18.1 https://errors.edgesuite.net/18.1"))),
        case("block-imperva", "answers 200 with Imperva's refusal", "Blocked", FAILED, Little, 2, Plain(|_, _| answer(200, &[HTML], "<iframe>Request unsuccessful. Incapsula incident ID: 1-2</iframe>"))),
        case("captcha-amazon", "answers 200 with Amazon's captcha", "Blocked", FAILED, Little, 2, Plain(|_, _| answer(200, &[HTML], "<title>Amazon.de</title><form method=\"get\" action=\"/errors/validateCaptcha\"></form>"))),
        case("captcha-google", "redirects to Google's \"sorry\" page", "Blocked", FAILED, Nothing, 2, Plain(|_, _| moved("/sorry/index?continue=x"))),
        case("block-passes", "answers 200 with a challenge, then the page", PAGE, FOUND, Little, 2, Plain(|request, _| if request.nth == 1 { answer(200, &[HTML], "<title>Robot Check</title>") } else { good() })),
        case("embeds-captcha", "sends a page with a captcha in a form", PAGE, FOUND, Little, 1, Plain(|_, _| answer(200, &[HTML], format!("{}<script src=https://www.google.com/recaptcha/api.js></script><div class=g-recaptcha></div>", product())))),
        // robots.txt
        case("robots-forbids", "forbids the page in its robots.txt", "Robots", FAILED, Little, 0, Plain(|request, _| if request.path == "/robots.txt" { answer(200, &["Content-Type: text/plain"], "User-agent: *\nDisallow: /") } else { good() })),
        case("robots-fails", "answers 500 for its robots.txt", "Status", FAILED, Nothing, 0, Plain(|request, _| if request.path == "/robots.txt" { refused(500, &[]) } else { good() })),
        // TLS
        case("tls-page", "sends a page over TLS and HTTP/2", PAGE, FOUND, Little, 1, Tls(Secure::Page)),
        case("tls-self-signed", "shows a certificate it signed itself", "Certificate", FAILED, Nothing, 1, Tls(Secure::SelfSigned)),
        case("tls-unknown-authority", "shows a certificate of an unknown authority", "Certificate", FAILED, Nothing, 1, Tls(Secure::UnknownAuthority)),
        case("tls-expired", "shows an expired certificate", "Certificate", FAILED, Nothing, 1, Tls(Secure::Expired)),
        case("tls-wrong-name", "shows a certificate for another name", "Certificate", FAILED, Nothing, 1, Tls(Secure::WrongName)),
        case("tls-breaks-off", "hangs up during the handshake", "Connection", FAILED, Nothing, 3, Tls(Secure::BreaksOff)),
        case("tls-none", "does not speak TLS at all", "Connection", FAILED, Nothing, 3, NoTls),
        case("h2-reset", "resets the stream in the body", "Connection", FAILED, Little, 3, Tls(Secure::Reset)),
        case("h2-goaway", "ends the HTTP/2 connection instead of answering", "Connection", FAILED, Nothing, 3, Tls(Secure::GoAway)),
        case("h2-many-headers", "sends 100,000 headers over HTTP/2", "Connection", FAILED, Nothing, 3, Tls(Secure::ManyHeaders)),
        case("h2-stalls", "never answers over HTTP/2", "Timeout", FAILED, Nothing, 3, Tls(Secure::Stalls)),
    ]
}

/// What the shop of all cases does; what is no case's is a good page.
pub fn script(request: &Request, closed_port: u16) -> Vec<Act> {
    let label = request.host.split('.').next().unwrap_or_default();
    let case = cases().into_iter().find(|case| case.name == label);
    match case.map(|case| case.by) {
        Some(By::Plain(script)) if request.path != "/robots.txt" || label.starts_with("robots-") => {
            script(request, closed_port)
        }
        _ if request.path == "/robots.txt" => refused(404, &[]),
        _ => good(),
    }
}
