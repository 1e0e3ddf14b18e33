//! One page over the network, with manners.

pub mod charset;
mod page;
mod policy;

pub use page::{FetchError, FetchedPage, PageRequest};
pub use policy::{BlockSigns, FetchPolicy};
