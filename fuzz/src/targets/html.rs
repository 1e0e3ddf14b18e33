//! Whole pages, by the general recipe and by rules. The first byte is the size of the pieces.

use super::invariants::{any_shop, by, check_page, text};
use pricemill::extraction::CompiledRecipe;
use std::sync::LazyLock;

/// A comparator as definitions describe one: rules for the page, lists, signs.
const COMPARATOR: &str = r#"
embedded = ["json-ld", "meta"]
no_result = [{ selector = "p.none" }, { text = "nichts gefunden" }]
next = { selector = "a.next", attribute = "href" }
[fields]
name = [{ selector = "h1" }, { selector = "title" }]
gtins = { selector = "li.gtin" }
price = { selector = ".best", regex = "ab (.*)" }
list_price = { selector = "del" }
review_rating = { selector = ".stars", best = 10 }
category_path = { selector = "nav a" }
id = { selector = "script#state", regex = 'id":(\d+)' }
[offers]
item = "li.offer"
[offers.fields]
id = { attribute = "data-id" }
shop_name = { selector = "b" }
price = [{ selector = ".p", attribute = "data-amount" }, { selector = ".p" }]
shipping_costs = { selector = ".ship" }
url = { selector = "a", attribute = "href" }
details = {}
[results]
item = "div.result"
[results.fields]
name = { selector = "a:first-child" }
price = { selector = ".p" }
gtin = { selector = "i" }
review_rating = { selector = ".stars" }
"#;

static RULES: LazyLock<CompiledRecipe> = LazyLock::new(|| by(COMPARATOR));

/// A byte that says how large the pieces are, then the page.
pub fn run(data: &[u8]) {
    let (first, rest) = data.split_first().unwrap_or((&0, &[]));
    let page = text(rest);
    let piece = usize::from(*first) + 2;
    check_page(any_shop(), &page, piece);
    check_page(&RULES, &page, piece);
}
