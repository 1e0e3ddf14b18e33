//! One page over the network, with manners.
//!
//! [`Fetcher::fetch`] is the only door. Behind it, in the order a request meets them: `breaker` (is the host resting?),
//! `robots` (does it want us there?), `pace` (whose turn is it? `tempo` says how much slower than usual), `send` (one
//! exchange, bounded in time and bytes, with `unpack` and `charset` turning bytes into text and `weight` bounding how many
//! are held at once), `judge` and `block` (is this a page, a refusal or a ruin?), and around them `retry` and, for as long
//! as one page's journey takes, `cookies`. What is remembered of a host lies in `hosts`. Which addresses may be reached at all is `outbound`'s matter.

mod block;
mod breaker;
mod charset;
mod cookies;
mod fetch;
mod hosts;
mod judge;
mod pace;
mod page;
mod policy;
mod retry;
mod robots;
mod send;
mod settings;
mod stats;
mod tempo;
mod unpack;
mod weight;

pub use charset::decode;
pub use fetch::{Fetcher, FetcherError};
pub use page::{FetchError, FetchedPage, PageRequest};
pub use policy::{BlockSigns, FetchPolicy};
pub use settings::{BackoffSettings, BreakerSettings, FetchSettings, SlowdownSettings};
pub use stats::{FetchCounts, FetchState, FetchStats};
pub use weight::Weight;
