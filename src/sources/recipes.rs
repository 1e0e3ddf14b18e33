//! Compiles a definition's recipes, and finds the very rules that cannot be.

use super::document::Document;
use crate::extraction::recipe::{Format, ListRecipe, Rule, Rules};
use crate::extraction::{CompiledRecipe, Recipe};

/// The compiled recipe, or `None` after reporting each rule that the engine cannot run at the rule's own line.
pub(super) fn compile(recipe: &Recipe, place: &str, document: &mut Document<'_>) -> Option<CompiledRecipe> {
    let whole = match CompiledRecipe::compile(recipe) {
        Ok(compiled) => return Some(compiled),
        Err(error) => error,
    };
    // The engine stops at its first error, and knows nothing of files: ask it about each rule alone.
    let before = document.error_count();
    for part in parts(recipe, place) {
        if let Err(error) = CompiledRecipe::compile(&part.recipe) {
            document.report(&part.place, error);
        }
    }
    if document.error_count() == before {
        document.report(place, whole);
    }
    None
}

/// A recipe with one rule of the whole, and where that rule stands in the file.
struct Part {
    place: String,
    recipe: Recipe,
}

fn parts(recipe: &Recipe, place: &str) -> Vec<Part> {
    let empty = || Recipe { format: recipe.format, ..Recipe::default() };
    let mut parts = Vec::new();
    for (field, rules) in &recipe.fields {
        let with = |rule| Recipe { fields: [(*field, Rules::One(rule))].into(), ..empty() };
        rule_parts(rules, &format!("{place}/fields/{}", field.as_str()), with, &mut parts);
    }
    if let Some(next) = &recipe.next {
        let with = |rule| Recipe { next: Some(Rules::One(rule)), ..empty() };
        rule_parts(next, &format!("{place}/next"), with, &mut parts);
    }
    for (index, sign) in recipe.no_result.iter().enumerate() {
        let alone = Recipe { no_result: vec![sign.clone()], ..empty() };
        parts.push(Part { place: format!("{place}/no_result/{index}"), recipe: alone });
    }
    if let Some(list) = &recipe.offers {
        let with = |list| Recipe { offers: Some(list), ..empty() };
        list_parts(list, recipe.format, &format!("{place}/offers"), with, &mut parts);
    }
    if let Some(list) = &recipe.results {
        let with = |list| Recipe { results: Some(list), ..empty() };
        list_parts(list, recipe.format, &format!("{place}/results"), with, &mut parts);
    }
    parts
}

fn list_parts<F: Ord + Copy + FieldName>(
    list: &ListRecipe<F>,
    format: Format,
    place: &str,
    with: impl Fn(ListRecipe<F>) -> Recipe,
    parts: &mut Vec<Part>,
) {
    let harmless = match format {
        Format::Html => "li",
        Format::Json => "items",
    };
    let with_field = |item: &str, field: F, rules: Rules| {
        with(ListRecipe { item: item.to_owned(), fields: [(field, rules)].into() })
    };
    for (field, rules) in &list.fields {
        let with_rule = |rule| with_field(harmless, *field, Rules::One(rule));
        rule_parts(rules, &format!("{place}/fields/{}", field.name()), with_rule, parts);
    }
    // Together with a field that is right on its own: an engine may refuse a list without fields.
    let right = list
        .fields
        .iter()
        .find(|(field, rules)| CompiledRecipe::compile(&with_field(harmless, **field, (*rules).clone())).is_ok());
    if let Some((field, rules)) = right {
        let recipe = with_field(&list.item, *field, rules.clone());
        parts.push(Part { place: format!("{place}/item"), recipe });
    }
}

/// Each rule alone, pointing at its `regex` where the rule is right without it, else at its `selector`.
fn rule_parts(rules: &Rules, place: &str, with: impl Fn(Rule) -> Recipe, parts: &mut Vec<Part>) {
    for (index, rule) in rules.iter().enumerate() {
        let rule_place = match rules {
            Rules::One(_) => place.to_owned(),
            Rules::Many(_) => format!("{place}/{index}"),
        };
        let without_regex = with(Rule { regex: None, ..rule.clone() });
        let key = match rule.regex.is_some() && CompiledRecipe::compile(&without_regex).is_ok() {
            true => "regex",
            false => "selector",
        };
        parts.push(Part { place: format!("{rule_place}/{key}"), recipe: with(rule.clone()) });
    }
}

/// Fields of offers and of results, by the name they have in files.
trait FieldName {
    fn name(self) -> &'static str;
}

impl FieldName for crate::extraction::recipe::OfferField {
    fn name(self) -> &'static str {
        self.as_str()
    }
}

impl FieldName for crate::extraction::recipe::ResultField {
    fn name(self) -> &'static str {
        self.as_str()
    }
}
