//! A tried value for people and for programs.

use super::show_explanation::{self, cut, field_names};
use crate::domain::{Lookup, Reason, Topic};
use crate::extraction::{Explanation, Verdict};
use crate::lookup::{HitMissing, Outcome, StepTried, Trial};
use crate::sources::{Definition, Kind};
use serde_json::{Value, json};
use std::io::{self, Write};

/// What every answer about a product should have, and every offer.
const PRODUCT_NEEDS: [&str; 4] = ["name", "image_url", "brand_name", "gtins"];
const OFFER_NEEDS: [&str; 5] = ["shop_name", "price", "shipping_costs", "availability_text", "url"];
/// A shop's page is its one offer.
const SHOP_NEEDS: [&str; 2] = ["price", "availability_text"];

/// Columns before what is told of a step.
const INDENT: &str = "  ";

/// Writes a trial, a step after the other, then what is missing and how it ended.
pub(super) fn show(out: &mut impl Write, definition: &Definition, lookup: &Lookup, trial: &Trial) -> io::Result<()> {
    writeln!(out, "{} · {} · {} {}", lookup.source, lookup.country, lookup.key.v1(), cut(&lookup.value, 80))?;
    let mut sent = &[][..];
    for (step, number) in trial.steps.iter().zip(1..) {
        writeln!(out)?;
        show_step(out, step, number, step.headers != sent)?;
        sent = &step.headers;
    }
    writeln!(out)?;
    let missing = missing(trial);
    if !missing.is_empty() {
        writeln!(out, "missing    {}", missing.join(", "))?;
    }
    let unnamed = unnamed(definition, trial);
    if !unnamed.is_empty() {
        writeln!(out, "not asked  {} (no rule names them)", unnamed.join(", "))?;
    }
    writeln!(out, "result     {}", result(lookup.topic, trial))
}

fn show_step(out: &mut impl Write, step: &StepTried, number: u32, shows_headers: bool) -> io::Result<()> {
    let url = step.url.as_ref().map_or("from a file", |url| url.as_str());
    match &step.answer {
        None => writeln!(out, "{number} {}  saved page of {url}", step.step)?,
        Some(answer) => {
            writeln!(out, "{number} {}  GET {url}", step.step)?;
            let headers: Vec<String> = step.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
            if shows_headers && !headers.is_empty() {
                writeln!(out, "{INDENT}sent      {}", headers.join(" · "))?;
            }
            match answer {
                Ok(answered) => {
                    let unpacked =
                        match answered.bytes_unpacked == answered.bytes_received || answered.bytes_received == 0 {
                            true => format!("{} bytes", answered.bytes_unpacked),
                            false => format!("{} bytes, {} unpacked", answered.bytes_received, answered.bytes_unpacked),
                        };
                    let ms = answered.duration.as_millis();
                    writeln!(
                        out,
                        "{INDENT}answer    {} · {} · {unpacked} · {ms} ms",
                        answered.status, answered.content_type
                    )?;
                    if Some(&answered.url) != step.url.as_ref() {
                        writeln!(out, "{INDENT}          redirected to {}", answered.url)?;
                    }
                }
                Err(error) => {
                    let reason = error.reason().map_or("later", Reason::wording);
                    writeln!(out, "{INDENT}✗ {reason}: {error}")?;
                }
            }
        }
    }
    match &step.read {
        None => Ok(()),
        Some(Err(error)) => writeln!(out, "{INDENT}✗ {error}"),
        Some(Ok(read)) => {
            writeln!(out, "{INDENT}page      {}", verdict(read.extracted.verdict, &read.explanation))?;
            show_explanation::show(out, &read.explanation, INDENT)?;
            match &step.hit {
                None => Ok(()),
                Some(Ok(hit)) => {
                    let place = hit.id.as_deref().map(|id| format!("id {id}")).or_else(|| hit.url.clone());
                    writeln!(out, "{INDENT}leads to  {}", place.unwrap_or_default())
                }
                Some(Err(HitMissing::Nothing)) => writeln!(out, "{INDENT}✗ leads to nothing: no result fits the value"),
                Some(Err(HitMissing::Unusable)) => {
                    writeln!(out, "{INDENT}✗ leads to nothing: no result has the id or url that the next step needs")
                }
            }
        }
    }
}

fn verdict(verdict: Verdict, explanation: &Explanation) -> String {
    match verdict {
        Verdict::Understood => "understood".to_owned(),
        Verdict::NoResult => {
            format!("says that there is nothing: {}", explanation.no_result.as_deref().unwrap_or("a sign"))
        }
        Verdict::NotUnderstood => "NOT UNDERSTOOD: nothing the definition looks for is on it".to_owned(),
    }
}

fn pages(trial: &Trial) -> impl Iterator<Item = (&'static str, &Explanation)> {
    trial.steps.iter().filter_map(|step| Some((step.step, &step.read.as_ref()?.as_ref().ok()?.explanation)))
}

/// Fields that the definition names and that yielded nothing: `offers.price`.
fn missing(trial: &Trial) -> Vec<String> {
    let mut missing = Vec::new();
    for (step, explanation) in pages(trial) {
        let empty = explanation.fields.iter().filter(|f| f.value.is_none() && !f.rules.is_empty());
        missing.extend(empty.map(|f| format!("{step}: {}", f.field)));
        for list in &explanation.lists {
            if list.entries.is_empty() && explanation.no_result.is_none() {
                missing.push(format!("{step}: {}", list.list));
            }
            for name in field_names(list).into_iter().filter(|_| !list.entries.is_empty()) {
                let fields = || list.entries.iter().flat_map(|entry| &entry.fields).filter(|f| f.field == name);
                if fields().all(|f| f.value.is_none()) {
                    missing.push(format!("{step}: {name}"));
                }
            }
        }
    }
    missing
}

/// What every answer should have, and neither a rule nor embedded data was asked for.
fn unnamed(definition: &Definition, trial: &Trial) -> Vec<String> {
    let known = |explanation: &Explanation, list: Option<&str>, name: &str| match list {
        None => explanation.fields.iter().any(|f| f.field == name),
        Some(list) => explanation
            .lists
            .iter()
            .filter(|l| l.list == list)
            .any(|l| l.entries.is_empty() || field_names(l).contains(&name)),
    };
    let read: Vec<(&str, &Explanation)> =
        pages(trial).filter(|(step, _)| ["product", "offers"].contains(step)).collect();
    let ask = |names: &[&'static str], list: Option<&'static str>| -> Vec<String> {
        let missing = names.iter().filter(|name| !read.iter().any(|(_, e)| known(e, list, name)));
        missing.map(|name| list.map_or_else(|| (*name).to_owned(), |list| format!("{list}: {name}"))).collect()
    };
    if read.is_empty() || read.iter().all(|(_, e)| e.no_result.is_some()) {
        return Vec::new();
    }
    // The step that says what the product is may not have been tried.
    let has_product = definition.product.is_none() || read.iter().any(|(step, _)| *step == "product");
    let mut unnamed = if has_product { ask(&PRODUCT_NEEDS, None) } else { Vec::new() };
    let has_list = read.iter().any(|(_, e)| e.lists.iter().any(|list| list.list == "offers"));
    if has_list {
        let needs: Vec<&str> =
            OFFER_NEEDS.into_iter().filter(|name| definition.kind != Kind::Shop || *name != "shop_name").collect();
        unnamed.extend(ask(&needs, Some("offers")));
    } else if definition.kind == Kind::Shop {
        unnamed.extend(ask(&SHOP_NEEDS, None));
    }
    unnamed
}

fn result(topic: Topic, trial: &Trial) -> String {
    match &trial.outcome {
        None if !trial.is_understood() => "not understood".to_owned(),
        None if missing(trial).is_empty() => "understood".to_owned(),
        None => "understood, but something is missing".to_owned(),
        Some(Outcome::Found { pages, .. }) => {
            let contents = || pages.iter().filter_map(|page| page.content.as_ref());
            let (count, what) = match topic {
                Topic::Product => return "found".to_owned(),
                Topic::ProductAndOffers | Topic::Offers => {
                    (contents().map(|c| c.offers.len()).sum::<usize>(), "offers")
                }
                Topic::SearchResults => (contents().map(|c| c.search_results.len()).sum(), "search results"),
                Topic::Reviews => (contents().map(|c| c.reviews.len()).sum(), "reviews"),
            };
            let more = pages.last().is_some_and(|page| !page.is_last);
            format!("found, {count} {what} on the first page{}", if more { ", more behind it" } else { "" })
        }
        Some(Outcome::NotFound { .. }) => Reason::NotFound.wording().to_owned(),
        Some(Outcome::Failed(reason)) => reason.wording().to_owned(),
        Some(Outcome::Later { wait, .. }) => format!("the host is to be asked again in {} s", wait.as_secs()),
    }
}

/// The same for programs.
pub(super) fn json(definition: &Definition, lookup: &Lookup, trial: &Trial) -> Value {
    let steps: Vec<Value> = trial.steps.iter().map(step_json).collect();
    json!({
        "source": lookup.source.as_str(),
        "country": lookup.country.as_str(),
        "topic": lookup.topic.as_str(),
        "key": lookup.key.v1(),
        "value": lookup.value,
        "steps": steps,
        "missing": missing(trial),
        "not_asked": unnamed(definition, trial),
        "understood": trial.is_understood(),
        "reason": trial.reason().map(Reason::wording),
        "result": result(lookup.topic, trial),
    })
}

fn step_json(step: &StepTried) -> Value {
    let headers: serde_json::Map<String, Value> =
        step.headers.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
    let request = step.answer.as_ref().map(|_| json!({"method": "GET", "headers": headers}));
    let answer = step.answer.as_ref().map(|answer| match answer {
        Ok(answered) => json!({
            "status": answered.status,
            "url": answered.url.as_str(),
            "content_type": answered.content_type,
            "bytes_received": answered.bytes_received,
            "bytes_unpacked": answered.bytes_unpacked,
            "duration_ms": answered.duration.as_millis() as u64,
        }),
        Err(error) => json!({"error": error.to_string(), "reason": error.reason().map(Reason::wording)}),
    });
    let page = step.read.as_ref().map(|read| match read {
        Ok(read) => json!({
            "verdict": match read.extracted.verdict {
                Verdict::Understood => "understood",
                Verdict::NoResult => "no result",
                Verdict::NotUnderstood => "not understood",
            },
            "explain": read.explanation,
        }),
        Err(error) => json!({"verdict": "not understood", "error": error.to_string()}),
    });
    let hit = step.hit.as_ref().map(|hit| match hit {
        Ok(hit) => json!({"id": hit.id, "url": hit.url}),
        Err(_) => Value::Null,
    });
    json!({
        "step": step.step,
        "url": step.url.as_ref().map(|url| url.as_str()),
        "request": request,
        "answer": answer,
        "page": page,
        "hit": hit,
    })
}
