//! The operator's browser, and a page of its own for each that is rendered.

use super::super::FetchError;
use super::devtools::Devtools;
use crate::outbound::{OutboundError, operator_client};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

/// Longest answer of the browser about itself, in bytes.
const LONGEST_SELF_DESCRIPTION: usize = 64 * 1024;
/// How long the browser has to say where it can be talked to.
const GREETING: Duration = Duration::from_secs(5);
/// The proxy of every context: nobody's. What is not paused and made by us ends here. SOCKS, so that even if somebody
/// listened there, nothing of a page's choosing would be said.
const NOWHERE: &str = "socks5://127.0.0.1:1";
/// Run before a page's own scripts: what opens further pages, or talks past any proxy (WebRTC sends datagrams), is taken
/// away.
const BEFORE_SCRIPTS: &str = "window.open = () => null; \
     for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection', 'WebTransport']) delete window[name];";

/// The browser that pages with `fetch = "browser"` are rendered in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BrowserSettings {
    /// Where its DevTools protocol answers: `http://127.0.0.1:9222`; empty = there is no browser.
    pub url: String,
    /// Most pages open at the same time.
    pub pages: u32,
    /// Most time for one page, from opening it to its HTML.
    pub timeout_ms: u64,
    /// Most requests of one page, and most bytes of all their bodies as sent.
    pub requests: u32,
    pub max_bytes_received: u64,
}

impl Default for BrowserSettings {
    fn default() -> BrowserSettings {
        BrowserSettings {
            url: String::new(),
            pages: 2,
            timeout_ms: 30_000,
            requests: 200,
            max_bytes_received: 16 << 20,
        }
    }
}

/// A browser and its places.
#[derive(Debug)]
pub struct Browser {
    address: Url,
    client: reqwest::Client,
    places: Arc<Semaphore>,
    pub(in crate::fetching) settings: BrowserSettings,
}

/// Why there is no browser.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    #[error("browser.url is the address of a browser's DevTools protocol, such as http://127.0.0.1:9222")]
    Address,
    #[error(transparent)]
    Outbound(#[from] OutboundError),
}

/// A page that is open; it is closed with its connection.
#[derive(Debug)]
pub(super) struct OpenPage {
    pub devtools: Devtools,
    pub frame: String,
    /// Given back when the page is gone.
    _place: OwnedSemaphorePermit,
}

impl Browser {
    /// The browser of the settings; `None` when they name none. It is not spoken to yet.
    pub fn new(settings: BrowserSettings) -> Result<Option<Browser>, BrowserError> {
        if settings.url.is_empty() {
            return Ok(None);
        }
        let address = Url::parse(&settings.url).map_err(|_| BrowserError::Address)?;
        if address.scheme() != "http" || address.host_str().is_none() {
            return Err(BrowserError::Address);
        }
        let places = Arc::new(Semaphore::new(settings.pages.max(1) as usize));
        Ok(Some(Browser { address, client: operator_client()?, places, settings }))
    }

    /// A place for a page; waiting for it longer than `patience` is answered with [`FetchError::Later`].
    pub(in crate::fetching) async fn place(&self, patience: Duration) -> Result<OwnedSemaphorePermit, FetchError> {
        let place = tokio::time::timeout(patience, Arc::clone(&self.places).acquire_owned()).await;
        place.ok().and_then(Result::ok).ok_or(FetchError::Later(Duration::from_millis(self.settings.timeout_ms / 10)))
    }

    /// Opens an empty page whose every request is paused. `most_bytes` is the longest message the page may cause.
    pub(super) async fn open(
        &self,
        place: OwnedSemaphorePermit,
        user_agent: &str,
        most_bytes: u64,
    ) -> Result<OpenPage, FetchError> {
        let failed = |error: std::io::Error| FetchError::Browser(error.to_string());
        let path = self.find_endpoint().await?;
        let host = self.address.host_str().unwrap_or_default();
        let port = self.address.port_or_known_default().unwrap_or(80);
        let stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await.map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        let mut devtools = Devtools::connect(&format!("ws://{host}:{port}{path}"), stream, most_bytes).await?;
        let context = json!({"disposeOnDetach": true, "proxyServer": NOWHERE, "proxyBypassList": "<-loopback>"});
        let context = text(&devtools.call("Target.createBrowserContext", context).await?, "browserContextId")?;
        let denied = json!({"behavior": "deny", "browserContextId": context});
        devtools.call("Browser.setDownloadBehavior", denied).await?;
        let page = json!({"url": "about:blank", "browserContextId": context});
        let target = text(&devtools.call("Target.createTarget", page).await?, "targetId")?;
        let attached = devtools.call("Target.attachToTarget", json!({"targetId": target, "flatten": true})).await?;
        devtools.set_session(text(&attached, "sessionId")?);
        devtools.call("Fetch.enable", json!({"patterns": [{"urlPattern": "*", "requestStage": "Request"}]})).await?;
        devtools.call("Page.enable", json!({})).await?;
        // Frames in processes of their own, and workers, are attached before they begin, and never let begin.
        let held = json!({"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true});
        devtools.call("Target.setAutoAttach", held).await?;
        devtools.call("Emulation.setUserAgentOverride", json!({"userAgent": user_agent})).await?;
        devtools.call("Page.addScriptToEvaluateOnNewDocument", json!({"source": BEFORE_SCRIPTS})).await?;
        // A page's first frame has the target's own id.
        Ok(OpenPage { devtools, frame: target, _place: place })
    }

    /// The path of the browser's own endpoint; it changes with each start. Its host is ours to know: the browser names
    /// itself as it sees itself.
    async fn find_endpoint(&self) -> Result<String, FetchError> {
        let failed = |error: reqwest::Error| FetchError::Browser(error.without_url().to_string());
        let address = self.address.join("/json/version").map_err(|error| FetchError::Browser(error.to_string()))?;
        let mut response = self.client.get(address).timeout(GREETING).send().await.map_err(failed)?;
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > LONGEST_SELF_DESCRIPTION {
                return Err(FetchError::Browser("it describes itself without end".to_owned()));
            }
        }
        let told: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let endpoint = Url::parse(&text(&told, "webSocketDebuggerUrl")?);
        endpoint.map(|url| url.path().to_owned()).map_err(|error| FetchError::Browser(error.to_string()))
    }
}

/// A text that an answer must have.
pub(super) fn text(answer: &Value, name: &str) -> Result<String, FetchError> {
    let value = answer[name].as_str();
    value.map(str::to_owned).ok_or_else(|| FetchError::Browser(format!("its answer has no {name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(url: &str) -> Result<Option<Browser>, BrowserError> {
        Browser::new(BrowserSettings { url: url.to_owned(), pages: 1, ..BrowserSettings::default() })
    }

    #[test]
    fn no_address_is_no_browser_and_a_wrong_one_an_error() {
        assert!(at("").unwrap().is_none());
        assert!(at("http://127.0.0.1:9222").unwrap().is_some());
        for url in ["127.0.0.1:9222", "ws://127.0.0.1:9222", "https://browser.example", "nonsense"] {
            assert!(at(url).is_err(), "{url}");
        }
    }

    #[tokio::test]
    async fn places_are_bounded() {
        let browser = at("http://127.0.0.1:9222").unwrap().unwrap();
        let first = browser.place(Duration::ZERO).await.unwrap();
        assert!(matches!(browser.place(Duration::ZERO).await, Err(FetchError::Later(_))));
        drop(first);
        assert!(browser.place(Duration::ZERO).await.is_ok());
    }
}
