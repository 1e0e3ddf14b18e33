//! Pure values and rules: no I/O, no async, no clock, no other room.
//!
//! Everything a price service talks about lives here under its standard name: a [`Gtin`], an [`Amount`], an [`Offer`], a
//! [`Lookup`], a [`JobSpec`]. Parsing is the only way in, so a value of one of these types is already checked.

mod amount;
mod availability;
mod country;
mod credit_price;
mod credits;
mod drift;
mod gtin;
mod idempotency;
mod job;
mod ledger_line;
mod lookup;
mod lookup_page;
mod month;
mod options;
mod product;
mod purse;
mod reason;
mod result;
mod review;
mod schedule;
mod search_result;
mod selection;
mod source_health;
mod switch;
mod time;
mod usage;
mod wall_clock;
mod webhook;

pub use amount::{Amount, InvalidAmount};
pub use availability::{Availability, Condition};
pub use country::{Country, InvalidCountry};
pub use credit_price::{CreditPrice, InvalidCreditPrice, RunningCost, deserialize_price};
pub use credits::{Charge, Credits, Multiplier};
pub use drift::{Drift, DriftRules, DriftState, Share, Signal, judge};
pub use gtin::{Gtin, InvalidGtin};
pub use idempotency::{
    IDEMPOTENCY_KEPT, IdempotencyKey, InvalidIdempotencyKey, MAX_IDEMPOTENCY_KEY_CHARS, rerun_fingerprint,
};
pub use iso_currency::Currency;
pub use job::{
    AccountId, InvalidValues, JobId, JobSpec, JobStatus, JobTerms, MAX_REFERENCE_CHARS, MAX_VALUES, RequestedValue,
    distinct_values, progress_percent,
};
pub use ledger_line::{LedgerJob, LedgerLine};
pub use lookup::{InvalidValue, Key, Lookup, MAX_KEYWORD_CHARS, MAX_SOURCE_ID_CHARS, SourceName, Topic, check_value};
pub use lookup_page::{LookupPage, PageVersion, Validators};
pub use month::{InvalidMonth, Month};
pub use options::{Completeness, ConditionFilter, Currentness, LookupOptions, MaxAge, PageLimit, Selection, SortBy};
pub use product::{Offer, PageContent, Product, Specification, rank_by_total};
pub use purse::{Balance, Purse, Quote, Unaffordable};
pub use reason::Reason;
pub use result::{Effort, FoundResult, ItemOutcome, ItemResult, JobHead};
pub use review::{RatingDistribution, Review};
pub use schedule::{InvalidRecurrence, MAX_CRON_CHARS, MOST_SCHEDULES, Recurrence, Skipped};
pub use search_result::SearchResult;
pub use selection::{select_offers, select_search_results};
pub use source_health::{
    FieldCounts, HourCounts, HourKey, LATENCY_BOUNDS_MS, LatencyCounts, PageCounts, PageOutcome, PageStep,
};
pub use switch::{Disabled, Switch};
pub use time::Timestamp;
pub use usage::{UsageDay, UsageMonth, UsageToday};
pub use webhook::{
    InvalidSecret, LONGEST_WEBHOOK_WAIT, WEBHOOK_WAITS, Webhook, WebhookMethod, WebhookSecret, WebhookState,
};
