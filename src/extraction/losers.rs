//! Prices on a page that are not the product's: of other offers, other products, and other places.

use super::compile::CompiledRecipe;
use super::explanation::{Loser, Origin, Why};
use super::extracted::Evidence;
use super::identity::PageIdentity;
use super::origin;
use super::pass::Facts;
use super::price_text::{self, CurrencyHint};
use super::recipe::{Embedded, ProductField};
use super::schema_offer::read_offer;
use super::schema_org::{PRODUCT_TYPES, ProductFacts, score};
use super::visible_rank;
use std::collections::HashSet;

/// Offers of a product looked at.
const MAX_OFFERS: usize = 50;
/// Things of a page looked at.
const MAX_PRODUCTS: usize = 200;

/// The other prices; those equal to the product's own are among them.
pub(super) fn prices(
    recipe: &CompiledRecipe,
    facts: &Facts,
    own: &[ProductFacts],
    identity: &PageIdentity<'_>,
    hint: CurrencyHint,
) -> Vec<Loser> {
    let mut losers = offers(facts, own);
    products(facts, own, identity, hint, &mut losers);
    if recipe.reads(Embedded::Visible) {
        losers.extend(visible_rank::explained(&facts.visible, &facts.head).into_iter().map(|(candidate, why)| {
            let text = facts.visible.text.get(candidate.start..candidate.end).unwrap_or_default();
            let value = candidate.amount.to_string();
            let raw = origin::raw(&text.replace(price_text::RUN_BREAK, ""), &value);
            let place = candidate.element.as_deref().unwrap_or("text").to_owned();
            Loser { origin: Origin { evidence: Evidence::Visible, place, raw }, value, why }
        }));
    }
    losers
}

/// Offers of the page's own product.
fn offers(facts: &Facts, own: &[ProductFacts]) -> Vec<Loser> {
    let of = |product: &ProductFacts| -> Vec<Loser> {
        let evidence = product.evidence.unwrap_or(Evidence::JsonLd);
        let priced = product.offers.iter().filter_map(|offer| Some((offer.price?.to_string(), offer))).take(MAX_OFFERS);
        priced
            .map(|(value, offer)| {
                let node =
                    offer.node.and_then(|node| origin::property(&facts.graph, node, ProductField::Price, None, 1));
                let label = offer.seller.as_deref().or(offer.sku.as_deref()).or(offer.name.as_deref());
                let label = label.map_or(String::new(), |label| format!(" of {label}"));
                let place = node.map_or(String::new(), |(place, _)| place) + &label;
                Loser { origin: origin::bare(evidence, place), value, why: Why::AnotherOffer }
            })
            .collect()
    };
    own.iter().flat_map(of).collect()
}

/// Products that the page is not about.
fn products(
    facts: &Facts,
    own: &[ProductFacts],
    identity: &PageIdentity<'_>,
    hint: CurrencyHint,
    losers: &mut Vec<Loser>,
) {
    let graph = &facts.graph;
    let read: HashSet<_> = own.iter().flat_map(|p| p.offers.iter().filter_map(|o| o.node).chain(p.node)).collect();
    let others = (0..graph.nodes.len()).filter(|n| !read.contains(n) && graph.is_a(*n, PRODUCT_TYPES));
    for node in others.take(MAX_PRODUCTS) {
        let is_recommended = score(graph, node, identity).is_none();
        for offer in graph.things(node, "offers") {
            let (mut offers, mut count) = (Vec::new(), None);
            read_offer(graph, offer, hint, &mut offers, &mut count);
            let Some(price) = offers.iter().filter(|o| o.node.is_none_or(|n| !read.contains(&n))).find_map(|o| o.price)
            else {
                continue;
            };
            let name = graph.text(node, "name").unwrap_or("?");
            let evidence = graph.nodes[node].evidence.unwrap_or(Evidence::JsonLd);
            let why = if is_recommended { Why::Recommendation } else { Why::AnotherProduct };
            let place = format!("Product {name:?}");
            losers.push(Loser { value: price.to_string(), origin: origin::bare(evidence, place), why });
            break;
        }
    }
}
