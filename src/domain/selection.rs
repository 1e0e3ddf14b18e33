//! Which entries of the delivered pages are told, and in which order.
//!
//! Amounts compare only within one currency. A list's currency is that of its first priced entry, which is the source's own
//! but for the odd stranger; bounds are amounts of it, so an entry priced in another one is outside of any bound, and comes
//! behind the list's own prices when the cheapest are told first.

use super::{Amount, Condition, Currency, Offer, SearchResult, Selection, SortBy};
use std::cmp::Ordering;

/// What the rules ask of an entry.
#[derive(Debug, Clone, Copy)]
struct Entry {
    condition: Option<Condition>,
    /// Item price, without postage.
    price: Option<Amount>,
    currency: Option<Currency>,
}

/// The places (from 0, in the source's order) of the offers to tell, in the order in which they are told.
pub fn select_offers(offers: &[Offer], selection: &Selection) -> Vec<usize> {
    let entry = |o: &Offer| Entry { condition: o.condition, price: o.price, currency: o.currency };
    select(&offers.iter().map(entry).collect::<Vec<_>>(), selection)
}

/// The same for search results; the price of a range is its lowest.
pub fn select_search_results(results: &[SearchResult], selection: &Selection) -> Vec<usize> {
    let entry =
        |r: &SearchResult| Entry { condition: r.condition, price: r.price.or(r.min_price), currency: r.currency };
    select(&results.iter().map(entry).collect::<Vec<_>>(), selection)
}

impl Selection {
    /// Whether every entry is told in the source's order.
    pub fn takes_all(&self) -> bool {
        *self
            == Selection {
                condition: self.condition.filter(|c| *c == super::ConditionFilter::All),
                ..Selection::default()
            }
    }

    /// Whether a thing in this condition at this price is wanted, the currency being that of the bounds.
    pub fn admits(&self, condition: Option<Condition>, price: Option<Amount>) -> bool {
        let is_bounded = self.min_price.is_some() || self.max_price.is_some();
        let is_inside = price.is_some_and(|price| {
            self.min_price.is_none_or(|min| price >= min) && self.max_price.is_none_or(|max| price <= max)
        });
        self.condition.is_none_or(|asked| asked.admits(condition)) && (!is_bounded || is_inside)
    }
}

fn select(entries: &[Entry], selection: &Selection) -> Vec<usize> {
    let own = entries.iter().find(|entry| entry.price.is_some()).and_then(|entry| entry.currency);
    let is_told = |entry: &Entry| selection.admits(entry.condition, entry.price.filter(|_| entry.currency == own));
    let mut told: Vec<usize> = (0..entries.len()).filter(|place| is_told(&entries[*place])).collect();
    if selection.sort_by == SortBy::PriceAscending {
        // Stable: equal prices stay in the source's order.
        told.sort_by(|a, b| by_price(&entries[*a], &entries[*b], own));
    }
    told
}

/// Prices in the list's currency first, then those in others, a currency after the other, then unknown ones.
fn by_price(a: &Entry, b: &Entry, own: Option<Currency>) -> Ordering {
    let group = |entry: &Entry| match entry.price {
        Some(_) if entry.currency == own => (0, ""),
        Some(_) => (1, entry.currency.map_or("", |currency| currency.code())),
        None => (2, ""),
    };
    group(a).cmp(&group(b)).then_with(|| a.price.cmp(&b.price))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ConditionFilter;

    fn offer(price: &str, currency: Currency, condition: Option<Condition>) -> Offer {
        Offer { price: price.parse().ok(), currency: Some(currency), condition, ..Offer::default() }
    }

    fn offers() -> Vec<Offer> {
        vec![
            offer("", Currency::EUR, None),
            offer("20", Currency::EUR, Some(Condition::Used)),
            offer("5", Currency::JPY, None),
            offer("9.90", Currency::EUR, None),
            offer("3", Currency::GBP, None),
            offer("20.00", Currency::EUR, Some(Condition::New)),
            offer("4", Currency::GBP, None),
        ]
    }

    #[test]
    fn without_wishes_all_are_told_in_the_sources_order() {
        assert_eq!(select_offers(&offers(), &Selection::default()), [0, 1, 2, 3, 4, 5, 6]);
        let all = Selection { condition: Some(ConditionFilter::All), ..Selection::default() };
        assert!(all.takes_all() && Selection::default().takes_all());
        assert!(!Selection { sort_by: SortBy::PriceAscending, ..all }.takes_all());
    }

    #[test]
    fn the_cheapest_come_first_within_their_currency_and_unknown_prices_last() {
        let cheapest = Selection { sort_by: SortBy::PriceAscending, ..Selection::default() };
        assert_eq!(select_offers(&offers(), &cheapest), [3, 1, 5, 4, 6, 2, 0]);
    }

    #[test]
    fn bounds_are_included_and_leave_out_what_has_no_such_price() {
        let bounds = |min: &str, max: &str| Selection {
            min_price: min.parse().ok(),
            max_price: max.parse().ok(),
            ..Selection::default()
        };
        assert_eq!(select_offers(&offers(), &bounds("9.9", "20")), [1, 3, 5]);
        assert_eq!(select_offers(&offers(), &bounds("9.91", "")), [1, 5]);
        assert_eq!(select_offers(&offers(), &bounds("", "9.89")), [0usize; 0]);
        let used = Selection { condition: Some(ConditionFilter::Used), ..bounds("1", "") };
        assert_eq!(select_offers(&offers(), &used), [1]);
    }

    #[test]
    fn a_range_of_prices_counts_from_its_lowest() {
        let result = |price: &str, min: &str| SearchResult {
            price: price.parse().ok(),
            min_price: min.parse().ok(),
            currency: Some(Currency::EUR),
            ..SearchResult::default()
        };
        let results = [result("", "7"), result("6", "1"), result("", "")];
        let wish = Selection { sort_by: SortBy::PriceAscending, max_price: "7".parse().ok(), ..Selection::default() };
        assert_eq!(select_search_results(&results, &wish), [1, 0]);
    }
}
