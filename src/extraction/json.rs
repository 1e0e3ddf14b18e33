//! JSON endpoints read by dotted paths.

use super::compile::{CompiledMark, CompiledRecipe, CompiledRule, Place};
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
    let page = catch(&root, &recipe.page_rules().collect::<Vec<_>>());
    let mut facts = Facts { page, ..Facts::default() };
    for (entries, list) in facts.entries.iter_mut().zip(recipe.lists()) {
        if let Some((item, rules)) = list {
            *entries = read_entries(&root, item, &rules);
        }
    }
    facts.no_result_sign = recipe.no_result.iter().position(|sign| match &sign.mark {
        CompiledMark::EmptyPath(path) => find(&root, path).is_none_or(is_empty),
        CompiledMark::Text(pattern) => pattern.is_match(text),
        CompiledMark::Selector(_) => false,
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

fn read_entries(root: &Value, item: &Place, rules: &[&CompiledRule]) -> Vec<Caught> {
    let Place::Path(path) = item else { return Vec::new() };
    match find(root, path) {
        Some(Value::Array(list)) => list.iter().take(MAX_ENTRIES).map(|entry| catch(entry, rules)).collect(),
        _ => Vec::new(),
    }
}

fn catch(root: &Value, rules: &[&CompiledRule]) -> Caught {
    let mut caught = Caught::new(rules.len());
    for rule in rules {
        match &rule.place {
            Place::Path(path) => add_all(root, path, rule.slot, &mut caught),
            Place::Entry => add_all(root, &[], rule.slot, &mut caught),
            Place::Selector(_) => {}
        }
    }
    caught
}

/// Adds what stands at a path; `*` goes through every item of an array. Goes as deep as the path is long.
fn add_all(root: &Value, path: &[String], slot: usize, caught: &mut Caught) {
    let (before, after) = match path.iter().position(|step| step == "*") {
        Some(at) => (&path[..at], Some(&path[at + 1..])),
        None => (path, None),
    };
    match (find(root, before), after) {
        (Some(Value::Array(list)), Some(rest)) => {
            list.iter().take(MAX_ENTRIES).for_each(|item| add_all(item, rest, slot, caught));
        }
        (Some(Value::Array(list)), None) => list.iter().filter_map(scalar).for_each(|v| caught.add(slot, v)),
        (Some(value), None) => scalar(value).into_iter().for_each(|v| caught.add(slot, v)),
        _ => {}
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text[..text.floor_char_boundary(MAX_VALUE_BYTES)].to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
