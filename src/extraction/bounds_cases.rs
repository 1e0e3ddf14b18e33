//! No page asks for more work than its share, however it is made. Work is counted, not timed; `fuzz/examples/worst.rs` times.

#[path = "../../fuzz/src/worst_cases.rs"]
mod worst_cases;

use super::graph::MAX_LOOKS;
use super::trace::Trace;
use super::visible::MAX_READS;
use super::walk::MAX_PIECES;
use super::{CompiledRecipe, PageContext, extract, lists, merge, pass};
use url::Url;
use worst_cases::{CASES, PATHS, RULES, Reading};

/// Bytes of a case's page; each was worse than linear before this many.
const PAGE_BYTES: usize = 64 << 10;
/// Bytes of text an answer may hold: all offers and results with the longest texts kept.
const MAX_ANSWER_BYTES: usize = 16 << 20;

fn by(recipe: &str) -> CompiledRecipe {
    CompiledRecipe::compile(&toml::from_str(recipe).unwrap()).unwrap()
}

#[test]
fn no_page_asks_for_more_than_its_share() {
    let any = by("embedded = ['json-ld', 'microdata', 'meta', 'state', 'visible']");
    let (rules, paths) = (by(RULES), by(PATHS));
    let url = Url::parse("https://shop.example/p/tea-pot?sku=77123").unwrap();
    let context = PageContext { url: Some(&url), ..PageContext::default() };
    let run = |name: &str, reading: Reading, page: &str| {
        let recipe = match reading {
            Reading::AnyShop => &any,
            Reading::Rules => &rules,
            Reading::Json => {
                drop(extract(&paths, page, context));
                return;
            }
        };
        let facts = pass::read(recipe, page, 64 << 10, false).unwrap();
        let mut extracted = merge::merge(recipe, &facts, context, &mut Trace::default());
        lists::add_embedded(recipe, &facts, context, &mut extracted);
        assert!(facts.pieces <= MAX_PIECES + 1, "{name}: {} pieces", facts.pieces);
        assert!(facts.visible.reads <= MAX_READS, "{name}: {} texts read for prices", facts.visible.reads);
        // Refusals count too: whoever asks on after the last answer would be seen here.
        assert!(facts.graph.looks() <= MAX_LOOKS + MAX_LOOKS / 10, "{name}: {} looks", facts.graph.looks());
        let bytes = format!("{extracted:?}").len();
        assert!(bytes <= MAX_ANSWER_BYTES, "{name}: an answer of {bytes} bytes");
    };
    std::thread::scope(|scope| {
        for cases in CASES.chunks(CASES.len().div_ceil(4)) {
            scope.spawn(move || cases.iter().for_each(|(name, reading, page)| run(name, *reading, &page(PAGE_BYTES))));
        }
    });
}

#[test]
fn a_page_is_read_up_to_its_share() {
    let any = by("embedded = ['visible']");
    for endless in ["<p>x</p>", "<i>", "9 €<!---->"] {
        let page = format!("<h1>Tea pot</h1>{}", endless.repeat(MAX_PIECES + 10));
        let page = &page[..page.floor_char_boundary(3 << 20)];
        let facts = pass::read(&any, page, 7_000, false).unwrap();
        assert_eq!(facts.visible.headings[0].value, "Tea pot", "{endless}");
        assert!(facts.pieces <= MAX_PIECES + 1, "{endless}: {}", facts.pieces);
    }
}

#[test]
fn made_up_element_names_end_the_reading_and_not_the_page() {
    let strange: String = (0..2_000).map(|i| format!("<x{i}></x{i}>")).collect();
    let recipe = by("[fields]\nname = { selector = 'h1:first-of-type' }\nprice = { selector = 'b' }");
    let extracted = extract(&recipe, &format!("<h1>Tea pot</h1>{strange}<b>5 €</b>"), PageContext::default()).unwrap();
    assert_eq!((extracted.product.name.as_deref(), extracted.product.price), (Some("Tea pot"), None));
}
