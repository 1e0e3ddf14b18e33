//! URL templates: `{base_url}/search?q={value}`.

use crate::domain::Country;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::fmt;
use url::Url;

/// Everything but the unreserved characters, so that a value can never add a path, a query or a host.
///
/// Rule from: RFC 3986, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Schemes a page can be got by: two over the network, one from the demo marketplace inside the binary.
pub(super) const SCHEMES: [&str; 3] = ["http", "https", "embedded"];

/// What can stand in braces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Placeholder {
    BaseUrl,
    Country,
    Value,
    Id,
    Url,
    Page,
}

impl Placeholder {
    pub const ALL: [Placeholder; 6] = [
        Placeholder::BaseUrl,
        Placeholder::Country,
        Placeholder::Value,
        Placeholder::Id,
        Placeholder::Url,
        Placeholder::Page,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Placeholder::BaseUrl => "base_url",
            Placeholder::Country => "country",
            Placeholder::Value => "value",
            Placeholder::Id => "id",
            Placeholder::Url => "url",
            Placeholder::Page => "page",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Insert(Placeholder),
    /// A named group of the key's pattern.
    Group(String),
}

/// A checked template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlTemplate(Vec<Part>);

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTemplate {
    #[error("unknown placeholder {{{0}}}; known here: {1}")]
    Unknown(String, String),
    #[error("{{{}}} is not known at this step", .0.as_str())]
    NotHere(Placeholder),
    #[error("a brace without its pair")]
    Brace,
    #[error("{{base_url}} can only stand at the start")]
    BaseUrlInside,
    #[error("{{url}} is a whole URL: nothing can stand beside it")]
    UrlBeside,
    #[error("a URL starts with http:// or https://, or with {{base_url}} or {{url}} where they are known")]
    Start,
}

/// What is put into a template. A missing value whose placeholder the template has is a [`Unfilled`] error.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filling<'a> {
    pub base_url: Option<&'a str>,
    pub country: Option<Country>,
    pub value: Option<&'a str>,
    pub id: Option<&'a str>,
    pub url: Option<&'a str>,
    pub page: Option<u64>,
    /// The value, taken apart by the named groups of its key's pattern.
    pub groups: &'a [(&'a str, &'a str)],
}

/// Why no URL came of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfilled {
    #[error("nothing is known for {{{}}}", .0.as_str())]
    Missing(Placeholder),
    #[error("the value has no part {{{0}}}")]
    NoPart(String),
    #[error("not a URL a page can be got by: {0}")]
    NotUrl(String),
}

impl UrlTemplate {
    /// Reads a template in which only the given placeholders, and groups of the key's pattern, are known.
    pub fn parse(text: &str, known: &[Placeholder], groups: &[&str]) -> Result<UrlTemplate, InvalidTemplate> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find(['{', '}']) {
            let (before, from_brace) = rest.split_at(open);
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            let (name, after) =
                from_brace.strip_prefix('{').and_then(|s| s.split_once('}')).ok_or(InvalidTemplate::Brace)?;
            parts.push(match groups.contains(&name) {
                true => Part::Group(name.to_owned()),
                false => Part::Insert(placeholder(name, known)?),
            });
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        check_shape(&parts)?;
        Ok(UrlTemplate(parts))
    }

    pub fn has(&self, placeholder: Placeholder) -> bool {
        self.0.contains(&Part::Insert(placeholder))
    }

    /// The groups of the key's pattern it is filled from.
    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Group(name) => Some(name.as_str()),
            Part::Text(_) | Part::Insert(_) => None,
        })
    }

    /// The URL; everything inserted is percent-encoded except the base URL, a whole URL, and a group that begins the
    /// template: that one holds the whole server's name, to which nothing can be added.
    pub fn fill(&self, filling: &Filling<'_>) -> Result<Url, Unfilled> {
        let mut text = String::new();
        let mut server = None;
        for (index, part) in self.0.iter().enumerate() {
            match part {
                Part::Text(literal) => text.push_str(literal),
                Part::Insert(placeholder) => insert(&mut text, *placeholder, filling)?,
                Part::Group(name) => {
                    let found = filling.groups.iter().find(|(group, _)| group == name);
                    let (_, value) = found.ok_or_else(|| Unfilled::NoPart(name.clone()))?;
                    if index == 0 {
                        text.push_str(value);
                        server = Some(Url::parse(value).ok().map(|url| url.origin()));
                    } else {
                        // A part of an address is encoded already.
                        let plain = percent_decode_str(value).decode_utf8_lossy();
                        text.extend(utf8_percent_encode(&plain, RESERVED));
                    }
                }
            }
        }
        Url::parse(&text)
            .ok()
            .filter(|url| SCHEMES.contains(&url.scheme()) && url.has_host())
            .filter(|url| server.is_none_or(|server| server == Some(url.origin())))
            .ok_or_else(|| Unfilled::NotUrl(text.chars().take(200).collect()))
    }
}

fn placeholder(name: &str, known: &[Placeholder]) -> Result<Placeholder, InvalidTemplate> {
    match Placeholder::ALL.into_iter().find(|placeholder| placeholder.as_str() == name) {
        Some(placeholder) if known.contains(&placeholder) => Ok(placeholder),
        Some(placeholder) => Err(InvalidTemplate::NotHere(placeholder)),
        None => {
            let names: Vec<String> = known.iter().map(|p| format!("{{{}}}", p.as_str())).collect();
            Err(InvalidTemplate::Unknown(name.to_owned(), names.join(" ")))
        }
    }
}

fn check_shape(parts: &[Part]) -> Result<(), InvalidTemplate> {
    let is = |part: &Part, placeholder| *part == Part::Insert(placeholder);
    if parts.iter().skip(1).any(|part| is(part, Placeholder::BaseUrl)) {
        return Err(InvalidTemplate::BaseUrlInside);
    }
    if parts.len() > 1 && parts.iter().any(|part| is(part, Placeholder::Url)) {
        return Err(InvalidTemplate::UrlBeside);
    }
    match parts.first() {
        Some(Part::Insert(Placeholder::BaseUrl | Placeholder::Url) | Part::Group(_)) => Ok(()),
        Some(Part::Text(text)) if SCHEMES.iter().any(|scheme| text.starts_with(&format!("{scheme}://"))) => Ok(()),
        _ => Err(InvalidTemplate::Start),
    }
}

fn insert(text: &mut String, placeholder: Placeholder, filling: &Filling<'_>) -> Result<(), Unfilled> {
    let missing = Unfilled::Missing(placeholder);
    let encoded = |value: Option<&str>| value.map(|value| utf8_percent_encode(value, RESERVED).to_string());
    let inserted = match placeholder {
        Placeholder::BaseUrl => filling.base_url.map(str::to_owned),
        Placeholder::Url => filling.url.map(str::to_owned),
        Placeholder::Country => filling.country.map(|country| country.to_string()),
        Placeholder::Page => filling.page.map(|page| page.to_string()),
        Placeholder::Value => encoded(filling.value),
        Placeholder::Id => encoded(filling.id),
    };
    text.push_str(&inserted.ok_or(missing)?);
    Ok(())
}

impl fmt::Display for UrlTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            Part::Text(text) => f.write_str(text),
            Part::Insert(placeholder) => write!(f, "{{{}}}", placeholder.as_str()),
            Part::Group(name) => write!(f, "{{{name}}}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<UrlTemplate, InvalidTemplate> {
        UrlTemplate::parse(text, &Placeholder::ALL, &["shop", "handle"])
    }

    #[test]
    fn fills_and_encodes() {
        let template = parse("{base_url}/{country}/p/{id}?q={value}&page={page}").unwrap();
        let filling = Filling {
            base_url: Some("http://shop.localhost:8/x"),
            country: "at".parse().ok(),
            value: Some("a b&c=ü"),
            id: Some("../../x?y#z"),
            page: Some(3),
            ..Filling::default()
        };
        let url = template.fill(&filling).unwrap();
        assert_eq!(url.as_str(), "http://shop.localhost:8/x/at/p/..%2F..%2Fx%3Fy%23z?q=a%20b%26c%3D%C3%BC&page=3");
        assert_eq!(
            template.fill(&Filling { id: None, ..filling }),
            Err(Unfilled::Missing(Placeholder::Id)),
            "a hit without an id cannot be followed by id"
        );
        assert_eq!(template.to_string(), "{base_url}/{country}/p/{id}?q={value}&page={page}");
    }

    #[test]
    fn a_whole_url_stays_as_it_is() {
        let template = parse("{url}").unwrap();
        let fill = |url| template.fill(&Filling { url: Some(url), ..Filling::default() });
        assert_eq!(fill("https://a.example/x?y=%20z").unwrap().as_str(), "https://a.example/x?y=%20z");
        for hostile in ["file:///etc/passwd", "data:text/html,x", "/relative", "https://"] {
            assert!(fill(hostile).is_err(), "{hostile}");
        }
    }

    #[test]
    fn refuses_bad_templates() {
        assert_eq!(
            parse("{base_url}/{gtin}").unwrap_err().to_string(),
            "unknown placeholder {gtin}; known here: {base_url} {country} {value} {id} {url} {page}"
        );
        assert_eq!(
            UrlTemplate::parse("{base_url}/{id}", &[Placeholder::BaseUrl], &[]),
            Err(InvalidTemplate::NotHere(Placeholder::Id))
        );
        assert_eq!(parse("{base_url}/{id"), Err(InvalidTemplate::Brace));
        assert_eq!(parse("{base_url}/id}"), Err(InvalidTemplate::Brace));
        assert_eq!(parse("http://x/{base_url}"), Err(InvalidTemplate::BaseUrlInside));
        assert_eq!(parse("{url}?page={page}"), Err(InvalidTemplate::UrlBeside));
        assert_eq!(parse("/search?q={value}"), Err(InvalidTemplate::Start));
        assert_eq!(parse(""), Err(InvalidTemplate::Start));
    }

    #[test]
    fn parts_of_the_value_make_an_address_on_its_own_server() {
        let template = parse("{shop}/products/{handle}.js").unwrap();
        let fill = |shop, handle| {
            template.fill(&Filling { groups: &[("shop", shop), ("handle", handle)], ..Filling::default() })
        };
        let url = |shop, handle| fill(shop, handle).unwrap().to_string();
        assert_eq!(url("https://tea.example/en", "pot"), "https://tea.example/en/products/pot.js");
        assert_eq!(url("https://tea.example", "%C3%A4-1"), "https://tea.example/products/%C3%A4-1.js", "encoded once");
        assert_eq!(url("https://tea.example", "../x?y"), "https://tea.example/products/..%2Fx%3Fy.js");
        assert!(fill("tea.example", "pot").is_err());
        assert_eq!(template.fill(&Filling::default()), Err(Unfilled::NoPart("shop".into())));
        let longer = parse("{shop}.other.example/{handle}").unwrap();
        let filling = Filling { groups: &[("shop", "https://tea"), ("handle", "x")], ..Filling::default() };
        assert!(longer.fill(&filling).is_err(), "another server");
    }

    proptest! {
        #[test]
        fn a_value_never_leaves_its_place(value in "\\PC{0,60}") {
            let template = parse("http://shop.example/s/{value}/end?q={value}").unwrap();
            let url = template.fill(&Filling { value: Some(&value), ..Filling::default() }).unwrap();
            prop_assert_eq!(url.host_str(), Some("shop.example"));
            prop_assert_eq!(url.fragment(), None);
            prop_assert_eq!(url.query_pairs().count(), 1);
            let (_, decoded) = url.query_pairs().next().unwrap();
            prop_assert_eq!(decoded.as_ref(), value.as_str());
        }
    }
}
