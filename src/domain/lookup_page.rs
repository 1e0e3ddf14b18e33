//! A page of a lookup as the store keeps it.

use super::{PageContent, Timestamp};
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
}
