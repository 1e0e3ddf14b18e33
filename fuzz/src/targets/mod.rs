//! What is fuzzed, and what must hold for any input. Each target takes bytes and panics on a broken promise.

pub mod gtin;
pub mod html;
pub mod invariants;
pub mod json_endpoint;
pub mod json_ld;
pub mod microdata;
pub mod price_text;
pub mod source_definition;

/// A target takes any bytes.
pub type Target = fn(&[u8]);

/// The targets by name; their seeds lie in `fuzz/seeds/NAME`.
pub const TARGETS: [(&str, Target); 7] = [
    ("price_text", price_text::run),
    ("json_ld", json_ld::run),
    ("microdata", microdata::run),
    ("html", html::run),
    ("gtin", gtin::run),
    ("source_definition", source_definition::run),
    ("json_endpoint", json_endpoint::run),
];
