//! An open element, as the pass keeps it.

use super::elements::Tag;
use super::graph::NodeId;
use super::hints::Hints;
use super::siblings::Place;

/// What to do when an element ends.
#[derive(Debug)]
pub(super) enum Mark {
    /// Its text is a microdata property.
    Property(NodeId, String),
    /// Its text is a rule's value: list (`None`: the page), entry, slot.
    Value(Option<usize>, usize, usize),
    /// It is an entry of a list.
    EntryEnd,
    Heading,
    Title,
    PageTitle,
    JsonLd,
    /// A script, with its id.
    Script(Option<String>),
    /// It is a link, by its number.
    Link(usize),
}

/// An open element.
#[derive(Debug)]
pub(super) struct Frame {
    pub id: u32,
    pub tag: Tag,
    /// Its own names' hints.
    pub own: Hints,
    /// Its own and its near ancestors' hints.
    pub near: Hints,
    /// The kinds of place it stands in.
    pub region: Hints,
    pub signature: u64,
    pub start: usize,
    /// What was noted of links and the like when it began.
    pub place: Place,
    pub scope: Option<NodeId>,
    /// A property whose thing is still to come.
    pub hanging: Option<String>,
    pub marks: Vec<Mark>,
    /// `span.price`, when elements are named.
    pub name: Option<Box<str>>,
}

/// The hints that hold for everything inside an element, however deep.
pub(super) fn regions(own: Hints, tag: Tag) -> Hints {
    let mut region = Hints::NONE;
    for hint in [
        Hints::RELATED,
        Hints::HEADER,
        Hints::FOOTER,
        Hints::NAVIGATION,
        Hints::VARIANT,
        Hints::REVIEW,
        Hints::ACCESSORY,
        Hints::HIDDEN,
        Hints::STRUCK,
    ] {
        if own.has(hint) {
            region |= hint;
        }
    }
    region
        | match tag {
            Tag::Struck => Hints::STRUCK,
            Tag::Header => Hints::HEADER,
            Tag::Footer => Hints::FOOTER,
            Tag::Nav => Hints::NAVIGATION,
            Tag::Aside => Hints::ASIDE,
            Tag::Anchor => Hints::LINK,
            Tag::Option | Tag::Select => Hints::OPTION,
            _ => Hints::NONE,
        }
}

/// Regions that a wrapper of the page's own product may be named after by mistake.
pub(super) fn doubtful() -> Hints {
    Hints::RELATED | Hints::HEADER | Hints::FOOTER | Hints::NAVIGATION | Hints::ASIDE | Hints::VARIANT | Hints::REVIEW
}
