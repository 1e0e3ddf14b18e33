//! One request to a receiver, and what came of it.

use super::Webhooks;
use super::excerpt::{MAX_EXCERPT_BYTES, excerpt};
use super::sign::signature;
use crate::domain::{LONGEST_WEBHOOK_WAIT, WebhookMethod, WebhookSecret};
use crate::outbound::refused_address;
use crate::storage::webhook_message::Message;
use reqwest::header::{self, HeaderMap};
use serde_json::Value;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use url::Url;

const USER_AGENT: &str = concat!("pricemill-webhooks/", env!("CARGO_PKG_VERSION"));
const GONE: u16 = 410;
/// Statuses whose `Retry-After` is obeyed.
const COME_LATER: [u16; 2] = [429, 503];

/// How a receiver took a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Delivered,
    /// The receiver wants no more of them.
    Gone,
    /// To be tried again, and not before the receiver's own wait is over.
    Refused {
        retry_after: Option<Duration>,
    },
}

/// What one request came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sent {
    pub verdict: Verdict,
    pub status: Option<u16>,
    /// A word for what went wrong.
    pub error: Option<&'static str>,
    pub excerpt: String,
}

impl Sent {
    fn failed(error: &'static str) -> Sent {
        let verdict = Verdict::Refused { retry_after: None };
        Sent { verdict, status: None, error: Some(error), excerpt: String::new() }
    }
}

impl Webhooks {
    /// Sends a message once, signed for this moment, within the time the settings allow.
    pub(super) async fn send(&self, message: &Message, secrets: &[WebhookSecret]) -> Sent {
        let Ok(mut url) = Url::parse(&message.url) else { return Sent::failed("address malformed") };
        let Ok(client) = self.clients.client_for(&url) else { return Sent::failed("address not allowed") };
        let method = match message.method {
            WebhookMethod::Post => reqwest::Method::POST,
            WebhookMethod::Put => reqwest::Method::PUT,
            WebhookMethod::Get => reqwest::Method::GET,
        };
        let body = if message.method == WebhookMethod::Get { "" } else { message.body.as_str() };
        if message.method == WebhookMethod::Get {
            add_fields(&mut url, &message.body);
        }
        // Receivers compare it with a clock of their own, so it is the real time, not that of tests and demos.
        let timestamp = self.clock.lease_now().as_micros() / 1_000_000;
        let mut request = client
            .request(method, url)
            .header(header::USER_AGENT, USER_AGENT)
            // A connection kept since the last job may be dead by now, and would cost an attempt.
            .header(header::CONNECTION, "close")
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature(secrets, &message.id, timestamp, body));
        if message.method != WebhookMethod::Get {
            request = request.header(header::CONTENT_TYPE, "application/json").body(body.to_owned());
        }
        let until = tokio::time::sleep(Duration::from_millis(self.settings.timeout_ms));
        tokio::pin!(until);
        let answered = tokio::select! {
            answered = request.send() => answered,
            () = &mut until => return Sent::failed("timeout"),
        };
        match answered {
            Ok(response) => {
                let (status, headers) = (response.status().as_u16(), response.headers().clone());
                let told = tokio::select! {
                    told = beginning(response) => told,
                    // The answer itself came in time.
                    () = until => Vec::new(),
                };
                self.judge(status, &headers, excerpt(&told))
            }
            Err(error) if refused_address(&error).is_some() => Sent::failed("address not allowed"),
            Err(error) if error.is_timeout() => Sent::failed("timeout"),
            Err(error) if error.is_connect() => Sent::failed("connection failed"),
            Err(_) => Sent::failed("connection broken"),
        }
    }

    fn judge(&self, status: u16, headers: &HeaderMap, excerpt: String) -> Sent {
        let (verdict, error) = match status {
            200..=299 => (Verdict::Delivered, None),
            GONE => (Verdict::Gone, Some("gone")),
            300..=399 => (Verdict::Refused { retry_after: None }, Some("redirect")),
            _ => {
                let wait = COME_LATER.contains(&status).then(|| retry_after(headers, self.real_now())).flatten();
                (Verdict::Refused { retry_after: wait }, Some("refused"))
            }
        };
        Sent { verdict, status: Some(status), error, excerpt }
    }

    fn real_now(&self) -> SystemTime {
        let micros = u64::try_from(self.clock.lease_now().as_micros()).unwrap_or(0);
        UNIX_EPOCH + Duration::from_micros(micros)
    }
}

/// The beginning of an answer's body; what breaks off is as long as it is.
async fn beginning(mut response: reqwest::Response) -> Vec<u8> {
    let mut told = Vec::new();
    while let Ok(Some(part)) = response.chunk().await {
        told.extend_from_slice(&part[..part.len().min(MAX_EXCERPT_BYTES - told.len())]);
        if told.len() == MAX_EXCERPT_BYTES {
            break;
        }
    }
    told
}

/// How long a receiver wants to be left alone, in seconds or until a date (RFC 9110 §10.2.3).
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number holds are very long.
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        httpdate::parse_http_date(text).ok()?.duration_since(now).unwrap_or_default()
    };
    Some(wait.min(LONGEST_WEBHOOK_WAIT))
}

/// Adds the body's fields to an address; texts as they are, other values as JSON, null as nothing.
fn add_fields(url: &mut Url, body: &str) {
    let Ok(Value::Object(fields)) = serde_json::from_str(body) else { return };
    let mut query = url.query_pairs_mut();
    for (name, value) in fields {
        match value {
            Value::Null => query.append_pair(&name, ""),
            Value::String(text) => query.append_pair(&name, &text),
            other => query.append_pair(&name, &other.to_string()),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_join_the_query_that_is_there() {
        let mut url = Url::parse("https://a.example/hook?k=1").unwrap();
        add_fields(&mut url, r#"{"event":"job.finished","requested":2,"x":null,"u":"http://h/?a=b&c"}"#);
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(pairs.len(), 5);
        for wanted in [
            pair("k", "1"),
            pair("event", "job.finished"),
            pair("requested", "2"),
            pair("x", ""),
            pair("u", "http://h/?a=b&c"),
        ] {
            assert!(pairs.contains(&wanted), "{wanted:?}");
        }
    }

    #[test]
    fn receivers_say_when_in_seconds_or_by_date() {
        let now = UNIX_EPOCH + Duration::from_secs(1_789_992_000);
        let wait = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, text.parse().unwrap());
            retry_after(&headers, now)
        };
        assert_eq!(wait("120"), Some(Duration::from_secs(120)));
        assert_eq!(wait("99999999999999999999999"), Some(LONGEST_WEBHOOK_WAIT));
        assert_eq!(wait("Mon, 21 Sep 2026 12:01:00 GMT"), Some(Duration::from_secs(60)));
        assert_eq!(wait("Mon, 21 Sep 2026 11:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("soon"), None);
        assert_eq!(wait("-1"), None);
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }
}
