//! Where the pass stands on a page: a small stack of open elements, from which every collector is fed.

use super::attributes::{Seen, decode};
use super::compile::{CompiledRecipe, LISTS};
use super::element_name::element_name;
use super::elements::Tag;
use super::frame::{Frame, Mark, doubtful, regions};
use super::gathered::Gathered;
use super::hints::{HintReader, Hints};
use super::pass::Facts;
use super::recipe::Embedded;
use super::selectors::{Caught, MAX_ENTRIES, MAX_VALUE_BYTES};
use super::targets::Target;
use super::{embedded_state, json_ld, microdata, visible_words};
use lol_html::html_content::{Element, TextChunk, TextType};
use std::borrow::Cow;
use std::collections::HashSet;

/// Deeper elements count as text of the deepest one kept.
const MAX_DEPTH: usize = 400;
/// Elements and texts read of a page; what follows is not read.
pub(super) const MAX_PIECES: usize = 200_000;
/// Elements open at the same time to the parser, which closes none that the page does not; what follows is not read.
const MAX_OPEN: usize = 20_000;
/// Names of elements beside the ones known here; a page that makes up more is not read further.
const MAX_STRANGE_NAMES: usize = 500;
/// Bytes kept of all values of a recipe's rules on a page: rules may match elements inside each other.
const MAX_CAUGHT_BYTES: usize = 8 << 20;
/// Longer headings are not those of recommendations.
const MAX_HEADING_BYTES: usize = 100;
/// Bytes of one text node kept.
const MAX_NODE_BYTES: usize = 1 << 20;

/// The state of one pass.
pub(super) struct Walk {
    pub facts: Facts,
    stack: Vec<Frame>,
    next_id: u32,
    hints: HintReader,
    node: Gathered,
    node_is_data: bool,
    /// Text of a script or other unread element that somebody wants.
    raw: Gathered,
    entry_slots: [usize; LISTS],
    /// Open entries: list, entry, id of the frame.
    open_entries: Vec<(usize, usize, u32)>,
    /// Id of the element whose start tag is being handled, and whether it is on the stack.
    current: Option<u32>,
    /// Elements open to the parser.
    open: usize,
    strange_names: HashSet<String>,
    caught_bytes: usize,
    wants_json_ld: bool,
    wants_microdata: bool,
    wants_state: bool,
    wants_visible: bool,
    names_elements: bool,
    wants_lists: bool,
}

impl Walk {
    /// An empty page, ready for what the recipe wants.
    pub fn new(recipe: &CompiledRecipe, names_elements: bool) -> Walk {
        let entry_slots = recipe.lists().map(|list| list.map_or(0, |(_, rules)| rules.len()));
        Walk {
            facts: Facts { page: Caught::new(recipe.page_rules().count()), ..Facts::default() },
            stack: Vec::with_capacity(64),
            next_id: 0,
            hints: HintReader::default(),
            node: Gathered::default(),
            node_is_data: true,
            raw: Gathered::default(),
            entry_slots,
            open_entries: Vec::new(),
            current: None,
            open: 0,
            strange_names: HashSet::new(),
            caught_bytes: 0,
            wants_json_ld: recipe.reads(Embedded::JsonLd),
            wants_microdata: recipe.reads(Embedded::Microdata),
            wants_state: recipe.reads(Embedded::State),
            wants_visible: recipe.reads(Embedded::Visible),
            names_elements,
            wants_lists: recipe.looks_for_lists(),
        }
    }

    /// Whether the page has had its share of work: the element that begins is not read, nor what follows.
    pub fn is_full(&self) -> bool {
        self.facts.pieces >= MAX_PIECES || self.open >= MAX_OPEN || self.strange_names.len() > MAX_STRANGE_NAMES
    }

    /// An element is open to the parser: how many there were before it.
    pub fn enter(&mut self) -> usize {
        self.open += 1;
        self.open - 1
    }

    /// An end tag closes the element before which so many were open, and all inside it.
    pub fn leave(&mut self, open_before: usize) {
        self.open = open_before;
    }

    /// Handles a start tag; answers the frame's id when the element can hold content and is on the stack.
    pub fn start(&mut self, element: &mut Element<'_, '_>) -> Option<u32> {
        self.flush_text();
        self.facts.pieces += 1;
        let name = element.tag_name();
        let tag = Tag::of(&name);
        if tag == Tag::Inline && !self.strange_names.contains(&name) {
            self.strange_names.insert(name);
        }
        if let Some(index) = tag.implied_end(self.stack.iter().map(|f| f.tag)) {
            self.close_from(index);
        }
        let mut seen = Seen::default();
        let mut signature = tag as u64;
        for attribute in element.attributes() {
            let name = attribute.name();
            match name.as_str() {
                "class" | "id" | "data-testid" | "data-test" | "data-qa" | "data-auto" | "data-hook" | "data-cy"
                | "data-qa-qualifier" | "data-test-id" | "data-role" | "data-automation-id" => {
                    let value = attribute.value();
                    seen.hints |= self.hints.read(&value);
                    if name == "class" {
                        signature =
                            value.bytes().fold(signature, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
                    } else if name == "id" && tag == Tag::Script {
                        seen.id = Some(value);
                    }
                }
                "style" => seen.style(&attribute.value()),
                "hidden" => seen.hints |= Hints::HIDDEN,
                _ if self.wants_state && embedded_state::may_hold_state(&name) => {
                    seen.state.push(attribute.value());
                }
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
            hanging: None,
            marks: Vec::new(),
            name: self.names_elements.then(|| element_name(element)),
        };
        self.next_id = self.next_id.wrapping_add(1);
        let can_have_content = element.can_have_content();
        if self.wants_microdata {
            let hanging = self.stack.last().and_then(|parent| parent.hanging.as_deref());
            let found = microdata::start(&mut self.facts.graph, &seen, tag, frame.scope, hanging, frame.region);
            match found.scope {
                Some(scope) => frame.scope = Some(scope),
                None => frame.hanging = found.hanging.or_else(|| hanging.map(str::to_owned)),
            }
            if let (Some((node, name)), true) = (found.text_property, can_have_content) {
                frame.marks.push(Mark::Property(node, name));
            }
        }
        if !region.has(Hints::RELATED | Hints::FOOTER) {
            seen.state.iter().for_each(|value| self.facts.state.read_attribute(&decode(value)));
        }
        if tag == Tag::Input
            && self.wants_visible
            && let (Some(name), Some(value)) = (&seen.name, &seen.value)
        {
            let at = self.facts.visible.text.len();
            self.facts.visible.note_form_value(name, value, at, frame.region);
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
                    open.region = open.region.without(doubtful());
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
            Tag::Script if self.wants_state && embedded_state::is_data_script(seen.kind.as_deref()) => {
                frame.marks.push(Mark::Script(seen.id.take()));
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
            Target::NoResult(index) => drop(self.facts.no_result_sign.get_or_insert(*index)),
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
                                self.keep(Some(*list), entry, *slot, value);
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
        self.caught_bytes += value.len();
        if self.caught_bytes > MAX_CAUGHT_BYTES {
            return;
        }
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
            if wanted {
                self.raw.push(chunk.as_str(), json_ld::MAX_SCRIPT_BYTES);
            }
            return;
        }
        self.node.push(chunk.as_str(), MAX_NODE_BYTES);
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
        if self.is_full() {
            self.node.clear();
            return;
        }
        self.facts.pieces += 1;
        let node = std::mem::take(&mut self.node);
        let text = if memchr::memchr(b'&', node.as_bytes()).is_some() {
            htmlize::unescape(&*node)
        } else {
            Cow::Borrowed(&*node)
        };
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
                visible.name_prices(self.stack.last().and_then(|f| f.name.as_deref()));
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
            self.facts.visible.name_prices(frame.name.as_deref());
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
        if self.wants_visible && frame.own.has(Hints::CODE) {
            self.facts.visible.note_code(frame.start, frame.region);
        }
        if self.wants_visible && frame.own.has(Hints::BRAND) {
            self.facts.visible.note_brand(frame.start, frame.region);
        }
        if self.wants_visible
            && frame.tag == Tag::Heading
            && visible_words::is_about_others(&self.facts.visible.since(frame.start, MAX_HEADING_BYTES))
            && let Some(parent) = self.stack.last_mut()
        {
            // What follows in this section are other products, whatever its elements are named.
            parent.region |= Hints::RELATED;
        }
        for mark in frame.marks {
            match mark {
                Mark::Property(..) if self.facts.graph.is_full() => {}
                Mark::Value(..) if self.caught_bytes > MAX_CAUGHT_BYTES => {}
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
                Mark::Script(id) => self.facts.state.read_script(&self.raw, id.as_deref()),
            }
        }
    }
}
