//! Where the pass stands on a page: a small stack of open elements, from which every collector is fed.

use super::attributes::Seen;
use super::compile::{CompiledRecipe, LISTS};
use super::elements::Tag;
use super::graph::NodeId;
use super::hints::{HintReader, Hints};
use super::pass::Facts;
use super::recipe::Embedded;
use super::selectors::{Caught, MAX_ENTRIES, MAX_VALUE_BYTES};
use super::siblings::Place;
use super::targets::Target;
use super::{json_ld, microdata};
use lol_html::html_content::{Element, TextChunk, TextType};
use std::borrow::Cow;

/// Deeper elements count as text of the deepest one kept.
const MAX_DEPTH: usize = 400;
/// Bytes of one text node kept.
const MAX_NODE_BYTES: usize = 1 << 20;

/// What to do when an element ends.
#[derive(Debug)]
enum Mark {
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
    /// It is a link, by its number.
    Link(usize),
}

#[derive(Debug)]
struct Frame {
    id: u32,
    tag: Tag,
    /// Its own names' hints.
    own: Hints,
    /// Its own and its near ancestors' hints.
    near: Hints,
    /// The kinds of place it stands in.
    region: Hints,
    signature: u64,
    start: usize,
    /// What was noted of links and the like when it began.
    place: Place,
    scope: Option<NodeId>,
    marks: Vec<Mark>,
}

/// The hints that hold for everything inside an element, however deep.
fn regions(own: Hints, tag: Tag) -> Hints {
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
const DOUBTFUL: [Hints; 7] =
    [Hints::RELATED, Hints::HEADER, Hints::FOOTER, Hints::NAVIGATION, Hints::ASIDE, Hints::VARIANT, Hints::REVIEW];

/// The state of one pass.
pub(super) struct Walk {
    pub facts: Facts,
    stack: Vec<Frame>,
    next_id: u32,
    hints: HintReader,
    node: String,
    node_is_data: bool,
    /// Text of a script or other unread element that somebody wants.
    raw: String,
    entry_slots: [usize; LISTS],
    /// Open entries: list, entry, id of the frame.
    open_entries: Vec<(usize, usize, u32)>,
    /// Id of the element whose start tag is being handled, and whether it is on the stack.
    current: Option<u32>,
    wants_json_ld: bool,
    wants_microdata: bool,
    wants_visible: bool,
    wants_lists: bool,
}

fn decode(text: &str) -> Cow<'_, str> {
    if text.contains('&') { htmlize::unescape_attribute(text) } else { Cow::Borrowed(text) }
}

impl Walk {
    /// An empty page, ready for what the recipe wants.
    pub fn new(recipe: &CompiledRecipe) -> Walk {
        let entry_slots = recipe.lists().map(|list| list.map_or(0, |(_, rules)| rules.len()));
        Walk {
            facts: Facts { page: Caught::new(recipe.page_rules().count()), ..Facts::default() },
            stack: Vec::with_capacity(64),
            next_id: 0,
            hints: HintReader::default(),
            node: String::new(),
            node_is_data: true,
            raw: String::new(),
            entry_slots,
            open_entries: Vec::new(),
            current: None,
            wants_json_ld: recipe.reads(Embedded::JsonLd),
            wants_microdata: recipe.reads(Embedded::Microdata),
            wants_visible: recipe.reads(Embedded::Visible),
            wants_lists: recipe.looks_for_lists(),
        }
    }

    /// Handles a start tag; answers the frame's id when the element can hold content and is on the stack.
    pub fn start(&mut self, element: &mut Element<'_, '_>) -> Option<u32> {
        self.flush_text();
        let tag = Tag::of(&element.tag_name());
        if let Some(index) = tag.implied_end(self.stack.iter().map(|f| f.tag)) {
            self.close_from(index);
        }
        let mut seen = Seen::default();
        let mut signature = tag as u64;
        for attribute in element.attributes() {
            let name = attribute.name();
            match name.as_str() {
                "class" | "id" | "data-testid" | "data-test" | "data-qa" | "data-auto" | "data-hook" | "data-cy" => {
                    let value = attribute.value();
                    seen.hints |= self.hints.read(&value);
                    if name == "class" {
                        signature =
                            value.bytes().fold(signature, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
                    }
                }
                "style" => seen.style(&attribute.value()),
                "hidden" => seen.hints |= Hints::HIDDEN,
                _ => seen.attribute(&name, || decode(&attribute.value()).into_owned()),
            }
        }
        if matches!(tag, Tag::Html | Tag::Body | Tag::Main) {
            seen.hints = Hints::NONE;
        }
        self.head_facts(tag, &seen);
        self.facts.visible.boundary(tag.is_block());
        let (region, near, parent_signature, scope) =
            self.stack.last().map_or((Hints::NONE, Hints::NONE, 0, None), |parent| {
                (parent.region, parent.own, parent.signature, parent.scope)
            });
        let region = region | regions(seen.hints, tag);
        let near_kinds = near.without(Hints::TITLE | Hints::BUY | Hints::CURRENT | Hints::PRODUCT | Hints::CARD);
        let mut frame = Frame {
            id: self.next_id,
            tag,
            own: seen.hints,
            near: seen.hints | near_kinds,
            region,
            signature: signature ^ parent_signature.rotate_left(21),
            start: self.facts.visible.text.len(),
            place: self.facts.siblings.place(),
            scope,
            marks: Vec::new(),
        };
        self.next_id = self.next_id.wrapping_add(1);
        let can_have_content = element.can_have_content();
        if self.wants_microdata {
            let found = microdata::start(&mut self.facts.graph, &seen, tag, frame.scope, frame.region);
            if let Some(scope) = found.scope {
                frame.scope = Some(scope);
            }
            if let (Some((node, name)), true) = (found.text_property, can_have_content) {
                frame.marks.push(Mark::Property(node, name));
            }
        }
        if tag == Tag::Input && seen.kind.as_deref() != Some("hidden") && self.wants_visible {
            let at = self.facts.visible.text.len();
            self.facts.visible.note_button(seen.value.as_deref().unwrap_or_default(), at, frame.near, frame.region);
        }
        if self.wants_lists {
            let at = self.facts.visible.text.len();
            if let (Tag::Anchor, Some(href)) = (tag, &seen.href) {
                let link = self.facts.siblings.open_link(at, href, seen.rel.as_deref(), seen.label.as_deref());
                frame.marks.extend(link.map(Mark::Link));
            } else if tag == Tag::Image {
                self.facts.siblings.note_picture(seen.alt.as_deref(), seen.src.as_deref());
            }
        }
        if !can_have_content || self.stack.len() >= MAX_DEPTH {
            self.current = None;
            return None;
        }
        match tag {
            Tag::H1 => {
                // Whatever holds the page's title is not a recommendation, however it is named.
                for open in &mut self.stack {
                    for doubtful in DOUBTFUL {
                        open.region = open.region.without(doubtful);
                    }
                }
                frame.region = self.stack.last().map_or(Hints::NONE, |f| f.region);
                frame.marks.push(Mark::Heading);
            }
            Tag::Title => frame.marks.push(Mark::PageTitle),
            Tag::Script
                if self.wants_json_ld
                    && seen.kind.as_deref().is_some_and(|k| k.to_ascii_lowercase().contains("ld+json")) =>
            {
                frame.marks.push(Mark::JsonLd);
                self.raw.clear();
            }
            _ if frame.own.has(Hints::TITLE) && (frame.own.has(Hints::PRODUCT) || tag == Tag::Heading) => {
                frame.marks.push(Mark::Title);
            }
            _ => {}
        }
        self.current = Some(frame.id);
        let id = frame.id;
        self.stack.push(frame);
        Some(id)
    }

    fn head_facts(&mut self, tag: Tag, seen: &Seen) {
        let head = &mut self.facts.head;
        match tag {
            Tag::Html => head.lang = seen.lang.clone(),
            Tag::Meta => {
                let name = seen.property.as_deref().or(seen.name.as_deref()).or(seen.itemprop.as_deref());
                if let (Some(name), Some(content)) = (name, seen.content.as_deref()) {
                    head.add_tag(name, content);
                }
            }
            Tag::Link | Tag::Anchor => {
                let rel = seen.rel.as_deref().unwrap_or_default().to_ascii_lowercase();
                let mut kinds = rel.split_ascii_whitespace();
                if let Some(href) = &seen.href {
                    if tag == Tag::Link && rel == "canonical" {
                        head.canonical.get_or_insert_with(|| href.clone());
                    } else if kinds.any(|k| k == "next") {
                        head.next.get_or_insert_with(|| href.clone());
                    }
                }
            }
            Tag::Base => head.base = seen.href.clone(),
            _ => {}
        }
    }

    /// Handles an element that one of the recipe's selectors matched; it is the one just started.
    pub fn mark(&mut self, target: &Target, element: &Element<'_, '_>) {
        let attribute = |name: &str| element.get_attribute(name).map(|v| decode(&v).into_owned());
        match target {
            Target::NoResult => self.facts.has_no_result_sign = true,
            Target::Item { list, own } => {
                let Some(id) = self.current else { return };
                let entries = &mut self.facts.entries[*list];
                if entries.len() >= MAX_ENTRIES {
                    return;
                }
                let entry = entries.len();
                entries.push(Caught::new(self.entry_slots[*list]));
                self.open_entries.push((*list, entry, id));
                let mut marks = vec![];
                for (slot, name) in own {
                    match name {
                        Some(name) => {
                            if let Some(value) = attribute(name) {
                                self.facts.entries[*list][entry].add(*slot, value);
                            }
                        }
                        None => marks.push(Mark::Value(Some(*list), entry, *slot)),
                    }
                }
                marks.push(Mark::EntryEnd);
                if let Some(frame) = self.stack.last_mut() {
                    frame.marks.extend(marks);
                }
            }
            Target::Value { list, slot, attribute: name } => {
                let entry = match list {
                    None => 0,
                    Some(list) => {
                        let Some((_, entry, _)) = self.open_entries.iter().rev().find(|(l, _, _)| l == list) else {
                            return;
                        };
                        *entry
                    }
                };
                match name {
                    Some(name) => {
                        if let Some(value) = attribute(name) {
                            self.keep(*list, entry, *slot, value);
                        }
                    }
                    None => {
                        if let (Some(_), Some(frame)) = (self.current, self.stack.last_mut()) {
                            if frame.tag.is_unread() {
                                self.raw.clear();
                            }
                            frame.marks.push(Mark::Value(*list, entry, *slot));
                        }
                    }
                }
            }
        }
    }

    fn keep(&mut self, list: Option<usize>, entry: usize, slot: usize, value: String) {
        match list {
            None => self.facts.page.add(slot, value),
            Some(list) => {
                if let Some(entry) = self.facts.entries[list].get_mut(entry) {
                    entry.add(slot, value);
                }
            }
        }
    }

    /// Handles a piece of text; a text node may come in several.
    pub fn text(&mut self, chunk: &TextChunk<'_>) {
        let is_data = matches!(chunk.text_type(), TextType::Data | TextType::RCData);
        let unread = self.stack.last().is_some_and(|f| f.tag.is_unread()) || !is_data;
        if unread {
            let wanted = self.stack.last().is_some_and(|f| !f.marks.is_empty());
            if wanted && self.raw.len() + chunk.as_str().len() <= json_ld::MAX_SCRIPT_BYTES {
                self.raw.push_str(chunk.as_str());
            }
            return;
        }
        if self.node.len() + chunk.as_str().len() <= MAX_NODE_BYTES {
            self.node.push_str(chunk.as_str());
        }
        self.node_is_data = is_data;
        if chunk.last_in_text_node() {
            self.flush_text();
        }
    }

    /// A text node is complete: it goes into the page's text, and the collectors look at it.
    pub fn flush_text(&mut self) {
        if self.node.is_empty() {
            return;
        }
        let node = std::mem::take(&mut self.node);
        let text = if node.contains('&') { htmlize::unescape(node.as_str()) } else { Cow::Borrowed(node.as_str()) };
        let visible = &mut self.facts.visible;
        let start = visible.text.len();
        let top = self.stack.last();
        let (tag, near, region, signature) =
            top.map_or((Tag::Body, Hints::NONE, Hints::NONE, 0), |f| (f.tag, f.near, f.region, f.signature));
        let trimmed = text.trim();
        // A raised single character behind a price is a footnote.
        let is_footnote = tag == Tag::Sup
            && trimmed.chars().count() == 1
            && visible.text.ends_with(|c: char| c.is_ascii_digit() || c == '€' || c == '$');
        if !is_footnote {
            visible.push(&text, near.has(Hints::CENTS) || tag == Tag::Sup);
        }
        if self.wants_visible && !trimmed.is_empty() {
            if region.has(Hints::OPTION) {
                visible.end_option();
            } else {
                visible.consider_price(start, near, region, signature, true);
                visible.note_text(trimmed, start, near, region);
            }
        }
        self.node = node;
        self.node.clear();
    }

    /// An end tag names an open element: it and what is still open inside it end.
    pub fn close(&mut self, id: u32) {
        if let Some(index) = self.stack.iter().rposition(|f| f.id == id) {
            self.close_from(index);
        }
    }

    /// The open elements from this depth on end, innermost first.
    pub fn close_from(&mut self, index: usize) {
        while self.stack.len() > index {
            let Some(frame) = self.stack.pop() else { return };
            self.facts.visible.boundary(frame.tag.is_block());
            self.end(frame);
        }
    }

    fn end(&mut self, frame: Frame) {
        if self.wants_visible && !frame.region.has(Hints::OPTION) && !frame.tag.is_unread() {
            self.facts.visible.consider_price(frame.start, frame.near, frame.region, frame.signature, false);
            if matches!(frame.tag, Tag::Button | Tag::Anchor) || frame.own.has(Hints::BUY) {
                let text = self.facts.visible.since(frame.start, 100);
                self.facts.visible.note_button(&text, frame.start, frame.near, frame.region);
            }
        }
        if self.wants_lists {
            let parent = self.stack.last().map_or(0, |parent| parent.signature);
            let text = frame.start..self.facts.visible.text.len();
            self.facts.siblings.close(frame.tag, parent, frame.place, text, frame.region);
        }
        for mark in frame.marks {
            match mark {
                Mark::Link(number) => self.facts.siblings.close_link(number, self.facts.visible.text.len()),
                Mark::Property(node, name) => {
                    let text = self.facts.visible.since_raw(frame.start, MAX_VALUE_BYTES);
                    microdata::end(&mut self.facts.graph, node, &name, text);
                }
                Mark::Value(list, entry, slot) => {
                    let value = if frame.tag.is_unread() {
                        self.raw.trim().to_owned()
                    } else {
                        self.facts.visible.since_raw(frame.start, MAX_VALUE_BYTES)
                    };
                    self.keep(list, entry, slot, value);
                }
                Mark::EntryEnd => self.open_entries.retain(|(_, _, id)| *id != frame.id),
                Mark::Heading => self.facts.visible.note_heading(frame.start, frame.region),
                Mark::Title => self.facts.visible.note_title(frame.start, frame.region),
                Mark::PageTitle => {
                    if self.facts.head.title.is_none() {
                        self.facts.head.title =
                            Some(self.facts.visible.since(frame.start, 1_000)).filter(|t| !t.is_empty());
                    }
                }
                Mark::JsonLd => {
                    let script = std::mem::take(&mut self.raw);
                    json_ld::read(&script, &mut self.facts.graph);
                }
            }
        }
    }
}
