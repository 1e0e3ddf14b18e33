//! Nuxt 3 state: one flat list in which every value is the index of another (the `devalue` form), unfolded to plain objects.

use super::script_words::{Key, key};
use serde_json::{Map, Value};

/// Longer lists are not unfolded: a parsed list takes many times its text.
const MAX_BYTES: usize = 1 << 20;
/// Objects inside objects that are unfolded: enough for `price: {amount: {value}}`.
const MAX_DEPTH: usize = 4;
/// Objects unfolded of one page.
const MAX_OBJECTS: usize = 500;
/// Values unfolded of one object, inner ones counted: references may lead to the same thing many times.
const MAX_VALUES: usize = 200;

/// Longer texts are prose.
const MAX_TEXT_BYTES: usize = 300;

/// The objects that name something sold, each as plain JSON.
pub(super) fn unfold(text: &str) -> Vec<String> {
    if text.len() > MAX_BYTES {
        return Vec::new();
    }
    let Ok(list) = serde_json::from_str::<Vec<Value>>(text.trim()) else { return Vec::new() };
    let names_a_thing = |object: &&Map<String, Value>| {
        let keys: Vec<Key> = object.keys().filter_map(|k| key(k)).filter(|k| *k != Key::Elsewhere).collect();
        keys.len() >= 2 && keys.iter().any(|k| matches!(k, Key::Name | Key::Sku | Key::Id | Key::Gtin))
    };
    let objects = list.iter().filter_map(Value::as_object).filter(names_a_thing).take(MAX_OBJECTS);
    let mut left = MAX_BYTES;
    let plain = objects.map(|object| plain_object(object, &list, 0, &mut MAX_VALUES.clone()).to_string());
    plain
        .take_while(|object| {
            let fits = object.len() <= left;
            left = left.saturating_sub(object.len());
            fits
        })
        .collect()
}

fn plain_object(object: &Map<String, Value>, list: &[Value], depth: usize, left: &mut usize) -> Value {
    let mut plain = Map::new();
    for (name, index) in object {
        if key(name).is_none() {
            continue;
        }
        let value = index.as_u64().and_then(|i| list.get(usize::try_from(i).ok()?));
        if let Some(value) = value {
            plain.insert(name.clone(), plain_value(value, list, depth + 1, left));
        }
    }
    Value::Object(plain)
}

fn plain_value(value: &Value, list: &[Value], depth: usize, left: &mut usize) -> Value {
    *left = left.saturating_sub(1);
    if *left == 0 || depth > MAX_DEPTH {
        return Value::Null;
    }
    match value {
        Value::Object(object) => plain_object(object, list, depth, left),
        // `["Reactive", 7]` wraps another value.
        Value::Array(items) => match items.as_slice() {
            [Value::String(_), Value::Number(index)] => {
                let inner = index.as_u64().and_then(|i| list.get(usize::try_from(i).ok()?));
                inner.map_or(Value::Null, |inner| plain_value(inner, list, depth + 1, left))
            }
            _ => Value::Null,
        },
        // References may lead to one long text again and again.
        Value::String(text) if text.len() > MAX_TEXT_BYTES => Value::Null,
        scalar => scalar.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_become_values() {
        let text = r#"[["Reactive",1],{"product":2},{"name":3,"sku":4,"price":5,"x":0},"Tea pot","TP-77",{"value":6,"currency":7},19.99,"EUR"]"#;
        let objects = unfold(text);
        assert_eq!(objects, [r#"{"name":"Tea pot","price":{"currency":"EUR","value":19.99},"sku":"TP-77"}"#]);
    }

    #[test]
    fn one_long_text_is_not_copied_for_each_that_refers_to_it() {
        let long = "x".repeat(100_000);
        let object = r#"{"name":0,"title":0,"sku":0,"price":0}"#;
        let text = format!("[\"{long}\",{}]", vec![object; 400].join(","));
        assert!(unfold(&text).iter().map(String::len).sum::<usize>() < 40_000);
    }

    #[test]
    fn circles_end() {
        let text = r#"[{"name":1,"price":0,"sku":0},"A"]"#;
        assert_eq!(unfold(text).len(), 1);
        assert!(unfold("[").is_empty() && unfold("{}").is_empty());
    }
}
