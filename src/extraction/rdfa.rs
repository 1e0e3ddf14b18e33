//! Names of older vocabularies as schema.org says them: GoodRelations (`gr:hasCurrencyValue`) and data-vocabulary.org.
//!
//! Rule from: GoodRelations 1.0, <http://purl.org/goodrelations/v1>, and its mapping into schema.org.

use super::graph::local_name;

/// Vocabularies whose names are read; others (OpenGraph, FOAF, Dublin Core) speak of the page.
const PREFIXES: &[&str] = &["schema:", "gr:", "v:", "s:", "product:"];
const ADDRESSES: &[&str] = &["schema.org/", "purl.org/goodrelations/", "data-vocabulary.org/"];

/// Whether an RDFa name is of a vocabulary that describes products: one of theirs, or one without a prefix.
pub(super) fn is_ours(name: &str) -> bool {
    !name.contains(':') || PREFIXES.iter().any(|p| name.starts_with(p)) || ADDRESSES.iter().any(|a| name.contains(a))
}

/// A property's name in schema.org: `gr:hasCurrencyValue` → `price`.
pub(super) fn property(name: &str) -> &str {
    let local = local_name(name);
    match local {
        "hasCurrencyValue" | "hasMaxCurrencyValue" => "price",
        "hasMinCurrencyValue" => "lowPrice",
        "hasCurrency" | "currency" => "priceCurrency",
        "hasPriceSpecification" => "priceSpecification",
        "hasEAN_UCC-13" => "gtin13",
        "hasGTIN-14" => "gtin14",
        "hasGTIN-8" => "gtin8",
        "hasMPN" => "mpn",
        "hasStockKeepingUnit" => "sku",
        "hasBrand" => "brand",
        "hasManufacturer" => "manufacturer",
        "includes" | "includesObject" if name.starts_with("gr:") => "itemOffered",
        "typeOfGood" => "itemOffered",
        "offerDetails" => "offers",
        "hasInventoryLevel" => "inventoryLevel",
        "availableDeliveryMethods" => "",
        other => other,
    }
}

/// A type's name in schema.org: `gr:Offering` → `Offer`.
pub(super) fn kind(name: &str) -> &str {
    match local_name(name) {
        "Offering" => "Offer",
        "ProductOrService"
        | "ProductOrServiceModel"
        | "Individual"
        | "ActualProductOrServiceInstance"
        | "ProductOrServicesSomeInstancesPlaceholder" => "Product",
        "Offer-aggregate" => "AggregateOffer",
        "Review-aggregate" => "AggregateRating",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_names_become_new_ones() {
        assert_eq!(property("gr:hasCurrencyValue"), "price");
        assert_eq!(property("http://purl.org/goodrelations/v1#hasEAN_UCC-13"), "gtin13");
        assert_eq!(property("schema:price"), "price");
        assert_eq!(kind("gr:Offering"), "Offer");
        assert!(is_ours("price") && is_ours("gr:name") && !is_ours("og:title") && !is_ours("foaf:page"));
    }
}
