//! The pages of a lookup so far, and when they are enough.

use super::{Outcome, StoredPage};
use crate::domain::{ConditionFilter, LookupPage, PageLimit, Reason, Timestamp};
use crate::sources::plan::Hit;
use std::collections::HashSet;
use std::sync::Arc;

/// Pages 1…n of one lookup, and how it ended if it did.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pages: Vec<Arc<LookupPage>>,
    /// Where the product stands, once someone searched.
    hit: Option<Hit>,
    /// Why the page after the last one cannot be had.
    failure: Option<Reason>,
    /// An older reading of the first page, for when there is none that is fresh.
    renewable: Option<Arc<StoredPage>>,
}

impl Listing {
    /// Whether nothing in it is older than that.
    pub fn is_fresh(&self, oldest: Timestamp) -> bool {
        self.pages.iter().all(|page| page.fetched_at >= oldest)
    }

    /// Nothing is known yet, neither pages nor a failure.
    pub fn is_new(&self) -> bool {
        self.pages.is_empty() && self.failure.is_none()
    }

    pub fn restart(&mut self, pages: Vec<Arc<StoredPage>>, renewable: Option<Arc<StoredPage>>) {
        *self = Listing { pages, hit: self.hit.take(), failure: None, renewable };
    }

    pub fn renewable(&self) -> Option<&LookupPage> {
        self.renewable.as_deref()
    }

    pub fn pages(&self) -> &[Arc<LookupPage>] {
        &self.pages
    }

    pub fn hit(&self) -> Option<&Hit> {
        self.hit.as_ref()
    }

    pub fn set_hit(&mut self, hit: Hit) {
        self.hit = Some(hit);
    }

    pub fn push(&mut self, page: LookupPage) {
        self.pages.push(Arc::new(page));
    }

    /// The page behind the last one is empty: the list ended before.
    pub fn end(&mut self) {
        if let Some(last) = self.pages.last_mut() {
            *last = Arc::new(LookupPage { is_last: true, ..(**last).clone() });
        }
    }

    pub fn fail(&mut self, reason: Reason) {
        self.failure = Some(reason);
    }

    /// The pages stay, and the one behind them may be tried for again.
    pub fn forget_failure(&mut self) {
        self.failure = None;
    }

    #[cfg(test)]
    pub fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// What this listing answers to someone who wants so many pages, or `None` while more must be fetched.
    pub fn outcome(&self, wanted: Wanted) -> Option<Outcome> {
        if let Some(first) = self.pages.first().filter(|page| page.content.is_none()) {
            return Some(Outcome::NotFound { page: first.clone() });
        }
        if let Some(count) = wanted.count(&self.pages) {
            return Some(Outcome::Found { pages: self.pages[..count].to_vec(), incomplete: false });
        }
        let reason = self.failure?;
        Some(match self.pages.is_empty() {
            true => Outcome::Failed(reason),
            false => Outcome::Found { pages: self.pages.clone(), incomplete: true },
        })
    }
}

/// How many pages are wanted, the source's own cap included.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub limit: PageLimit,
    /// At least 1.
    pub cap: u32,
    /// Shops count for [`PageLimit::UntilTwoShops`] only with an offer that will be delivered.
    pub condition: Option<ConditionFilter>,
}

impl Wanted {
    /// How many of these pages are enough; `None` when they are too few.
    fn count(self, pages: &[Arc<LookupPage>]) -> Option<usize> {
        let mut shops = HashSet::new();
        for (page, number) in pages.iter().zip(1u32..) {
            if self.limit == PageLimit::UntilTwoShops {
                shops.extend(shop_names(page, self.condition));
            }
            let is_enough = match self.limit {
                PageLimit::Pages(wanted) => number >= wanted,
                PageLimit::All => false,
                PageLimit::UntilTwoShops => shops.len() >= 2,
            };
            if is_enough || page.is_last || number >= self.cap {
                return Some(number as usize);
            }
        }
        None
    }
}

/// The shops of a page that offer the product in the condition asked for; letter case does not make another shop.
fn shop_names(page: &LookupPage, asked: Option<ConditionFilter>) -> impl Iterator<Item = String> {
    let offers = page.content.iter().flat_map(|content| &content.offers);
    let offers = offers.filter(move |offer| asked.is_none_or(|asked| asked.admits(offer.condition)));
    offers.filter_map(|offer| offer.shop_name.as_deref()).map(|name| name.trim().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Offer, PageContent};

    fn page(shops: &[&str]) -> LookupPage {
        let offer = |shop: &&str| Offer { shop_name: Some((*shop).to_owned()), ..Offer::default() };
        let content = PageContent { offers: shops.iter().map(offer).collect(), ..PageContent::default() };
        LookupPage {
            id: String::new(),
            fingerprint: String::new(),
            number: 1,
            fetched_at: Timestamp(0),
            is_last: false,
            content: Some(Arc::new(content)),
            version: None,
        }
    }

    fn listing(pages: &[&[&str]]) -> Listing {
        Listing { pages: pages.iter().map(|shops| Arc::new(page(shops))).collect(), ..Listing::default() }
    }

    fn count(listing: &Listing, limit: PageLimit) -> Option<usize> {
        Wanted { limit, cap: 4, condition: None }.count(&listing.pages)
    }

    #[test]
    fn stops_when_enough() {
        let three = listing(&[&["A", "a "], &["A"], &["A", "B"]]);
        assert_eq!(count(&three, PageLimit::Pages(0)), Some(1), "there is always a first page");
        assert_eq!(count(&three, PageLimit::Pages(2)), Some(2));
        assert_eq!(count(&three, PageLimit::Pages(4)), None);
        assert_eq!(count(&three, PageLimit::All), None);
        assert_eq!(count(&three, PageLimit::UntilTwoShops), Some(3));
        let four = listing(&[&["A"], &["A"], &["A"], &["A"], &["B"]]);
        for limit in [PageLimit::All, PageLimit::Pages(9), PageLimit::UntilTwoShops] {
            assert_eq!(count(&four, limit), Some(4), "the source's cap");
        }
    }

    #[test]
    fn stops_at_the_end() {
        let mut two = listing(&[&["A"], &["A"]]);
        two.end();
        for limit in [PageLimit::All, PageLimit::Pages(9), PageLimit::UntilTwoShops] {
            assert_eq!(count(&two, limit), Some(2));
        }
    }

    #[test]
    fn a_failed_later_page_leaves_the_pages_before_it() {
        let mut one = listing(&[&["A"]]);
        one.fail(Reason::FailedToAccessSource);
        let wants = |limit| one.outcome(Wanted { limit, cap: 9, condition: None });
        assert!(matches!(wants(PageLimit::All), Some(Outcome::Found { incomplete: true, .. })));
        assert!(matches!(wants(PageLimit::Pages(1)), Some(Outcome::Found { incomplete: false, .. })));
        let mut none = Listing::default();
        assert!(none.outcome(Wanted { limit: PageLimit::All, cap: 9, condition: None }).is_none());
        none.fail(Reason::Error);
        let outcome = none.outcome(Wanted { limit: PageLimit::All, cap: 9, condition: None });
        assert!(matches!(outcome, Some(Outcome::Failed(Reason::Error))));
    }
}
