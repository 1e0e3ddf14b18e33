//! Which stored pages of a lookup still count.

use crate::domain::{LookupPage, Timestamp};
use std::sync::Arc;

/// A page as the store gives it back.
pub type StoredPage = LookupPage;

/// Pages 1…n that are fresh enough and belong together, n as large as possible.
///
/// A page that is older than the page before it belongs to an older listing, in which the same offer may have stood on
/// another page: it ends the prefix.
pub(super) fn fresh_prefix(mut stored: Vec<StoredPage>, fingerprint: &str, oldest: Timestamp) -> Vec<Arc<LookupPage>> {
    stored.retain(|page| page.fingerprint == fingerprint && page.fetched_at >= oldest);
    // Of several pages with one number the newest counts; of those of one moment always the same.
    stored.sort_by(|a, b| (a.number, b.fetched_at, &a.id).cmp(&(b.number, a.fetched_at, &b.id)));
    stored.dedup_by_key(|page| page.number);
    let mut prefix: Vec<Arc<LookupPage>> = Vec::new();
    for (page, number) in stored.into_iter().zip(1..) {
        let belongs = match prefix.last() {
            None => true,
            Some(before) => !before.is_last && page.content.is_some() && page.fetched_at >= before.fetched_at,
        };
        if page.number != number || !belongs {
            break;
        }
        prefix.push(Arc::new(page));
    }
    prefix
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(number: u32, fetched_at: i64) -> StoredPage {
        LookupPage {
            id: format!("{number}@{fetched_at}"),
            fingerprint: "f".into(),
            number,
            fetched_at: Timestamp(fetched_at),
            is_last: false,
            content: Some(Arc::default()),
            version: None,
        }
    }

    fn ids(stored: Vec<StoredPage>, oldest: i64) -> Vec<String> {
        fresh_prefix(stored, "f", Timestamp(oldest)).iter().map(|page| page.id.clone()).collect()
    }

    #[test]
    fn takes_the_prefix_that_is_fresh() {
        assert_eq!(ids(vec![page(2, 11), page(1, 10), page(3, 12)], 10), ["1@10", "2@11", "3@12"]);
        assert_eq!(ids(vec![page(1, 10), page(2, 11), page(3, 12)], 11), [""; 0], "the first page is too old");
        assert_eq!(ids(vec![page(1, 10), page(3, 12)], 0), ["1@10"], "a gap");
        assert_eq!(ids(vec![page(2, 10)], 0), [""; 0]);
    }

    #[test]
    fn a_page_of_an_older_listing_does_not_belong() {
        assert_eq!(ids(vec![page(1, 10), page(1, 20), page(2, 11)], 0), ["1@20"]);
        assert_eq!(ids(vec![page(1, 10), page(2, 11), page(2, 21)], 0), ["1@10", "2@21"]);
    }

    #[test]
    fn nothing_follows_the_end() {
        let last = StoredPage { is_last: true, ..page(1, 10) };
        assert_eq!(ids(vec![last, page(2, 11)], 0), ["1@10"]);
        let not_found = StoredPage { content: None, is_last: true, ..page(1, 10) };
        assert_eq!(ids(vec![not_found], 0), ["1@10"]);
        let other = StoredPage { fingerprint: "g".into(), ..page(1, 10) };
        assert_eq!(ids(vec![other], 0), [""; 0]);
    }
}
