//! Where prices stand on a page whose definition finds none: what a person would look for first.

use super::compile::CompiledRecipe;
use super::explanation::{Explanation, FieldExplained, PricePlace};
use super::pass;
use super::price_text::RUN_BREAK;
use super::recipe::{Embedded, Format, Recipe};

/// Places told.
const MAX_PLACES: usize = 4;

/// The kinds of elements with the most prices in them, if a rule for a price yielded nothing.
pub(super) fn find(
    recipe: &CompiledRecipe,
    html: &str,
    chunk_bytes: usize,
    explanation: &Explanation,
) -> Vec<PricePlace> {
    if recipe.format != Format::Html || !lacks_price(explanation) {
        return Vec::new();
    }
    let seen = Recipe { embedded: vec![Embedded::Visible], ..Recipe::default() };
    // A recipe without rules always compiles.
    let Ok(seen) = CompiledRecipe::compile(&seen) else { return Vec::new() };
    let Ok(facts) = pass::read(&seen, html, chunk_bytes, true) else { return Vec::new() };
    let mut places: Vec<PricePlace> = Vec::new();
    for candidate in facts.visible.candidates.iter().filter(|c| c.has_token) {
        let Some(element) = candidate.element.as_deref() else { continue };
        match places.iter_mut().find(|place| place.element == element) {
            Some(place) => place.count += 1,
            None => {
                let text = facts.visible.text.get(candidate.start..candidate.end).unwrap_or_default();
                let first = text.replace(RUN_BREAK, "").trim().to_owned();
                places.push(PricePlace { element: element.to_owned(), count: 1, first });
            }
        }
    }
    places.sort_by_key(|place| std::cmp::Reverse(place.count));
    places.truncate(MAX_PLACES);
    places
}

/// Whether a rule for a price yielded nothing, on the page or in every entry of a list.
fn lacks_price(explanation: &Explanation) -> bool {
    let is_price = |field: &&FieldExplained| matches!(field.field, "price" | "min_price") && !field.rules.is_empty();
    let of_page = explanation.fields.iter().filter(is_price).any(|field| field.value.is_none());
    let of_lists = explanation.lists.iter().any(|list| {
        let mut prices = list.entries.iter().flat_map(|entry| entry.fields.iter().filter(is_price)).peekable();
        let is_ruled = prices.peek().is_some();
        (list.entries.is_empty() || is_ruled) && prices.all(|field| field.value.is_none())
    });
    of_page || (of_lists && explanation.no_result.is_none())
}
