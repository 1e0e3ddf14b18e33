//! schema.org offers: prices, stock, seller; aggregates and price specifications unfolded.

use super::graph::{Datum, Graph, NodeId};
use super::price_text::{self, CurrencyHint, PriceHint};
use super::schema_org::gtins;
use super::{availability, country_names, rating};
use crate::domain::{Amount, Availability, Condition, Currency, Gtin};
use std::collections::HashSet;

/// Offers read of one product.
pub(super) const MAX_OFFERS: usize = 2_000;
/// Offers inside offers; real pages have two levels.
const MAX_DEPTH: usize = 8;

/// What one offer thing says.
#[derive(Debug, Clone, Default)]
pub(super) struct OfferFacts {
    /// The thing they were read from.
    pub node: Option<NodeId>,
    pub price: Option<Amount>,
    pub list_price: Option<Amount>,
    pub currency: Option<Currency>,
    pub availability: Option<Availability>,
    pub condition: Option<Condition>,
    pub condition_text: Option<String>,
    pub url: Option<String>,
    pub sku: Option<String>,
    pub gtins: Vec<Gtin>,
    pub name: Option<String>,
    pub seller: Option<String>,
    pub shipping: Option<Amount>,
    /// The lowest of several offers, not one offer's price.
    pub is_aggregate: bool,
}

/// Reads an offer, or an aggregate and the offers inside it, to the end of a list.
pub(super) fn read_offer(
    graph: &Graph,
    node: NodeId,
    hint: CurrencyHint,
    offers: &mut Vec<OfferFacts>,
    count: &mut Option<u32>,
) {
    read_unseen(graph, node, hint, offers, count, &mut Vec::new(), &mut HashSet::new());
}

/// `way` leads from the first offer here. References may go in circles, and many may lead to one thing: each is read once.
fn read_unseen(
    graph: &Graph,
    node: NodeId,
    hint: CurrencyHint,
    offers: &mut Vec<OfferFacts>,
    count: &mut Option<u32>,
    way: &mut Vec<NodeId>,
    seen: &mut HashSet<NodeId>,
) {
    if offers.len() >= MAX_OFFERS || way.len() >= MAX_DEPTH || !seen.insert(node) {
        return;
    }
    way.push(node);
    let nested = graph.things(node, "offers");
    if let Some(n) = graph.text(node, "offerCount").and_then(rating::count) {
        *count = Some(n);
    }
    let mut offer = OfferFacts {
        node: Some(node),
        currency: graph.text(node, "priceCurrency").and_then(|c| price_text::parse_currency(c, hint)),
        availability: graph
            .text(node, "availability")
            .and_then(|a| availability::from_code(a).or_else(|| availability::from_text(a))),
        condition_text: graph.short(node, "itemCondition").map(str::to_owned),
        url: graph.short(node, "url").map(str::to_owned),
        sku: graph.short(node, "sku").map(str::to_owned),
        gtins: gtins(graph, node),
        name: graph.short(node, "name").map(str::to_owned),
        seller: graph.short_name_of(node, "seller").or_else(|| graph.short_name_of(node, "offeredBy")),
        ..OfferFacts::default()
    };
    offer.condition = offer.condition_text.as_deref().and_then(availability::condition);
    read_prices(graph, node, hint, &mut offer);
    if offer.price.is_none() {
        offer.price = graph.all(node, "lowPrice").find_map(|d| price(d, &mut offer.currency, hint));
        offer.is_aggregate = offer.price.is_some();
    }
    for item in graph.things(node, "itemOffered") {
        offer.sku = offer.sku.take().or_else(|| graph.short(item, "sku").map(str::to_owned));
        offer.url = offer.url.take().or_else(|| graph.short(item, "url").map(str::to_owned));
        offer.gtins.extend(gtins(graph, item));
    }
    offer.shipping = shipping(graph, node, hint, offer.currency);
    let first_inner = offers.len();
    for inner in nested {
        read_unseen(graph, inner, hint, offers, &mut None, way, seen);
    }
    way.pop();
    let inner_prices = offers[first_inner..].iter().any(|o| o.price.is_some());
    if !inner_prices && (offer.price.is_some() || offer.availability.is_some()) {
        offers.push(offer);
    }
}

/// Postage to the page's own country, or to wherever nothing is said; in another currency than the price it is none, since
/// the two are added.
fn shipping(graph: &Graph, node: NodeId, hint: CurrencyHint, currency: Option<Currency>) -> Option<Amount> {
    let details = graph.things(node, "shippingDetails");
    let goes_here = |details: &NodeId| {
        let regions = graph.things(*details, "shippingDestination");
        let named: Vec<String> = regions.iter().flat_map(|r| graph.names_of(*r, "addressCountry")).collect();
        let here = |name: &String| hint.country.is_some() && country_names::country(name) == hint.country;
        named.is_empty() || hint.country.is_none() || named.iter().any(here)
    };
    let details = details.into_iter().find(goes_here)?;
    let rate = graph.things(details, "shippingRate").first().copied()?;
    let own = graph.text(rate, "currency").and_then(|code| price_text::parse_currency(code, hint));
    if own.is_some() && currency.is_some() && own != currency {
        return None;
    }
    graph.text(rate, "value").and_then(|v| price_text::parse_machine(v, hint)).map(|p| p.amount)
}

fn read_prices(graph: &Graph, node: NodeId, hint: CurrencyHint, offer: &mut OfferFacts) {
    offer.price = graph.all(node, "price").find_map(|d| price(d, &mut offer.currency, hint));
    for spec in graph.things(node, "priceSpecification") {
        // A price for a reference quantity is a unit price, a delivery charge is no price of the thing.
        if graph.is_a(spec, &["DeliveryChargeSpecification", "PaymentChargeSpecification"])
            || (!graph.things(spec, "referenceQuantity").is_empty() && offer.price.is_some())
        {
            continue;
        }
        let mut currency = graph.text(spec, "priceCurrency").and_then(|c| price_text::parse_currency(c, hint));
        let amount = graph.all(spec, "price").find_map(|d| price(d, &mut currency, hint));
        let kind = graph.text(spec, "priceType").unwrap_or_default().to_ascii_lowercase();
        let is_list = ["listprice", "msrp", "srp", "strikethrough", "regularprice"].iter().any(|k| kind.contains(k));
        offer.currency = offer.currency.or(currency);
        if is_list {
            offer.list_price = offer.list_price.or(amount);
        } else {
            offer.price = offer.price.or(amount);
        }
    }
}

/// A positive price; 0 stands for "none" in shops' markup.
fn price(datum: &Datum, currency: &mut Option<Currency>, hint: CurrencyHint) -> Option<Amount> {
    let hint = CurrencyHint { currency: currency.or(hint.currency), ..hint };
    let found = match datum {
        Datum::Machine(text) => price_text::parse_machine(text, hint),
        Datum::Human(text) => price_text::parse(text, PriceHint { currency: hint, ..PriceHint::default() }),
        Datum::Node(_) => None,
    }?;
    *currency = currency.or(found.currency);
    Some(found.amount).filter(|a| a.is_positive())
}
