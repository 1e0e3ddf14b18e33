//! Which product a page is about: its address and its title, to tell its own product from others on it.

use super::identifiers;
use super::script_words::{self, Key};
use crate::domain::Country;
use url::Url;

/// Shorter names match too much.
const MIN_NAME_CHARS: usize = 4;

/// Titles and headings compared; a page that shouts has more.
const MAX_NAMES: usize = 16;

/// Parameters of an address looked at.
const MAX_PARAMETERS: usize = 50;
/// Shorter values of a parameter number pages or sizes.
const MIN_PARAMETER_CHARS: usize = 4;
/// `M14876706` is a number, `model2021` is a word.
const MAX_LEADING_LETTERS: usize = 3;
/// A whole step of a path with fewer digits may be a year or a page.
const MIN_STEP_DIGITS: usize = 5;
/// A number of this length with a right check digit is a GTIN, not the shop's own.
const EAN_DIGITS: usize = 13;
/// Words before a number make it doubtful.
const MIN_END_DIGITS: usize = 6;

/// What is known of the page's own product.
#[derive(Debug, Default)]
pub(super) struct PageIdentity<'a> {
    pub url: Option<&'a Url>,
    pub canonical: Option<Url>,
    /// Title, headings, OpenGraph title: letters and digits only, lower case.
    names: Vec<String>,
}

impl<'a> PageIdentity<'a> {
    pub fn new(
        url: Option<&'a Url>,
        canonical: Option<&str>,
        names: impl Iterator<Item = &'a str>,
    ) -> PageIdentity<'a> {
        let canonical = canonical.and_then(|c| match url {
            Some(base) => base.join(c).ok(),
            None => Url::parse(c).ok(),
        });
        let names = names.map(fold).filter(|n| n.chars().count() >= MIN_NAME_CHARS).take(MAX_NAMES).collect();
        PageIdentity { url, canonical, names }
    }

    fn own_urls(&self) -> impl Iterator<Item = &Url> {
        self.url.into_iter().chain(self.canonical.as_ref())
    }

    fn resolve(&self, text: &str) -> Option<Url> {
        match self.own_urls().next() {
            Some(base) => base.join(text.trim()).ok(),
            None => Url::parse(text.trim()).ok(),
        }
    }

    /// Points for an address: 50 for the page's own path, 60 when the query is the same too.
    pub fn url_match(&self, text: &str) -> i32 {
        if !text.contains('/') && !text.contains('?') {
            return 0;
        }
        let Some(url) = self.resolve(text) else { return 0 };
        self.own_urls()
            .map(|own| {
                let same_path =
                    own.path().trim_end_matches('/') == url.path().trim_end_matches('/') && own.path().len() > 1;
                if !same_path {
                    0
                } else if own.query() == url.query() {
                    60
                } else {
                    50
                }
            })
            .max()
            .unwrap_or(0)
    }

    /// Whether an address is exactly the page's, query included.
    pub fn is_exact_url(&self, text: &str) -> bool {
        let Some(url) = self.resolve(text) else { return false };
        self.url.is_some_and(|own| {
            own.path() == url.path() && own.query() == url.query() && own.fragment() == url.fragment()
        }) || self
            .url
            .is_some_and(|own| own.query().is_some() && own.path() == url.path() && own.query() == url.query())
    }

    /// Points for a name: 40 when it is a title's, 25 when one holds the other.
    pub fn name_match(&self, name: &str) -> i32 {
        let name = fold(name);
        if name.chars().count() < MIN_NAME_CHARS {
            return 0;
        }
        self.names
            .iter()
            .map(|own| {
                if *own == name {
                    40
                } else if own.contains(&name) || name.contains(own.as_str()) {
                    25
                } else {
                    0
                }
            })
            .max()
            .unwrap_or(0)
    }

    /// Whether an article number stands in the page's address.
    pub fn url_holds(&self, number: &str) -> bool {
        number.len() >= 4
            && self.own_urls().any(|u| u.as_str().to_ascii_lowercase().contains(&number.to_ascii_lowercase()))
    }

    /// Whether a number stands in the page's address by itself, not as part of a longer one.
    pub fn url_names(&self, number: &str) -> bool {
        let number = number.to_ascii_lowercase();
        !number.is_empty()
            && self.own_urls().any(|url| {
                let url = url.as_str().to_ascii_lowercase();
                url.match_indices(&number).any(|(at, found)| {
                    let letter = |c: char| c.is_ascii_alphanumeric();
                    !url[..at].ends_with(letter) && !url[at + found.len()..].starts_with(letter)
                })
            })
    }

    /// Numbers whose place in the page's address says that they are the product's: a parameter named for it, the last step
    /// of the path, or the digits at its end.
    pub fn numbers(&self) -> Vec<String> {
        let mut found = Vec::new();
        for url in self.own_urls() {
            for (name, value) in url.query_pairs().take(MAX_PARAMETERS) {
                let names_it = matches!(script_words::key(&name), Some(Key::Sku | Key::Id));
                if names_it && identifiers::is_article_number(&value) && value.len() >= MIN_PARAMETER_CHARS {
                    found.push(value.into_owned());
                }
            }
            let last =
                url.path_segments().and_then(|mut steps| steps.rfind(|step| !step.is_empty())).unwrap_or_default();
            let step = last.split_once('.').map_or(last, |(step, _)| step);
            let number = step.rsplit(['-', '_']).next().unwrap_or_default();
            let digits = number.bytes().filter(u8::is_ascii_digit).count();
            let is_whole = number.len() == step.len();
            let is_number = number.len() - digits <= MAX_LEADING_LETTERS
                && number.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len() == digits;
            let is_ean = number.len() == EAN_DIGITS && identifiers::gtin(number).is_some();
            if is_number && !is_ean && digits >= if is_whole { MIN_STEP_DIGITS } else { MIN_END_DIGITS } {
                found.push(number.to_owned());
            }
        }
        found
    }

    /// Letters and digits of the shortest title or heading that holds a name.
    pub fn shortest_holder(&self, name: &str) -> Option<usize> {
        let name = fold(name);
        self.names.iter().filter(|own| own.contains(&name)).map(|own| own.chars().count()).min()
    }

    /// Whether an article number stands in the query or fragment of the page's address, where shops put the chosen variant.
    pub fn query_holds(&self, number: &str) -> bool {
        let Some(url) = self.url else { return false };
        let mut parts = url.query().into_iter().chain(url.fragment());
        number.len() >= 3 && parts.any(|p| p.split(['&', '=', ';', '/']).any(|v| v.eq_ignore_ascii_case(number)))
    }
}

/// Country domains that are used for anything but their country.
const WORLDWIDE: &[&str] = &[
    "io", "co", "tv", "me", "ai", "cc", "ws", "fm", "to", "ly", "gg", "sh", "ac", "eu", "la", "nu", "st", "im", "tk",
    "vc", "us",
];

/// The country a host's name ends with: `shop.at` → Austria.
pub(super) fn host_country(url: &Url) -> Option<Country> {
    let last = url.domain()?.rsplit('.').next()?;
    if last.len() != 2 || WORLDWIDE.contains(&last) {
        return None;
    }
    last.parse().ok()
}

/// Letters and digits in lower case.
pub(super) fn fold(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).take(300).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_address_and_name() {
        let url = Url::parse("https://shop.test/p/tea-pot?sku=77123").unwrap();
        let page = PageIdentity::new(Some(&url), None, ["Tea Pot | Shop"].into_iter());
        assert_eq!(page.url_match("/p/tea-pot"), 50);
        assert_eq!(page.url_match("https://shop.test/p/tea-pot?sku=77123"), 60);
        assert_eq!(page.url_match("/p/other"), 0);
        assert_eq!(page.name_match("tea pot"), 25);
        assert!(page.query_holds("77123") && !page.query_holds("7712"));
        assert!(page.is_exact_url("/p/tea-pot?sku=77123") && !page.is_exact_url("/p/tea-pot?sku=1"));
    }
}
