//! How long one page takes. Synthetic pages always; the pages of `PRICEMILL_CORPUS` too when it is set.
//!
//! `cargo bench --bench extraction`; `benches/compare.py` puts the figures beside those of other tools.

mod pages;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use pricemill::extraction::price_text::{CurrencyHint, PriceHint, parse, parse_machine};
use pricemill::extraction::{CompiledRecipe, PageContext, extract};
use std::hint::black_box;
use std::io::Read;
use std::path::{Path, PathBuf};
use url::Url;

/// All evidence, no rules.
const ANY_SHOP: &str = "embedded = ['json-ld', 'microdata', 'meta', 'state', 'visible']";

fn by(recipe: &str) -> CompiledRecipe {
    CompiledRecipe::compile(&toml::from_str(recipe).expect("a recipe")).expect("a right recipe")
}

fn synthetic(c: &mut Criterion) {
    let any = by(ANY_SHOP);
    let rules = by(pages::RULES);
    let url = Url::parse("https://shop.example/p/tea-pot").expect("an address");
    let mut group = c.benchmark_group("synthetic page");
    for (name, html) in pages::all() {
        group.throughput(Throughput::Bytes(html.len() as u64));
        for (reading, recipe) in [("any shop", &any), ("rules", &rules)] {
            group.bench_with_input(BenchmarkId::new(reading, name), &html, |b, html| {
                b.iter(|| extract(recipe, html, PageContext { url: Some(&url), ..PageContext::default() }));
            });
        }
    }
    group.finish();
}

fn prices(c: &mut Criterion) {
    for text in ["1.234,56 €", "CHF 1’049.95", "Set of 4: from $19.99 per month", "٢٩٩٫٥٠ ريال"] {
        c.bench_function(&format!("price text {text}"), |b| b.iter(|| parse(black_box(text), PriceHint::default())));
    }
    c.bench_function("machine price 224.904", |b| {
        b.iter(|| parse_machine(black_box("224.904"), CurrencyHint::default()));
    });
}

/// All pages one after the other: an iteration is the whole corpus.
fn corpus(c: &mut Criterion) {
    let Some(folder) = std::env::var_os("PRICEMILL_CORPUS").map(PathBuf::from) else {
        eprintln!("skipped: PRICEMILL_CORPUS is not set");
        return;
    };
    let any = by(ANY_SHOP);
    let pages = saved_pages(&folder);
    let mut group = c.benchmark_group("corpus");
    group.throughput(Throughput::Bytes(pages.iter().map(|(html, _)| html.len() as u64).sum()));
    group.sample_size(10);
    group.bench_function(format!("{} pages", pages.len()), |b| {
        b.iter(|| {
            for (html, url) in &pages {
                black_box(extract(&any, html, PageContext { url: url.as_ref(), ..PageContext::default() }).is_ok());
            }
        });
    });
    group.finish();
}

fn saved_pages(folder: &Path) -> Vec<(String, Option<Url>)> {
    let table = std::fs::read_to_string(folder.join("pages/truth.jsonl")).unwrap_or_default();
    let rows = table.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    rows.filter_map(|row| {
        let file = std::fs::File::open(folder.join(row["file"].as_str()?)).ok()?;
        let mut bytes = Vec::new();
        flate2::read::MultiGzDecoder::new(file).read_to_end(&mut bytes).ok()?;
        let url = row["url"].as_str().and_then(|url| Url::parse(url).ok());
        Some((pricemill::fetching::decode(None, &bytes), url))
    })
    .collect()
}

criterion_group!(benches, synthetic, prices, corpus);
criterion_main!(benches);
