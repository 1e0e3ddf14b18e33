//! One page to one answer.

use super::compile::CompiledRecipe;
use super::extracted::{ExtractError, Extracted, PageContext};
use super::recipe::Format;
use super::{json, lists, merge, pass};

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
    let html = &html[..html.floor_char_boundary(MAX_PAGE_BYTES)];
    let facts = match recipe.format {
        Format::Html => pass::read(recipe, html, chunk_bytes)?,
        Format::Json => json::read(recipe, html)?,
    };
    let mut extracted = merge::merge(recipe, &facts, context);
    lists::add_embedded(recipe, &facts, context, &mut extracted);
    Ok(extracted)
}
