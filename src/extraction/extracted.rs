//! What extraction answers.

use super::recipe::{OfferField, ProductField};
use crate::domain::{Country, Currency, Offer, Product, RatingDistribution, Review, SearchResult};
use std::collections::BTreeMap;
use url::Url;

/// What is known about a page besides its text.
#[derive(Debug, Clone, Copy, Default)]
pub struct PageContext<'a> {
    /// Where the page came from, after redirects: relative links are resolved against it.
    pub url: Option<&'a Url>,
    pub country: Option<Country>,
    /// Currency of the source in this country, for prices that do not name one.
    pub currency: Option<Currency>,
}

/// Everything a page says, by a recipe.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extracted {
    pub product: Product,
    /// In the page's order.
    pub offers: Vec<Offer>,
    pub search_results: Vec<SearchResult>,
    pub bestsellers: Vec<SearchResult>,
    pub reviews: Vec<Review>,
    pub rating_distribution: Option<RatingDistribution>,
    /// How many entries the page says the list has, over all pages.
    pub total_count: Option<u64>,
    /// Absolute where the page's URL is known.
    pub next_page: Option<String>,
    pub verdict: Verdict,
    /// Where each product field comes from.
    pub provenance: BTreeMap<ProductField, Evidence>,
}

/// What kind of page it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verdict {
    /// Nothing the recipe looks for was on the page.
    #[default]
    NotUnderstood,
    Understood,
    /// The page says that there is no such product.
    NoResult,
}

/// Where a value was found, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// A rule of the recipe.
    Rule,
    JsonLd,
    Microdata,
    Meta,
    /// Product data in the page's scripts.
    State,
    /// The page as a person sees it.
    Visible,
    /// The page's own address.
    Address,
    /// Not from the page: what the source has in this country.
    Default,
}

impl Evidence {
    /// The name in explanations.
    pub fn as_str(self) -> &'static str {
        match self {
            Evidence::Rule => "rule",
            Evidence::JsonLd => "json-ld",
            Evidence::Microdata => "microdata",
            Evidence::Meta => "meta",
            Evidence::State => "state",
            Evidence::Visible => "visible",
            Evidence::Address => "address",
            Evidence::Default => "default",
        }
    }
}

/// Whether an offer says something about a field.
pub fn has_offer_field(offer: &Offer, field: OfferField) -> bool {
    match field {
        OfferField::Id => offer.id.is_some(),
        OfferField::ShopName => offer.shop_name.is_some(),
        OfferField::ShopId => offer.shop_id.is_some(),
        OfferField::ShopUrl => offer.shop_url.is_some(),
        OfferField::ShopReviewCount => offer.shop_review_count.is_some(),
        OfferField::ShopReviewRating => offer.shop_review_rating.is_some(),
        OfferField::Price => offer.price.is_some(),
        OfferField::ShippingCosts => offer.shipping_costs.is_some(),
        OfferField::PriceWithShipping => offer.price_with_shipping.is_some(),
        OfferField::Currency => offer.currency.is_some(),
        OfferField::Url => offer.url.is_some(),
        OfferField::Name => offer.name.is_some(),
        OfferField::Availability => offer.availability.is_some() || offer.availability_text.is_some(),
        OfferField::Condition => offer.condition.is_some() || offer.condition_text.is_some(),
        OfferField::Details => offer.details.is_some(),
    }
}

/// Why a page could not be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
    #[error("the page cannot be parsed: {0}")]
    Parser(String),
    #[error("not JSON: {0}")]
    Json(String),
}
