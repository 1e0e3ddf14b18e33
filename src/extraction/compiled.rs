//! Stand-in until the extraction room is merged.

use super::recipe::{Format, Rules};
use super::{Extracted, PageContext, Recipe};

#[derive(Debug, Clone)]
pub struct CompiledRecipe;

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
        Ok(CompiledRecipe)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("stand-in")]
pub struct ExtractError;

pub fn extract(_: &str, _: &CompiledRecipe, _: &PageContext<'_>) -> Result<Extracted, ExtractError> {
    Ok(Extracted::default())
}
