//! schema.org data as one shape, whether it came as JSON-LD, microdata or RDFa: things with typed, repeatable properties.

use super::extracted::Evidence;
use std::collections::HashMap;

/// Index of a thing in its [`Graph`].
pub(super) type NodeId = usize;

/// Things kept of one page; the rest of a page that lists more is not read.
pub(super) const MAX_NODES: usize = 20_000;
/// Properties kept of one thing.
const MAX_PROPS: usize = 2_000;

/// A property's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Datum {
    /// Written for machines: JSON, or an attribute such as `content`.
    Machine(String),
    /// Written for people: an element's text.
    Human(String),
    Node(NodeId),
}

impl Datum {
    pub fn text(&self) -> Option<&str> {
        match self {
            Datum::Machine(text) | Datum::Human(text) => Some(text.trim()).filter(|t| !t.is_empty()),
            Datum::Node(_) => None,
        }
    }
}

/// A thing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Node {
    /// Type names without their vocabulary: `Product`.
    pub types: Vec<String>,
    /// `@id` or `itemid`.
    pub id: Option<String>,
    pub props: Vec<(String, Datum)>,
    /// The thing this one is a property of, and of which property.
    pub parent: Option<(NodeId, String)>,
    pub evidence: Option<Evidence>,
    /// The page's source shows it where other products are recommended.
    pub is_aside: bool,
}

/// All things of a page, in the page's order.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub nodes: Vec<Node>,
    /// The first thing with an id that says more than the id.
    by_id: HashMap<String, NodeId>,
}

impl Graph {
    /// Adds a thing; `None` when the page has too many.
    pub fn add(&mut self, node: Node) -> Option<NodeId> {
        if self.nodes.len() >= MAX_NODES {
            return None;
        }
        self.nodes.push(node);
        Some(self.nodes.len() - 1)
    }

    pub fn set(&mut self, node: NodeId, name: &str, value: Datum) {
        let Some(thing) = self.nodes.get_mut(node) else { return };
        if thing.props.len() >= MAX_PROPS {
            return;
        }
        thing.props.push((name.to_owned(), value));
        if let Some(id) = &thing.id
            && !self.by_id.contains_key(id)
        {
            self.by_id.insert(id.clone(), node);
        }
    }

    pub fn is_a(&self, node: NodeId, types: &[&str]) -> bool {
        self.nodes.get(node).is_some_and(|n| n.types.iter().any(|t| types.iter().any(|w| t.eq_ignore_ascii_case(w))))
    }

    pub fn all<'a>(&'a self, node: NodeId, name: &'a str) -> impl Iterator<Item = &'a Datum> {
        self.nodes
            .get(node)
            .into_iter()
            .flat_map(|n| n.props.iter())
            .filter(move |(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
    }

    /// The first text of a property.
    pub fn text(&self, node: NodeId, name: &str) -> Option<&str> {
        let props = &self.nodes.get(node)?.props;
        props.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).find_map(|(_, v)| v.text())
    }

    /// The things of a property, references by `@id` followed.
    pub fn things(&self, node: NodeId, name: &str) -> Vec<NodeId> {
        self.all(node, name)
            .filter_map(|d| match d {
                Datum::Node(id) => Some(self.resolve(*id)),
                Datum::Machine(_) | Datum::Human(_) => None,
            })
            .collect()
    }

    /// A thing that only says its `@id` stands for the one with that id which says more.
    pub fn resolve(&self, node: NodeId) -> NodeId {
        let Some(reference) = self.nodes.get(node) else { return node };
        let (Some(id), true) = (&reference.id, reference.props.is_empty()) else { return node };
        self.by_id.get(id).copied().unwrap_or(node)
    }

    /// A property's text, or the name of the thing it points to (`brand`, `seller`).
    pub fn name_of(&self, node: NodeId, property: &str) -> Option<String> {
        self.names_of(node, property).into_iter().next()
    }

    /// As [`Graph::name_of`], of every value.
    pub fn names_of(&self, node: NodeId, property: &str) -> Vec<String> {
        let name = |datum: &Datum| match datum {
            Datum::Node(id) => self.text(self.resolve(*id), "name").map(str::to_owned),
            text => text.text().map(str::to_owned),
        };
        self.all(node, property).filter_map(name).collect()
    }

    /// The properties on the way from the page to a thing, innermost first, at most as many as nesting can be deep.
    pub fn ancestors(&self, node: NodeId) -> impl Iterator<Item = (NodeId, &str)> {
        let mut at = node;
        let mut left = 64;
        std::iter::from_fn(move || {
            left -= 1;
            if left == 0 {
                return None;
            }
            let (parent, property) = self.nodes.get(at)?.parent.as_ref()?;
            at = *parent;
            Some((*parent, property.as_str()))
        })
    }
}

/// `https://schema.org/Product`, `schema:Product`, `Product` → `Product`.
pub(super) fn local_name(name: &str) -> &str {
    let name = name.trim().trim_end_matches('/');
    name.rsplit(['/', '#', ':']).next().unwrap_or(name)
}
