//! Microdata and RDFa attributes, gathered into the graph as elements open and close.

use super::attributes::Seen;
use super::elements::Tag;
use super::extracted::Evidence;
use super::graph::{Datum, Graph, Node, NodeId};
use super::hints::Hints;
use super::rdfa;

/// What a start tag meant.
#[derive(Debug, Default)]
pub(super) struct Started {
    /// The thing the element's content describes, when it began one.
    pub scope: Option<NodeId>,
    /// The property whose value is the element's text.
    pub text_property: Option<(NodeId, String)>,
    /// The property whose value is the next thing that begins inside (RDFa's `rel`).
    pub hanging: Option<String>,
}

/// Reads a start tag inside a thing (`scope`), or one that begins a thing.
///
/// Rule from: HTML standard, 5.2.3 "Values": `content` first, then the attribute of the element's kind, else its text.
pub(super) fn start(
    graph: &mut Graph,
    seen: &Seen,
    tag: Tag,
    scope: Option<NodeId>,
    hanging: Option<&str>,
    region: Hints,
) -> Started {
    let mut names = property_names(seen);
    if seen.type_of.is_some() && names.is_empty() {
        names.extend(own_rel(seen).or(hanging));
    }
    let mut started = Started::default();
    let begins = (seen.has_itemscope && (seen.itemtype.is_some() || !names.is_empty())) || seen.type_of.is_some();
    if begins {
        let types = seen.itemtype.as_deref().or(seen.type_of.as_deref()).unwrap_or_default();
        let node = Node {
            types: types.split_ascii_whitespace().map(|t| rdfa::kind(t).to_owned()).collect(),
            id: seen.itemid.clone(),
            parent: scope.zip(names.first().map(|n| (*n).to_owned())),
            evidence: Some(Evidence::Microdata),
            is_aside: region.has(Hints::RELATED | Hints::FOOTER),
            ..Node::default()
        };
        let Some(node) = graph.add(node) else { return started };
        if let Some(scope) = scope {
            for name in &names {
                graph.set(scope, name, Datum::Node(node));
            }
        }
        started.scope = Some(node);
        return started;
    }
    let Some(scope) = scope else { return started };
    // `rel="gr:hasPriceSpecification"` hangs in the air until an element inside begins the thing it leads to.
    started.hanging = own_rel(seen).filter(|_| seen.href.is_none()).map(str::to_owned);
    for name in names {
        match attribute_value(seen, tag) {
            Some(value) => graph.set(scope, name, Datum::Machine(value)),
            None => started.text_property = Some((scope, name.to_owned())),
        }
    }
    started
}

/// The text of a property's element is known.
pub(super) fn end(graph: &mut Graph, node: NodeId, name: &str, text: String) {
    if !text.is_empty() {
        graph.set(node, name, Datum::Human(text));
    }
}

/// `itemprop`, or RDFa's `property` without the prefixes of other vocabularies.
fn property_names(seen: &Seen) -> Vec<&str> {
    let names = seen.itemprop.as_deref().into_iter().flat_map(str::split_ascii_whitespace);
    let names: Vec<&str> = names
        .chain(seen.property.as_deref().into_iter().flat_map(str::split_ascii_whitespace).filter(|p| rdfa::is_ours(p)))
        .collect();
    names.into_iter().map(rdfa::property).filter(|n| !n.is_empty()).collect()
}

/// RDFa's `rel` where it names a property of a product vocabulary; `rel=nofollow` and its like are none.
fn own_rel(seen: &Seen) -> Option<&str> {
    let rel = seen.rel.as_deref()?.split_ascii_whitespace().find(|r| r.contains(':') && rdfa::is_ours(r))?;
    Some(rdfa::property(rel)).filter(|name| !name.is_empty())
}

fn attribute_value(seen: &Seen, tag: Tag) -> Option<String> {
    if let Some(content) = &seen.content {
        return Some(content.clone());
    }
    match tag {
        Tag::Meta => Some(String::new()),
        Tag::Anchor | Tag::Area | Tag::Link => seen.href.clone().or_else(|| seen.resource.clone()),
        Tag::Image | Tag::Source => Some(seen.src.clone().unwrap_or_default()),
        Tag::Data => seen.value.clone(),
        Tag::Time => seen.datetime.clone(),
        Tag::Input => Some(seen.value.clone().unwrap_or_default()),
        _ => seen.resource.clone(),
    }
}
