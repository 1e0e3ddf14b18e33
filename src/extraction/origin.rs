//! Where on a page a value of the answer stands: looked for afterwards, among what the pass found, when someone asks.

use super::explanation::Origin;
use super::extracted::Evidence;
use super::graph::{Datum, Graph, NodeId};
use super::merge::clean;
use super::pass::Facts;
use super::price_text::{self, CurrencyHint, PriceHint};
use super::recipe::ProductField;
use super::schema_org::{ASIDE_PROPERTIES, ProductFacts};
use super::{availability, identifiers, state_places};
use crate::domain::Amount;
use std::collections::HashSet;

/// Things looked at on the way from a product to a property.
const MAX_VISITED: usize = 2_000;
/// Properties on the way.
pub(super) const MAX_DEPTH: usize = 6;
/// Longer texts are cut when they are told.
const MAX_RAW_CHARS: usize = 200;

/// A place without more to say about it.
pub(super) fn bare(evidence: Evidence, place: impl Into<String>) -> Origin {
    Origin { evidence, place: place.into(), raw: None }
}

/// As much of a text as is told of it, and nothing when it says the value itself.
pub(super) fn raw(text: &str, value: &str) -> Option<String> {
    let text = clean(text);
    (text != value && !text.is_empty()).then(|| text.chars().take(MAX_RAW_CHARS).collect())
}

/// Finds where evidence of a kind says this value; `html` is the page's source.
pub(super) fn find(
    html: &str,
    facts: &Facts,
    products: &[ProductFacts],
    field: ProductField,
    evidence: Evidence,
    value: &str,
) -> Origin {
    let found = match evidence {
        Evidence::Meta => in_head(facts, field, value),
        Evidence::Visible => in_text(facts, field, value),
        Evidence::State => state_places::find(html, field, value)
            .or_else(|| Some(("product data in the page's scripts".to_owned(), String::new()))),
        Evidence::Address => Some(("the page's address".to_owned(), String::new())),
        Evidence::Default => Some(("the source's currency in this country".to_owned(), String::new())),
        Evidence::Rule => None,
        _ => in_graph(&facts.graph, products, field, evidence, value),
    };
    match found {
        Some((place, text)) => Origin { evidence, place, raw: raw(&text, value) },
        None => bare(evidence, String::new()),
    }
}

fn in_graph(
    graph: &Graph,
    products: &[ProductFacts],
    field: ProductField,
    evidence: Evidence,
    value: &str,
) -> Option<(String, String)> {
    if field == ProductField::CategoryPath {
        return Some(("BreadcrumbList".to_owned(), String::new()));
    }
    let own = products.iter().filter(|p| p.evidence == Some(evidence));
    let roots: Vec<NodeId> =
        own.flat_map(|p| p.node.into_iter().chain(p.offers.iter().filter_map(|o| o.node))).collect();
    let exactly = |root: &NodeId| property(graph, *root, field, Some(value), MAX_DEPTH);
    let of_kind = || (0..graph.nodes.len()).filter(|n| graph.nodes[*n].evidence == Some(evidence)).take(MAX_VISITED);
    let any = |root: &NodeId| property(graph, *root, field, None, MAX_DEPTH);
    let found = roots.iter().find_map(exactly).or_else(|| roots.iter().find_map(any));
    found
        .or_else(|| of_kind().find_map(|n| property(graph, n, field, Some(value), 0)))
        .or_else(|| (field == ProductField::CategoryName).then(|| ("BreadcrumbList".to_owned(), value.to_owned())))
}

/// The nearest property of a thing, or of the things it leads to, that says the value: its path, and its text.
pub(super) fn property(
    graph: &Graph,
    root: NodeId,
    field: ProductField,
    value: Option<&str>,
    max_depth: usize,
) -> Option<(String, String)> {
    let names = property_names(field);
    let is_named = |name: &str| names.iter().any(|n| n.eq_ignore_ascii_case(name));
    let mut seen = HashSet::from([root]);
    let mut visited = vec![Visited { node: root, from: None, depth: 0 }];
    let mut at = 0;
    while let Some(here) = visited.get(at).copied() {
        let props = graph.nodes.get(here.node).map_or(&[][..], |thing| &thing.props);
        let via = here.from.and_then(|(before, prop)| property_at(graph, visited[before].node, prop));
        for (index, (name, datum)) in props.iter().enumerate() {
            match datum {
                Datum::Node(child) => {
                    let child = graph.resolve(*child);
                    let is_aside = ASIDE_PROPERTIES.iter().any(|p| p.eq_ignore_ascii_case(name));
                    if !is_aside && here.depth < max_depth && seen.len() < MAX_VISITED && seen.insert(child) {
                        visited.push(Visited { node: child, from: Some((at, index)), depth: here.depth + 1 });
                    }
                }
                text => {
                    let stands_for =
                        via.is_some_and(is_named) && ["name", "url", "contentUrl"].contains(&name.as_str());
                    let Some(text) = text.text().filter(|_| is_named(name) || stands_for) else { continue };
                    if value.is_none_or(|value| says(field, text, value)) {
                        return Some((path(graph, &visited, at, index), text.to_owned()));
                    }
                }
            }
        }
        at += 1;
    }
    None
}

/// A thing on the way, and the property of an earlier one that led to it.
#[derive(Debug, Clone, Copy)]
struct Visited {
    node: NodeId,
    from: Option<(usize, usize)>,
    depth: usize,
}

fn property_at(graph: &Graph, node: NodeId, prop: usize) -> Option<&str> {
    graph.nodes.get(node)?.props.get(prop).map(|(name, _)| name.as_str())
}

/// `Product.offers[1].price`: an index only where a thing has several such properties.
fn path(graph: &Graph, visited: &[Visited], last: usize, prop: usize) -> String {
    let mut steps = Vec::new();
    let mut at = Some((last, prop));
    let mut root = last;
    while let Some((here, prop)) = at {
        root = here;
        let props = graph.nodes.get(visited[here].node).map_or(&[][..], |thing| &thing.props);
        let name = props.get(prop).map_or("", |(name, _)| name.as_str());
        let before = |end: usize| props[..end].iter().filter(|(other, _)| other == name).count();
        steps.push(match before(props.len()) {
            0 | 1 => format!(".{name}"),
            _ => format!(".{name}[{}]", before(prop)),
        });
        at = visited[here].from;
    }
    let kind = graph.nodes.get(visited[root].node).and_then(|thing| thing.types.first());
    let steps: String = steps.into_iter().rev().collect();
    kind.map_or("Thing", String::as_str).to_owned() + &steps
}

/// The schema.org properties that can say a field.
fn property_names(field: ProductField) -> &'static [&'static str] {
    match field {
        ProductField::Id => &["productID", "sku"],
        ProductField::Name => &["name"],
        ProductField::Url => &["url"],
        ProductField::ImageUrl => &["image"],
        ProductField::Description => &["description"],
        ProductField::BrandName => &["brand", "manufacturer"],
        ProductField::CategoryName | ProductField::CategoryPath => &["category"],
        ProductField::ReviewCount => &["reviewCount", "ratingCount"],
        ProductField::ReviewRating => &["ratingValue"],
        ProductField::Gtins => &["gtin13", "gtin", "gtin8", "gtin12", "gtin14", "ean", "isbn", "upc", "productID"],
        ProductField::Mpns => &["mpn"],
        ProductField::Sku => &["sku", "productID"],
        ProductField::Price => &["price", "lowPrice"],
        ProductField::ListPrice => &["price", "highPrice"],
        ProductField::Currency => &["priceCurrency"],
        ProductField::Availability => &["availability"],
        ProductField::Condition => &["itemCondition"],
        ProductField::Dimensions => &["size"],
        ProductField::OfferCount => &["offerCount"],
        ProductField::SellerName => &["seller", "offeredBy"],
        ProductField::ShippingCosts => &["shippingRate", "value"],
        ProductField::OffersUrl | ProductField::FeatureBullets => &[],
    }
}

fn in_head(facts: &Facts, field: ProductField, value: &str) -> Option<(String, String)> {
    let head = &facts.head;
    if field == ProductField::Url && head.canonical.is_some() {
        return Some(("link rel=canonical".to_owned(), head.canonical.clone().unwrap_or_default()));
    }
    // Tags of other fields may hold the same text, an amount most of all.
    let words: &[&str] = match field {
        ProductField::Price | ProductField::ListPrice => &["price", "twitter:data"],
        ProductField::Currency => &["currency", "price", "twitter:data"],
        ProductField::Name => &["title"],
        _ => &[""],
    };
    let fits = |name: &str| words.iter().any(|word| name.contains(word));
    let tag = head.tags().find(|(name, content)| fits(name) && says(field, content, value));
    let tag = tag.map(|(name, content)| (name.to_owned(), content.to_owned()));
    tag.or_else(|| {
        let title = head.title.as_deref().filter(|_| field == ProductField::Name)?;
        Some(("title".to_owned(), title.to_owned()))
    })
}

fn in_text(facts: &Facts, field: ProductField, value: &str) -> Option<(String, String)> {
    let visible = &facts.visible;
    match field {
        ProductField::Name => Some(("the page's heading".to_owned(), value.to_owned())),
        ProductField::Price | ProductField::ListPrice => {
            let candidate = super::visible_rank::explained(visible, &facts.head)
                .into_iter()
                .map(|(candidate, _)| candidate)
                .find(|c| value.parse::<Amount>().is_ok_and(|amount| amount == c.amount))?;
            let text = visible.text.get(candidate.start..candidate.end).unwrap_or_default();
            Some((candidate.element.as_deref().unwrap_or("text").to_owned(), text.to_owned()))
        }
        ProductField::Currency => Some(("the printed prices".to_owned(), String::new())),
        ProductField::Availability => {
            let note = visible.stock.iter().find(|n| n.value.schema_org() == value);
            match note {
                Some(note) => Some(("a stock phrase".to_owned(), visible.since(note.at, MAX_RAW_CHARS / 2))),
                None => Some(("a buy button".to_owned(), String::new())),
            }
        }
        _ => {
            let note = visible.labels.iter().find(|n| says(field, &n.value.1, value));
            Some(match note {
                Some(note) => ("a printed label".to_owned(), note.value.1.clone()),
                None => ("an element named for it".to_owned(), String::new()),
            })
        }
    }
}

/// Whether a text, read as such a field, is the value.
pub(super) fn says(field: ProductField, text: &str, value: &str) -> bool {
    match field {
        ProductField::Price | ProductField::ListPrice => {
            value.parse::<Amount>().is_ok_and(|value| amount(text) == Some(value))
        }
        ProductField::Currency => {
            let currency = price_text::parse_currency(text, CurrencyHint::default());
            currency.is_some_and(|c| c.code() == value)
        }
        ProductField::Gtins => identifiers::gtin(text).is_some_and(|gtin| value.contains(gtin.as_str())),
        ProductField::Availability => {
            let read = availability::from_code(text).or_else(|| availability::from_text(text));
            read.is_some_and(|a| a.schema_org() == value)
        }
        ProductField::Condition | ProductField::ReviewCount | ProductField::ReviewRating | ProductField::OfferCount => {
            !text.is_empty()
        }
        ProductField::Url | ProductField::ImageUrl => value.ends_with(text.trim_start_matches('.')),
        _ => clean(text).contains(value),
    }
}

/// An amount written for machines or people.
fn amount(text: &str) -> Option<Amount> {
    let machine = price_text::parse_machine(text, CurrencyHint::default());
    machine.or_else(|| price_text::parse(text, PriceHint::default())).map(|price| price.amount)
}
