//! Is a source healthy? What every live page tells is counted in memory ([`Tally`]), added to the database every now and then
//! ([`flush`]), where several processes' counts meet, and each time what came is compared with the source's own past (`watch`):
//! a source whose pages stop being understood is told of in the log, the metrics and the API before its users notice.
//! [`report`] reads it back.

mod flush;
mod report;
mod tally;
mod watch;
#[cfg(test)]
mod watch_cases;

pub use flush::flush;
pub use report::{CountryHealth, SUMMARY, SourceReport, report, summaries};
pub use tally::Tally;
