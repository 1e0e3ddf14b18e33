//! Every answer to a test's client against the API's own description: its status and media type are described, and its JSON
//! has the described fields, all of them and no other.

use super::Answer;
use jsonschema::Validator;
use pricemill::http::openapi::{Known, document};
use pricemill::sources::Registry;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

/// A described operation.
struct Described {
    method: String,
    /// The parts of the path's template.
    parts: Vec<String>,
    responses: Map<String, Value>,
}

struct Contract {
    operations: Vec<Described>,
    components: Value,
    /// By the text of the schema; making one takes longer than using it.
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Contract {
    fn validator(&self, schema: &Value) -> Arc<Validator> {
        let mut made = self.validators.lock().unwrap();
        let make = || {
            let mut schema = schema.clone();
            close(&mut schema);
            schema["components"] = self.components.clone();
            Arc::new(jsonschema::options().should_validate_formats(true).build(&schema).unwrap())
        };
        made.entry(schema.to_string()).or_insert_with(make).clone()
    }
}

/// Read once a test program; it is the same for all.
fn contract() -> &'static Contract {
    static CONTRACT: OnceLock<Contract> = OnceLock::new();
    CONTRACT.get_or_init(|| {
        let registry = Registry::load(None, &[]).unwrap();
        let mut document = serde_json::to_value(document(&Known::of(&registry, 720))).unwrap();
        document["components"]["schemas"].as_object_mut().unwrap().values_mut().for_each(close_inside);
        let mut operations = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                operations.push(Described {
                    method: method.to_uppercase(),
                    parts: path.trim_start_matches('/').split('/').map(str::to_owned).collect(),
                    responses: operation["responses"].as_object().unwrap().clone(),
                });
            }
        }
        // Words before placeholders: `/jobs/estimate` is no job.
        operations.sort_by_key(|one| one.parts.iter().map(|part| part.matches('{').count()).sum::<usize>());
        Contract { operations, components: document["components"].clone(), validators: Mutex::default() }
    })
}

/// Forbids fields that the schema does not name, for it and for what it holds.
fn close(schema: &mut Value) {
    close_inside(schema);
    let has_fields = ["properties", "$ref", "allOf", "oneOf", "anyOf"].iter().any(|key| schema.get(key).is_some());
    if let (true, Some(object)) = (has_fields, schema.as_object_mut()) {
        object.insert("unevaluatedProperties".into(), Value::Bool(false));
    }
}

/// The same for what it holds only: a schema that others are put together from stays open.
fn close_inside(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(fields) = object.get_mut("properties").and_then(Value::as_object_mut) {
        fields.values_mut().for_each(close);
    }
    if let Some(items) = object.get_mut("items") {
        close(items);
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        object.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten().for_each(close_inside);
    }
}

/// Fails where the answer is not as the document says. Paths and methods that are not described are others' business.
pub fn check(method: &str, path: &str, answer: &Answer) {
    let asked = if method == "HEAD" { "GET" } else { method };
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let contract = contract();
    let Some(operation) = contract.operations.iter().find(|one| one.method == asked && fits(&one.parts, &parts)) else {
        return;
    };
    let at = format!("{method} {path} {}", answer.status);
    // A method that is not described may be asked of a path that fits another one's.
    if answer.status == 304 || answer.status == 405 {
        return;
    }
    let described = operation.responses.get(&answer.status.to_string());
    let described = described.unwrap_or_else(|| panic!("{at} is not described: {}", answer.text()));
    let Some(content_type) = answer.header("content-type") else {
        assert!(described.get("content").is_none(), "{at}: no content type");
        return;
    };
    let media = described["content"].as_object().unwrap_or_else(|| panic!("{at}: a body is not described"));
    let plain = |name: &str| name.split(';').next().unwrap_or_default().trim().to_owned();
    let (_, media) = media
        .iter()
        .find(|(name, _)| plain(name) == plain(content_type))
        .unwrap_or_else(|| panic!("{at}: {content_type} is not described"));
    // A range of a body is no whole text, and a packed one is none at all.
    let is_whole = answer.status != 206 && answer.header("content-encoding").is_none();
    if plain(content_type) != "application/json" || method == "HEAD" || !is_whole {
        return;
    }
    let validator = contract.validator(&media["schema"]);
    let body = answer.json();
    let wrong: Vec<String> =
        validator.iter_errors(&body).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{at} is not as described: {wrong:#?}\n{body:#}");
}

/// Whether a path is one of the template's. A placeholder stands for one part, with or without a suffix.
fn fits(template: &[String], parts: &[&str]) -> bool {
    template.len() == parts.len()
        && template.iter().zip(parts).all(|(template, part)| match template.split_once("}.{") {
            Some(_) => part.contains('.'),
            None => template == part || (template.starts_with('{') && !part.is_empty()),
        })
}
