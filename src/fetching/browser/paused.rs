//! A request that a page made and the browser holds back: what it is, what becomes of it, and the answer it gets. Pure.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

/// Longest body of a page's own request, in bytes.
const LONGEST_BODY: usize = 64 * 1024;
/// Most header lines of a page's own request.
const MOST_HEADERS: usize = 64;

/// Headers of the server's answer that are about the way it came, which is another one from here to the browser.
const OF_THE_WAY: [&str; 8] = [
    "content-encoding",
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "alt-svc",
    "strict-transport-security",
    "trailer",
];

/// A policy beside the page's own: frames, plug-ins and workers would be pages of their own, in which nothing of this room
/// holds. It is inherited by what a page writes into a frame itself.
const CONFINED: &str = "frame-src 'none'; object-src 'none'; worker-src 'none'; \
     connect-src http: https: data: blob:; webrtc 'block'";

/// What the browser tells of a request (`Fetch.requestPaused`).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Paused {
    pub request_id: String,
    request: PausedRequest,
    #[serde(default)]
    frame_id: String,
    #[serde(default)]
    resource_type: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PausedRequest {
    url: String,
    method: String,
    #[serde(default)]
    headers: serde_json::Map<String, Value>,
    post_data: Option<String>,
    #[serde(default)]
    post_data_entries: Vec<PostData>,
}

#[derive(Debug, Deserialize)]
struct PostData {
    bytes: Option<String>,
}

/// What becomes of a paused request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Made by us.
    Make(Ask),
    /// Answered with nothing: the page waits for it to come, but what it holds is for eyes only.
    Empty,
    Refuse,
}

/// A request to make for a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::fetching) struct Ask {
    pub url: Url,
    pub method: Verb,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The page itself, or what it redirected to.
    pub is_page: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::fetching) enum Verb {
    Get,
    Head,
    Post,
    Options,
}

/// The server's answer, unpacked.
#[derive(Debug, Clone, Default)]
pub(in crate::fetching) struct Relayed {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub received: u64,
}

impl Paused {
    pub(super) fn parse(params: Value) -> Option<Paused> {
        serde_json::from_value(params).ok()
    }

    /// What becomes of it, in the page whose first frame is this one.
    pub(super) fn fate(self, frame: &str) -> Fate {
        let is_page = self.resource_type == "Document" && self.frame_id == frame;
        match self.resource_type.as_str() {
            "Stylesheet" => return Fate::Empty,
            // Frames are pages of others, mostly advertisements; the rest is to be looked at or to tell on us.
            "Document" if !is_page => return Fate::Refuse,
            "Document" | "Script" | "XHR" | "Fetch" | "Preflight" => {}
            _ => return Fate::Refuse,
        }
        let Ok(mut url) = Url::parse(&self.request.url) else { return Fate::Refuse };
        url.set_fragment(None);
        let method = match self.request.method.as_str() {
            "GET" => Verb::Get,
            "HEAD" => Verb::Head,
            "POST" => Verb::Post,
            "OPTIONS" => Verb::Options,
            _ => return Fate::Refuse,
        };
        let body = match self.request.body() {
            Some(body) if matches!(url.scheme(), "http" | "https") => body,
            _ => return Fate::Refuse,
        };
        let text =
            |(name, value): (String, Value)| value.as_str().map(|value| (name.to_ascii_lowercase(), value.to_owned()));
        let headers = self.request.headers.into_iter().take(MOST_HEADERS).filter_map(text).collect();
        Fate::Make(Ask { url, method, headers, body, is_page })
    }
}

impl PausedRequest {
    /// `None` when it is too long.
    fn body(&self) -> Option<Vec<u8>> {
        let mut body = Vec::new();
        for entry in &self.post_data_entries {
            let encoded = entry.bytes.as_deref().unwrap_or_default();
            if encoded.len() > 2 * LONGEST_BODY {
                return None;
            }
            body.extend(STANDARD.decode(encoded).ok()?);
            if body.len() > LONGEST_BODY {
                return None;
            }
        }
        if body.is_empty() {
            body.extend_from_slice(self.post_data.as_deref().unwrap_or_default().as_bytes());
        }
        (body.len() <= LONGEST_BODY).then_some(body)
    }
}

/// The command that answers a paused request.
pub(super) fn fulfil(request_id: &str, relayed: &Relayed) -> Value {
    let kept = relayed.headers.iter().filter(|(name, _)| !OF_THE_WAY.contains(&name.as_str()));
    let headers: Vec<Value> = kept.map(|(name, value)| json!({"name": name, "value": value})).collect();
    json!({
        "requestId": request_id,
        "responseCode": relayed.status,
        "responseHeaders": headers,
        "body": STANDARD.encode(&relayed.body),
    })
}

/// The same for the page itself, which then has no frames, workers and sockets.
pub(super) fn fulfil_page(request_id: &str, relayed: &Relayed) -> Value {
    let mut command = fulfil(request_id, relayed);
    if let Some(headers) = command["responseHeaders"].as_array_mut() {
        headers.push(json!({"name": "content-security-policy", "value": CONFINED}));
    }
    command
}

/// An empty style sheet.
pub(super) fn nothing(request_id: &str) -> Value {
    let headers = [("content-type", "text/css"), ("access-control-allow-origin", "*")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    fulfil(request_id, &Relayed { status: 200, headers, ..Relayed::default() })
}

/// The command that refuses one.
pub(super) fn refuse(request_id: &str) -> Value {
    json!({"requestId": request_id, "errorReason": "BlockedByClient"})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fate(kind: &str, frame: &str, request: Value) -> Fate {
        let params = json!({"requestId": "r", "frameId": frame, "resourceType": kind, "request": request});
        Paused::parse(params).unwrap().fate("main")
    }

    fn get(url: &str) -> Value {
        json!({"url": url, "method": "GET", "headers": {"Accept": "*/*", "X": 1}})
    }

    #[test]
    fn only_what_makes_the_page_is_fetched() {
        let is_made = |kind, frame| matches!(fate(kind, frame, get("https://s.example/x")), Fate::Make(_));
        for kind in ["Document", "Script", "XHR", "Fetch", "Preflight"] {
            assert!(is_made(kind, "main"), "{kind}");
        }
        for kind in ["Image", "Font", "Media", "WebSocket", "EventSource", "Ping", "Prefetch", "Manifest", "Other", ""]
        {
            assert!(!is_made(kind, "main"), "{kind}");
        }
        assert!(!is_made("Document", "other"), "a frame");
        assert_eq!(fate("Stylesheet", "main", get("https://s.example/x.css")), Fate::Empty);
        for url in ["ftp://s.example/", "file:///etc/passwd", "chrome://version", "nonsense", "ws://s.example/"] {
            assert_eq!(fate("Document", "main", get(url)), Fate::Refuse, "{url}");
        }
    }

    #[test]
    fn a_request_is_taken_over_as_it_is() {
        let Fate::Make(ask) = fate("Document", "main", get("https://s.example/x?y#z")) else { panic!() };
        assert_eq!((ask.url.as_str(), ask.is_page), ("https://s.example/x?y", true));
        assert_eq!(ask.headers, [("accept".to_owned(), "*/*".to_owned())]);
        let entries = json!([{"bytes": STANDARD.encode("{\"a\":")}, {"bytes": STANDARD.encode("1}")}]);
        let post =
            json!({"url": "https://s.example/api", "method": "POST", "postData": "?", "postDataEntries": entries});
        let Fate::Make(ask) = fate("XHR", "main", post) else { panic!() };
        assert_eq!((ask.method, ask.body.as_slice(), ask.is_page), (Verb::Post, b"{\"a\":1}".as_slice(), false));
        let long = "x".repeat(LONGEST_BODY + 1);
        assert_eq!(
            fate("XHR", "main", json!({"url": "https://s.example", "method": "POST", "postData": long})),
            Fate::Refuse
        );
        assert_eq!(fate("XHR", "main", json!({"url": "https://s.example", "method": "PUT"})), Fate::Refuse);
    }

    #[test]
    fn an_answer_loses_what_is_about_the_way_it_came() {
        let headers =
            [("content-type", "text/html"), ("content-encoding", "gzip"), ("set-cookie", "a=b"), ("set-cookie", "c=d")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let answer = fulfil("r", &Relayed { status: 200, headers, body: b"hi".to_vec(), received: 9 });
        let names: Vec<&str> =
            answer["responseHeaders"].as_array().unwrap().iter().map(|h| h["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["content-type", "set-cookie", "set-cookie"]);
        assert_eq!((&answer["responseCode"], &answer["body"]), (&json!(200), &json!("aGk=")));
    }
}
