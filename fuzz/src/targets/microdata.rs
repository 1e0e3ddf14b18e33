//! Microdata and RDFa attributes: the input stands inside a product.

use super::invariants::{any_shop, by, check_page, text};
use pricemill::extraction::CompiledRecipe;
use std::sync::LazyLock;

static ALONE: LazyLock<CompiledRecipe> = LazyLock::new(|| by("embedded = ['microdata']"));

/// What a product element holds.
pub fn run(data: &[u8]) {
    let page = format!(
        "<title>Tea pot</title><div itemscope itemtype=\"https://schema.org/Product\"><h1 itemprop=name>Tea pot</h1>{}</div>",
        text(data)
    );
    check_page(&ALONE, &page, 13);
    check_page(any_shop(), &page, 13);
}
