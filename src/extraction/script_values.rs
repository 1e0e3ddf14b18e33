//! What scripts hold: values as written, and the objects that may be products.

use super::script_words::Key;

/// Values kept of one object.
pub(super) const MAX_VALUES: usize = 24;

/// A value as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Number(String),
    Flag(bool),
}

/// An object that may be a product.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Object {
    pub values: Vec<(Key, Value)>,
    /// It stands in a list of objects.
    pub in_list: bool,
}

impl Object {
    pub fn all(&self, key: Key) -> impl Iterator<Item = &Value> {
        self.values.iter().filter(move |(k, _)| *k == key).map(|(_, v)| v)
    }

    pub fn text(&self, key: Key) -> Option<&str> {
        self.all(key).find_map(|value| match value {
            Value::Text(text) | Value::Number(text) => Some(text.as_str()),
            Value::Flag(_) => None,
        })
    }

    fn has(&self, key: Key) -> bool {
        self.values.iter().any(|(k, _)| *k == key)
    }

    /// Two facts, one of which names the thing.
    pub fn is_product(&self) -> bool {
        let named = [Key::Name, Key::Sku, Key::Id, Key::Gtin].iter().filter(|k| self.has(**k)).count();
        let told = [Key::Price, Key::Brand, Key::Mpn, Key::Availability, Key::Currency]
            .iter()
            .filter(|k| self.has(**k))
            .count();
        named >= 2 || (named == 1 && told >= 1)
    }
}

/// A literal as a value: a string, a number or a flag.
pub(super) fn literal(text: &str) -> Option<Value> {
    let quoted = |quote: char| text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    match text {
        "true" | "false" => Some(Value::Flag(text == "true")),
        _ => match quoted('"').or_else(|| quoted('\'')) {
            Some(inner) => Some(Value::Text(unescape(inner))),
            None => text.starts_with(|c: char| c.is_ascii_digit()).then(|| Value::Number(text.to_owned())),
        },
    }
}

/// What an inner object says of the one around it: `price: {value, currency}`, `brand: {name}`, `prices: {…}`.
pub(super) fn lift(key: Option<Key>, inner: &Object, outer: &mut Object) {
    let amount = |k: Key| inner.all(k).next().cloned();
    let mut give = |key: Key, value: Option<Value>| {
        if let Some(value) = value
            && outer.values.len() < MAX_VALUES
        {
            outer.values.push((key, value));
        }
    };
    match key {
        Some(Key::Price | Key::Prices | Key::Amount) => {
            let wanted = if key == Some(Key::Amount) { Key::Amount } else { Key::Price };
            give(wanted, amount(Key::Amount).or_else(|| amount(Key::Price)));
            give(Key::ListPrice, amount(Key::ListPrice));
            give(Key::Currency, amount(Key::Currency));
            give(Key::Availability, amount(Key::Availability));
        }
        Some(Key::ListPrice) => give(Key::ListPrice, amount(Key::Amount).or_else(|| amount(Key::Price))),
        Some(Key::Brand) => give(Key::Brand, amount(Key::Name)),
        Some(Key::Availability) => give(Key::Availability, amount(Key::Availability)),
        _ => {}
    }
}

/// A string literal's text; what is no escape stays as it is.
pub(super) fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        rest = behind;
        let Some(c) = behind.chars().next() else { break };
        let (digits, skip) = match c {
            'u' => (behind.get(1..5), 5),
            'x' => (behind.get(1..3), 3),
            _ => (None, c.len_utf8()),
        };
        match digits.and_then(|d| u32::from_str_radix(d, 16).ok()) {
            Some(code) => {
                out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                rest = &behind[skip..];
            }
            None => {
                match c {
                    'n' | 'r' | 't' | 'b' | 'f' => out.push(' '),
                    c => out.push(c),
                }
                rest = &behind[c.len_utf8()..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_literals() {
        assert_eq!(unescape(r#"Tea\u0020pot \x26 \"cup\" \/ \n."#), "Tea pot & \"cup\" /  .");
        assert_eq!(unescape(r"broken \u12 and \"), "broken u12 and ");
        assert_eq!(literal("'Tea'"), Some(Value::Text("Tea".into())));
        assert_eq!(literal("19.99"), Some(Value::Number("19.99".into())));
        assert_eq!(literal("{}"), None);
    }

    #[test]
    fn a_product_is_named_and_told_something_of() {
        let object = |keys: &[Key]| Object {
            values: keys.iter().map(|k| (*k, Value::Flag(true))).collect(),
            ..Object::default()
        };
        assert!(object(&[Key::Name, Key::Price]).is_product() && object(&[Key::Id, Key::Sku]).is_product());
        assert!(!object(&[Key::Name]).is_product() && !object(&[Key::Price, Key::Currency]).is_product());
    }
}
