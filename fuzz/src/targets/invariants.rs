//! What holds for every answer, whatever the page was.

use pricemill::domain::{Amount, Currency, Gtin, Product, SearchResult};
use pricemill::extraction::recipe::{Embedded, ProductField, Recipe};
use pricemill::extraction::{CompiledRecipe, Extracted, PageContext, Verdict, extract, extract_in_chunks};
use std::sync::LazyLock;
use url::Url;

/// Bytes of text that one answer may hold, whatever the page repeats or refers to.
const MAX_ANSWER_BYTES: usize = 16 << 20;
/// The pieces that every page is also fed in, beside the caller's.
const PIECES: [usize; 2] = [1, 7];
/// Longer pages are not fed byte by byte: the fuzzer has more to learn from other pages.
const MAX_BYTEWISE: usize = 1024;

/// Any shop's page: all evidence, no rules. Compiled once, or compiling would be most of what is fuzzed.
pub fn any_shop() -> &'static CompiledRecipe {
    static RECIPE: LazyLock<CompiledRecipe> = LazyLock::new(|| {
        let embedded = vec![Embedded::JsonLd, Embedded::Microdata, Embedded::Meta, Embedded::State, Embedded::Visible];
        compiled(&Recipe { embedded, ..Recipe::default() })
    });
    &RECIPE
}

/// A recipe from its TOML text.
pub fn by(recipe: &str) -> CompiledRecipe {
    compiled(&toml::from_str(recipe).expect("a recipe"))
}

fn compiled(recipe: &Recipe) -> CompiledRecipe {
    CompiledRecipe::compile(recipe).expect("a recipe that compiles")
}

/// Bytes as a page of the web comes: what is not UTF-8 was replaced by whoever decoded it.
pub fn text(data: &[u8]) -> String {
    String::from_utf8_lossy(data).into_owned()
}

/// Reads a page whole and in pieces: one answer, and one that keeps the promises.
pub fn check_page(recipe: &CompiledRecipe, page: &str, piece: usize) -> Option<Extracted> {
    let url = Url::parse("https://shop.example/p/tea-pot?sku=77123").expect("an address");
    let context = PageContext { url: Some(&url), country: "de".parse().ok(), currency: None };
    let whole = extract(recipe, page, context);
    let bytewise = PIECES.into_iter().filter(|_| page.len() <= MAX_BYTEWISE);
    for piece in bytewise.chain([piece.max(1)]) {
        assert_eq!(extract_in_chunks(recipe, page, context, piece), whole, "in pieces of {piece}");
    }
    let extracted = whole.ok()?;
    check(&extracted);
    Some(extracted)
}

/// What every answer promises.
pub fn check(extracted: &Extracted) {
    check_product(&extracted.product);
    assert_eq!(
        extracted.product.price.is_some(),
        extracted.provenance.contains_key(&ProductField::Price),
        "a price comes from somewhere"
    );
    for offer in &extracted.offers {
        is_price(offer.price);
        is_price(offer.price_with_shipping);
        is_sum(offer.shipping_costs);
        assert!(offer.shop_review_rating.is_none_or(|r| r <= 100));
    }
    for list in [&extracted.search_results, &extracted.bestsellers] {
        for (result, position) in list.iter().zip(1..) {
            check_result(result);
            assert_eq!(result.position, position);
        }
    }
    let says_something = extracted.product.name.is_some() || extracted.product.price.is_some();
    assert!(!says_something || extracted.verdict != Verdict::NotUnderstood);
    let bytes = format!("{extracted:?}").len();
    assert!(bytes <= MAX_ANSWER_BYTES, "an answer of {bytes} bytes");
}

fn check_product(product: &Product) {
    is_price(product.price);
    is_price(product.list_price);
    product.gtins.iter().for_each(is_gtin);
    assert!(product.gtins.is_sorted_by(|a, b| a < b), "each number once");
    assert!(product.review_rating.is_none_or(|r| r <= 100));
    for text in [&product.name, &product.brand_name, &product.sku, &product.category_name].into_iter().flatten() {
        assert!(!text.trim().is_empty(), "a text says something");
    }
}

fn check_result(result: &SearchResult) {
    is_price(result.price);
    is_price(result.min_price);
    is_price(result.max_price);
    is_sum(result.shipping_costs);
    assert!(result.review_rating.is_none_or(|r| r <= 100));
    if let Some(gtin) = &result.gtin {
        is_gtin(&gtin.parse().expect("a GTIN"));
    }
}

/// 0 is no price, and nobody pays to be rid of a thing.
fn is_price(amount: Option<Amount>) {
    assert!(amount.is_none_or(Amount::is_positive), "a price of {amount:?}");
    is_sum(amount);
}

/// Not negative, and the same number when it is printed and read again.
pub fn is_sum(amount: Option<Amount>) {
    let Some(amount) = amount else { return };
    assert!(amount.units() >= 0 && amount.scale() <= Amount::MAX_SCALE, "{amount:?}");
    assert_eq!(amount.to_string().parse::<Amount>(), Ok(amount));
    let cents = amount.rounded_to(Some(Currency::EUR));
    assert_eq!(cents.rounded_to(Some(Currency::EUR)), cents);
}

/// By the rule itself, not by the code that is tested: weights 3 and 1 in turn, the sum a multiple of ten.
pub fn is_gtin(gtin: &Gtin) {
    let digits = gtin.as_str().as_bytes();
    assert!(digits.len() == 14 && digits.iter().all(u8::is_ascii_digit), "{gtin}");
    let sum: u32 = digits.iter().enumerate().map(|(i, d)| u32::from(d - b'0') * [3, 1][i % 2]).sum();
    assert!(sum > 0 && sum.is_multiple_of(10), "{gtin} has a wrong check digit");
    assert_eq!(gtin.to_string().parse::<Gtin>(), Ok(*gtin));
}
