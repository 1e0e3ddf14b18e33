//! One page to one answer.

use super::compile::CompiledRecipe;
use super::explain::Explainer;
use super::explanation::Explanation;
use super::extracted::{ExtractError, Extracted, PageContext};
use super::pass::Facts;
use super::recipe::Format;
use super::trace::Trace;
use super::{json, lists, merge, pass, price_places};

/// Pages are fed to the parser in pieces, as from a socket; the answer does not depend on their size.
const CHUNK_BYTES: usize = 64 * 1024;

/// Bytes read of a page; the rest of a longer one is cut. Sources send less, by the fetcher's own limits.
pub const MAX_PAGE_BYTES: usize = 16 << 20;

/// Reads a page (HTML or JSON, decoded) by a recipe.
///
/// A page without a price yields none, never 0; an offer's `price_with_shipping` is what the page says. Errors only when the
/// page cannot be parsed at all: a page that says nothing is an answer with [`Verdict::NotUnderstood`](super::Verdict).
pub fn extract(recipe: &CompiledRecipe, html: &str, context: PageContext<'_>) -> Result<Extracted, ExtractError> {
    extract_in_chunks(recipe, html, context, CHUNK_BYTES)
}

/// As [`extract`], with the page fed to the parser in pieces of this many bytes.
pub fn extract_in_chunks(
    recipe: &CompiledRecipe,
    html: &str,
    context: PageContext<'_>,
    chunk_bytes: usize,
) -> Result<Extracted, ExtractError> {
    let facts = read(recipe, html, chunk_bytes, false)?;
    Ok(answer(recipe, &facts, context, &mut Trace::default()))
}

/// As [`extract`], and why each field is what it is. Slower, and made of many texts: for people who ask.
pub fn explain(
    recipe: &CompiledRecipe,
    html: &str,
    context: PageContext<'_>,
) -> Result<(Extracted, Explanation), ExtractError> {
    let facts = read(recipe, html, CHUNK_BYTES, true)?;
    let mut trace = Trace::open();
    let extracted = answer(recipe, &facts, context, &mut trace);
    let mut explanation = Explainer::new(recipe, html, &facts, context, &extracted, trace.into_seen()).explain();
    explanation.prices_stand_in = price_places::find(recipe, html, CHUNK_BYTES, &explanation);
    Ok((extracted, explanation))
}

fn read(recipe: &CompiledRecipe, text: &str, chunk_bytes: usize, names_elements: bool) -> Result<Facts, ExtractError> {
    let text = &text[..text.floor_char_boundary(MAX_PAGE_BYTES)];
    match recipe.format {
        Format::Html => pass::read(recipe, text, chunk_bytes, names_elements),
        Format::Json => json::read(recipe, text),
    }
}

fn answer(recipe: &CompiledRecipe, facts: &Facts, context: PageContext<'_>, trace: &mut Trace) -> Extracted {
    let mut extracted = merge::merge(recipe, facts, context, trace);
    lists::add_embedded(recipe, facts, context, &mut extracted);
    extracted
}
