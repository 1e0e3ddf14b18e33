//! The rooms that read what strangers wrote, compiled alone, and the fuzz targets over them.
//!
//! The library is named like the program's, so that the targets' bodies read the same here and in the program's own tests
//! (`tests/extraction/fuzz_smoke.rs`).

extern crate self as pricemill;

#[path = "../../src/domain/mod.rs"]
pub mod domain;
#[path = "../../src/extraction/mod.rs"]
pub mod extraction;
#[path = "../../src/sources/mod.rs"]
pub mod sources;

#[path = "../../src/fetching/policy.rs"]
mod policy;

/// Of the crawler only the types that source definitions name.
pub mod fetching {
    pub use crate::policy::{BlockSigns, FetchPolicy, Means};
}

pub mod targets;
pub mod worst_cases;
