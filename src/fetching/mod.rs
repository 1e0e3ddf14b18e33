//! One page over the network, with manners.
//!
//! [`Fetcher::fetch`] is the only door. Behind it, in the order a request meets them: `breaker` (is the host resting?),
//! `robots` (does it want us there?), `pace` (whose turn is it? `tempo` says how much slower than usual), `send` (one
//! exchange, bounded in time and bytes, with `unpack` and `charset` turning bytes into text and `weight` bounding how many
//! are held at once) or, for pages that scripts make, `browser`, then `judge` and `block` (is this a page, a refusal or a
//! ruin?), and around them `retry` and, for as long as one page's journey takes, `cookies`. What is remembered of a host
//! lies in `hosts`; which proxy a request leaves through is chosen in `proxies`; `version` asks whether a page that is known
//! changed at all. Which addresses may be reached at all is `outbound`'s matter.

mod ask_robots;
mod block;
mod breaker;
mod browser;
mod charset;
mod cookies;
mod fetch;
mod hosts;
mod judge;
mod pace;
mod page;
mod policy;
mod proxies;
mod relay;
mod retry;
mod robots;
mod send;
mod settings;
mod stats;
mod tempo;
mod unpack;
mod version;
mod weight;

pub use browser::{Browser, BrowserSettings};
pub use charset::decode;
pub use fetch::{Fetcher, FetcherError};
pub use page::{Answer, FetchError, FetchedPage, PageRequest};
pub use policy::{BlockSigns, FetchPolicy, Means};
pub use proxies::{DIRECT, MOST_PROXIES, ProxyUrls};
pub use settings::{BackoffSettings, BreakerSettings, FetchSettings, RestSettings, SlowdownSettings};
pub use stats::{FetchCounts, FetchState, FetchStats};
pub use weight::Weight;
