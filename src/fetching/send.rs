//! One exchange with a server: a request, the head of its answer, and its body within limits.

use super::unpack::{ACCEPTED, Coding, NoRoom, Unpacked, unpack};
use super::weight::{Weighing, Weight};
use super::{FetchError, FetchPolicy, FetchStats, charset};
use crate::outbound::refused_address;
use futures_util::TryStreamExt;
use reqwest::Method;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use tokio_util::io::StreamReader;
use url::Url;

const ACCEPT: HeaderValue =
    HeaderValue::from_static("text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.5");

/// Headers of ours that nobody can replace: they frame the exchange.
pub(super) const FRAMING: [HeaderName; 6] = [
    header::HOST,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::CONNECTION,
    header::UPGRADE,
    header::ACCEPT_ENCODING,
];

/// The only headers of a source that go along to another host it redirects to: any other may be a secret (X-Api-Key).
const PUBLIC: [HeaderName; 3] = [header::ACCEPT, header::ACCEPT_LANGUAGE, header::USER_AGENT];

/// What a proxy says to CONNECT for a target that it cannot or will not reach, as hyper-util words it.
const TUNNEL_REFUSAL: &str = "tunnel error: unsuccessful";
/// What a SOCKS proxy says of a target that it cannot or will not reach, likewise.
const SOCKS_REFUSALS: [&str; 6] = [
    "SOCKS error: general server failure",
    "SOCKS error: connection not allowed",
    "SOCKS error: network unreachable",
    "SOCKS error: host unreachable",
    "SOCKS error: connection refused",
    "SOCKS error: ttl expired",
];

/// Most bytes of one body, as sent and unpacked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub received: u64,
    pub unpacked: u64,
}

/// A body, unpacked.
#[derive(Debug)]
pub(super) struct Body {
    pub bytes: Vec<u8>,
    pub received: u64,
    /// The limit that the body went past, if it did; `bytes` then holds what came before.
    pub passed_limit: Option<u64>,
    pub weight: Weight,
}

/// How soon to ask again for a page for which there was no memory.
const UNTIL_ROOM: Duration = Duration::from_secs(1);

/// The stream's own mark for a body that went past its limit.
#[derive(Debug, thiserror::Error)]
#[error("longer than {0} bytes")]
struct Overrun(u64);

/// Sends a request (without `Content-Length` where the body is empty) and reads the head of the answer.
pub(super) async fn send(
    client: &reqwest::Client,
    method: Method,
    url: &Url,
    headers: HeaderMap,
    body: Vec<u8>,
    is_proxied: bool,
    stats: &FetchStats,
) -> Result<reqwest::Response, FetchError> {
    stats.count_request();
    let request = client.request(method, url.clone()).headers(headers);
    let request = if body.is_empty() { request } else { request.body(body) };
    let response = request.send().await;
    let response = response.map_err(|error| match is_proxied && is_proxys_fault(&error, url) {
        true => FetchError::Proxy(innermost(&error)),
        false => explain(&error),
    })?;
    // Behind a tunnel the answer is the server's own, and a refusal like any other.
    if is_proxied && url.scheme() == "http" && response.status() == reqwest::StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        return Err(FetchError::Proxy("it does not accept the user and password".to_owned()));
    }
    Ok(response)
}

/// Whether a failed connection's text is a proxy's word for a server that it cannot reach.
pub(super) fn is_target_refusal(text: &str) -> bool {
    text == TUNNEL_REFUSAL || SOCKS_REFUSALS.contains(&text)
}

/// Whether a connection failed on its way to the proxy or at it, and not behind it. Told by wording: the types are private.
fn is_proxys_fault(error: &reqwest::Error, url: &Url) -> bool {
    use std::error::Error;
    if !error.is_connect() || refused_address(error).is_some() {
        return false;
    }
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if text.starts_with("tunnel error: ") {
            return text != TUNNEL_REFUSAL;
        }
        if text.starts_with("SOCKS error: ") {
            return !SOCKS_REFUSALS.contains(&text.as_str());
        }
        if text == "error resolving for socks proxy" {
            return false;
        }
        cause = error.source();
    }
    // Without a tunnel the only connection is the proxy's; with one, what fails behind its end is the server's TLS.
    url.scheme() == "http"
}

/// The headers of a request. `is_own_host` is false once a redirect led to another origin.
pub(super) fn request_headers(user_agent: &str, policy: &FetchPolicy, is_own_host: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT, ACCEPT);
    if let Ok(user_agent) = HeaderValue::from_str(policy.user_agent.as_deref().unwrap_or(user_agent)) {
        headers.insert(header::USER_AGENT, user_agent);
    }
    for (name, value) in &policy.headers {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), _) if FRAMING.contains(&name) || (!is_own_host && !PUBLIC.contains(&name)) => {}
            (Ok(name), Ok(value)) => drop(headers.insert(name, value)),
            _ => tracing::warn!(header = name, "a source's header cannot be sent"),
        }
    }
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(ACCEPTED));
    headers
}

/// The same for people. Only what may go to any host is shown: other headers of a source may be secrets.
pub(super) fn shown_headers(user_agent: &str, policy: &FetchPolicy) -> Vec<(String, String)> {
    let headers = request_headers(user_agent, policy, true);
    let shown = headers.iter().map(|(name, value)| {
        let is_public = PUBLIC.contains(name) || name == header::ACCEPT_ENCODING;
        let value = if is_public { String::from_utf8_lossy(value.as_bytes()).into_owned() } else { "(hidden)".into() };
        (name.as_str().to_owned(), value)
    });
    shown.collect()
}

/// Reads and unpacks the body of an answer.
pub(super) async fn read_body(
    response: reqwest::Response,
    limits: Limits,
    mut weighing: Weighing,
    stats: &Arc<FetchStats>,
) -> Result<Body, FetchError> {
    let coding = header_text(response.headers(), &header::CONTENT_ENCODING);
    let coding = Coding::parse(coding).ok_or_else(|| FetchError::BadBody(format!("content encoding {coding}")))?;
    let received = Arc::new(AtomicU64::new(0));
    let (counter, stats_of_stream) = (Arc::clone(&received), Arc::clone(stats));
    let stream = response.bytes_stream().map_err(io::Error::other).and_then(move |chunk| {
        stats_of_stream.count_received(chunk.len());
        let total = counter.fetch_add(chunk.len() as u64, Relaxed) + chunk.len() as u64;
        let within = if total > limits.received { Err(io::Error::other(Overrun(limits.received))) } else { Ok(chunk) };
        std::future::ready(within)
    });
    let unpacked = match unpack(StreamReader::new(stream), coding, limits.unpacked, &mut weighing).await {
        Ok(Unpacked { bytes, is_cut }) => (bytes, is_cut.then_some(limits.unpacked)),
        Err(error) if error.get_ref().is_some_and(|cause| cause.is::<NoRoom>()) => {
            return Err(FetchError::Later(UNTIL_ROOM));
        }
        Err(error) => match error.get_ref().map(|cause| (cause.downcast_ref(), cause.downcast_ref())) {
            Some((Some(Overrun(limit)), _)) => (Vec::new(), Some(*limit)),
            Some((_, Some(error))) => return Err(explain(error)),
            _ => return Err(FetchError::BadBody(error.to_string())),
        },
    };
    let (bytes, passed_limit) = unpacked;
    stats.count_unpacked(bytes.len());
    Ok(Body { bytes, received: received.load(Relaxed), passed_limit, weight: weighing.end() })
}

/// Where a redirect leads; `None` for an answer that is none. Rule from RFC 9110 §15.4.
pub(super) fn redirect_target(response: &reqwest::Response, from: &Url) -> Option<Result<Url, FetchError>> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get(header::LOCATION).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let target = location.and_then(|location| from.join(location.trim()).ok()).map(|mut url| {
        // Credentials in a redirect would be sent as if they were ours. A URL that cannot hold any refuses to lose them,
        // and is refused itself when it is asked for.
        let _cannot_hold_any = url.set_username("").and_then(|()| url.set_password(None));
        url
    });
    Some(target.ok_or(FetchError::Redirect))
}

/// The content type of an answer, lower case and without parameters, and its charset.
pub(super) fn content_type(headers: &HeaderMap) -> (String, Option<String>) {
    let value = header_text(headers, &header::CONTENT_TYPE);
    let media = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    (media, charset::charset_of(value).map(str::to_owned))
}

/// A header's text; empty when there is none or it is not text.
pub(super) fn header_text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> &'h str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// What caused an error. An I/O error made of another error skips that one when asked for its source.
fn cause_of<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e (dyn std::error::Error + 'static)> {
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    wrapped.map(|inner| inner as &(dyn std::error::Error + 'static)).or_else(|| error.source())
}

/// The text of the first cause, which says most.
fn innermost(error: &reqwest::Error) -> String {
    let mut innermost: &(dyn std::error::Error + 'static) = error;
    while let Some(cause) = cause_of(innermost) {
        innermost = cause;
    }
    innermost.to_string()
}

/// Why an exchange failed.
fn explain(error: &reqwest::Error) -> FetchError {
    if let Some(refused) = refused_address(error) {
        return FetchError::Forbidden(refused.0);
    }
    if error.is_timeout() {
        return FetchError::Timeout;
    }
    let mut inner: &(dyn std::error::Error + 'static) = error;
    while let Some(deeper) = cause_of(inner) {
        inner = deeper;
        if let Some(rustls::Error::InvalidCertificate(cause)) = inner.downcast_ref() {
            return FetchError::Certificate(cause.to_string());
        }
    }
    FetchError::Connection(innermost(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(headers: &[(&str, &str)]) -> FetchPolicy {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        FetchPolicy { headers, ..FetchPolicy::default() }
    }

    #[test]
    fn a_source_adds_headers_but_cannot_break_the_exchange() {
        let policy =
            policy(&[("Accept", "x/y"), ("Host", "evil"), ("content-length", "9"), ("a b", "c"), ("X", "a\nb")]);
        let headers = request_headers("pricemill/1", &policy, true);
        assert_eq!(headers[header::ACCEPT], "x/y");
        assert_eq!(headers[header::USER_AGENT], "pricemill/1");
        assert_eq!(headers[header::ACCEPT_ENCODING], ACCEPTED);
        assert_eq!(headers.len(), 3);
    }

    #[test]
    fn private_headers_stay_at_their_own_host() {
        let policy = policy(&[("Cookie", "a=b"), ("Authorization", "Basic x"), ("Accept-Language", "de")]);
        assert_eq!(request_headers("p", &policy, true).len(), 6);
        let abroad = request_headers("p", &policy, false);
        assert!(abroad.get(header::COOKIE).is_none() && abroad.get(header::AUTHORIZATION).is_none());
        assert_eq!(abroad[header::ACCEPT_LANGUAGE], "de");
    }

    #[test]
    fn secrets_are_not_shown() {
        let shown =
            shown_headers("pricemill/1", &policy(&[("Cookie", "a=b"), ("X-Api-Key", "k"), ("Accept-Language", "de")]));
        let value = |name: &str| shown.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
        assert_eq!((value("cookie"), value("x-api-key")), (Some("(hidden)"), Some("(hidden)")));
        assert_eq!((value("accept-language"), value("user-agent")), (Some("de"), Some("pricemill/1")));
    }

    #[test]
    fn content_types_lose_their_parameters() {
        let mut headers = HeaderMap::new();
        assert_eq!(content_type(&headers), (String::new(), None));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("Text/HTML; charset=\"X\""));
        assert_eq!(content_type(&headers), ("text/html".to_owned(), Some("X".to_owned())));
    }
}
