//! From memory to the database, and what follows from it.

use super::tally::Tally;
use super::watch::watch;
use crate::config::HealthConfig;
use crate::domain::{Country, SourceName, Timestamp};
use crate::storage::{Db, StorageError, source_drift, source_health};
use std::collections::BTreeSet;
use std::time::Duration;

/// Writes what was counted, compares each source that was asked with its own past, and forgets old hours.
///
/// Errors: the database's; what was not written is written the next time.
pub async fn flush(db: &Db, tally: &Tally, config: &HealthConfig, now: Timestamp) -> Result<(), StorageError> {
    match tally.take_uncounted() {
        0 => {}
        pages => tracing::warn!(pages, "not counted for the sources' health: more kinds of pages than are kept"),
    }
    let hours = tally.take();
    if !hours.is_empty()
        && let Err(error) = source_health::add(db, &hours).await
    {
        tally.put_back(hours);
        return Err(error);
    }
    let asked: BTreeSet<(SourceName, Country)> = hours.into_keys().map(|key| (key.source, key.country)).collect();
    for (source, country) in asked {
        watch(db, config, &source, country, now).await?;
    }
    if tally.is_time_to_forget(now) {
        let oldest = now.hour().minus(Duration::from_secs(u64::from(config.keep_days) * 86_400));
        source_health::delete_before(db, oldest).await?;
        source_drift::delete_before(db, oldest).await?;
    }
    Ok(())
}
