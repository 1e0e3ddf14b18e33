//! The lists of a page: those that the recipe knows, and those that a page tells without its help: schema.org `ItemList`, and
//! `rel=next`.

use super::compile::{BESTSELLERS, CompiledRecipe, OFFERS, RESULTS, REVIEWS, SPECIFICATIONS};
use super::extracted::{Extracted, PageContext};
use super::merge::{absolute, clean, verdict};
use super::pass::Facts;
use super::price_text::{self, CurrencyHint};
use super::rules::{self, Money, Reader};
use super::selectors::MAX_ENTRIES;
use super::{identity, list_reader, reviews};
use crate::domain::Amount;
use crate::domain::SearchResult;

/// Fewer entries are no list.
const MIN_ENTRIES: usize = 2;

/// Reads the lists that the recipe knows, in place of what the page tells by itself.
pub(super) fn read(
    recipe: &CompiledRecipe,
    facts: &Facts,
    money: Money,
    context: PageContext<'_>,
    extracted: &mut Extracted,
) {
    let entries = |list: usize| facts.entries[list].as_slice();
    if let Some(list) = &recipe.offers {
        extracted.offers = rules::offers(list, entries(OFFERS), money, context);
    }
    if let Some(list) = &recipe.results {
        extracted.search_results = rules::results(list, entries(RESULTS), money, context);
    }
    if let Some(list) = &recipe.bestsellers {
        extracted.bestsellers = rules::results(list, entries(BESTSELLERS), money, context);
    }
    if let Some(list) = &recipe.reviews {
        extracted.reviews = reviews::reviews(list, entries(REVIEWS), money, context);
    }
    if let Some(list) = &recipe.specifications {
        let lines = reviews::specifications(list, entries(SPECIFICATIONS), money, context);
        if !lines.is_empty() {
            extracted.product.specifications = lines;
        }
    }
    let read = Reader { caught: &facts.page, money, context, trail: None };
    extracted.rating_distribution = reviews::distribution(recipe, &read, extracted.product.review_count);
    extracted.total_count = rules::total(&recipe.total, &read);
    extracted.next_page = rules::next(&recipe.next, &read);
}

/// Adds the results of an embedded `ItemList` and the `rel=next` link, where the recipe has no rules of its own for them.
pub(super) fn add_embedded(
    recipe: &CompiledRecipe,
    facts: &Facts,
    context: PageContext<'_>,
    extracted: &mut Extracted,
) {
    if recipe.embedded.is_empty() {
        return;
    }
    let has_product = extracted.product.price.is_some();
    if recipe.results.is_none() && !has_product {
        extracted.search_results = item_list(facts, context);
    }
    if recipe.next.is_empty() {
        extracted.next_page = facts.head.next.as_deref().map(|link| absolute(link, context));
    }
    if recipe.looks_for_lists() && extracted.search_results.is_empty() && extracted.offers.is_empty() {
        let country = context.country.or_else(|| context.url.and_then(identity::host_country));
        let hint = CurrencyHint { currency: context.currency, country: country.or(facts.head.locale_country()) };
        list_reader::add_seen(facts, context, hint, extracted);
    }
    extracted.verdict = verdict(extracted, facts.no_result_sign.is_some());
}

fn item_list(facts: &Facts, context: PageContext<'_>) -> Vec<SearchResult> {
    let graph = &facts.graph;
    let hint = CurrencyHint { currency: context.currency, country: context.country };
    let mut results = Vec::new();
    for list in (0..graph.nodes.len()).filter(|n| graph.is_a(*n, &["ItemList"])) {
        for element in graph.things(list, "itemListElement") {
            let item = graph.things(element, "item").first().copied().unwrap_or(element);
            if results.len() >= MAX_ENTRIES {
                return results;
            }
            let text = |name: &str| graph.short(item, name).or_else(|| graph.short(element, name));
            let offer = graph.things(item, "offers").first().copied();
            let amount = |name: &str| -> Option<Amount> {
                price_text::parse_machine(graph.text(offer?, name)?, hint).map(|p| p.amount).filter(|a| a.is_positive())
            };
            let result = SearchResult {
                position: results.len() as u32 + 1,
                name: text("name").map(clean),
                url: text("url").map(|u| absolute(u, context)),
                image_url: text("image").map(|u| absolute(u, context)),
                price: amount("price"),
                min_price: amount("lowPrice"),
                max_price: amount("highPrice"),
                currency: offer
                    .and_then(|o| graph.text(o, "priceCurrency"))
                    .and_then(|c| price_text::parse_currency(c, hint)),
                ..SearchResult::default()
            };
            if result.name.is_some() {
                results.push(result);
            }
        }
    }
    if results.len() < MIN_ENTRIES { Vec::new() } else { results }
}
