//! An older reading of a lookup's first page that may still be right: the source is asked whether the page changed, and if
//! it did not, the reading is renewed: the same content, observed now.
//!
//! Only where one request led to the page and nothing about the question changed: the same address, the same definition.
//! A server that says "not changed" for ever is not believed for ever: now and then the page itself is asked for.

use crate::domain::{LookupPage, PageVersion, Timestamp, Validators};
use crate::sources::Definition;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// So many renewals in a row, and the page itself is read again.
pub(super) const MOST_RENEWALS: u32 = 20;
/// A page that was read longer ago is read again. Older pages need not be offered for renewal.
pub const LONGEST_RENEWED: Duration = Duration::from_secs(3 * 24 * 3600);

/// The newest first page of a lookup whose version is known, among pages too old to be delivered.
pub(super) fn renewable(stored: &[LookupPage], fingerprint: &str) -> Option<Arc<LookupPage>> {
    let firsts = stored.iter().filter(|page| page.number == 1 && page.fingerprint == fingerprint);
    let newest = firsts.max_by_key(|page| page.fetched_at)?;
    (newest.version.is_some() && newest.content.is_some()).then(|| Arc::new(newest.clone()))
}

/// The marks to ask with, if the older reading may be renewed at all.
pub(super) fn known_version<'p>(
    before: Option<&'p LookupPage>,
    definition: &Definition,
    url: &Url,
    now: Timestamp,
) -> Option<&'p PageVersion> {
    let version = before?.version.as_deref()?;
    let is_same = version.url == url.as_str() && version.definition == definition.digest;
    let is_believed = version.renewals < MOST_RENEWALS && now.since(version.read_at) < LONGEST_RENEWED;
    (is_same && is_believed && !version.validators.is_empty()).then_some(version)
}

/// The version of a page that was read now; `None` when the server gave no marks of it.
pub(super) fn version_read(
    validators: Validators,
    definition: &Definition,
    url: &Url,
    now: Timestamp,
) -> Option<PageVersion> {
    let (url, definition) = (url.to_string(), definition.digest.clone());
    (!validators.is_empty()).then_some(PageVersion { url, definition, validators, read_at: now, renewals: 0 })
}

/// The version of a page that was not changed once more.
pub(super) fn version_renewed(before: &PageVersion) -> PageVersion {
    PageVersion { renewals: before.renewals.saturating_add(1), ..before.clone() }
}
