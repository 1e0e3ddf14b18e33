//! A job's result, value by value, as every format tells it.

use super::{
    ConditionFilter, Country, Credits, JobId, JobStatus, Key, Offer, Product, Reason, SourceName, Timestamp, Topic,
};

/// What stands above the results in every format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobHead {
    pub job_id: JobId,
    pub status: JobStatus,
    pub source: SourceName,
    pub country: Country,
    pub topic: Topic,
    pub key: Key,
    /// The condition asked for; `None` when the caller did not ask.
    pub condition: Option<ConditionFilter>,
    pub free_credits: Credits,
    pub paid_credits: Credits,
    /// Offers of the product with most of them: how wide a column-per-offer table must be.
    pub widest: u32,
}

/// One value's result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemResult {
    /// Exactly as it was first sent, trimmed.
    pub value: String,
    pub reference: Option<String>,
    pub outcome: ItemOutcome,
}

/// Found, or why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemOutcome {
    Found(Box<FoundResult>),
    Failed(Reason),
}

/// A found product with the offers of all delivered pages in the source's order (position is the index + 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundResult {
    pub product: Product,
    pub offers: Vec<Offer>,
    pub pages_delivered: u32,
    /// A later page failed for good; the pages before it are here.
    pub incomplete: bool,
    /// When the oldest delivered page was fetched.
    pub updated_at: Timestamp,
}
