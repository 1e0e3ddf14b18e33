//! The fields of an answer as texts, by the names of definition files.

use super::recipe::{OfferField, ProductField, ResultField, ReviewField, SpecificationField};
use crate::domain::SearchResult;
use crate::domain::{Offer, Product, Review, Specification};

/// A product field as people read it; lists with commas.
pub(super) fn product(p: &Product, field: ProductField) -> Option<String> {
    match field {
        ProductField::Id => p.id.clone(),
        ProductField::Name => p.name.clone(),
        ProductField::Url => p.url.clone(),
        ProductField::ImageUrl => p.image_url.clone(),
        ProductField::Description => p.description.clone(),
        ProductField::BrandName => p.brand_name.clone(),
        ProductField::CategoryName => p.category_name.clone(),
        ProductField::CategoryPath => joined(&p.category_path, " > "),
        ProductField::ReviewCount => p.review_count.map(|n| n.to_string()),
        ProductField::ReviewRating => p.review_rating.map(|n| n.to_string()),
        ProductField::Gtins => joined(&p.gtins, ", "),
        ProductField::Mpns => joined(&p.mpns, ", "),
        ProductField::Sku => p.sku.clone(),
        ProductField::Price => p.price.map(|a| a.to_string()),
        ProductField::ListPrice => p.list_price.map(|a| a.to_string()),
        ProductField::Currency => p.currency.map(|c| c.code().to_owned()),
        ProductField::Availability => {
            read_and_raw(p.availability.map(|a| a.schema_org()), p.availability_text.as_deref())
        }
        ProductField::Condition => p.condition.map(|c| c.code().to_owned()),
        ProductField::Dimensions => p.dimensions.clone(),
        ProductField::OfferCount => p.offer_count.map(|n| n.to_string()),
        ProductField::OffersUrl => p.offers_url.clone(),
        ProductField::SellerName => p.seller_name.clone(),
        ProductField::ShippingCosts => p.shipping_costs.map(|a| a.to_string()),
        ProductField::FeatureBullets => joined(&p.feature_bullets, " · "),
    }
}

/// An offer's field as people read it.
pub(super) fn offer(o: &Offer, field: OfferField) -> Option<String> {
    match field {
        OfferField::Id => o.id.clone(),
        OfferField::ShopName => o.shop_name.clone(),
        OfferField::ShopId => o.shop_id.clone(),
        OfferField::ShopUrl => o.shop_url.clone(),
        OfferField::ShopReviewCount => o.shop_review_count.map(|n| n.to_string()),
        OfferField::ShopReviewRating => o.shop_review_rating.map(|n| n.to_string()),
        OfferField::Price => o.price.map(|a| a.to_string()),
        OfferField::ShippingCosts => o.shipping_costs.map(|a| a.to_string()),
        OfferField::PriceWithShipping => o.price_with_shipping.map(|a| a.to_string()),
        OfferField::Currency => o.currency.map(|c| c.code().to_owned()),
        OfferField::Url => o.url.clone(),
        OfferField::Name => o.name.clone(),
        OfferField::Availability => {
            read_and_raw(o.availability.map(|a| a.schema_org()), o.availability_text.as_deref())
        }
        OfferField::Condition => read_and_raw(o.condition.map(|c| c.code()), o.condition_text.as_deref()),
        OfferField::Details => o.details.clone(),
    }
}

/// A search result's field as people read it.
pub(super) fn result(r: &SearchResult, field: ResultField) -> Option<String> {
    match field {
        ResultField::Id => r.id.clone(),
        ResultField::Name => r.name.clone(),
        ResultField::Position => (r.position > 0).then(|| r.position.to_string()),
        ResultField::Url => r.url.clone(),
        ResultField::ImageUrl => r.image_url.clone(),
        ResultField::Price => r.price.map(|a| a.to_string()),
        ResultField::MinPrice => r.min_price.map(|a| a.to_string()),
        ResultField::MaxPrice => r.max_price.map(|a| a.to_string()),
        ResultField::ShippingCosts => r.shipping_costs.map(|a| a.to_string()),
        ResultField::Currency => r.currency.map(|c| c.code().to_owned()),
        ResultField::ShopName => r.shop_name.clone(),
        ResultField::ShopUrl => r.shop_url.clone(),
        ResultField::Condition => r.condition_text.clone(),
        ResultField::ReviewCount => r.review_count.map(|n| n.to_string()),
        ResultField::ReviewRating => r.review_rating.map(|n| n.to_string()),
        ResultField::Gtin => r.gtin.clone(),
    }
}

/// A review's field as people read it.
pub(super) fn review(r: &Review, field: ReviewField) -> Option<String> {
    match field {
        ReviewField::Id => r.id.clone(),
        ReviewField::Url => r.url.clone(),
        ReviewField::Date => r.date.map(|date| date.to_string()),
        ReviewField::Rating => r.rating.map(|n| n.to_string()),
        ReviewField::Title => r.title.clone(),
        ReviewField::Comment => r.comment.clone(),
        ReviewField::HelpfulCount => r.helpful_count.map(|n| n.to_string()),
        ReviewField::VerifiedPurchase => r.verified_purchase.map(|is| is.to_string()),
    }
}

/// A data sheet's line as people read it.
pub(super) fn specification(s: &Specification, field: SpecificationField) -> Option<String> {
    match field {
        SpecificationField::Label => Some(s.label.clone()).filter(|label| !label.is_empty()),
        SpecificationField::Values => joined(&s.values, ", "),
    }
}

fn joined<T: ToString>(parts: &[T], between: &str) -> Option<String> {
    (!parts.is_empty()).then(|| parts.iter().map(T::to_string).collect::<Vec<_>>().join(between))
}

/// What a phrase was read as, else the phrase with a mark that it says nothing.
fn read_and_raw(read: Option<&str>, raw: Option<&str>) -> Option<String> {
    match (read, raw) {
        (Some(read), _) => Some(read.to_owned()),
        (None, Some(raw)) => Some(format!("? ({raw})")),
        (None, None) => None,
    }
}
