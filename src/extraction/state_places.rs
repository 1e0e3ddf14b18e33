//! Where in a page's scripts a value stands: looked for in the page's source afterwards, when someone asks.
//!
//! A script that is JSON gives a path (`script#__NEXT_DATA__ props.product.sku`), any other the name alone.

use super::origin::says;
use super::recipe::ProductField;
use super::script_words::{Key, key};
use regex::Regex;
use serde_json::Value;
use std::sync::LazyLock;

/// Bytes of scripts looked at for one value.
const MAX_BYTES: usize = 4 << 20;
/// Steps of a path that are told; of a longer one the last.
const MAX_STEPS: usize = 6;
/// Nesting that is followed; `serde_json` stops at its own limit before.
const MAX_DEPTH: usize = 128;

/// A name and the text or number behind it, in JSON or in a JavaScript literal.
static PAIR: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"["']?([A-Za-z_$@][A-Za-z0-9_$@.-]{0,31})["']?\s*[:=]\s*(?:"([^"\\]{1,400})"|'([^'\\]{1,400})'|(-?[0-9.]{1,30}))"#)
        .ok()
});

/// The first script that says a value under a name for it: where, and as it is written there.
pub(super) fn find(html: &str, field: ProductField, value: &str) -> Option<(String, String)> {
    let mut left = MAX_BYTES;
    for (script, text) in scripts(html) {
        left = left.checked_sub(text.len())?;
        let found = match serde_json::from_str::<Value>(text.trim()) {
            Ok(json) => in_json(&json, field, value),
            Err(_) => in_code(text, field, value),
        };
        if let Some((path, raw)) = found {
            return Some((format!("{script} {path}"), raw));
        }
    }
    None
}

/// The scripts of a page but JSON-LD, which is evidence of its own, each by its tag and id.
fn scripts(html: &str) -> impl Iterator<Item = (String, &str)> {
    html.match_indices("<script").filter_map(|(at, tag)| {
        let rest = &html[at + tag.len()..];
        let (attributes, rest) = rest.split_once('>')?;
        if attributes.contains("ld+json") {
            return None;
        }
        let text = rest.split_once("</script").map_or(rest, |(text, _)| text);
        let id = attributes.split_once("id=").map(|(_, id)| id.trim_start_matches(['"', '\'']));
        let id = id.and_then(|id| id.split(['"', '\'', ' ']).next()).filter(|id| !id.is_empty());
        let name = id.map_or_else(|| "script".to_owned(), |id| format!("script#{id}"));
        Some((name, text))
    })
}

fn in_json(json: &Value, field: ProductField, value: &str) -> Option<(String, String)> {
    let mut steps = Vec::new();
    let raw = descend(json, field, value, &mut steps)?;
    let cut = steps.len().saturating_sub(MAX_STEPS);
    let path = steps[cut..].join(".");
    Some((if cut > 0 { format!("….{path}") } else { path }, raw))
}

/// Follows names and places in lists; `steps` then leads to what was found. The depth is bounded by the parser's.
fn descend(json: &Value, field: ProductField, value: &str, steps: &mut Vec<String>) -> Option<String> {
    if steps.len() >= MAX_DEPTH {
        return None;
    }
    let mut visit = |step: String, inner: &Value| {
        let text = match inner {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        };
        let is_it = |text: &String| is_named(&step, field) && says(field, text, value);
        let found = text.filter(is_it);
        steps.push(step);
        let found = found.or_else(|| descend(inner, field, value, steps));
        if found.is_none() {
            steps.pop();
        }
        found
    };
    match json {
        Value::Object(object) => object.iter().find_map(|(name, inner)| visit(name.clone(), inner)),
        Value::Array(list) => list.iter().enumerate().find_map(|(index, inner)| visit(index.to_string(), inner)),
        _ => None,
    }
}

fn in_code(text: &str, field: ProductField, value: &str) -> Option<(String, String)> {
    PAIR.as_ref()?.captures_iter(text).find_map(|pair| {
        let name = pair.get(1)?.as_str();
        let raw = pair.get(2).or(pair.get(3)).or(pair.get(4))?.as_str();
        (is_named(name, field) && says(field, raw, value)).then(|| (name.to_owned(), raw.to_owned()))
    })
}

/// Whether a name in a script can stand for a field.
fn is_named(name: &str, field: ProductField) -> bool {
    let keys: &[Key] = match field {
        ProductField::Name => &[Key::Name],
        ProductField::BrandName => &[Key::Brand, Key::Name],
        ProductField::Sku => &[Key::Sku, Key::Id],
        ProductField::Mpns => &[Key::Mpn],
        ProductField::Gtins => &[Key::Gtin],
        ProductField::Price => &[Key::Price, Key::Amount],
        ProductField::ListPrice => &[Key::ListPrice, Key::Amount],
        ProductField::Currency => &[Key::Currency],
        ProductField::Availability => &[Key::Availability],
        _ => return false,
    };
    key(name).is_some_and(|key| keys.contains(&key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_gives_a_path_and_code_a_name() {
        let html = r#"<script>var x = 1;</script><SCRIPT>
            <script id="__NEXT_DATA__" type="application/json">{"props":{"items":[{"sku":"A-1"},{"sku":"A-2","price":12.5}]}}</script>
            <script type="application/ld+json">{"sku":"C-1"}</script><script>window.dataLayer.push({'item_id': 'B-7', brand: "Acme"})</script>"#;
        let place = |field, value| find(html, field, value).map(|(place, _)| place);
        assert_eq!(place(ProductField::Sku, "A-2").as_deref(), Some("script#__NEXT_DATA__ props.items.1.sku"));
        assert_eq!(place(ProductField::Price, "12.50").as_deref(), Some("script#__NEXT_DATA__ props.items.1.price"));
        assert_eq!(place(ProductField::Sku, "B-7").as_deref(), Some("script item_id"));
        assert_eq!(place(ProductField::BrandName, "Acme").as_deref(), Some("script brand"));
        assert_eq!(place(ProductField::Sku, "C-1"), None);
        assert_eq!(place(ProductField::Description, "Acme"), None);
    }

    #[test]
    fn the_end_of_a_long_path_is_told() {
        let html = r#"<script>{"a":{"b":{"c":{"d":{"e":{"f":{"sku":"X1"}}}}}}}</script>"#;
        assert_eq!(find(html, ProductField::Sku, "X1").unwrap().0, "script ….b.c.d.e.f.sku");
    }

    #[test]
    fn broken_pages_end_well() {
        for html in ["<script", "<script>", "<script id=>", "<script id='a'>{\"sku\":\"A", "<script>\"</script>"] {
            assert_eq!(find(html, ProductField::Sku, "A"), None, "{html}");
        }
    }
}
