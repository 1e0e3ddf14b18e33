//! How complete and how fresh an answer must be.

use super::{Amount, Condition, Multiplier};
use std::time::Duration;

/// How many pages of a lookup's list are gathered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PageLimit {
    /// At most this many.
    Pages(u32),
    /// All of them, up to the source's own cap.
    All,
    /// As many as it takes until two different shops are listed.
    UntilTwoShops,
}

impl PageLimit {
    /// The number; `None` where it is no number that ends it.
    pub fn pages(self) -> Option<u32> {
        match self {
            PageLimit::Pages(pages) => Some(pages),
            PageLimit::All | PageLimit::UntilTwoShops => None,
        }
    }
}

/// How old a stored page may be when it is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MaxAge {
    pub minutes: u32,
}

impl MaxAge {
    /// 20 hours: the age up to which a page costs the ordinary credit.
    pub const DAILY: MaxAge = MaxAge { minutes: 1200 };
    /// The age a realtime answer may have.
    pub const REALTIME: MaxAge = MaxAge { minutes: 15 };

    pub fn duration(self) -> Duration {
        Duration::from_secs(u64::from(self.minutes) * 60)
    }
}

/// The `completeness` parameter of v1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    OnePage,
    AllPages,
    AtLeastTwoShops,
}

impl Completeness {
    pub const ALL: [Completeness; 3] = [Completeness::OnePage, Completeness::AllPages, Completeness::AtLeastTwoShops];

    pub fn as_str(self) -> &'static str {
        match self {
            Completeness::OnePage => "one_page",
            Completeness::AllPages => "all_pages",
            Completeness::AtLeastTwoShops => "at_least_two_shops",
        }
    }

    pub fn page_limit(self) -> PageLimit {
        match self {
            Completeness::OnePage => PageLimit::Pages(1),
            Completeness::AllPages => PageLimit::All,
            Completeness::AtLeastTwoShops => PageLimit::UntilTwoShops,
        }
    }
}

/// The `currentness` parameter of v1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Currentness {
    DailyUpdated,
    Realtime,
}

impl Currentness {
    pub const ALL: [Currentness; 2] = [Currentness::DailyUpdated, Currentness::Realtime];

    pub fn as_str(self) -> &'static str {
        match self {
            Currentness::DailyUpdated => "daily_updated",
            Currentness::Realtime => "realtime",
        }
    }

    pub fn max_age(self) -> MaxAge {
        match self {
            Currentness::DailyUpdated => MaxAge::DAILY,
            Currentness::Realtime => MaxAge::REALTIME,
        }
    }

    pub fn multiplier(self) -> Multiplier {
        match self {
            Currentness::DailyUpdated => Multiplier::ORDINARY,
            Currentness::Realtime => Multiplier::DOUBLE,
        }
    }
}

/// Which offers are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConditionFilter {
    All,
    New,
    Used,
}

impl ConditionFilter {
    pub const ALL: [ConditionFilter; 3] = [ConditionFilter::New, ConditionFilter::Used, ConditionFilter::All];

    pub fn as_str(self) -> &'static str {
        match self {
            ConditionFilter::All => "all",
            ConditionFilter::New => "new",
            ConditionFilter::Used => "used",
        }
    }

    /// As v2 spells it.
    pub fn v2(self) -> &'static str {
        match self {
            ConditionFilter::All => "any",
            ConditionFilter::New | ConditionFilter::Used => self.as_str(),
        }
    }

    /// Whether an offer in this condition is wanted. An offer that does not say counts as new, as shops sell new things
    /// without saying so; refurbished things are used.
    pub fn admits(self, condition: Option<Condition>) -> bool {
        match self {
            ConditionFilter::All => true,
            ConditionFilter::New => matches!(condition, None | Some(Condition::New)),
            ConditionFilter::Used => matches!(condition, Some(Condition::Used | Condition::Refurbished)),
        }
    }
}

/// The options of a lookup that its result depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LookupOptions {
    pub page_limit: PageLimit,
    pub max_age: MaxAge,
    pub selection: Selection,
}

impl LookupOptions {
    /// The same for a value that can be charged for at most so many pages: one more is looked for, since only then is it
    /// known that pages are missing.
    pub fn affording(self, pages: Option<u32>) -> LookupOptions {
        let Some(most) = pages.map(|pages| pages.saturating_add(1)) else { return self };
        let page_limit = match self.page_limit {
            PageLimit::Pages(wanted) => PageLimit::Pages(wanted.min(most)),
            PageLimit::All => PageLimit::Pages(most),
            // Where they are is known only when they are read.
            PageLimit::UntilTwoShops => PageLimit::UntilTwoShops,
        };
        LookupOptions { page_limit, ..self }
    }
}

/// Which entries of the delivered pages are told, and in which order; applied to what the pages say, so that the same pages
/// serve every selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Selection {
    /// `None` when the caller did not ask; then the results of v1 do not name a condition either.
    pub condition: Option<ConditionFilter>,
    pub sort_by: SortBy,
    /// Least and most item price, both included, in the currency of the list; entries without such a price are left out.
    pub min_price: Option<Amount>,
    pub max_price: Option<Amount>,
}

impl Selection {
    /// The condition as v2 tells it: not to ask is to take any.
    pub fn condition_v2(&self) -> &'static str {
        self.condition.unwrap_or(ConditionFilter::All).v2()
    }
}

/// The order in which entries are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SortBy {
    /// The source's own order.
    #[default]
    RankingDescending,
    /// Cheapest item price first; entries without a price last, in the source's order.
    PriceAscending,
}

impl SortBy {
    pub const ALL: [SortBy; 2] = [SortBy::RankingDescending, SortBy::PriceAscending];

    pub fn as_str(self) -> &'static str {
        match self {
            SortBy::RankingDescending => "ranking_descending",
            SortBy::PriceAscending => "price_ascending",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_page_more_than_can_be_paid_is_looked_for() {
        let limit = |page_limit, pages| {
            let options = LookupOptions { page_limit, max_age: MaxAge::DAILY, selection: Selection::default() };
            options.affording(pages).page_limit
        };
        assert_eq!(limit(PageLimit::All, None), PageLimit::All);
        assert_eq!(limit(PageLimit::All, Some(3)), PageLimit::Pages(4));
        assert_eq!(limit(PageLimit::Pages(3), Some(3)), PageLimit::Pages(3));
        assert_eq!(limit(PageLimit::Pages(9), Some(3)), PageLimit::Pages(4));
        assert_eq!(limit(PageLimit::Pages(9), Some(u32::MAX)), PageLimit::Pages(9));
        assert_eq!(limit(PageLimit::UntilTwoShops, Some(3)), PageLimit::UntilTwoShops);
    }
}
