//! schema.org things read as a product and its offers.

use super::extracted::Evidence;
use super::graph::{Datum, Graph, NodeId};
use super::identity::PageIdentity;
use super::price_text::CurrencyHint;
use super::schema_offer::{MAX_OFFERS, OfferFacts, read_offer};
use super::{identifiers, rating, schema_review};
use crate::domain::{Availability, Condition, Gtin, Offer, Specification};

/// What one product thing says.
#[derive(Debug, Clone, Default)]
pub(super) struct ProductFacts {
    /// The thing they were read from.
    pub node: Option<NodeId>,
    pub evidence: Option<Evidence>,
    pub name: Option<String>,
    pub url: Option<String>,
    pub image: Option<String>,
    pub description: Option<String>,
    pub brand: Option<String>,
    pub category: Option<String>,
    pub sku: Option<String>,
    /// Sizes or colours have numbers of their own, and the page chooses none of them.
    pub has_other_skus: bool,
    pub mpns: Vec<String>,
    pub gtins: Vec<Gtin>,
    pub review_count: Option<u32>,
    pub review_rating: Option<u8>,
    pub offers: Vec<OfferFacts>,
    pub offer_count: Option<u32>,
    pub specifications: Vec<Specification>,
}

/// Sizes read of one product.
const MAX_SIBLINGS: usize = 200;

pub(super) const PRODUCT_TYPES: &[&str] = &[
    "Product",
    "IndividualProduct",
    "ProductModel",
    "SomeProducts",
    "ProductGroup",
    "Vehicle",
    "Car",
    "Book",
    "SoftwareApplication",
    "MobileApplication",
    "VideoGame",
    "Movie",
    "MusicAlbum",
    "Event",
    "MusicEvent",
    "TheaterEvent",
    "SportsEvent",
    "Course",
    "Drug",
];
const OFFER_TYPES: &[&str] = &["Offer", "AggregateOffer", "OfferForPurchase", "OfferForLease", "Demand"];
/// Properties that lead to other products than the page's own.
pub(super) const ASIDE_PROPERTIES: &[&str] = &[
    "isRelatedTo",
    "isSimilarTo",
    "isAccessoryOrSparePartFor",
    "isConsumableFor",
    "itemListElement",
    "mentions",
    "makesOffer",
    "hasOfferCatalog",
    "addOn",
    "includesObject",
    "significantLink",
    "relatedLink",
    "isVariantOf",
    "item",
];

/// The products the page is about, best first: those of one source each, so that a weaker source can fill gaps.
pub(super) fn own_products(graph: &Graph, page: &PageIdentity<'_>, hint: CurrencyHint) -> Vec<ProductFacts> {
    let mut products = Vec::new();
    for evidence in [Evidence::JsonLd, Evidence::Microdata] {
        let best = (0..graph.nodes.len())
            .filter(|n| graph.nodes[*n].evidence == Some(evidence) && graph.is_a(*n, PRODUCT_TYPES))
            .filter_map(|n| Some((score(graph, n, page)?, n)))
            .max_by_key(|(score, n)| (*score, std::cmp::Reverse(*n)));
        let orphan = || {
            (0..graph.nodes.len()).find(|n| {
                graph.nodes[*n].evidence == Some(evidence)
                    && graph.nodes[*n].parent.is_none()
                    && !graph.nodes[*n].is_aside
                    && graph.is_a(*n, OFFER_TYPES)
            })
        };
        if let Some((_, node)) = best {
            let mut facts = read_product(graph, node, page, hint, evidence);
            add_siblings(graph, node, page, hint, &mut facts);
            facts.specifications = schema_review::specifications(graph, node);
            if facts.offers.iter().all(|o| o.price.is_none())
                && let Some(orphan) = orphan()
            {
                read_offer(graph, orphan, hint, &mut facts.offers, &mut facts.offer_count);
            }
            products.push(facts);
        } else if let Some(orphan) = orphan() {
            let mut facts = ProductFacts { evidence: Some(evidence), ..ProductFacts::default() };
            read_offer(graph, orphan, hint, &mut facts.offers, &mut facts.offer_count);
            products.push(facts);
        }
    }
    products
}

/// Shops list the sizes of one product as products of one name side by side: where the page's address picks none of them,
/// each is an offer of the product, and numbers that differ are not the product's.
fn add_siblings(graph: &Graph, node: NodeId, page: &PageIdentity<'_>, hint: CurrencyHint, facts: &mut ProductFacts) {
    let Some(own) = score(graph, node, page) else { return };
    let siblings = (0..graph.nodes.len()).filter(|n| {
        *n != node
            && graph.nodes[*n].evidence == facts.evidence
            && graph.is_a(*n, PRODUCT_TYPES)
            && graph.text(*n, "name") == facts.name.as_deref()
            && score(graph, *n, page) == Some(own)
    });
    for sibling in siblings.take(MAX_SIBLINGS) {
        let mut other = ProductFacts::default();
        read_own(graph, sibling, hint, &mut other);
        if other.gtins != facts.gtins {
            facts.gtins.clear();
        }
        facts.has_other_skus |= other.sku != facts.sku;
        facts.offers.extend(other.offers);
        if facts.offers.len() >= MAX_OFFERS {
            facts.offers.truncate(MAX_OFFERS);
            break;
        }
    }
}

/// How much speaks for a product being the page's own; `None` when it is another's for certain.
pub(super) fn score(graph: &Graph, node: NodeId, page: &PageIdentity<'_>) -> Option<i32> {
    if graph.nodes[node].is_aside || (graph.nodes[node].props.is_empty()) {
        return None;
    }
    let mut score = 0;
    for (ancestor, property) in graph.ancestors(node) {
        if ASIDE_PROPERTIES.iter().any(|p| p.eq_ignore_ascii_case(property))
            || graph.is_a(ancestor, &["ItemList", "OfferCatalog"])
        {
            return None;
        }
        // A variant is reached through its group.
        if property.eq_ignore_ascii_case("hasVariant") {
            return None;
        }
        if graph.is_a(ancestor, &["Review"]) {
            score -= 5;
        }
        if property.eq_ignore_ascii_case("mainEntity") {
            score += 30;
        }
    }
    let urls = ["url", "@id", "mainEntityOfPage"]
        .iter()
        .filter_map(|p| graph.text(node, p))
        .chain(graph.nodes[node].id.as_deref());
    score += urls.map(|u| page.url_match(u)).max().unwrap_or(0);
    if let Some(name) = graph.text(node, "name") {
        score += page.name_match(name);
    }
    if graph.all(node, "offers").chain(graph.all(node, "hasVariant")).next().is_some() {
        score += 15;
    }
    if let Some(sku) = graph.text(node, "sku")
        && page.url_holds(sku)
    {
        score += 20;
    }
    Some(score)
}

fn read_product(
    graph: &Graph,
    node: NodeId,
    page: &PageIdentity<'_>,
    hint: CurrencyHint,
    evidence: Evidence,
) -> ProductFacts {
    let mut facts = ProductFacts { evidence: Some(evidence), ..ProductFacts::default() };
    read_own(graph, node, hint, &mut facts);
    let variants = graph.things(node, "hasVariant");
    let best = variants
        .iter()
        .copied()
        .map(|v| (variant_score(graph, v, page), v))
        .max_by_key(|(s, v)| (*s, std::cmp::Reverse(*v)));
    if let Some((score, variant)) = best {
        let mut own = ProductFacts { evidence: Some(evidence), ..ProductFacts::default() };
        read_own(graph, variant, hint, &mut own);
        if score > 0 || facts.offers.is_empty() {
            let group = std::mem::replace(&mut facts, own);
            facts.fill_from(group);
        }
        if score == 0 {
            // No variant is the page's own: what is true of one is not true of the product.
            facts.gtins.clear();
            for other in variants.iter().filter(|v| **v != variant) {
                let mut more = ProductFacts::default();
                read_own(graph, *other, hint, &mut more);
                facts.has_other_skus |= more.sku.is_some() && more.sku != facts.sku;
                facts.offers.extend(more.offers);
                if facts.offers.len() >= MAX_OFFERS {
                    facts.offers.truncate(MAX_OFFERS);
                    break;
                }
            }
        }
    }
    for group in graph.things(node, "isVariantOf") {
        let mut shared = ProductFacts::default();
        read_own(graph, group, hint, &mut shared);
        facts.fill_from(ProductFacts { offers: Vec::new(), ..shared });
    }
    facts.gtins.sort();
    facts.gtins.dedup();
    facts
}

fn variant_score(graph: &Graph, variant: NodeId, page: &PageIdentity<'_>) -> i32 {
    let offer_url = graph.things(variant, "offers").into_iter().find_map(|o| graph.text(o, "url"));
    let urls = graph.text(variant, "url").into_iter().chain(offer_url).chain(graph.nodes[variant].id.as_deref());
    let mut score = urls.map(|u| i32::from(page.is_exact_url(u)) * 20).max().unwrap_or(0);
    for id in ["sku", "productID", "gtin13", "gtin"] {
        if graph.text(variant, id).is_some_and(|id| page.query_holds(id)) {
            score += 10;
        }
    }
    score
}

fn read_own(graph: &Graph, node: NodeId, hint: CurrencyHint, facts: &mut ProductFacts) {
    let text = |name: &str| graph.text(node, name).map(str::to_owned);
    facts.node = Some(node);
    facts.name = text("name");
    facts.url = text("url");
    facts.image = image(graph, node);
    facts.description = text("description");
    facts.brand = graph.name_of(node, "brand").or_else(|| graph.name_of(node, "manufacturer"));
    facts.category = graph.name_of(node, "category");
    facts.sku = text("sku").or_else(|| text("productID").filter(|id| !id.contains(':')));
    facts.mpns = graph.all(node, "mpn").filter_map(Datum::text).map(str::to_owned).take(20).collect();
    facts.gtins = gtins(graph, node);
    if let Some(rating_node) = graph.things(node, "aggregateRating").first() {
        let number = |name| graph.text(*rating_node, name);
        facts.review_rating =
            number("ratingValue").and_then(|v| rating::of_100(v, number("bestRating").unwrap_or("5")));
        facts.review_count = ["reviewCount", "ratingCount"].iter().find_map(|n| rating::count(number(n)?));
    }
    for offer in graph.things(node, "offers") {
        read_offer(graph, offer, hint, &mut facts.offers, &mut facts.offer_count);
    }
    // `price` straight on the product, outside any offer.
    if facts.offers.is_empty() && graph.all(node, "price").next().is_some() {
        read_offer(graph, node, hint, &mut facts.offers, &mut facts.offer_count);
    }
}

fn image(graph: &Graph, node: NodeId) -> Option<String> {
    graph.all(node, "image").find_map(|d| match d {
        Datum::Node(id) => graph.text(*id, "url").or_else(|| graph.text(*id, "contentUrl")).map(str::to_owned),
        text => text.text().map(str::to_owned),
    })
}

/// The numbers of a product or offer that say they are GTINs.
pub(super) fn gtins(graph: &Graph, node: NodeId) -> Vec<Gtin> {
    let names = ["gtin", "gtin8", "gtin12", "gtin13", "gtin14", "ean", "isbn", "upc"];
    let mut found: Vec<Gtin> =
        names.iter().flat_map(|n| graph.all(node, n)).filter_map(|d| identifiers::gtin(d.text()?)).collect();
    // `productID: "isbn:…"` names its kind itself.
    let labelled = |t: &&str| ["gtin", "ean", "isbn", "upc"].iter().any(|p| t.to_ascii_lowercase().starts_with(p));
    found.extend(graph.all(node, "productID").filter_map(Datum::text).filter(labelled).filter_map(identifiers::gtin));
    found
}

impl ProductFacts {
    /// Takes from another what this one does not say.
    fn fill_from(&mut self, other: ProductFacts) {
        fn fill<T>(place: &mut Option<T>, value: Option<T>) {
            if place.is_none() {
                *place = value;
            }
        }
        fill(&mut self.name, other.name);
        fill(&mut self.url, other.url);
        fill(&mut self.image, other.image);
        fill(&mut self.description, other.description);
        fill(&mut self.brand, other.brand);
        fill(&mut self.category, other.category);
        fill(&mut self.sku, other.sku);
        fill(&mut self.review_count, other.review_count);
        fill(&mut self.review_rating, other.review_rating);
        fill(&mut self.offer_count, other.offer_count);
        if self.mpns.is_empty() {
            self.mpns = other.mpns;
        }
        if self.offers.is_empty() {
            self.offers = other.offers;
        }
    }

    /// The offer that is the page's own, when the product has several: by its address, by its number in the page's address,
    /// else the first that can be had.
    pub fn main_offer(&self, page: &PageIdentity<'_>) -> Option<&OfferFacts> {
        let priced = || self.offers.iter().filter(|o| o.price.is_some());
        let mut exact = priced().filter(|o| o.url.as_deref().is_some_and(|u| page.is_exact_url(u)));
        if let (Some(one), None) = (exact.next(), exact.next()) {
            return Some(one);
        }
        let by_number = priced().find(|o| {
            o.sku.as_deref().is_some_and(|s| page.query_holds(s))
                || o.gtins.iter().any(|g| page.query_holds(g.as_str().trim_start_matches('0')))
        });
        // A used one is cheaper for a reason.
        let is_new = |o: &&OfferFacts| o.condition.is_none_or(|c| c == Condition::New);
        by_number
            .or_else(|| priced().filter(is_new).find(|o| o.availability.is_some_and(|a| a != Availability::OutOfStock)))
            .or_else(|| priced().find(|o| o.availability.is_some_and(|a| a != Availability::OutOfStock)))
            .or_else(|| priced().next())
            .or_else(|| self.offers.first())
    }

    /// The offers as the API tells them; none when there is only the shop's own.
    pub fn seller_offers(&self) -> Vec<Offer> {
        let mut sellers: Vec<&String> = self.offers.iter().filter_map(|o| o.seller.as_ref()).collect();
        sellers.sort();
        sellers.dedup();
        if sellers.len() < 2 {
            return Vec::new();
        }
        self.offers
            .iter()
            .filter(|o| o.price.is_some())
            .map(|o| Offer {
                shop_name: o.seller.clone(),
                price: o.price,
                shipping_costs: o.shipping,
                currency: o.currency,
                url: o.url.clone(),
                name: o.name.clone(),
                availability: o.availability,
                condition: o.condition,
                condition_text: o.condition_text.clone(),
                ..Offer::default()
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::json_ld;
    use url::Url;

    fn own(url: &str, names: &[&'static str], script: &str) -> ProductFacts {
        let mut graph = Graph::default();
        json_ld::read(script, &mut graph);
        let url = Url::parse(url).unwrap();
        let page = PageIdentity::new(Some(&url), None, names.iter().copied());
        own_products(&graph, &page, CurrencyHint::default()).into_iter().next().unwrap_or_default()
    }

    fn price_of(url: &str, names: &[&'static str], script: &str) -> Option<String> {
        let url = Url::parse(url).unwrap();
        let page = PageIdentity::new(Some(&url), None, std::iter::empty());
        own(url.as_str(), names, script).main_offer(&page)?.price.map(|p| p.to_string())
    }

    #[test]
    fn of_several_products_the_pages_own_is_taken() {
        let script = r#"[{"@type":"Product","name":"Other","offers":{"price":"1"}},
            {"@type":"Product","name":"Tea pot","url":"/p/tea","offers":{"price":"2"}}]"#;
        assert_eq!(price_of("https://s.test/p/tea", &[], script).as_deref(), Some("2"));
        assert_eq!(price_of("https://s.test/x", &["Tea pot | Shop"], script).as_deref(), Some("2"));
    }

    #[test]
    fn related_and_listed_products_are_never_the_pages_own() {
        let script =
            r#"{"@type":"Product","name":"A","isRelatedTo":{"@type":"Product","name":"B","offers":{"price":"9"}}}"#;
        assert_eq!(price_of("https://s.test/x", &["B"], script), None);
        let script = r#"{"@type":"ItemList","itemListElement":[{"@type":"ListItem","item":{"@type":"Product","name":"B","offers":{"price":"9"}}}]}"#;
        assert_eq!(price_of("https://s.test/x", &["B"], script), None);
    }

    #[test]
    fn a_group_answers_with_the_variant_of_the_address() {
        let script = r#"{"@type":"ProductGroup","name":"Shirt","brand":{"name":"Acme"},"hasVariant":[
            {"@type":"Product","sku":"S-1","offers":{"@type":"Offer","price":10,"url":"https://s.test/shirt?v=1"}},
            {"@type":"Product","sku":"S-2","gtin13":"4006381333931","offers":{"@type":"Offer","price":12,"url":"https://s.test/shirt?v=2"}}]}"#;
        let facts = own("https://s.test/shirt?v=2", &[], script);
        assert_eq!(
            (facts.sku.as_deref(), facts.name.as_deref(), facts.brand.as_deref()),
            (Some("S-2"), Some("Shirt"), Some("Acme"))
        );
        assert_eq!(facts.gtins.len(), 1);
        assert_eq!(price_of("https://s.test/shirt?v=2", &[], script).as_deref(), Some("12"));
        assert!(own("https://s.test/shirt", &[], script).gtins.is_empty());
    }

    #[test]
    fn list_and_unit_prices_are_not_the_price() {
        let script = r#"{"@type":"Product","name":"A","offers":{"@type":"Offer","priceCurrency":"EUR","priceSpecification":[
            {"price":"20","priceType":"https://schema.org/ListPrice"},{"price":"15"},{"price":"3","referenceQuantity":{"value":1}}]}}"#;
        let facts = own("https://s.test/", &[], script);
        assert_eq!(facts.offers[0].price, "15".parse().ok());
        assert_eq!(facts.offers[0].list_price, "20".parse().ok());
        assert_eq!(price_of("https://s.test/", &[], r#"{"@type":"Product","name":"A","offers":{"price":"0"}}"#), None);
    }

    #[test]
    fn sellers_become_offers_and_an_aggregate_has_a_lowest_price() {
        let script = r#"{"@type":"Product","name":"A","offers":{"@type":"AggregateOffer","lowPrice":"5","offerCount":"7","priceCurrency":"EUR","offers":[
            {"@type":"Offer","price":"5.50","seller":{"name":"X"}},{"@type":"Offer","price":"6","seller":{"name":"Y"}}]}}"#;
        let facts = own("https://s.test/", &[], script);
        let offers = facts.seller_offers();
        assert_eq!(offers.iter().filter_map(|o| o.shop_name.as_deref()).collect::<Vec<_>>(), ["X", "Y"]);
        assert_eq!(facts.offer_count, Some(7));
        let lowest = r#"{"@type":"Product","name":"A","offers":{"@type":"AggregateOffer","lowPrice":"5","priceCurrency":"EUR"}}"#;
        assert_eq!(price_of("https://s.test/", &[], lowest).as_deref(), Some("5"));
    }
}
