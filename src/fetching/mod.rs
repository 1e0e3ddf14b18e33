//! One page over the network, with manners.
//!
//! [`Fetcher::fetch`] is the only door. Behind it, in the order a request meets them: `breaker` (is the host resting?),
//! `robots` (does it want us there?), `pace` (whose turn is it?), `send` (one exchange, bounded in time and bytes, with
//! `unpack` and `charset` turning bytes into text), `judge` (is this a page, a refusal or a ruin?), and around them
//! `retry`. What is remembered of a host lies in `hosts`, which proxy a request leaves through is chosen in `proxies`. Which addresses may be reached at all is `outbound`'s matter; `version` asks whether a page
//! that is known changed at all.

mod breaker;
mod browser;
mod charset;
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
mod unpack;
mod version;

pub use browser::{Browser, BrowserSettings};
pub use charset::decode;
pub use fetch::{Fetcher, FetcherError};
pub use page::{Answer, FetchError, FetchedPage, PageRequest};
pub use policy::{BlockSigns, FetchPolicy, Means};
pub use proxies::{DIRECT, MOST_PROXIES, ProxyUrls};
pub use settings::{BackoffSettings, BreakerSettings, FetchSettings, RestSettings};
pub use stats::{FetchCounts, FetchStats};
