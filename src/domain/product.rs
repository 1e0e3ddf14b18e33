//! What a source says about a product and who sells it.

use super::{Amount, Availability, Condition, Currency, Gtin, RatingDistribution, Review, SearchResult};
use serde::{Deserialize, Serialize};

/// A product as one source shows it. Unknown is `None`, never 0 or an empty text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Product {
    /// The source's own id. Text: ids of some sources are larger than a signed 64-bit number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category_name: Option<String>,
    /// From the root to the leaf.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub category_path: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_count: Option<u32>,
    /// 0–100, whatever the scale on the page was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_rating: Option<u8>,
    /// Ascending, each with a right check digit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gtins: Vec<Gtin>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mpns: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The page's own price, if it sells the product itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Amount>,
    /// List price (rrp).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list_price: Option<Amount>,
    /// ISO 4217 code of `price` and `list_price`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability: Option<Availability>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<String>,
    /// Selling points as the page lists them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub feature_bullets: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub specifications: Vec<Specification>,
    /// Where all offers are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offers_url: Option<String>,
    /// Who sells at the page's own price, where the page says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seller_name: Option<String>,
    /// Of the page's own price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_costs: Option<Amount>,
    /// How many offers the source says it has, over all pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer_count: Option<u32>,
}

/// A line of a product's data sheet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Specification {
    pub label: String,
    pub values: Vec<String>,
}

/// One shop's offer for a product.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Offer {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shop_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shop_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shop_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shop_review_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shop_review_rating: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_costs: Option<Amount>,
    /// Price plus shipping; `None` where either is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_with_shipping: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability: Option<Availability>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
}

impl Offer {
    /// Price and shipping together, in the currency's own decimals: as the source says, else the sum of both where both
    /// are known.
    pub fn total(&self) -> Option<Amount> {
        let told = self.price_with_shipping.map(|total| total.rounded_to(self.currency));
        told.or_else(|| total_of(self.price, self.shipping_costs, self.currency))
    }
}

/// The sum of the two as they are told, each in the currency's own decimals: what a caller adds up comes out.
pub(super) fn total_of(
    price: Option<Amount>,
    shipping_costs: Option<Amount>,
    currency: Option<Currency>,
) -> Option<Amount> {
    price?.rounded_to(currency).checked_add(shipping_costs?.rounded_to(currency))
}

/// What one page of a lookup's list says: the product (as far as this page shows it) and this page's offers in the
/// source's order. The store keeps one row a page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PageContent {
    pub product: Product,
    pub offers: Vec<Offer>,
    /// Of the topic `search_results`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub search_results: Vec<SearchResult>,
    /// How many the source says there are, over all pages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_search_result_count: Option<u64>,
    /// Of the topic `reviews`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reviews: Vec<Review>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating_distribution: Option<RatingDistribution>,
    /// Where the list goes on, so that its next page can be fetched later without searching again; `None` on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_url: Option<String>,
}

impl PageContent {
    /// Whether anything of its topic's list is on it.
    pub fn has_entries(&self) -> bool {
        !self.offers.is_empty() || !self.search_results.is_empty() || !self.reviews.is_empty()
    }
}

impl PageContent {
    /// How many entries of its topic's list stand on the page: it holds those of one list only.
    pub fn entries(&self) -> usize {
        self.offers.len() + self.search_results.len() + self.reviews.len()
    }
}

/// Ranks from 1 by total, cheapest first, equal totals in the given order; `None` where a total is unknown.
pub fn rank_by_total(offers: &[Offer]) -> Vec<Option<u32>> {
    let mut known: Vec<(Amount, usize)> =
        offers.iter().enumerate().filter_map(|(i, offer)| Some((offer.total()?, i))).collect();
    known.sort();
    let mut ranks = vec![None; offers.len()];
    for (rank, (_, i)) in known.into_iter().enumerate() {
        ranks[i] = Some(rank as u32 + 1);
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(price: &str, shipping: Option<&str>) -> Offer {
        Offer { price: price.parse().ok(), shipping_costs: shipping.and_then(|s| s.parse().ok()), ..Offer::default() }
    }

    #[test]
    fn a_total_is_the_sum_of_what_is_told() {
        let euro = |offer: Offer| Offer { currency: Some(Currency::EUR), ..offer };
        let sum = |offer: Offer| offer.total().unwrap().to_string();
        assert_eq!(sum(euro(offer("12.345", Some("2.345")))), "14.70", "12.35 and 2.35");
        assert_eq!(sum(offer("12.345", Some("2.345"))), "14.690", "of an unknown currency nothing is rounded");
        let told = Offer { price_with_shipping: "14.69".parse().ok(), ..euro(offer("12.345", Some("2.345"))) };
        assert_eq!(sum(told), "14.69", "the source's own");
        let ranked = [euro(offer("14.695", Some("0"))), euro(offer("12.345", Some("2.345")))];
        assert_eq!(rank_by_total(&ranked), [Some(1), Some(2)], "both are told as 14.70");
    }

    #[test]
    fn unknown_totals_have_no_rank() {
        let offers = [offer("10", Some("5")), offer("1", None), offer("12", Some("0")), offer("11", Some("1.00"))];
        assert_eq!(rank_by_total(&offers), [Some(3), None, Some(1), Some(2)]);
    }
}
