//! Which entries of the delivered pages the caller asked for.

use super::facts::selected_offers;
use crate::domain::{ItemOutcome, ItemResult, JobHead, Offer, SearchResult};
use std::borrow::Cow;

/// The offers the caller asked for, in the order they are told.
pub fn selected_offers<'a>(head: &JobHead, item: &'a ItemResult) -> Cow<'a, [Offer]> {
    selected_offers(head, item)
}

/// The search results the caller asked for, in the order they are told.
pub fn selected_search_results<'a>(_head: &JobHead, item: &'a ItemResult) -> Cow<'a, [SearchResult]> {
    match &item.outcome {
        ItemOutcome::Found(found) => Cow::Borrowed(&found.search_results),
        ItemOutcome::Failed(_) => Cow::Borrowed(&[]),
    }
}
