//! Page text in, product out; no network and no database.
//!
//! [`extract`] reads one page by a [`Recipe`]; [`price_text`] reads one printed price. A source definition holds one recipe
//! for each kind of page its source has.

mod extracted;
mod price_symbols;
pub mod price_text;
pub mod recipe;

pub use extracted::{Extracted, PageContext, SearchResult, Verdict};
pub use recipe::Recipe;
