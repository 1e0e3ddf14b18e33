//! How a page is cut on its way must not matter, and no page may break the parser.

use crate::corpus::{corpus, every_page};
use crate::{any_shop, by};
use pricemill::extraction::{PageContext, explain, extract, extract_in_chunks};
use proptest::prelude::*;

/// Of the corpus' pages one in so many is read byte by byte: all of them where the program is fast, a sample where it is not
/// optimised.
const SHARE: usize = if cfg!(debug_assertions) { 24 } else { 1 };

const PAGE: &str = r#"<!doctype html><html lang="de-AT"><head><title>Teekanne &ndash; Größe M | Shop</title>
<meta property="og:title" content="Teekanne &quot;Größe M&quot;"><script type="application/ld+json">{"@type":"Product","name":"Teekanne","sku":"x-1"}</script></head>
<body><div class="product-box"><h1>Teekanne &quot;Größe&nbsp;M&quot;</h1><del>1.499,00&nbsp;&euro;</del>
<span class=price>1.299<sup>99</sup>&#8364;</span><ul><li>EAN: 4006381333931<li class=stock>sofort&shy; lieferbar</ul><button>In den Warenkorb</button></div>
<div class=related><span class=price>5 €</span></div></body></html>"#;

#[test]
fn one_byte_and_seven_byte_pieces_give_the_same_answer() {
    for recipe in [
        any_shop(),
        by("embedded = ['visible']\n[fields]\nname = { selector = 'h1' }\nprice = { selector = '.price' }"),
    ] {
        let whole = extract(&recipe, PAGE, PageContext::default()).unwrap();
        assert_eq!(whole.product.price, "1299.99".parse().ok());
        for chunk in [1, 7] {
            assert_eq!(extract_in_chunks(&recipe, PAGE, PageContext::default(), chunk).unwrap(), whole, "{chunk}");
        }
    }
}

#[test]
fn real_pages_are_read_alike_in_one_byte_and_seven_byte_pieces() {
    let Some(folder) = corpus() else { return };
    let pages: Vec<_> = every_page(&folder).into_iter().step_by(SHARE).collect();
    eprintln!("{} pages, one in {SHARE}", pages.len());
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for own in pages.chunks(pages.len().div_ceil(threads).max(1)) {
            scope.spawn(move || {
                let recipe = any_shop();
                for page in own {
                    let whole = page.read(&recipe, None);
                    for piece in [1, 7] {
                        assert_eq!(page.read(&recipe, Some(piece)), whole, "{:?} in pieces of {piece}", page.url);
                    }
                }
            });
        }
    });
}

#[test]
fn texts_longer_than_is_kept_are_cut_at_the_same_place() {
    let long = "a €1 ".repeat(300_000);
    let script = format!("<script id=state>{long}{long}{long}{long}</script>");
    let recipe = by(
        "[fields]\nname = { selector = 'h1' }\ndescription = { selector = 'p' }\nid = { selector = '#state', regex = '(.{9})$' }",
    );
    for page in [format!("<h1>Tea pot</h1><p>{long}"), script] {
        let whole = extract(&recipe, &page, PageContext::default()).unwrap();
        for chunk in [1_001, 70_001] {
            assert_eq!(extract_in_chunks(&recipe, &page, PageContext::default(), chunk).unwrap(), whole, "{chunk}");
        }
    }
}

fn piece() -> impl Strategy<Value = String> {
    let fixed = [
        "<h1>",
        "</h1>",
        "<div class=price>",
        "</div>",
        "<span itemprop=price content=",
        "12,50 €",
        "<sup>99</sup>",
        "<li>",
        "</ul>",
        "<table><tr><td>",
        "<script type=application/ld+json>",
        "</script>",
        "{\"@type\":\"Product\",\"offers\":[{\"price\":\"",
        "\"}]}",
        "<div itemscope itemtype=Product>",
        "<a rel=next href=",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "&euro;",
        "&#x0;",
        "&amp",
        "'",
        "\"",
        ">",
        "EAN:",
        "<del>",
        "<template>",
        "<option>",
        "<svg>",
        "<title>",
        "<meta property=og:price:amount content=",
        "<script>",
        "{\"name\":\"Tea pot\",\"sku\":\"1\",\"price\":",
        "<div data-product='[{",
        "<b class=sku>",
        "<div typeof=Product>",
    ];
    prop_oneof![3 => prop::sample::select(fixed.to_vec()).prop_map(str::to_owned), 1 => "\\PC{0,8}"]
}

proptest! {
    #[test]
    fn no_page_panics_and_pieces_never_matter(pieces in prop::collection::vec(piece(), 0..40), chunk in 1usize..9) {
        let html = pieces.concat();
        let recipe = any_shop();
        let whole = extract(&recipe, &html, PageContext::default());
        let explained = explain(&recipe, &html, PageContext::default()).map(|(extracted, _)| extracted);
        prop_assert_eq!(&explained, &whole, "asking why changes nothing");
        prop_assert_eq!(extract_in_chunks(&recipe, &html, PageContext::default(), chunk), whole);
    }
}
