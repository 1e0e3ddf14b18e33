//! Stand-in until the extraction room is merged: compiles selectors and patterns, reads JSON pages only.

use super::recipe::{Format, ListRecipe, OfferField, ProductField, ResultField, Rules};
use super::{Extracted, PageContext, Recipe, SearchResult, Verdict};
use crate::domain::Offer;
use serde_json::Value;

#[derive(Debug, Clone)]
pub struct CompiledRecipe(Recipe);

#[derive(Debug, thiserror::Error)]
#[error("{rule}: {why}")]
pub struct RecipeError {
    pub rule: String,
    pub why: String,
}

fn check_selector(rule: String, css: &str) -> Result<(), RecipeError> {
    css.parse::<lol_html::Selector>()
        .map(|_| ())
        .map_err(|e| RecipeError { rule, why: format!("the selector `{css}` cannot be run: {e}") })
}

fn check_rules(at: &str, rules: &Rules) -> Result<(), RecipeError> {
    for (i, rule) in rules.iter().enumerate() {
        let at = if matches!(rules, Rules::One(_)) { at.to_owned() } else { format!("{at}.{i}") };
        if let Some(css) = &rule.selector {
            check_selector(format!("{at}.selector"), css)?;
        }
        if let Some(pattern) = &rule.regex {
            regex::Regex::new(pattern)
                .map_err(|e| RecipeError { rule: format!("{at}.regex"), why: format!("not a pattern: {e}") })?;
        }
    }
    Ok(())
}

impl CompiledRecipe {
    pub fn compile(recipe: &Recipe) -> Result<CompiledRecipe, RecipeError> {
        for (field, rules) in &recipe.fields {
            check_rules(&format!("fields.{}", field.as_str()), rules)?;
        }
        for rules in &recipe.next {
            check_rules("next", rules)?;
        }
        for (i, sign) in recipe.no_result.iter().enumerate() {
            if let Some(css) = &sign.selector {
                check_selector(format!("no_result.{i}.selector"), css)?;
            }
        }
        if let Some(list) = &recipe.offers {
            if recipe.format == Format::Html {
                check_selector("offers.item".into(), &list.item)?;
            }
            for (field, rules) in &list.fields {
                check_rules(&format!("offers.fields.{}", field.as_str()), rules)?;
            }
        }
        if let Some(list) = &recipe.results {
            if recipe.format == Format::Html {
                check_selector("results.item".into(), &list.item)?;
            }
            for (field, rules) in &list.fields {
                check_rules(&format!("results.fields.{}", field.as_str()), rules)?;
            }
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
