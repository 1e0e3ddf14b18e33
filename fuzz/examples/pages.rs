//! Stands in for `pricemill extract --batch` in `benches/compare.py` where the whole program is not to be compiled: NDJSON
//! {"file", "url"} in, one product a line out.

use pricemill::extraction::{PageContext, extract};
use std::io::{BufRead, Write};
use url::Url;

fn main() {
    let recipe = pricemill::targets::invariants::any_shop();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line: serde_json::Value = serde_json::from_str(&line.expect("a line")).expect("JSON");
        let page = std::fs::read(line["file"].as_str().expect("a file")).expect("a readable page");
        let url = line["url"].as_str().and_then(|url| Url::parse(url).ok());
        let context = PageContext { url: url.as_ref(), country: None, currency: None };
        let answer = extract(recipe, &String::from_utf8_lossy(&page), context).map(|extracted| extracted.product);
        serde_json::to_writer(&mut out, &answer.unwrap_or_default()).expect("an answer");
        out.write_all(b"\n").expect("an answer");
    }
}
