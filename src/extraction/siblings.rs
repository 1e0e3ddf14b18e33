//! Repeated structure: which elements stand beside others of their kind, and the links, headings and pictures inside them.
//!
//! The pass feeds this collector; `list_reader` decides afterwards whether such elements are the entries of a list.

use super::elements::Tag;
use super::hints::Hints;

/// Elements kept of a page.
const MAX_BLOCKS: usize = 20_000;
/// Links, and pictures, kept of a page.
const MAX_LINKS: usize = 6_000;
/// Longer addresses are no product's.
const MAX_HREF_BYTES: usize = 2_048;
/// Text of an entry: less names nothing, more is a part of the page.
const ENTRY_BYTES: std::ops::Range<usize> = 8..6_000;
/// Longer labels and picture texts are prose.
const MAX_LABEL_BYTES: usize = 300;

/// How much was noted when an element began.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    links: u32,
    pictures: u32,
    headings: u32,
}

/// An element that may be an entry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    /// The same for elements of one tag whose parents are alike.
    pub kind: u64,
    pub start: usize,
    pub end: usize,
    pub region: Hints,
    from: Place,
    to: Place,
}

/// A link and the text inside it.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub start: usize,
    pub end: usize,
    pub href: String,
    pub rel: String,
    /// What it is called for those who do not see it.
    pub label: String,
    /// The pictures inside it, by number.
    pub pictures: std::ops::Range<usize>,
}

impl Link {
    /// Where it leads, whatever place on that page.
    pub fn page(&self) -> &str {
        self.href.split('#').next().unwrap_or(&self.href)
    }
}

/// A picture's text and address.
#[derive(Debug, Clone)]
pub(super) struct Picture {
    pub alt: String,
    pub src: Option<String>,
}

/// What the pass noted, in the page's order; blocks and headings by their ends, links and pictures by their starts.
///
/// What is inside an element is told by number: places in the text say nothing about links and pictures without text.
#[derive(Debug, Default)]
pub(super) struct Siblings {
    pub blocks: Vec<Block>,
    pub links: Vec<Link>,
    pub pictures: Vec<Picture>,
    /// Start and end of each heading below the first level.
    pub headings: Vec<(usize, usize)>,
}

impl Siblings {
    pub fn place(&self) -> Place {
        // The limits are far below 2^32.
        Place {
            links: self.links.len() as u32,
            pictures: self.pictures.len() as u32,
            headings: self.headings.len() as u32,
        }
    }

    pub fn links_in(&self, block: &Block) -> &[Link] {
        self.links.get(block.from.links as usize..block.to.links as usize).unwrap_or_default()
    }

    pub fn pictures_in(&self, block: &Block) -> &[Picture] {
        self.pictures.get(block.from.pictures as usize..block.to.pictures as usize).unwrap_or_default()
    }

    pub fn headings_in(&self, block: &Block) -> &[(usize, usize)] {
        self.headings.get(block.from.headings as usize..block.to.headings as usize).unwrap_or_default()
    }

    /// A link begins; its number, to end it by.
    pub fn open_link(&mut self, start: usize, href: &str, rel: Option<&str>, label: Option<&str>) -> Option<usize> {
        let leads_away = !href.is_empty() && !href.starts_with('#') && !href.starts_with("javascript:");
        if !leads_away || href.len() > MAX_HREF_BYTES || self.links.len() >= MAX_LINKS {
            return None;
        }
        let short = |text: Option<&str>| text.filter(|t| t.len() <= MAX_LABEL_BYTES).unwrap_or_default().to_owned();
        let (href, rel, label) = (href.to_owned(), short(rel).to_lowercase(), short(label));
        let pictures = self.pictures.len()..self.pictures.len();
        self.links.push(Link { start, end: start, href, rel, label, pictures });
        Some(self.links.len() - 1)
    }

    pub fn close_link(&mut self, number: usize, end: usize) {
        if let Some(link) = self.links.get_mut(number) {
            link.end = end;
            link.pictures.end = self.pictures.len();
        }
    }

    pub fn note_picture(&mut self, alt: Option<&str>, src: Option<&str>) {
        let alt = alt.unwrap_or_default().trim();
        if self.pictures.len() < MAX_LINKS && alt.len() <= MAX_LABEL_BYTES && (!alt.is_empty() || src.is_some()) {
            let src = src.filter(|src| src.len() <= MAX_HREF_BYTES && !src.starts_with("data:")).map(str::to_owned);
            self.pictures.push(Picture { alt: alt.to_owned(), src });
        }
    }

    /// An element ends that began at this place and here in the text. `parent` is the signature of the element around it.
    pub fn close(&mut self, tag: Tag, parent: u64, from: Place, text: std::ops::Range<usize>, region: Hints) {
        let std::ops::Range { start, end } = text;
        if tag == Tag::Heading && end > start && self.headings.len() < MAX_LINKS {
            self.headings.push((start, end));
        }
        let can_be_entry = matches!(tag, Tag::Item | Tag::Block | Tag::Row | Tag::Anchor);
        if can_be_entry && ENTRY_BYTES.contains(&end.saturating_sub(start)) && self.blocks.len() < MAX_BLOCKS {
            let kind = (parent ^ tag as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            self.blocks.push(Block { kind, start, end, region, from, to: self.place() });
        }
    }
}
