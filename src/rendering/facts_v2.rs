//! What version 2 tells about a value, worked out once for every format.

use super::facts::{selected_offers, selected_search_results};
use crate::domain::{
    Amount, Condition, ConditionFilter, Currency, FoundResult, Gtin, ItemOutcome, ItemResult, JobHead, Offer,
    PageLimit, Reason, Review, SearchResult,
};
use std::borrow::Cow;
use url::Url;

/// The entries a value is told with: those of the delivered pages that the caller asked for.
pub struct Selected<'a> {
    offers: Cow<'a, [Offer]>,
    search_results: Cow<'a, [SearchResult]>,
}

impl<'a> Selected<'a> {
    pub fn of(head: &JobHead, item: &'a ItemResult) -> Selected<'a> {
        Selected { offers: selected_offers(head, item), search_results: selected_search_results(head, item) }
    }
}

/// One value's result beside its job.
pub struct EntryFacts<'a> {
    pub head: &'a JobHead,
    pub item: &'a ItemResult,
    pub outcome: Result<FoundFacts<'a>, Reason>,
}

/// What was found.
pub struct FoundFacts<'a> {
    pub result: &'a FoundResult,
    pub offers: Vec<Placed<'a, Offer>>,
    pub search_results: Vec<Placed<'a, SearchResult>>,
    pub reviews: Vec<Placed<'a, Review>>,
    /// Whether the page's own price is for a thing in the condition asked for.
    is_own_admitted: bool,
}

/// An entry of a list and where it stands.
pub struct Placed<'a, T> {
    pub entry: &'a T,
    /// The page of the source it stands on, from 1.
    pub page: u32,
    /// From 1, in the list as it is told.
    pub position: u32,
}

impl<'a> EntryFacts<'a> {
    pub fn new(head: &'a JobHead, item: &'a ItemResult, selected: &'a Selected<'_>) -> EntryFacts<'a> {
        let outcome = match &item.outcome {
            ItemOutcome::Found(result) => Ok(FoundFacts {
                result,
                offers: placed(&result.offers, &selected.offers, &result.page_lengths),
                search_results: placed(&result.search_results, &selected.search_results, &result.page_lengths),
                reviews: placed(&result.reviews, &result.reviews, &result.page_lengths),
                is_own_admitted: head
                    .options
                    .selection
                    .condition
                    .is_none_or(|asked| asked.admits(result.product.condition)),
            }),
            ItemOutcome::Failed(reason) => Err(*reason),
        };
        EntryFacts { head, item, outcome }
    }

    pub fn found(&self) -> Option<&FoundFacts<'a>> {
        self.outcome.as_ref().ok()
    }

    pub fn reason(&self) -> Option<&'static str> {
        self.outcome.as_ref().err().map(|reason| reason.wording())
    }

    /// The limit of pages; `None` where the caller set none (which only a job of version 1 can).
    pub fn max_pages(&self) -> Option<u32> {
        match self.head.options.page_limit {
            PageLimit::Pages(pages) => Some(pages),
            PageLimit::All | PageLimit::UntilTwoShops => None,
        }
    }

    /// `any`, `new` or `used`.
    pub fn condition(&self) -> &'static str {
        match self.head.options.selection.condition {
            None | Some(ConditionFilter::All) => "any",
            Some(asked @ (ConditionFilter::New | ConditionFilter::Used)) => asked.as_str(),
        }
    }

    pub fn pages_delivered(&self) -> u32 {
        self.found().map_or(0, |found| found.result.pages_delivered)
    }

    /// Without a limit, as many as there were: one more than came where a later page failed.
    pub fn pages_requested(&self) -> u32 {
        let all = || self.pages_delivered() + self.found().map_or(0, |found| u32::from(found.result.incomplete));
        self.max_pages().unwrap_or_else(all)
    }

    pub fn pages_live(&self) -> u32 {
        self.item.effort.pages_live.min(self.pages_delivered())
    }

    pub fn pages_from_cache(&self) -> u32 {
        self.pages_delivered() - self.pages_live()
    }

    /// Nothing of what is delivered was fetched for this value.
    pub fn is_from_cache(&self) -> bool {
        self.pages_delivered() > 0 && self.pages_live() == 0
    }
}

impl<'a> FoundFacts<'a> {
    /// The page's own price if it is for the condition asked for.
    pub fn price(&self) -> Option<Amount> {
        let product = &self.result.product;
        product.price.filter(|_| self.is_own_admitted).map(|price| price.rounded_to(product.currency))
    }

    pub fn list_price(&self) -> Option<Amount> {
        let product = &self.result.product;
        product.list_price.map(|price| price.rounded_to(product.currency))
    }

    /// The offer the product page makes itself; `None` where it has no price of its own.
    pub fn buybox(&self) -> Option<Buybox<'a>> {
        let product = &self.result.product;
        Some(Buybox {
            price: self.price()?,
            shop_name: product.seller_name.as_deref(),
            shipping_cost: product.shipping_costs.map(|costs| costs.rounded_to(product.currency)),
            currency: code(product.currency),
            availability_text: product.availability_text.as_deref().unwrap_or_default(),
            condition_text: product.condition.map(Condition::code),
        })
    }

    /// The name of the leaf of the category path where the page names no category of its own.
    pub fn category_name(&self) -> Option<&'a str> {
        let product = &self.result.product;
        product.category_name.as_deref().or(product.category_path.last().map(String::as_str))
    }

    pub fn eans(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.result.product.gtins.iter().filter_map(Gtin::ean)
    }

    /// How many the source says it has, else how many the delivered pages list; `None` where they list none.
    pub fn offer_count(&self) -> Option<u32> {
        let listed = u32::try_from(self.result.offers.len()).unwrap_or(u32::MAX);
        self.result.product.offer_count.or((listed > 0).then_some(listed))
    }

    /// From 0 to 5.
    pub fn stars(&self) -> Option<f64> {
        self.result.product.review_rating.map(|rating| f64::from(rating) / 20.0)
    }
}

/// What a product page sells itself.
pub struct Buybox<'a> {
    pub price: Amount,
    pub shop_name: Option<&'a str>,
    pub shipping_cost: Option<Amount>,
    pub currency: Option<&'static str>,
    pub availability_text: &'a str,
    pub condition_text: Option<&'static str>,
}

impl Placed<'_, Offer> {
    pub fn price(&self) -> Option<Amount> {
        self.entry.price.map(|price| price.rounded_to(self.entry.currency))
    }

    pub fn price_with_shipping(&self) -> Option<Amount> {
        self.entry.total().map(|total| total.rounded_to(self.entry.currency))
    }

    pub fn shipping_costs(&self) -> Option<Amount> {
        self.entry.shipping_costs.map(|costs| costs.rounded_to(self.entry.currency))
    }

    pub fn shop_domain(&self) -> Option<String> {
        domain_of(self.entry.shop_url.as_deref()?)
    }
}

impl Placed<'_, SearchResult> {
    fn money(&self, amount: Option<Amount>) -> Option<Amount> {
        amount.map(|amount| amount.rounded_to(self.entry.currency))
    }

    pub fn price(&self) -> Option<Amount> {
        self.money(self.entry.price)
    }

    pub fn min_price(&self) -> Option<Amount> {
        self.money(self.entry.min_price)
    }

    pub fn max_price(&self) -> Option<Amount> {
        self.money(self.entry.max_price)
    }

    pub fn shipping_costs(&self) -> Option<Amount> {
        self.money(self.entry.shipping_costs)
    }

    pub fn price_with_shipping(&self) -> Option<Amount> {
        let total = self.entry.price.zip(self.entry.shipping_costs).and_then(|(price, costs)| price.checked_add(costs));
        self.money(total)
    }

    /// An `offer` is one shop's; a `product` has a range of prices, or nobody is named who sells it.
    pub fn kind(&self) -> &'static str {
        let entry = self.entry;
        let has_range = entry.min_price.is_some() || entry.max_price.is_some();
        let has_shop = entry.shop_name.is_some() || entry.shop_url.is_some();
        if has_shop && !has_range { "offer" } else { "product" }
    }

    pub fn shop_domain(&self) -> Option<String> {
        domain_of(self.entry.shop_url.as_deref()?)
    }
}

impl Placed<'_, Review> {
    /// Whole stars from 1 to 5, halves rounded up.
    pub fn stars(&self) -> Option<u32> {
        self.entry.rating.map(|rating| ((u32::from(rating) + 10) / 20).clamp(1, 5))
    }
}

pub fn code(currency: Option<Currency>) -> Option<&'static str> {
    currency.map(|currency| currency.code())
}

/// The host of a shop's address without `www.`; `None` where the address has none, such as a path.
fn domain_of(url: &str) -> Option<String> {
    let is_host = |host: &str| host.contains('.') && !host.starts_with('.');
    let host = match Url::parse(url) {
        Ok(url) => url.host_str()?.to_owned(),
        // Some sources print the bare host.
        Err(_) if is_host(url.split('/').next().unwrap_or_default()) => {
            Url::parse(&format!("https://{url}")).ok()?.host_str()?.to_owned()
        }
        Err(_) => return None,
    };
    Some(host.strip_prefix("www.").filter(|rest| is_host(rest)).unwrap_or(&host).to_owned())
}

/// The told entries with their places. An entry's page is that of its own place among all: what is told in another order
/// is found again as the first one equal to it that is not taken yet, which is right since equal entries keep their order.
fn placed<'a, T: PartialEq + Clone>(all: &[T], told: &'a [T], page_lengths: &[u32]) -> Vec<Placed<'a, T>> {
    let pages: Vec<u32> = (1..).zip(page_lengths).flat_map(|(page, length)| (0..*length).map(move |_| page)).collect();
    let page_of = |index: usize| pages.get(index).or(pages.last()).copied().unwrap_or(1);
    let place = |(entry, position): (&'a T, u32), index: usize| Placed { entry, page: page_of(index), position };
    if all.len() == told.len() && std::ptr::eq(all, told) || pages.last().is_none_or(|last| *last == 1) {
        return told.iter().zip(1..).enumerate().map(|(index, entry)| place(entry, index)).collect();
    }
    let mut is_taken = vec![false; all.len()];
    let mut next = 0;
    let mut index_of = |entry: &T| {
        let ahead = (next..all.len()).chain(0..next);
        let index = ahead.into_iter().find(|&index| !is_taken[index] && all[index] == *entry)?;
        is_taken[index] = true;
        next = index + 1;
        Some(index)
    };
    told.iter().zip(1..).map(|told| place(told, index_of(told.0).unwrap_or(0))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_of_shops() {
        for (url, domain) in [
            ("https://www.morele.example/procesor?x=1", Some("morele.example")),
            ("http://shop.example:8080", Some("shop.example")),
            ("www.x-kom.example", Some("x-kom.example")),
            ("x-kom.example/a/b", Some("x-kom.example")),
            ("https://WWW.EXAMPLE", Some("www.example")),
            ("/shop/12", None),
            ("shop", None),
            ("", None),
            ("mailto:a@b.example", None),
            ("https://", None),
        ] {
            assert_eq!(domain_of(url).as_deref(), domain, "{url}");
        }
    }

    #[test]
    fn an_entry_keeps_its_page_in_any_order() {
        let all = ["a", "b", "a", "c", "d"];
        let places = |told: &[&'static str], lengths: &[u32]| -> Vec<(u32, u32)> {
            placed(&all, told, lengths).iter().map(|placed| (placed.page, placed.position)).collect()
        };
        assert_eq!(places(&["a", "b", "a", "c", "d"], &[2, 2, 1]), [(1, 1), (1, 2), (2, 3), (2, 4), (3, 5)]);
        assert_eq!(places(&["d", "a", "a", "c"], &[2, 2, 1]), [(3, 1), (1, 2), (2, 3), (2, 4)]);
        assert_eq!(places(&["c", "b"], &[5]), [(1, 1), (1, 2)]);
        assert_eq!(places(&["c", "b"], &[]), [(1, 1), (1, 2)], "results stored before pages were counted");
        assert_eq!(placed(&all, &all, &[2, 1]).last().unwrap().page, 2, "more entries than the pages tell");
    }
}
