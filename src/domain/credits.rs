//! What a value costs.

use super::{ConditionFilter, LookupOptions, MaxAge, SortBy};

/// A count of credits. One credit is one page of a topic's list (offers, search results, reviews), times the multiplier.
pub type Credits = u64;

/// How many credits a page costs: fresher data costs double.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Multiplier(pub u8);

impl Multiplier {
    pub const ORDINARY: Multiplier = Multiplier(1);
    pub const DOUBLE: Multiplier = Multiplier(2);

    /// As v2 charges: double when anything but the page limit differs from its default, an age of more than
    /// [`MaxAge::DAILY`] apart. (v1 charges by [`super::Currentness::multiplier`].)
    pub fn of_v2(options: &LookupOptions) -> Multiplier {
        let selection = options.selection;
        let is_particular = options.max_age.minutes < MaxAge::DAILY.minutes
            || matches!(selection.condition, Some(ConditionFilter::New | ConditionFilter::Used))
            || selection.sort_by != SortBy::default()
            || selection.min_price.is_some()
            || selection.max_price.is_some();
        if is_particular { Multiplier::DOUBLE } else { Multiplier::ORDINARY }
    }

    /// What so many pages cost.
    pub fn of_pages(self, pages: u64) -> Credits {
        pages.saturating_mul(Credits::from(self.0))
    }

    /// How many pages so many credits pay for.
    pub fn pages_for(self, credits: Credits) -> u64 {
        credits / Credits::from(self.0.max(1))
    }
}

/// Credits of a job, split by the purse they come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Charge {
    pub free: Credits,
    pub paid: Credits,
}

impl Charge {
    /// Free credits are used up first and stop at 0; the remainder is paid.
    pub fn split(total: Credits, free_left: Credits) -> Charge {
        let free = total.min(free_left);
        Charge { free, paid: total - free }
    }

    pub fn total(self) -> Credits {
        self.free + self.paid
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Currentness, PageLimit, Selection};
    use proptest::prelude::*;

    #[test]
    fn what_differs_from_the_default_costs_double() {
        let ordinary =
            LookupOptions { page_limit: PageLimit::All, max_age: MaxAge::DAILY, selection: Selection::default() };
        let price = "1".parse().ok();
        let with = |selection| LookupOptions { selection, ..ordinary };
        let aged = |minutes| LookupOptions { max_age: MaxAge { minutes }, ..ordinary };
        let none = Selection::default();
        for options in [ordinary, aged(1201), with(Selection { condition: Some(ConditionFilter::All), ..none })] {
            assert_eq!(Multiplier::of_v2(&options), Multiplier::ORDINARY, "{options:?}");
        }
        for options in [
            aged(1199),
            aged(0),
            with(Selection { condition: Some(ConditionFilter::New), ..none }),
            with(Selection { condition: Some(ConditionFilter::Used), ..none }),
            with(Selection { sort_by: SortBy::PriceAscending, ..none }),
            with(Selection { min_price: price, ..none }),
            with(Selection { max_price: price, ..none }),
        ] {
            assert_eq!(Multiplier::of_v2(&options), Multiplier::DOUBLE, "{options:?}");
        }
    }

    /// `docs/API/credits.md` has exactly these rows.
    #[test]
    fn the_documented_prices_are_these() {
        let ordinary =
            LookupOptions { page_limit: PageLimit::All, max_age: MaxAge::DAILY, selection: Selection::default() };
        let none = Selection::default();
        let (new, price) = (Some(ConditionFilter::New), "1".parse().ok());
        let v2 = |selection| Multiplier::of_v2(&LookupOptions { selection, ..ordinary });
        let young = Multiplier::of_v2(&LookupOptions { max_age: MaxAge { minutes: 1199 }, ..ordinary });
        let rows = [
            ("nothing but `max_pages`, or `max_age` of 1200 and more", v2(none)),
            ("`max_age` below 1200", young),
            ("`condition` `new` or `used`", v2(Selection { condition: new, ..none })),
            ("`sort_by` other than `ranking_descending`", v2(Selection { sort_by: SortBy::PriceAscending, ..none })),
            ("`min_price`", v2(Selection { min_price: price, ..none })),
            ("`max_price`", v2(Selection { max_price: price, ..none })),
            ("several of these", v2(Selection { condition: new, max_price: price, ..none })),
            ("`currentness` `daily_updated`, whatever `conditions`", Currentness::DailyUpdated.multiplier()),
            ("`currentness` `realtime`, whatever `conditions`", Currentness::Realtime.multiplier()),
        ];
        let page = include_str!("../../docs/API/credits.md");
        for (asked, multiplier) in rows {
            let [one, three, twenty] = [1, 3, 20].map(|pages| multiplier.of_pages(pages));
            let row = format!("| {asked} | {} | {one} | {three} | {twenty} |", multiplier.0);
            assert!(page.lines().any(|line| line == row), "{row}");
        }
        let (_, section) = page.split_once("## Price").unwrap();
        let (section, _) = section.split_once("\n## ").unwrap();
        let told = section.lines().filter(|line| line.starts_with("| ") && !line.contains("1 page")).count();
        assert_eq!(told, rows.len());
    }

    proptest! {
        #[test]
        fn nothing_is_lost_in_the_split(total in 0u64..1_000_000, free_left in 0u64..1_000_000) {
            let charge = Charge::split(total, free_left);
            prop_assert_eq!(charge.total(), total);
            prop_assert!(charge.free <= free_left);
            prop_assert!(charge.paid == 0 || charge.free == free_left);
        }
    }
}
