//! A page of a lookup as the store keeps it.

use super::{PageContent, Timestamp};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One fetched page of a lookup's list; it never changes, and every job that asks within its freshness refers to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupPage {
    /// 32 hex characters, made when the page was fetched.
    pub id: String,
    /// [`super::Lookup::fingerprint`].
    pub fingerprint: String,
    /// From 1.
    pub number: u32,
    pub fetched_at: Timestamp,
    /// No page follows.
    pub is_last: bool,
    /// `None`: the source has no such product.
    pub content: Option<Arc<PageContent>>,
    /// Where the server gave what it takes to ask later whether the page changed. Only for a page that one request got.
    pub version: Option<Arc<PageVersion>>,
}

/// Which version of which page was read, and how: what a later request needs to be answered "not changed".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageVersion {
    pub url: String,
    /// Of the definition that the page was read by; another one may read another price off the same page.
    pub definition: String,
    #[serde(flatten)]
    pub validators: Validators,
    /// When the page itself came last.
    pub read_at: Timestamp,
    /// How often in a row it was "not changed" since.
    pub renewals: u32,
}

/// A server's marks of a version, as it wrote them. Rule from RFC 9110 §8.8.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Validators {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

impl Validators {
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}
