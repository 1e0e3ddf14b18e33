//! JSON-LD scripts: the input is the script.

use super::invariants::{any_shop, check_page, text};
use serde_json::Value;

/// The script of a product page.
pub fn run(data: &[u8]) {
    let script = text(data);
    // What ends the script would make it another target's page.
    if script.contains("</") {
        return;
    }
    let recipe = any_shop();
    let page = |script: &str| {
        format!("<title>Tea pot</title><script type=\"application/ld+json\">{script}</script><h1>Tea pot</h1>")
    };
    let strict = check_page(recipe, &page(&script), 64);
    // Strict JSON means the same when one comma too many sends it through the mender.
    if matches!(serde_json::from_str(script.trim()), Ok(Value::Object(_) | Value::Array(_))) {
        let mended = check_page(recipe, &page(&format!("{},", script.trim())), 64);
        assert_eq!(mended, strict, "the mender changed what strict JSON says");
    }
}
