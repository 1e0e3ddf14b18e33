//! Stand-in until the extraction room is merged: compiles selectors and patterns, reads JSON pages only.

use super::recipe::{Format, ListRecipe, OfferField, ProductField, ResultField, Rules};
use super::{Extracted, PageContext, Recipe, SearchResult, Verdict};
use crate::domain::Offer;
use serde_json::Value;

#[derive(Debug, Clone)]
pub struct CompiledRecipe(Recipe);

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct RecipeError(String);

impl CompiledRecipe {
    pub fn compile(recipe: &Recipe) -> Result<CompiledRecipe, RecipeError> {
        let all = recipe.fields.values().chain(&recipe.next);
        let offers = recipe.offers.iter().flat_map(|l| l.fields.values());
        let results = recipe.results.iter().flat_map(|l| l.fields.values());
        let rules = all.chain(offers).chain(results).flat_map(Rules::iter);
        let mut selectors: Vec<&str> = rules.clone().filter_map(|r| r.selector.as_deref()).collect();
        selectors.extend(recipe.no_result.iter().filter_map(|s| s.selector.as_deref()));
        if recipe.format == Format::Html {
            selectors.extend(recipe.offers.iter().map(|l| l.item.as_str()));
            selectors.extend(recipe.results.iter().map(|l| l.item.as_str()));
        }
        for selector in selectors {
            selector
                .parse::<lol_html::Selector>()
                .map_err(|e| RecipeError(format!("the selector `{selector}` cannot be run: {e}")))?;
        }
        for pattern in rules.filter_map(|r| r.regex.as_deref()) {
            regex::Regex::new(pattern).map_err(|e| RecipeError(format!("not a pattern: {e}")))?;
        }
        Ok(CompiledRecipe(recipe.clone()))
    }
}

#[derive(Debug, thiserror::Error)]
#[error("stand-in")]
pub struct ExtractError;

fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |v, key| v.get(key)).filter(|v| !v.is_null())
}

fn text(value: &Value, rules: Option<&Rules>) -> Option<String> {
    rules?.iter().find_map(|rule| {
        let found = at(value, rule.path.as_deref()?)?;
        Some(found.as_str().map_or_else(|| found.to_string(), str::to_owned))
    })
}

fn items<'v, F: Ord>(value: &'v Value, list: Option<&ListRecipe<F>>) -> Vec<&'v Value> {
    list.and_then(|list| at(value, &list.item)?.as_array()).into_iter().flatten().collect()
}

pub fn extract(page: &str, recipe: &CompiledRecipe, _: &PageContext<'_>) -> Result<Extracted, ExtractError> {
    let CompiledRecipe(recipe) = recipe;
    let value: Value = serde_json::from_str(page).unwrap_or_default();
    let mut out = Extracted::default();
    let field = |name| text(&value, recipe.fields.get(&name));
    out.product.name = field(ProductField::Name);
    out.product.id = field(ProductField::Id);
    out.product.price = field(ProductField::Price).and_then(|p| p.parse().ok());
    for entry in items(&value, recipe.offers.as_ref()) {
        let field = |name| text(entry, recipe.offers.as_ref().and_then(|l| l.fields.get(&name)));
        out.offers.push(Offer {
            shop_name: field(OfferField::ShopName),
            price: field(OfferField::Price).and_then(|p| p.parse().ok()),
            shipping_costs: field(OfferField::ShippingCosts).and_then(|p| p.parse().ok()),
            ..Offer::default()
        });
    }
    for entry in items(&value, recipe.results.as_ref()) {
        let field = |name| text(entry, recipe.results.as_ref().and_then(|l| l.fields.get(&name)));
        out.search_results.push(SearchResult {
            id: field(ResultField::Id),
            url: field(ResultField::Url),
            gtin: field(ResultField::Gtin),
            ..SearchResult::default()
        });
    }
    out.next_page = text(&value, recipe.next.as_ref());
    let nothing = |path: &str| at(&value, path).is_none_or(|v| v.as_array().is_some_and(Vec::is_empty));
    let something = out.product.name.is_some() || !out.offers.is_empty() || !out.search_results.is_empty();
    if recipe.no_result.iter().any(|sign| sign.empty_path.as_deref().is_some_and(nothing)) {
        out.verdict = Verdict::NoResult;
    } else if something {
        out.verdict = Verdict::Understood;
    }
    Ok(out)
}
