//! The attributes of a start tag that the collectors want.

use super::hints::Hints;
use std::borrow::Cow;

/// Longer values are no names, numbers, addresses or texts of a product.
const MAX_VALUE_BYTES: usize = 64 << 10;

/// An attribute's value with its character references read.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'&', text.as_bytes()).is_some() {
        htmlize::unescape_attribute(text)
    } else {
        Cow::Borrowed(text)
    }
}

/// The attributes of one start tag that somebody wants.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub hints: Hints,
    pub itemprop: Option<String>,
    pub itemtype: Option<String>,
    pub itemid: Option<String>,
    pub has_itemscope: bool,
    pub property: Option<String>,
    pub resource: Option<String>,
    pub type_of: Option<String>,
    pub name: Option<String>,
    pub content: Option<String>,
    pub href: Option<String>,
    pub src: Option<String>,
    pub alt: Option<String>,
    pub label: Option<String>,
    pub value: Option<String>,
    pub datetime: Option<String>,
    pub rel: Option<String>,
    pub kind: Option<String>,
    pub lang: Option<String>,
    /// Attributes that may hold product data, not decoded.
    pub state: Vec<String>,
    /// Of a script.
    pub id: Option<String>,
}

impl Seen {
    /// Takes one attribute; its value is decoded only when somebody wants it.
    pub fn attribute(&mut self, name: &str, value: impl FnOnce() -> String) {
        let place = match name {
            "itemscope" => {
                self.has_itemscope = true;
                return;
            }
            "itemprop" => &mut self.itemprop,
            "itemtype" => &mut self.itemtype,
            "itemid" | "about" => &mut self.itemid,
            "resource" => &mut self.resource,
            "property" => &mut self.property,
            "typeof" => &mut self.type_of,
            "name" => &mut self.name,
            "content" => &mut self.content,
            "href" => &mut self.href,
            "src" | "data-src" => &mut self.src,
            "alt" => &mut self.alt,
            "aria-label" => &mut self.label,
            "value" => &mut self.value,
            "datetime" => &mut self.datetime,
            "rel" => &mut self.rel,
            "type" => &mut self.kind,
            "lang" => &mut self.lang,
            _ => return,
        };
        if place.is_none() {
            *place = Some(value()).filter(|value| value.len() <= MAX_VALUE_BYTES);
        }
    }

    /// Reads what an inline style hides or strikes.
    pub fn style(&mut self, style: &str) {
        let style: String =
            style.chars().filter(|c| !c.is_whitespace()).take(500).flat_map(char::to_lowercase).collect();
        if style.contains("display:none") || style.contains("visibility:hidden") {
            self.hints |= Hints::HIDDEN;
        }
        if style.contains("line-through") {
            self.hints |= Hints::STRUCK;
        }
    }
}
