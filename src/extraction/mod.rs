//! Page text in, product out; no network and no database.
//!
//! A [`Recipe`] says how to read one kind of page; [`CompiledRecipe::compile`] checks it once, and [`extract`] reads a page by
//! it in one pass: `pass` streams the page through lol_html, `walk` feeds the collectors (`microdata`, `json_ld`, `meta`,
//! `visible`, `siblings`, and the recipe's own `selectors`), then `merge` weighs what they found, and `list_reader` looks for
//! a list where no recipe knows one. [`price_text`] reads one printed price.

mod attributes;
mod availability;
mod breadcrumbs;
mod compile;
mod elements;
mod extract;
mod extracted;
mod graph;
mod hints;
mod identifiers;
mod identity;
mod json;
mod json_ld;
mod list_reader;
mod lists;
mod merge;
mod meta;
mod microdata;
mod next_link;
mod pass;
mod price_number;
mod price_symbols;
pub mod price_text;
mod rating;
pub mod recipe;
mod rules;
mod schema_offer;
mod schema_org;
mod selectors;
mod siblings;
mod stock_phrases;
mod targets;
mod visible;
mod visible_rank;
mod visible_words;
mod walk;

pub use compile::{CompiledRecipe, RecipeError, RecipeFault};
pub use extract::{extract, extract_in_chunks};
pub use extracted::{Evidence, ExtractError, Extracted, PageContext, SearchResult, Verdict};
pub use recipe::Recipe;
pub use selectors::{SelectorRefusal, check_selector};
