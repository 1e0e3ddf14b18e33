//! The few elements that matter by name, and which open elements a start tag closes without saying so.

/// An element by what it means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Html,
    Head,
    Body,
    Title,
    H1,
    Heading,
    Meta,
    Link,
    Base,
    Script,
    Style,
    Template,
    Noscript,
    Svg,
    Anchor,
    Area,
    Image,
    Source,
    Button,
    Form,
    Input,
    Label,
    Option,
    Select,
    Struck,
    Sup,
    Data,
    Time,
    Header,
    Footer,
    Nav,
    Aside,
    Main,
    List,
    Item,
    DefinitionList,
    Term,
    Table,
    Section,
    Row,
    Cell,
    Paragraph,
    Break,
    Block,
    Inline,
}

/// Open elements looked at for one that ends by itself; a page that nests deeper closes its tags.
const MAX_LOOKBACK: usize = 100;

impl Tag {
    pub fn of(name: &str) -> Tag {
        match name {
            "html" => Tag::Html,
            "head" => Tag::Head,
            "body" => Tag::Body,
            "title" => Tag::Title,
            "h1" => Tag::H1,
            "h2" | "h3" | "h4" | "h5" | "h6" => Tag::Heading,
            "meta" => Tag::Meta,
            "link" => Tag::Link,
            "base" => Tag::Base,
            "script" => Tag::Script,
            "style" => Tag::Style,
            "template" => Tag::Template,
            "noscript" => Tag::Noscript,
            "svg" | "math" => Tag::Svg,
            "a" => Tag::Anchor,
            "area" => Tag::Area,
            "img" => Tag::Image,
            "source" | "iframe" | "embed" | "video" | "audio" => Tag::Source,
            "button" => Tag::Button,
            "form" => Tag::Form,
            "input" => Tag::Input,
            "label" => Tag::Label,
            "option" => Tag::Option,
            "select" => Tag::Select,
            "del" | "s" | "strike" => Tag::Struck,
            "sup" => Tag::Sup,
            "data" | "meter" => Tag::Data,
            "time" => Tag::Time,
            "header" => Tag::Header,
            "footer" => Tag::Footer,
            "nav" => Tag::Nav,
            "aside" => Tag::Aside,
            "main" => Tag::Main,
            "ul" | "ol" | "menu" => Tag::List,
            "li" => Tag::Item,
            "dl" => Tag::DefinitionList,
            "dt" | "dd" => Tag::Term,
            "table" => Tag::Table,
            "thead" | "tbody" | "tfoot" => Tag::Section,
            "tr" => Tag::Row,
            "td" | "th" => Tag::Cell,
            "p" => Tag::Paragraph,
            "br" | "hr" => Tag::Break,
            "div" | "section" | "article" | "figure" | "figcaption" | "blockquote" | "pre" | "address" | "fieldset"
            | "details" | "summary" | "caption" | "center" | "legend" | "textarea" => Tag::Block,
            _ => Tag::Inline,
        }
    }

    /// Whether a person sees a gap between this element and the text before it.
    pub fn is_block(self) -> bool {
        !matches!(
            self,
            Tag::Inline
                | Tag::Anchor
                | Tag::Struck
                | Tag::Sup
                | Tag::Data
                | Tag::Time
                | Tag::Label
                | Tag::Script
                | Tag::Style
                | Tag::Meta
                | Tag::Link
                | Tag::Svg
                | Tag::Template
        )
    }

    /// Elements whose text no person reads.
    pub fn is_unread(self) -> bool {
        matches!(self, Tag::Script | Tag::Style | Tag::Template | Tag::Noscript | Tag::Svg)
    }

    /// Whether this start tag closes that open element, and within which element the search for it ends.
    fn closes(self, open: Tag) -> bool {
        match self {
            Tag::Item => open == Tag::Item,
            Tag::Term => open == Tag::Term,
            Tag::Option => open == Tag::Option,
            Tag::Row => matches!(open, Tag::Row | Tag::Cell),
            Tag::Cell => open == Tag::Cell,
            Tag::Section => matches!(open, Tag::Section | Tag::Row | Tag::Cell),
            Tag::Body => open == Tag::Head,
            _ => self.is_block() && self.ends_paragraph() && open == Tag::Paragraph,
        }
    }

    fn ends_paragraph(self) -> bool {
        matches!(
            self,
            Tag::Block
                | Tag::Paragraph
                | Tag::List
                | Tag::DefinitionList
                | Tag::Table
                | Tag::H1
                | Tag::Heading
                | Tag::Header
                | Tag::Footer
                | Tag::Nav
                | Tag::Aside
                | Tag::Main
                | Tag::Form
        )
    }

    fn bounds(self, open: Tag) -> bool {
        match self {
            Tag::Item => matches!(open, Tag::List),
            Tag::Term => open == Tag::DefinitionList,
            Tag::Option => open == Tag::Select,
            Tag::Row | Tag::Cell | Tag::Section => open == Tag::Table,
            Tag::Body => false,
            _ => !matches!(open, Tag::Inline | Tag::Anchor | Tag::Struck | Tag::Sup | Tag::Label),
        }
    }

    /// The index of the lowest open element that this start tag closes; everything from there on is closed.
    ///
    /// Rule from: HTML standard, 13.1.2.4 "Optional tags", as far as product pages leave tags out.
    pub fn implied_end(self, open: impl DoubleEndedIterator<Item = Tag> + ExactSizeIterator) -> Option<usize> {
        let may_close =
            matches!(self, Tag::Item | Tag::Term | Tag::Option | Tag::Row | Tag::Cell | Tag::Section | Tag::Body);
        if !may_close && !self.ends_paragraph() {
            return None;
        }
        let mut lowest = None;
        for (index, tag) in open.enumerate().rev().take(MAX_LOOKBACK) {
            if self.closes(tag) {
                lowest = Some(index);
                if self.is_single_close() {
                    break;
                }
            } else if self.bounds(tag) {
                break;
            }
        }
        lowest
    }

    /// A row closes its cells and the row before; the others close one element only.
    fn is_single_close(self) -> bool {
        !matches!(self, Tag::Row | Tag::Section)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(tag: &str, open: &[&str]) -> Option<usize> {
        let open: Vec<Tag> = open.iter().map(|n| Tag::of(n)).collect();
        Tag::of(tag).implied_end(open.into_iter())
    }

    #[test]
    fn unclosed_entries_end_where_the_next_begins() {
        assert_eq!(end("li", &["body", "ul", "li", "b"]), Some(2));
        assert_eq!(end("li", &["body", "ul", "li", "ul"]), None);
        assert_eq!(end("td", &["table", "tr", "td"]), Some(2));
        assert_eq!(end("tr", &["table", "tbody", "tr", "td"]), Some(2));
        assert_eq!(end("tr", &["table", "tr", "td", "table"]), None);
        assert_eq!(end("p", &["body", "p", "b"]), Some(1));
        assert_eq!(end("div", &["body", "p", "span"]), Some(1));
        assert_eq!(end("p", &["body", "p", "div"]), None);
        assert_eq!(end("span", &["body", "p"]), None);
    }
}
