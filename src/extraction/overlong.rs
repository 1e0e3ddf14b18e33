//! Pages with more marks than any page has, and start tags with more attributes. The parser works for each less-than sign,
//! and keeps a note of each attribute until the tag ends, before anybody can say stop: such a page is cut in front of them.

/// Less-than signs of a page, those in scripts included.
const MAX_SIGNS: usize = 800_000;
/// Attributes of one tag.
const MAX_ATTRIBUTES: usize = 10_000;
/// Bytes of one tag: pictures stand in attributes, and the parser holds a tag back until it ends.
const MAX_TAG_BYTES: usize = 8 << 20;

/// Elements whose content is text up to their own end tag, whatever it looks like.
const RAW: [&str; 8] = ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"];

/// The page up to the first endless tag, and not further than its share of marks.
pub(super) fn without_endless_tags(html: &str) -> &str {
    let end = memchr::memchr_iter(b'<', html.as_bytes()).nth(MAX_SIGNS).unwrap_or(html.len());
    let html = &html[..end];
    let bytes = html.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'<', &bytes[at..]) {
        let start = at + found;
        let rest = &bytes[start..];
        at = if rest.starts_with(b"<!--") {
            start + memchr::memmem::find(&rest[2..], b"-->").map_or(rest.len(), |end| end + 5)
        } else if rest.get(1).is_some_and(u8::is_ascii_alphabetic) {
            match tag_end(rest) {
                Some(end) => start + end + raw_text(&rest[1..], &bytes[start + end..]),
                None => return &html[..start],
            }
        } else {
            start + 1
        };
    }
    html
}

/// Where a start tag ends; `None` when it is endless. A `>` inside quotes ends nothing.
///
/// Rule from: HTML standard, 13.2.5.32 to 13.2.5.39.
fn tag_end(tag: &[u8]) -> Option<usize> {
    let (mut attributes, mut at) = (0, 1);
    let mut is_value = false;
    while let Some(byte) = tag.get(at) {
        match byte {
            b'>' => return (at <= MAX_TAG_BYTES).then_some(at + 1),
            b'"' | b'\'' if is_value => {
                at += memchr::memchr(*byte, &tag[at + 1..]).map_or(tag.len(), |end| end + 1);
                attributes += 1;
                is_value = false;
            }
            b' ' | b'\n' | b'\t' | b'\r' | 0x0c | b'/' => {
                attributes += 1;
            }
            b'=' => is_value = true,
            _ => is_value = false,
        }
        if attributes > MAX_ATTRIBUTES {
            return None;
        }
        at += 1;
    }
    (tag.len() <= MAX_TAG_BYTES).then_some(tag.len())
}

/// The length of the text behind a start tag that is not markup.
fn raw_text(name: &[u8], behind: &[u8]) -> usize {
    let is = |raw: &&&str| {
        name.get(..raw.len()).is_some_and(|n| n.eq_ignore_ascii_case(raw.as_bytes()))
            && name.get(raw.len()).is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'-')
    };
    let Some(raw) = RAW.iter().find(is) else { return 0 };
    let ends = memchr::memmem::find_iter(behind, b"</");
    let mut own =
        ends.filter(|end| behind[end + 2..].get(..raw.len()).is_some_and(|n| n.eq_ignore_ascii_case(raw.as_bytes())));
    own.next().unwrap_or(behind.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(html: &str) -> &str {
        without_endless_tags(html)
    }

    #[test]
    fn a_page_is_cut_before_an_endless_tag() {
        for many in ["a ".repeat(20_000), "a=\">\" ".repeat(20_000), "a='>'".repeat(20_000), "/".repeat(20_000)] {
            for end in ["", ">", ">behind"] {
                assert_eq!(kept(&format!("<p>12 €</p><a {many}{end}")), "<p>12 €</p>");
            }
        }
        assert_eq!(kept(&format!("x<img src='{}'>", "a".repeat(9 << 20))), "x");
        assert_eq!(kept(&"<".repeat(MAX_SIGNS + 9)).len(), MAX_SIGNS);
    }

    #[test]
    fn ordinary_pages_are_whole() {
        let words = "a<b ".repeat(20_000);
        for html in [
            format!("<script>{words}</script><p>"),
            format!("<SCRIPT type=x>{words}"),
            format!("<!-- {words} --><title>{words}</title>"),
            format!("<img src='{}'><p title=\"{}\">", "a".repeat(2 << 20), "a ".repeat(20_000)),
            format!("<p>{}</p>", "word ".repeat(50_000)),
            format!("1 < 2 {}", "word ".repeat(50_000)),
            "<".repeat(MAX_SIGNS),
            "<a href='x".to_owned(),
            "<!--".to_owned(),
            "ä<".to_owned(),
        ] {
            assert_eq!(kept(&html).len(), html.len(), "{}", &html[..10]);
        }
    }
}
