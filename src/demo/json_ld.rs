//! schema.org data as shops embed it in their pages.

use super::view::{OfferView, ProductView};
use serde_json::{Value, json};

/// The text of a `<script type="application/ld+json">`: a product and, where it has any, its offers.
pub(super) fn product(view: &ProductView<'_>, offers: Value) -> String {
    let mut node = json!({
        "@context": "https://schema.org",
        "@type": "Product",
        "name": view.name,
        "description": view.description,
        "image": view.image_url,
        "url": view.url,
        "mpn": view.mpn,
        "gtin": view.gtins,
        "category": view.category,
        "brand": { "@type": "Brand", "name": view.brand },
    });
    if let Some(reviews) = &view.reviews {
        node["aggregateRating"] = json!({
            "@type": "AggregateRating",
            "ratingValue": reviews.machine,
            "bestRating": "5",
            "reviewCount": reviews.count,
        });
    }
    if !offers.is_null() {
        node["offers"] = offers;
    }
    script_text(&node)
}

/// A range of prices; null without offers.
pub(super) fn aggregate(low: Option<String>, count: usize, currency: &str) -> Value {
    low.map_or(
        Value::Null,
        |low| json!({ "@type": "AggregateOffer", "lowPrice": low, "offerCount": count, "priceCurrency": currency }),
    )
}

/// One shop's offer.
pub(super) fn offer(view: &OfferView<'_>, shop_name: &str) -> Value {
    let mut node = json!({
        "@type": "Offer",
        "price": view.price_machine,
        "priceCurrency": view.currency,
        "availability": format!("https://schema.org/{}", view.availability_code),
        "itemCondition": format!("https://schema.org/{}", view.condition_code),
        "seller": { "@type": "Organization", "name": shop_name },
        "url": view.url,
    });
    if let Some(shipping) = &view.shipping_machine {
        node["shippingDetails"] = json!({
            "@type": "OfferShippingDetails",
            "shippingRate": { "@type": "MonetaryAmount", "value": shipping, "currency": view.currency },
        });
    }
    node
}

/// JSON that can stand inside a script element in any charset: no text in it can end the element.
fn script_text(node: &Value) -> String {
    let mut text = String::new();
    for c in node.to_string().chars() {
        match c {
            '<' | '>' | '&' | '\u{80}'.. => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    text.push_str(&format!("\\u{unit:04x}"));
                }
            }
            plain => text.push(plain),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_the_script_and_it_reads_back() {
        let node = json!({ "name": "</script> & 27\" – 😀" });
        let text = script_text(&node);
        assert!(text.is_ascii() && !text.contains('<') && !text.contains('&'));
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), node);
    }
}
