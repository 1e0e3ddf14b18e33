//! What the API and the command line tell of sources' health.

use crate::domain::{Country, Drift, DriftState, LatencyCounts, PageCounts, SourceName, Timestamp};
use crate::storage::source_health::HourOfPages;
use crate::storage::{Db, StorageError, source_drift, source_health};
use std::collections::BTreeMap;
use std::time::Duration;

/// How far back a summary looks.
pub const SUMMARY: Duration = Duration::from_secs(24 * 3_600);

/// A source in a country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountryHealth {
    /// Pages of the last [`SUMMARY`].
    pub pages: PageCounts,
    pub latency: LatencyCounts,
    /// The signals that are ill now.
    pub drifts: Vec<Drift>,
}

impl CountryHealth {
    /// The worst of its signals.
    pub fn state(&self) -> DriftState {
        self.drifts.iter().map(|drift| drift.state).max().unwrap_or_default()
    }

    /// Since when it is at its worst; `None` while it is well.
    pub fn since(&self) -> Option<Timestamp> {
        let worst = self.state();
        self.drifts.iter().filter(|drift| drift.state == worst).map(|drift| drift.since).min()
    }
}

/// Every source in every country that was asked of late, or is ill.
pub async fn summaries(
    db: &Db,
    now: Timestamp,
) -> Result<BTreeMap<(SourceName, Country), CountryHealth>, StorageError> {
    let mut all = BTreeMap::new();
    for sum in source_health::sum_since(db, now.minus(SUMMARY).hour()).await? {
        let health = CountryHealth { pages: sum.pages, latency: sum.latency, drifts: Vec::new() };
        all.insert((sum.source, sum.country), health);
    }
    for drift in source_drift::list(db).await? {
        if drift.state == DriftState::Ok {
            continue;
        }
        let health = all.entry((drift.source.clone(), drift.country)).or_insert_with(|| CountryHealth {
            pages: PageCounts::default(),
            latency: LatencyCounts::default(),
            drifts: Vec::new(),
        });
        health.drifts.push(drift);
    }
    Ok(all)
}

/// A source hour by hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceReport {
    /// The first hour and the last.
    pub from: Timestamp,
    pub to: Timestamp,
    /// Oldest first; hours without a page are absent.
    pub hours: Vec<HourOfPages>,
    /// Every signal that is or was ill.
    pub drifts: Vec<Drift>,
}

/// The last so many hours of a source, the one at hand included, in one country or all.
pub async fn report(
    db: &Db,
    source: &SourceName,
    country: Option<Country>,
    hours: u32,
    now: Timestamp,
) -> Result<SourceReport, StorageError> {
    let to = now.hour();
    let from = to.minus(Duration::from_secs(u64::from(hours.saturating_sub(1)) * 3_600));
    let hours = source_health::list_hours(db, source, country, from).await?;
    let mut drifts = source_drift::list(db).await?;
    drifts.retain(|drift| drift.source == *source && country.is_none_or(|country| drift.country == country));
    Ok(SourceReport { from, to, hours, drifts })
}
