//! An entry of a list of search results.

use super::product::total_of;
use super::{Amount, Condition, Currency};
use serde::{Deserialize, Serialize};

/// One entry of a search-result or bestseller list. Unknown is `None`, never 0 or an empty text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchResult {
    /// From 1, on its page.
    pub position: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_price: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_price: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_costs: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shop_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shop_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_count: Option<u32>,
    /// 0–100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_rating: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
}

impl SearchResult {
    /// Price and shipping together, in the currency's own decimals; `None` where either is unknown.
    pub fn total(&self) -> Option<Amount> {
        total_of(self.price, self.shipping_costs, self.currency)
    }
}
