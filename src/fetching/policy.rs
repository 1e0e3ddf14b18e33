//! What a source definition says about how its servers may be visited.

use serde::Deserialize;
use std::collections::BTreeMap;

/// Manners toward one source's hosts. What is not given comes from the operator's settings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FetchPolicy {
    pub user_agent: Option<String>,
    /// Whether robots.txt is asked first and obeyed.
    pub robots: Option<bool>,
    /// Least time between the starts of two requests to one host.
    pub pace_ms: Option<u64>,
    /// Most requests to one host at the same time.
    pub concurrency: Option<u32>,
    /// Most time for one request, redirects and body included.
    pub timeout_ms: Option<u64>,
    /// So many failures in a row, and the host rests; 0 = never, for a source that refuses single products.
    pub breaker_failures: Option<u32>,
    /// The pool of proxies that requests leave through, of the operator's settings; `direct` = none.
    pub proxies: Option<String>,
    /// What fetches the pages; `None` = an ordinary request.
    pub fetch: Option<Means>,
    /// In the browser: a CSS selector that matches once there is something to read.
    pub wait_for: Option<String>,
    /// Sent with every request.
    pub headers: BTreeMap<String, String>,
    pub blocked: BlockSigns,
}

/// By what means a page is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// One request.
    Http,
    /// The operator's browser, which runs the page's scripts.
    Browser,
}

impl FetchPolicy {
    pub fn needs_browser(&self) -> bool {
        self.fetch == Some(Means::Browser)
    }
}

/// How an answer that refuses us looks, beside the statuses 401, 403, 407, 429 and 503.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BlockSigns {
    pub status: Vec<u16>,
    /// The page's source holds one of these texts, in any letter case.
    pub text: Vec<String>,
}
