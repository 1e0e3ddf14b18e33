//! JSON endpoints read by dotted paths.

use super::compile::{CompiledRecipe, CompiledRule, CompiledSign, Place};
use super::extracted::ExtractError;
use super::json_weight;
use super::pass::Facts;
use super::selectors::{Caught, MAX_ENTRIES, MAX_VALUE_BYTES};
use serde_json::Value;

/// Bytes the parsed document may take.
const MAX_PARSED_BYTES: usize = 32 << 20;

/// Follows the recipe's paths through a JSON document. Depth is bounded by serde_json, breadth by the limits on values.
pub(super) fn read(recipe: &CompiledRecipe, text: &str) -> Result<Facts, ExtractError> {
    if json_weight::parsed_bytes(text) > MAX_PARSED_BYTES {
        return Err(ExtractError::Json("too many values".to_owned()));
    }
    let root: Value =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|e| ExtractError::Json(e.to_string()))?;
    let mut facts = Facts::default();
    let page_rules: Vec<&CompiledRule> = recipe.fields.iter().flat_map(|(_, r)| r).chain(&recipe.next).collect();
    facts.page = catch(&root, &page_rules);
    if let Some(list) = &recipe.offers {
        facts.entries[0] = entries(&root, &list.item, &list.fields.iter().flat_map(|(_, r)| r).collect::<Vec<_>>());
    }
    if let Some(list) = &recipe.results {
        facts.entries[1] = entries(&root, &list.item, &list.fields.iter().flat_map(|(_, r)| r).collect::<Vec<_>>());
    }
    facts.has_no_result_sign = recipe.no_result.iter().any(|sign| match sign {
        CompiledSign::EmptyPath(path) => find(&root, path).is_none_or(is_empty),
        CompiledSign::Text(pattern) => pattern.is_match(text),
        CompiledSign::Selector(_) => false,
    });
    Ok(facts)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}

/// Follows names and array indexes; an empty path is the document itself.
fn find<'v>(root: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(root, |value, step| match value {
        Value::Object(object) => object.get(step),
        Value::Array(list) => list.get(step.parse::<usize>().ok()?),
        _ => None,
    })
}

fn entries(root: &Value, item: &Place, rules: &[&CompiledRule]) -> Vec<Caught> {
    let Place::Path(path) = item else { return Vec::new() };
    match find(root, path) {
        Some(Value::Array(list)) => list.iter().take(MAX_ENTRIES).map(|entry| catch(entry, rules)).collect(),
        _ => Vec::new(),
    }
}

fn catch(root: &Value, rules: &[&CompiledRule]) -> Caught {
    let mut caught = Caught::new(rules.len());
    for rule in rules {
        let value = match &rule.place {
            Place::Path(path) => find(root, path),
            Place::Entry => Some(root),
            Place::Selector(_) => None,
        };
        match value {
            Some(Value::Array(list)) => list.iter().filter_map(scalar).for_each(|v| caught.add(rule.slot, v)),
            Some(value) => scalar(value).into_iter().for_each(|v| caught.add(rule.slot, v)),
            None => {}
        }
    }
    caught
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text[..text.floor_char_boundary(MAX_VALUE_BYTES)].to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
