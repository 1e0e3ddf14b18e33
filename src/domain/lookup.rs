//! One question to one source.

use super::{Country, Gtin};
use std::fmt;

/// Longest keyword, in characters.
pub const MAX_KEYWORD_CHARS: usize = 255;
/// Longest source id, in characters; a source id may be a URL.
pub const MAX_SOURCE_ID_CHARS: usize = 2048;

/// Name of a source as its definition file spells it: `google-shopping`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceName(std::sync::Arc<str>);

impl SourceName {
    pub fn new(name: &str) -> SourceName {
        SourceName(name.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The v2 spelling: `google_shopping`.
    pub fn v2(&self) -> String {
        self.0.replace('-', "_")
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the values of a job are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    Gtin,
    Keyword,
    SourceId,
}

impl Key {
    pub const ALL: [Key; 3] = [Key::Gtin, Key::Keyword, Key::SourceId];

    /// Every accepted spelling; the first is v1's own, the second v2's.
    pub fn spellings(self) -> &'static [&'static str] {
        match self {
            Key::Gtin => &["gtin", "gtin", "ean", "upc"],
            Key::Keyword => &["keyword", "term"],
            Key::SourceId => &["source_id", "id", "asin"],
        }
    }

    pub fn v1(self) -> &'static str {
        self.spellings()[0]
    }

    pub fn v2(self) -> &'static str {
        self.spellings()[1]
    }

    pub fn parse(text: &str) -> Option<Key> {
        let text = text.trim().to_ascii_lowercase();
        Key::ALL.into_iter().find(|key| key.spellings().contains(&text.as_str()))
    }

    /// Whether a value of this key never holds a blank or a backslash, so that those may separate values, as the curl
    /// examples printed for the followed API have it.
    pub fn blanks_separate(self) -> bool {
        matches!(self, Key::Gtin | Key::SourceId)
    }
}

/// What is asked about a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    ProductAndOffers,
    Product,
    Offers,
    SearchResults,
    Reviews,
}

impl Topic {
    pub const ALL: [Topic; 5] =
        [Topic::ProductAndOffers, Topic::Product, Topic::Offers, Topic::SearchResults, Topic::Reviews];

    pub fn as_str(self) -> &'static str {
        match self {
            Topic::ProductAndOffers => "product_and_offers",
            Topic::Product => "product",
            Topic::Offers => "offers",
            Topic::SearchResults => "search_results",
            Topic::Reviews => "reviews",
        }
    }

    pub fn parse(text: &str) -> Option<Topic> {
        Topic::ALL.into_iter().find(|topic| topic.as_str() == text)
    }
}

/// A value that cannot exist, so that it is never fetched and never charged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidValue(pub String);

/// The form in which equal values are equal: a GTIN's 14 digits, a keyword with single blanks, a source id as it is.
///
/// Errors: a wrong check digit, an empty or over-long value. The form of a source id is the source's to check.
pub fn check_value(key: Key, value: &str) -> Result<String, InvalidValue> {
    let too_long = |max: usize| InvalidValue(format!("longer than {max} characters"));
    let value = value.trim();
    if value.is_empty() {
        return Err(InvalidValue("empty".into()));
    }
    match key {
        Key::Gtin => value.parse::<Gtin>().map(|gtin| gtin.to_string()).map_err(|e| InvalidValue(e.to_string())),
        Key::Keyword if value.chars().count() > MAX_KEYWORD_CHARS => Err(too_long(MAX_KEYWORD_CHARS)),
        Key::Keyword => Ok(value.split_whitespace().collect::<Vec<_>>().join(" ")),
        Key::SourceId if value.chars().count() > MAX_SOURCE_ID_CHARS => Err(too_long(MAX_SOURCE_ID_CHARS)),
        Key::SourceId => Ok(value.to_owned()),
    }
}

/// One question to one source: the same lookup asked twice within its freshness is fetched once, for whoever asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Lookup {
    pub source: SourceName,
    pub country: Country,
    pub topic: Topic,
    pub key: Key,
    /// Normalised by [`check_value`].
    pub value: String,
}

impl Lookup {
    /// The text under which the store keeps the pages of this lookup.
    pub fn fingerprint(&self) -> String {
        format!("{}/{}/{}/{}/{}", self.source, self.country, self.topic.as_str(), self.key.v1(), self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_of_keys() {
        for (text, key) in [
            ("gtin", Key::Gtin),
            ("EAN", Key::Gtin),
            ("upc", Key::Gtin),
            ("term", Key::Keyword),
            ("asin", Key::SourceId),
            ("id", Key::SourceId),
        ] {
            assert_eq!(Key::parse(text), Some(key));
        }
        assert_eq!(Key::parse("isbn"), None);
        assert_eq!((Key::Gtin.v2(), Key::Keyword.v2(), Key::SourceId.v2()), ("gtin", "term", "id"));
    }

    #[test]
    fn values_are_normalised_and_bounded() {
        assert_eq!(check_value(Key::Gtin, "885909666966").unwrap(), "00885909666966");
        assert_eq!(check_value(Key::Keyword, " a   b ").unwrap(), "a b");
        assert!(check_value(Key::Keyword, &"x".repeat(256)).is_err());
        assert!(check_value(Key::Keyword, &"ü".repeat(255)).is_ok());
        assert!(check_value(Key::SourceId, &"x".repeat(2049)).is_err());
        assert!(check_value(Key::Gtin, "00885909666967").is_err());
    }
}
