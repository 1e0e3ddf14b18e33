//! schema.org data as one shape, whether it came as JSON-LD, microdata or RDFa: things with typed, repeatable properties.

use super::extracted::Evidence;
use std::cell::Cell;
use std::collections::HashMap;

/// Index of a thing in its [`Graph`].
pub(super) type NodeId = usize;

/// Things kept of one page; the rest of a page that lists more is not read.
pub(super) const MAX_NODES: usize = 20_000;
/// Properties kept of one thing.
const MAX_PROPS: usize = 2_000;
/// Properties kept of all things of a page.
const MAX_ALL_PROPS: usize = 100_000;
/// Bytes of names and texts kept of all things of a page.
const MAX_ALL_BYTES: usize = 8 << 20;
/// Bytes kept of one text; a longer one is cut.
const MAX_TEXT_BYTES: usize = 16 << 10;
/// Longer names and ids are none.
const MAX_NAME_BYTES: usize = 1_024;
/// Types kept of one thing.
pub(super) const MAX_TYPES: usize = 8;
/// Properties looked at on one page. References let many things share one, so that a small page can ask for more work than
/// its size: from here on the graph says nothing.
pub(super) const MAX_LOOKS: usize = 5_000_000;
/// So many bytes of a text are as much work as looking at a property.
const BYTES_A_LOOK: usize = 64;
/// Longer texts are no names, addresses or numbers in a list, where one may be repeated for every entry.
const MAX_SHORT_BYTES: usize = 2_048;

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

    /// Without what is too long; and its length in bytes.
    fn cut(mut self) -> (Datum, usize) {
        let bytes = match &mut self {
            Datum::Machine(text) | Datum::Human(text) => {
                if text.len() > MAX_TEXT_BYTES {
                    text.truncate(text.floor_char_boundary(MAX_TEXT_BYTES));
                    text.shrink_to_fit();
                }
                text.len()
            }
            Datum::Node(_) => 0,
        };
        (self, bytes)
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
    props: usize,
    bytes: usize,
    looks: Cell<usize>,
}

impl Graph {
    /// Adds a thing; `None` when the page has too many.
    pub fn add(&mut self, mut node: Node) -> Option<NodeId> {
        if self.nodes.len() >= MAX_NODES || self.is_full() {
            return None;
        }
        node.types.truncate(MAX_TYPES);
        node.types.retain(|name| name.len() <= MAX_NAME_BYTES);
        node.types.shrink_to_fit();
        node.id = node.id.filter(|id| id.len() <= MAX_NAME_BYTES);
        self.bytes += node.id.as_ref().map_or(0, String::len) + node.types.iter().map(String::len).sum::<usize>();
        self.nodes.push(node);
        Some(self.nodes.len() - 1)
    }

    pub fn set(&mut self, node: NodeId, name: &str, value: Datum) {
        if name.len() > MAX_NAME_BYTES || self.is_full() {
            return;
        }
        let Some(thing) = self.nodes.get_mut(node) else { return };
        if thing.props.len() >= MAX_PROPS {
            return;
        }
        let (value, bytes) = value.cut();
        self.props += 1;
        self.bytes += bytes + name.len();
        thing.props.push((name.to_owned(), value));
        if let Some(id) = &thing.id
            && !self.by_id.contains_key(id)
        {
            self.by_id.insert(id.clone(), node);
        }
    }

    /// Whether nothing more is kept.
    pub fn is_full(&self) -> bool {
        self.props >= MAX_ALL_PROPS || self.bytes >= MAX_ALL_BYTES
    }

    /// Counts work; whether there is still some to spend.
    fn look(&self, count: usize) -> bool {
        let so_far = self.looks.get();
        let is_left = so_far <= MAX_LOOKS;
        self.looks.set(so_far.saturating_add(if is_left { count } else { 1 }));
        is_left
    }

    /// How much was looked at.
    #[cfg(test)]
    pub fn looks(&self) -> usize {
        self.looks.get()
    }

    pub fn is_a(&self, node: NodeId, types: &[&str]) -> bool {
        self.nodes.get(node).is_some_and(|n| n.types.iter().any(|t| types.iter().any(|w| t.eq_ignore_ascii_case(w))))
    }

    pub fn all<'a, 'n>(&'a self, node: NodeId, name: &'n str) -> impl Iterator<Item = &'a Datum> + use<'a, 'n> {
        self.nodes
            .get(node)
            .filter(|n| self.look(n.props.len() + 1))
            .into_iter()
            .flat_map(|n| n.props.iter())
            .filter(move |(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
    }

    /// The first text of a property.
    pub fn text(&self, node: NodeId, name: &str) -> Option<&str> {
        let text = self.all(node, name).find_map(Datum::text)?;
        self.look(text.len() / BYTES_A_LOOK).then_some(text)
    }

    /// The first text of a property, if it is a short one.
    pub fn short(&self, node: NodeId, name: &str) -> Option<&str> {
        self.text(node, name).filter(|text| text.len() <= MAX_SHORT_BYTES)
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

    /// As [`Graph::name_of`], if it is a short one.
    pub fn short_name_of(&self, node: NodeId, property: &str) -> Option<String> {
        self.name_of(node, property).filter(|name| name.len() <= MAX_SHORT_BYTES)
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
