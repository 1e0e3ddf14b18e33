//! JSON endpoints: the input is the document.

use super::invariants::{by, check_page, text};
use pricemill::extraction::CompiledRecipe;
use std::sync::LazyLock;

const PATHS: &str = r#"
format = "json"
no_result = [{ empty_path = "data.items" }, { text = "no such product" }]
next = { path = "next" }
[fields]
name = [{ path = "product.title" }, { path = "data.items.0.name" }]
price = [{ path = "product.price" }, { path = "product.variants.0.price" }]
gtins = { path = "product.barcodes" }
category_path = { path = "product.tags" }
review_rating = { path = "product.rating" }
[offers]
item = "offers"
[offers.fields]
shop_name = { path = "shop.name" }
price = { path = "price" }
shipping_costs = { path = "shipping" }
[results]
item = "data.items"
[results.fields]
name = { path = "name" }
price = { path = "price" }
gtin = { path = "gtin" }
"#;

static RECIPE: LazyLock<CompiledRecipe> = LazyLock::new(|| by(PATHS));

/// A document.
pub fn run(data: &[u8]) {
    check_page(&RECIPE, &text(data), 1);
}
