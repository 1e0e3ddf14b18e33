//! What a page takes in memory, beside itself: a binary of its own, since its allocator counts for the whole process.

#[path = "../fuzz/src/worst_cases.rs"]
mod worst_cases;

use peak_alloc::PeakAlloc;
use pricemill::extraction::{CompiledRecipe, PageContext, extract};
use url::Url;
use worst_cases::{CASES, PATHS, RULES, Reading};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Bytes of a page: as long as is read of any, or what takes no minutes where the program is not optimised.
const PAGE_BYTES: usize = if cfg!(debug_assertions) { 96 << 10 } else { 16 << 20 };
/// Beside the page; with the longest page it makes 64 MiB.
const MAX_PEAK_BYTES: usize = 48 << 20;

#[test]
fn no_page_swells() {
    let by = |recipe: &str| CompiledRecipe::compile(&toml::from_str(recipe).unwrap()).unwrap();
    let any = by("embedded = ['json-ld', 'microdata', 'meta', 'state', 'visible']");
    let (rules, paths) = (by(RULES), by(PATHS));
    let url = Url::parse("https://shop.example/p/tea-pot?sku=77123").unwrap();
    for (name, reading, page) in CASES {
        let page = page(PAGE_BYTES);
        let recipe = match reading {
            Reading::AnyShop => &any,
            Reading::Rules => &rules,
            Reading::Json => &paths,
        };
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        drop(extract(recipe, &page, PageContext { url: Some(&url), country: None, currency: None }));
        let peak = MEMORY.peak_usage().saturating_sub(before);
        assert!(peak <= MAX_PEAK_BYTES, "{name}: {} MiB for a page of {} KiB", peak >> 20, page.len() >> 10);
    }
}
