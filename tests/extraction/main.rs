//! Extraction as the other rooms use it: whole pages in, products out.

mod cases;
mod chunks;
mod corpus;
mod embedded;
mod explained;
mod fuzz_smoke;
mod lists;
mod printed;
mod recipes;
mod seen;
mod state;
#[path = "../../fuzz/src/targets/mod.rs"]
mod targets;
mod tried;
mod worked_example;

use pricemill::extraction::recipe::{Embedded, Recipe};
use pricemill::extraction::{CompiledRecipe, Extracted, PageContext, extract};
use url::Url;

/// Any shop's page: all evidence, no rules.
fn any_shop() -> CompiledRecipe {
    let embedded = vec![Embedded::JsonLd, Embedded::Microdata, Embedded::Meta, Embedded::State, Embedded::Visible];
    CompiledRecipe::compile(&Recipe { embedded, ..Recipe::default() }).unwrap()
}

fn by(recipe: &str) -> CompiledRecipe {
    CompiledRecipe::compile(&toml::from_str(recipe).unwrap()).unwrap()
}

/// Reads a page of `https://shop.example/p/1`.
fn read(recipe: &CompiledRecipe, html: &str) -> Extracted {
    let url = Url::parse("https://shop.example/p/1").unwrap();
    extract(recipe, html, PageContext { url: Some(&url), country: None, currency: None }).unwrap()
}

/// Price and currency as one text: `12.50 EUR`, `12.50 -`, or `-`.
fn price(extracted: &Extracted) -> String {
    let product = &extracted.product;
    match product.price {
        Some(price) => format!("{price} {}", product.currency.map_or("-", |c| c.code())),
        None => "-".to_owned(),
    }
}
