//! One page over the network, with manners.

pub mod charset;
mod page;
mod policy;
mod stand_in;

pub use page::{FetchError, FetchedPage, PageRequest};
pub use policy::{BlockSigns, FetchPolicy};
pub use stand_in::{Fetcher, FetchSettings};
