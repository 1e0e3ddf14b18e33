//! A line of the ledger as its account reads it.

use super::{Amount, Charge, Country, Credits, Currency, JobId, Key, SourceName, Timestamp, Topic};

/// One movement of credits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLine {
    pub at: Timestamp,
    /// `None` = free credits were given.
    pub job: Option<LedgerJob>,
    pub charge: Charge,
    /// Free credits given.
    pub granted: Credits,
    /// In money, where the plan has a price.
    pub cost: Option<(Amount, Currency)>,
}

/// The job a line is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerJob {
    pub id: JobId,
    pub source: SourceName,
    pub country: Country,
    pub topic: Topic,
    pub key: Key,
    pub requested: u32,
}
