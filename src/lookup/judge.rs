//! What a page that was read means for the lookup. Pure.

use super::get::{GetError, ReadPage};
use crate::domain::SearchResult;
use crate::domain::{Gtin, Key, Lookup, LookupPage, Reason, Topic};
use crate::extraction::{Extracted, Verdict};
use crate::sources::plan::{self, Hit};
use crate::sources::{Definition, Step};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Why the next page of a listing cannot be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// The list ended with the page before.
    End,
    /// There is no such product, or no such page.
    NotFound,
    Failed(Reason),
    Later(Duration),
}

impl From<GetError> for Stop {
    fn from(error: GetError) -> Stop {
        match error {
            GetError::Later(wait) => Stop::Later(wait),
            GetError::Gone => Stop::NotFound,
            GetError::Failed(reason) => Stop::Failed(reason),
        }
    }
}

/// Whether a page shows a product.
pub(super) fn understood(extracted: &Extracted) -> Result<(), Stop> {
    match extracted.verdict {
        Verdict::Understood => Ok(()),
        Verdict::NoResult => Err(Stop::NotFound),
        Verdict::NotUnderstood => Err(Stop::Failed(Reason::Error)),
    }
}

/// Whether a page of search results lists any.
pub(super) fn listed(extracted: &Extracted) -> Result<(), Stop> {
    match extracted.verdict {
        _ if !extracted.search_results.is_empty() => Ok(()),
        Verdict::NoResult | Verdict::Understood => Err(Stop::NotFound),
        Verdict::NotUnderstood => Err(Stop::Failed(Reason::Error)),
    }
}

/// Whether a page of the list can be read. One without entries may be something else than an empty page: if the product's page
/// counted its offers (`announced`, for the first page), the count tells. Otherwise a source whose pages can say that there is
/// nothing must say so; and a page that was linked to is there for its entries.
pub(super) fn readable(
    topic: Topic,
    extracted: &Extracted,
    step: &Step,
    number: u32,
    announced: Option<u32>,
) -> Result<(), Stop> {
    let has_entries = match topic {
        Topic::ProductAndOffers | Topic::Product | Topic::Offers => !extracted.offers.is_empty(),
        Topic::SearchResults => !extracted.search_results.is_empty(),
        Topic::Reviews => !extracted.reviews.is_empty(),
    };
    let must_say = match announced {
        Some(count) => count > 0,
        None => step.has_no_result_sign || (number > 1 && step.has_next),
    };
    let is_empty = !has_entries && extracted.verdict == Verdict::NotUnderstood;
    if is_empty && must_say { Err(Stop::Failed(Reason::Error)) } else { Ok(()) }
}

/// The first search hit that can be followed. A hit that names another GTIN than the one asked for is no hit.
pub(super) fn choose_hit(definition: &Definition, lookup: &Lookup, page: &ReadPage) -> Result<Hit, Stop> {
    listed(&page.extracted)?;
    let results = &page.extracted.search_results;
    let mut fitting = results.iter().filter(|result| fits(result, lookup)).peekable();
    if fitting.peek().is_none() {
        return Err(Stop::NotFound);
    }
    fitting
        .map(|result| Hit { id: result.id.clone(), url: result.url.as_deref().and_then(|url| hit_url(&page.url, url)) })
        .find(|hit| plan::can_follow(definition, lookup, hit))
        .ok_or(Stop::Failed(Reason::Error))
}

fn fits(result: &SearchResult, lookup: &Lookup) -> bool {
    let told = result.gtin.as_deref().and_then(|text| text.parse::<Gtin>().ok());
    lookup.key != Key::Gtin || told.is_none_or(|gtin| gtin.as_str() == lookup.value)
}

/// A hit's address, made absolute. Pages of the network never lead into the binary's own marketplace, nor out of it.
fn hit_url(base: &Url, link: &str) -> Option<String> {
    let url = base.join(link).ok()?;
    let is_web = |url: &Url| matches!(url.scheme(), "http" | "https");
    let kept = url.scheme() == base.scheme() || (is_web(&url) && is_web(base));
    kept.then(|| url.to_string())
}

/// Where the list goes on behind this page: by the page's own link, or by number.
pub(super) fn next_url(
    definition: &Definition,
    lookup: &Lookup,
    hit: Option<&Hit>,
    page: &ReadPage,
    number: u32,
    before: &[Arc<LookupPage>],
) -> Option<String> {
    let step = definition.list_step(lookup.topic)?;
    if lookup.topic == Topic::Product {
        return None;
    }
    if step.has_next {
        return linked_url(page, before);
    }
    if step.max_pages <= 1 {
        return None;
    }
    let planned = plan::list_page(definition, lookup, hit?, number + 1)?.ok()?;
    Some(planned.url.to_string())
}

/// The next link, if it leads to a page of the same server that the list has not had yet.
fn linked_url(page: &ReadPage, before: &[Arc<LookupPage>]) -> Option<String> {
    let mut url = page.url.join(page.extracted.next_page.as_deref()?).ok()?;
    url.set_fragment(None);
    let place = |url: &Url| (url.scheme().to_owned(), url.host_str().map(str::to_owned), url.port_or_known_default());
    if url == page.url || place(&url) != place(&page.url) {
        return None;
    }
    let seen = before.iter().filter_map(|page| page.content.as_ref()?.next_url.as_deref());
    let text = url.to_string();
    (!seen.into_iter().any(|had| had == text)).then_some(text)
}
