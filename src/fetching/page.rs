//! What a fetch answers.

use crate::domain::{Reason, Validators};
use std::time::Duration;
use url::Url;

/// One page to get.
#[derive(Debug, Clone)]
pub struct PageRequest {
    pub url: Url,
    pub policy: std::sync::Arc<super::FetchPolicy>,
    /// A wait for the host's pace, open connections or breaker that would be longer than this is not waited out here but
    /// answered as [`FetchError::Later`], so that the value holds no slot meanwhile.
    pub patience: Duration,
}

/// A page as it came, unpacked and decoded.
#[derive(Debug, Clone)]
pub struct FetchedPage {
    /// After redirects.
    pub url: Url,
    pub status: u16,
    pub text: String,
    /// Content type without parameters, lower case; empty when the server sent none.
    pub content_type: String,
    pub bytes_received: u64,
    pub bytes_unpacked: u64,
    pub duration: Duration,
    /// Its share of the bytes held at once.
    pub weight: super::Weight,
    /// How the server marked this version; empty when it did not, or when a redirect led here.
    pub validators: Validators,
}

/// What became of a page that was known already.
#[derive(Debug, Clone)]
pub enum Answer {
    /// It is as it was. Its bytes are those of the head alone: none are counted.
    Unchanged,
    Page(Box<FetchedPage>),
}

/// Why there is no page. Every kind maps to one documented reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The host must not be asked before this much time has passed.
    #[error("the host is to be asked again in {0:?}")]
    Later(Duration),
    /// 404 or 410: the page does not exist.
    #[error("status {0}")]
    Gone(u16),
    #[error("address not allowed: {0}")]
    Forbidden(String),
    #[error("robots.txt disallows it")]
    Robots,
    #[error("the source refused us ({0})")]
    Blocked(String),
    #[error("status {0}")]
    Status(u16),
    #[error("no answer in time")]
    Timeout,
    #[error("connection failed: {0}")]
    Connection(String),
    /// The server's certificate is not to be trusted, expired, or for another name. Asking again would not change it.
    #[error("certificate: {0}")]
    Certificate(String),
    #[error("too many redirects, or a redirect that cannot be followed")]
    Redirect,
    #[error("longer than {0} bytes")]
    TooLarge(u64),
    #[error("the body is broken: {0}")]
    BadBody(String),
    #[error("the host failed too often and rests")]
    BreakerOpen,
    /// Ours, not the source's: no proxy, or one that does not let us through.
    #[error("no way out: {0}")]
    Proxy(String),
    /// Ours as well: the operator's browser is not there, or failed.
    #[error("the browser: {0}")]
    Browser(String),
}

impl FetchError {
    /// The reason a value ends with, when retries do not help; `None` for [`FetchError::Later`].
    pub fn reason(&self) -> Option<Reason> {
        match self {
            FetchError::Later(_) => None,
            FetchError::Gone(_) => Some(Reason::NotFound),
            FetchError::Forbidden(_)
            | FetchError::Robots
            | FetchError::Blocked(_)
            | FetchError::Status(_)
            | FetchError::Timeout
            | FetchError::Connection(_)
            | FetchError::Certificate(_)
            | FetchError::Redirect
            | FetchError::TooLarge(_)
            | FetchError::BreakerOpen
            | FetchError::Proxy(_)
            | FetchError::Browser(_) => Some(Reason::FailedToAccessSource),
            FetchError::BadBody(_) => Some(Reason::Error),
        }
    }
}
