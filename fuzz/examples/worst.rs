//! Measures the worst pages: time, and the peak of memory beside the page. `worst [MIB] [NAME]`; default 16 MiB, all cases.

use peak_alloc::PeakAlloc;
use pricemill::extraction::{CompiledRecipe, PageContext, extract};
use pricemill::worst_cases::{CASES, PATHS, RULES, Reading};
use url::Url;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Milliseconds this thread has run: what other programs take does not count.
fn busy_ms() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|ns| ns.parse::<u64>().ok()).unwrap_or_default() / 1_000_000
}

fn main() {
    let mut args = std::env::args().skip(1);
    let mib: f64 = args.next().and_then(|a| a.parse().ok()).unwrap_or(16.0);
    let bytes = (mib * f64::from(1 << 20)) as usize;
    let wanted = args.next().unwrap_or_default();
    let any = pricemill::targets::invariants::any_shop();
    let by = |text: &str| CompiledRecipe::compile(&toml::from_str(text).expect("a recipe")).expect("a right recipe");
    let (rules, paths) = (by(RULES), by(PATHS));
    let url = Url::parse("https://shop.example/p/tea-pot?sku=77123").expect("an address");
    println!("| page of {mib} MiB | ms | peak MiB beside it | answer |\n|---|---:|---:|---|");
    for (name, reading, page) in CASES.iter().filter(|(name, _, _)| name.contains(&wanted)) {
        let page = page(bytes);
        let recipe = match reading {
            Reading::AnyShop => any,
            Reading::Rules => &rules,
            Reading::Json => &paths,
        };
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let start = busy_ms();
        let answer = extract(recipe, &page, PageContext { url: Some(&url), country: None, currency: None });
        let time = busy_ms() - start;
        let peak = (MEMORY.peak_usage().saturating_sub(before)) as f64 / f64::from(1 << 20);
        let answer = match answer {
            Ok(extracted) => format!("{:?}", extracted.verdict),
            Err(error) => error.to_string(),
        };
        println!("| {name} | {time} | {peak:.1} | {answer} |");
    }
}
