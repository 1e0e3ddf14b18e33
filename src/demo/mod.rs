//! The demo marketplace: believable shops and comparators over a catalogue that is always the same.
//!
//! ```text
//! Market::new(clock) -> Result<Market, MarketError>
//! Market::respond(&self, shop, path_and_query) -> Answer          in process, pure but for the clock
//! Market::respond_embedded(&self, path_and_query) -> Answer       the same for embedded://market/SHOP/…
//! Market::serve(Arc<Market>, listener, workers) -> io::Result<Server>
//! definitions(port) -> Vec<(file name, text)>                     the sources for this marketplace
//! ```
//!
//! One port, one origin a shop: `NAME.localhost:PORT` (or `127.0.0.1:PORT/NAME`), each with a robots.txt of its own. Names:
//! the [`Site`]s, every seller (`some-shop`, `kraemer-soehne`, …) with pages `/{country}/p/{gtin}`, and hosts that
//! misbehave: `blocking-shop`, `slow-shop`, `broken-shop`, `closed-shop`.
//!
//! Whatever people search for finds something (`catalogue`, `search_words`), but for words that make no sense, `zeppelin`
//! among them. Values that end otherwise than found are listed in [`SPECIAL`]; [`DOCUMENTED`] products are found everywhere and keep
//! their prices. Any other price is a function of product, shop, country and the hour of the
//! [`Clock`](crate::clock::Clock); which shops offer a product, and in what order, never changes, so that pages fit together
//! while prices move.

mod answer;
mod catalogue;
mod documented;
mod families;
mod json_ld;
mod known;
mod locale;
mod market;
mod offers;
mod origin;
mod print_date;
mod print_price;
mod review_words;
mod reviews;
mod reviews_page;
mod search_words;
mod seed;
mod sellers;
mod serve;
mod shop;
mod site;
mod site_pages;
mod special;
mod templates;
mod view;

#[cfg(test)]
mod market_cases;

pub use answer::Answer;
pub use catalogue::sample_gtins;
pub use documented::{DOCUMENTED, DocumentedProduct, NOWHERE_GTIN};
pub use locale::COUNTRIES;
pub use market::{Market, MarketError};
pub use site::Site;
pub use site_pages::SLOW_ANSWER;
pub use special::{SPECIAL, SpecialKind, SpecialRange, special_gtins, wrong_gtins};
pub use templates::definitions;
