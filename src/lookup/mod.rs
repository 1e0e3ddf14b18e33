//! ONE value → its result.
//!
//! [`Engine::find`] takes the pages of a lookup that the store has and that are fresh enough, joins whoever is fetching the
//! same lookup at the moment, and fetches the rest: search, product, then the topic's list page after page until it is as
//! complete as asked. It writes nothing: the caller stores the pages it gets back.

mod coalesce;
mod content;
mod engine;
mod event;
mod find;
#[cfg(test)]
mod find_cases;
mod get;
mod hit;
#[cfg(test)]
mod json_shop_cases;
mod judge;
mod list_page;
mod listing;
mod page;
mod renew;
mod seen;
#[cfg(test)]
mod seen_cases;
#[cfg(test)]
mod topic_cases;
mod trial;
#[cfg(test)]
mod twin_cases;

pub use coalesce::Hold;
pub use engine::{Embedded, EmbeddedAnswer, Engine, FIRST_PATIENCE, NEXT_PATIENCE, no_marketplace};
pub use event::{LookupEvent, MetricsHook, no_metrics};
pub use find::Outcome;
pub use page::StoredPage;
pub use renew::LONGEST_RENEWED;
pub use seen::{ANY_OFFER, OFFER_PREFIX, PageHook, PageSeen};
pub use trial::{Answered, HitMissing, PageRead, SavedPage, StepTried, Trial, try_saved};
