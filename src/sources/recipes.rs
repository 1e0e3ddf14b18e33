//! Compiles a definition's recipes, and tells every rule that cannot be.

use super::document::Document;
use crate::extraction::recipe::{Format, ListRecipe, Rule, Rules, Sign};
use crate::extraction::{CompiledRecipe, Recipe};
use std::collections::BTreeMap;

/// The compiled recipe, or `None` after reporting each rule that the engine cannot run at the rule's own line.
pub(super) fn compile(recipe: &Recipe, place: &str, document: &mut Document<'_>) -> Option<CompiledRecipe> {
    // The engine stops at its first error: put a harmless rule in that one's place and ask again.
    let mut rest = recipe.clone();
    let mut is_right = true;
    loop {
        match CompiledRecipe::compile(&rest) {
            Ok(compiled) => return is_right.then_some(compiled),
            Err(error) => {
                is_right = false;
                let at: Vec<&str> = error.rule.split('.').collect();
                document.report(&format!("{place}/{}", at.join("/")), &error.why);
                // A rule that is not found, or wrong again, would be told for ever.
                if document.is_full() || !make_harmless(&mut rest, &at) {
                    return None;
                }
            }
        }
    }
}

/// Whether there was a rule at this place, such as `offers.fields.price.1.selector`, that was not harmless already.
fn make_harmless(recipe: &mut Recipe, at: &[&str]) -> bool {
    let format = recipe.format;
    match at {
        ["fields", field, rest @ ..] => fix_field(&mut recipe.fields, |f| f.as_str() == *field, rest, format),
        ["minor_unit", rest @ ..] => recipe.minor_unit.as_mut().is_some_and(|rules| fix(rules, rest, format)),
        ["next", rest @ ..] => recipe.next.as_mut().is_some_and(|rules| fix(rules, rest, format)),
        ["offers", rest @ ..] => {
            recipe.offers.as_mut().is_some_and(|list| fix_list(list, |f, name| f.as_str() == name, rest, format))
        }
        ["results", rest @ ..] => {
            recipe.results.as_mut().is_some_and(|list| fix_list(list, |f, name| f.as_str() == name, rest, format))
        }
        ["bestsellers", rest @ ..] => {
            recipe.bestsellers.as_mut().is_some_and(|list| fix_list(list, |f, name| f.as_str() == name, rest, format))
        }
        ["reviews", rest @ ..] => {
            recipe.reviews.as_mut().is_some_and(|list| fix_list(list, |f, name| f.as_str() == name, rest, format))
        }
        ["specifications", rest @ ..] => recipe
            .specifications
            .as_mut()
            .is_some_and(|list| fix_list(list, |f, name| f.as_str() == name, rest, format)),
        ["rating_distribution", field, rest @ ..] => {
            fix_field(&mut recipe.rating_distribution, |f| f.as_str() == *field, rest, format)
        }
        ["total", rest @ ..] => recipe.total.as_mut().is_some_and(|rules| fix(rules, rest, format)),
        ["no_result", index, ..] => {
            let sign = index.parse::<usize>().ok().and_then(|index| recipe.no_result.get_mut(index));
            sign.is_some_and(|sign| replace(sign, Sign { text: Some("-".into()), ..Sign::default() }))
        }
        _ => false,
    }
}

fn fix_list<F: Ord + Copy>(
    list: &mut ListRecipe<F>,
    is_named: impl Fn(F, &str) -> bool,
    at: &[&str],
    format: Format,
) -> bool {
    match at {
        ["item", ..] => replace(&mut list.item, harmless_place(format).to_owned()),
        ["required", ..] => replace(&mut list.required, Vec::new()),
        ["fields", field, rest @ ..] => fix_field(&mut list.fields, |f| is_named(f, field), rest, format),
        _ => false,
    }
}

fn fix_field<F: Copy>(fields: &mut BTreeMap<F, Rules>, is_it: impl Fn(F) -> bool, at: &[&str], format: Format) -> bool {
    fields.iter_mut().find(|(field, _)| is_it(**field)).is_some_and(|(_, rules)| fix(rules, at, format))
}

fn fix(rules: &mut Rules, at: &[&str], format: Format) -> bool {
    let rule = match rules {
        Rules::One(rule) => Some(rule),
        Rules::Many(rules) => at.first().and_then(|index| index.parse::<usize>().ok()).and_then(|i| rules.get_mut(i)),
    };
    let place = Some(harmless_place(format).to_owned());
    let harmless = match format {
        Format::Html => Rule { selector: place, ..Rule::default() },
        Format::Json => Rule { path: place, ..Rule::default() },
    };
    rule.is_some_and(|rule| replace(rule, harmless))
}

/// A selector, and a path, that is always right.
fn harmless_place(format: Format) -> &'static str {
    match format {
        Format::Html => "li",
        Format::Json => "items",
    }
}

fn replace<T: PartialEq>(old: &mut T, new: T) -> bool {
    let changes = *old != new;
    *old = new;
    changes
}
