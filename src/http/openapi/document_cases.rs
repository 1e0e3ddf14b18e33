//! The document against the code it is made from.

use super::document::{document, operations};
use super::{Known, refusals};
use crate::http::codes::RefusalKind;
use crate::http::routes::table;
use crate::sources::Registry;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Refusals that no single route gives: a path or a method that is not there.
const OF_NO_ROUTE: [RefusalKind; 2] = [RefusalKind::NoSuchRoute, RefusalKind::MethodNotAllowed];

fn known() -> Known {
    Known::of(&Registry::load(None, &[]).unwrap(), 720)
}

fn document_json() -> Value {
    serde_json::to_value(document(&known())).unwrap()
}

/// Every object in the document, with where it is.
fn walk(value: &Value, at: &str, visit: &mut dyn FnMut(&str, &Value)) {
    visit(at, value);
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| walk(value, &format!("{at}/{name}"), visit)),
        Value::Array(list) => list.iter().enumerate().for_each(|(n, value)| walk(value, &format!("{at}/{n}"), visit)),
        _ => {}
    }
}

/// A suffix of the path is answered by the resource without it.
#[test]
fn describes_the_mounted_routes_and_no_others() {
    let mounted: BTreeSet<(String, String)> = table()
        .iter()
        .flat_map(|row| row.answers().map(|(path, method)| (path.to_owned(), method.to_string())).collect::<Vec<_>>())
        .filter(|(_, method)| method != "HEAD")
        .collect();
    let operations = operations(&known());
    let described: BTreeSet<(String, String)> =
        operations.iter().map(|op| (op.mounted_path().to_owned(), op.method_name().to_owned())).collect();
    let missing: Vec<_> = mounted.difference(&described).collect();
    let invented: Vec<_> = described.difference(&mounted).collect();
    assert!(missing.is_empty() && invented.is_empty(), "not described: {missing:#?}, not mounted: {invented:#?}");
}

#[test]
fn every_refusal_is_told_somewhere_and_no_other() {
    let told: BTreeSet<String> =
        operations(&known()).iter().flat_map(|op| op.refusals().to_vec()).map(|kind| format!("{kind:?}")).collect();
    let untold: Vec<RefusalKind> = RefusalKind::ALL
        .into_iter()
        .filter(|kind| !OF_NO_ROUTE.contains(kind) && !told.contains(&format!("{kind:?}")))
        .collect();
    assert_eq!(untold, [], "refusals that no operation describes");
    let reasons: BTreeSet<&str> =
        RefusalKind::ALL.iter().flat_map(|kind| [kind.row().reason, kind.row().reason_v2]).collect();
    let document = document_json();
    for (_, item) in document["paths"].as_object().unwrap() {
        for (_, operation) in item.as_object().unwrap() {
            for (status, answer) in operation["responses"].as_object().unwrap() {
                let words =
                    &answer["content"]["application/json"]["schema"]["allOf"][1]["properties"]["reason"]["enum"];
                for reason in words.as_array().into_iter().flatten() {
                    assert!(reasons.contains(reason.as_str().unwrap()), "{reason}");
                    let kind = RefusalKind::ALL
                        .into_iter()
                        .find(|kind| [kind.row().reason, kind.row().reason_v2].contains(&reason.as_str().unwrap()));
                    assert_eq!(kind.unwrap().row().status.as_str(), status);
                }
            }
        }
    }
}

#[test]
fn names_lead_somewhere_and_ids_are_unique() {
    let document = document_json();
    let mut ids = BTreeSet::new();
    let mut links = Vec::new();
    walk(&document, "", &mut |at, value| {
        if let Some(place) = value.get("$ref").and_then(Value::as_str) {
            assert!(document.pointer(place.trim_start_matches('#')).is_some(), "{at}: {place}");
        }
        if at.contains("/links/")
            && let Some(id) = value.get("operationId")
        {
            links.push(id.clone());
        } else if let Some(id) = value.get("operationId") {
            assert!(ids.insert(id.to_string()), "{id} twice");
        }
    });
    links.iter().for_each(|id| assert!(ids.contains(&id.to_string()), "a link to {id}"));
    assert!(ids.len() > 15 && links.len() > 3);
}

/// Everything a reader needs: words for what it is, an example for each answer, and the schemas hold for the examples.
#[test]
fn every_operation_is_told_with_examples_that_are_right() {
    let document = document_json();
    let mut seen = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let at = format!("{method} {path}");
            assert!(operation["summary"].is_string() && operation["tags"][0].is_string(), "{at}");
            let template = path.matches('{').count();
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            assert_eq!(parameters.iter().filter(|one| one["in"] == "path").count(), template, "{at}");
            for parameter in &parameters {
                assert!(parameter["description"].as_str().is_some_and(|text| text.ends_with('.')), "{at} {parameter}");
            }
            for (_, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
                check_examples(&document, content, &at);
                seen += 1;
            }
            for (status, answer) in operation["responses"].as_object().unwrap() {
                assert!(answer["description"].as_str().is_some_and(|text| !text.is_empty()), "{at} {status}");
                for (name, content) in answer["content"].as_object().into_iter().flatten() {
                    if name.contains("spreadsheet") {
                        continue;
                    }
                    check_examples(&document, content, &format!("{at} {status}"));
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 50, "{seen}");
}

fn check_examples(document: &Value, content: &Value, at: &str) {
    let mut schema = content["schema"].clone();
    schema["components"] = document["components"].clone();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let mut examples: Vec<Value> = content.get("example").into_iter().cloned().collect();
    for (_, example) in content["examples"].as_object().into_iter().flatten() {
        let place = example.get("$ref").and_then(Value::as_str);
        let example = place.map_or(example, |place| document.pointer(place.trim_start_matches('#')).unwrap());
        examples.push(example["value"].clone());
    }
    assert!(!examples.is_empty(), "{at}: no example");
    for example in examples {
        let wrong: Vec<String> =
            validator.iter_errors(&example).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{at}: {wrong:#?} in {example:#}");
    }
}

#[test]
fn is_of_the_version_that_programs_read() {
    let document = document_json();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["servers"], json!([{"url": "/"}]));
    assert_eq!(
        document["components"]["examples"].as_object().unwrap().len(),
        refusals::examples().count() - RefusalKind::ALL.len() + 2
    );
}

/// A field means something: it says so itself, or it is of a named type that does.
#[test]
fn every_field_says_what_it_means() {
    let document = document_json();
    let mut silent = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        walk(schema, name, &mut |at, value| {
            let Some(fields) = value.get("properties").and_then(Value::as_object) else { return };
            for (field, schema) in fields {
                let is_told = |schema: &Value| schema.get("description").is_some() || schema.get("$ref").is_some();
                let either = ["oneOf", "anyOf", "allOf"].iter().find_map(|word| schema.get(word)?.as_array());
                if !is_told(schema) && !either.is_some_and(|some| some.iter().any(is_told)) {
                    silent.push(format!("{at}.{field}"));
                }
            }
        });
    }
    assert!(silent.is_empty(), "fields without a meaning: {silent:#?}");
}

#[test]
fn a_parameter_is_told_once() {
    let document = document_json();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let told = operation["parameters"].as_array().into_iter().flatten();
            let places: Vec<_> = told.map(|one| (one["in"].to_string(), one["name"].to_string())).collect();
            let different: BTreeSet<_> = places.iter().collect();
            assert_eq!(different.len(), places.len(), "{method} {path}: {places:?}");
        }
    }
}
