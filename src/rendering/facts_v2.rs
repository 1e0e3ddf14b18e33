//! What version 2 tells about a value, worked out once for every format.

use crate::domain::{
    Amount, Condition, Currency, FoundResult, Gtin, ItemOutcome, ItemResult, JobHead, Offer, Reason, Review,
    SearchResult, select_offers, select_search_results,
};
use url::Url;

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
    /// Whether the page's own price is for a thing in the condition asked for, within the bounds.
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
    pub fn new(head: &'a JobHead, item: &'a ItemResult) -> EntryFacts<'a> {
        let outcome = match &item.outcome {
            ItemOutcome::Found(result) => Ok(FoundFacts::new(head, result)),
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
        self.head.options.page_limit.pages()
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
    fn new(head: &JobHead, result: &'a FoundResult) -> FoundFacts<'a> {
        let selection = &head.options.selection;
        let lengths = &result.page_lengths;
        FoundFacts {
            result,
            offers: placed(&result.offers, select_offers(&result.offers, selection), lengths),
            search_results: placed(
                &result.search_results,
                select_search_results(&result.search_results, selection),
                lengths,
            ),
            reviews: placed(&result.reviews, 0..result.reviews.len(), lengths),
            is_own_admitted: selection.admits(result.product.condition, result.product.price),
        }
    }

    /// The page's own price if it is for the condition asked for, within the bounds.
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
        self.entry.total()
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

    /// Of a product that several sell the lowest, as everywhere: programs show `price` of whatever is listed.
    pub fn price(&self) -> Option<Amount> {
        self.money(self.entry.price.or(self.entry.min_price))
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
        self.entry.total()
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

/// The entries at `told` among all, in that order. Their pages are told by how many entries each page has; those beyond
/// are on the last one.
fn placed<'a, T>(all: &'a [T], told: impl IntoIterator<Item = usize>, page_lengths: &[u32]) -> Vec<Placed<'a, T>> {
    let ends: Vec<usize> = page_lengths
        .iter()
        .scan(0, |end: &mut usize, length| {
            *end = end.saturating_add(*length as usize);
            Some(*end)
        })
        .collect();
    let last = ends.len().saturating_sub(1);
    let page_of = |index: usize| (ends.partition_point(|end| *end <= index).min(last) + 1) as u32;
    let entries = told.into_iter().filter_map(|index| Some((index, all.get(index)?)));
    entries.zip(1..).map(|((index, entry), position)| Placed { entry, page: page_of(index), position }).collect()
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
        let places = |told: &[usize], lengths: &[u32]| -> Vec<(&str, u32, u32)> {
            let told = placed(&all, told.iter().copied(), lengths);
            told.iter().map(|placed| (*placed.entry, placed.page, placed.position)).collect()
        };
        let whole = [("a", 1, 1), ("b", 1, 2), ("a", 2, 3), ("c", 2, 4), ("d", 3, 5)];
        assert_eq!(places(&[0, 1, 2, 3, 4], &[2, 2, 1]), whole);
        assert_eq!(places(&[4, 0, 3], &[2, 2, 1]), [("d", 3, 1), ("a", 1, 2), ("c", 2, 3)]);
        assert_eq!(places(&[1, 2], &[0, 2, 0, 3]), [("b", 2, 1), ("a", 4, 2)], "pages without an entry");
        assert_eq!(places(&[3], &[]), [("c", 1, 1)], "results stored before pages were counted");
        assert_eq!(places(&[4], &[2, 1]), [("d", 2, 1)], "more entries than the pages tell");
    }
}
