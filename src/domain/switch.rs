//! What the operator switched off.

use super::{Country, Key, Lookup, SourceName};

/// A source, or a part of it, that is not to be asked; what is `None` means all of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Switch {
    pub source: SourceName,
    pub country: Option<Country>,
    pub key: Option<Key>,
    /// Normalised as a lookup's value is.
    pub value: Option<String>,
}

/// How much is switched off, the widest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Disabled {
    Source,
    Key,
    Value,
}

impl Disabled {
    /// What keeps a whole request from being answered: its source or its key.
    pub fn for_request(switches: &[Switch], source: &SourceName, country: Country, key: Key) -> Option<Disabled> {
        let whole = switches.iter().filter(|switch| switch.value.is_none());
        whole.filter(|switch| switch.matches(source, country, key, "")).map(Switch::disables).min()
    }

    /// What keeps one value from being looked up.
    pub fn for_lookup(switches: &[Switch], lookup: &Lookup) -> Option<Disabled> {
        let Lookup { source, country, key, value, .. } = lookup;
        switches.iter().filter(|s| s.matches(source, *country, *key, value)).map(Switch::disables).min()
    }
}

impl Switch {
    /// Whether the switch is about this value of this key at this source.
    pub fn matches(&self, source: &SourceName, country: Country, key: Key, value: &str) -> bool {
        self.source == *source
            && self.country.is_none_or(|c| c == country)
            && self.key.is_none_or(|k| k == key)
            && self.value.as_deref().is_none_or(|v| v == value)
    }

    /// What the switch switches off.
    pub fn disables(&self) -> Disabled {
        match (&self.value, self.key) {
            (Some(_), _) => Disabled::Value,
            (None, Some(_)) => Disabled::Key,
            (None, None) => Disabled::Source,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Topic;

    fn switch(country: Option<&str>, key: Option<Key>, value: Option<&str>) -> Switch {
        Switch {
            source: SourceName::new("ebay"),
            country: country.map(|c| c.parse().unwrap()),
            key,
            value: value.map(str::to_owned),
        }
    }

    fn lookup(country: &str, key: Key, value: &str) -> Lookup {
        Lookup {
            source: SourceName::new("ebay"),
            country: country.parse().unwrap(),
            topic: Topic::ProductAndOffers,
            key,
            value: value.into(),
        }
    }

    #[test]
    fn what_is_not_named_means_all() {
        let german = [switch(Some("de"), None, None)];
        assert_eq!(Disabled::for_lookup(&german, &lookup("de", Key::Gtin, "x")), Some(Disabled::Source));
        assert_eq!(Disabled::for_lookup(&german, &lookup("at", Key::Gtin, "x")), None);
        let other = Lookup { source: SourceName::new("idealo"), ..lookup("de", Key::Gtin, "x") };
        assert_eq!(Disabled::for_lookup(&german, &other), None);
    }

    #[test]
    fn the_widest_switch_is_told() {
        let all = [switch(None, None, Some("x")), switch(None, Some(Key::Gtin), None), switch(Some("us"), None, None)];
        assert_eq!(Disabled::for_lookup(&all, &lookup("us", Key::Gtin, "x")), Some(Disabled::Source));
        assert_eq!(Disabled::for_lookup(&all, &lookup("de", Key::Gtin, "x")), Some(Disabled::Key));
        assert_eq!(Disabled::for_lookup(&all, &lookup("de", Key::Keyword, "x")), Some(Disabled::Value));
        assert_eq!(Disabled::for_lookup(&all, &lookup("de", Key::Keyword, "y")), None);
    }

    #[test]
    fn a_value_switch_never_refuses_a_request() {
        let source = SourceName::new("ebay");
        let de: Country = "de".parse().unwrap();
        let value = [switch(None, None, Some(""))];
        assert_eq!(Disabled::for_request(&value, &source, de, Key::Gtin), None);
        let key = [switch(None, Some(Key::Gtin), None)];
        assert_eq!(Disabled::for_request(&key, &source, de, Key::Gtin), Some(Disabled::Key));
        assert_eq!(Disabled::for_request(&key, &source, de, Key::Keyword), None);
    }
}
