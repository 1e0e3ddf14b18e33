//! Page text in, product out; no network and no database.
//!
//! A [`Recipe`] says how to read one kind of page; [`CompiledRecipe::compile`] checks it once, and [`extract`] reads a page by
//! it in one pass: `pass` streams the page through lol_html, `walk` feeds the collectors (`microdata`, `json_ld`, `meta`,
//! `embedded_state`, `visible`, `siblings`, and the recipe's own `selectors`), then `merge` weighs what they found, and
//! `list_reader` looks for a list where no recipe knows one. [`price_text`] reads one printed price.

mod article_votes;
mod attributes;
mod availability;
#[cfg(test)]
mod bounds_cases;
mod breadcrumbs;
mod compile;
mod condition_words;
mod country_names;
mod date_text;
mod element_name;
mod elements;
mod embedded_state;
mod explain;
mod explain_rules;
mod explanation;
mod extract;
mod extracted;
mod field_text;
mod frame;
mod gathered;
mod graph;
mod hints;
mod identifiers;
mod identity;
mod json;
mod json_ld;
mod json_weight;
mod label_words;
mod list_reader;
mod lists;
mod losers;
mod merge;
mod meta;
mod microdata;
mod month_words;
mod next_link;
mod nuxt_data;
mod origin;
mod overlong;
mod pass;
mod price_number;
mod price_places;
mod price_symbols;
pub mod price_text;
mod rating;
mod rdfa;
pub mod recipe;
mod reviews;
mod rules;
mod schema_offer;
mod schema_org;
mod schema_review;
mod script_arguments;
mod script_objects;
mod script_values;
mod script_words;
mod selectors;
mod siblings;
mod sold_out_phrases;
mod state_places;
mod stock_phrases;
mod targets;
mod trace;
mod visible;
mod visible_rank;
mod visible_words;
mod walk;

pub use compile::{CompiledRecipe, RecipeError, RecipeFault};
pub use explanation::{
    Dropped, EntryExplained, Explanation, FieldExplained, ListExplained, Loser, Origin, PricePlace, RuleOutcome,
    RuleTried, Why,
};
pub use extract::{MAX_PAGE_BYTES, explain, extract, extract_in_chunks};
pub use extracted::{Evidence, ExtractError, Extracted, PageContext, Verdict, has_offer_field};
pub use recipe::Recipe;
pub use selectors::{SelectorRefusal, check_selector};
