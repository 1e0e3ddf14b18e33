//! A source in a country against its own past.
//!
//! Recent are the newest hours that together hold enough pages, of the last day at most: a busy source is judged by the hour
//! at hand, a quiet one by its last day. The past are the days before. Once a signal is ill, its past stands still, or
//! the drift would become the measure of itself.

use crate::config::HealthConfig;
use crate::domain::{
    Country, Drift, DriftRules, DriftState, FieldCounts, PageCounts, PageStep, Share, Signal, SourceName, Timestamp,
    judge,
};
use crate::storage::source_health::{self, HourOfPages};
use crate::storage::{Db, StorageError, source_drift};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::time::Duration;

/// One kind of page, and where its recent pages begin.
struct Scene<'a> {
    source: &'a SourceName,
    country: Country,
    step: PageStep,
    recent_from: Timestamp,
    past: Duration,
}

/// A signal's recent and past share.
struct Compared {
    signal: Signal,
    recent: Share,
    past: Share,
}

/// Judges every signal of a source in a country and tells of those that changed.
pub(super) async fn watch(
    db: &Db,
    config: &HealthConfig,
    source: &SourceName,
    country: Country,
    now: Timestamp,
) -> Result<(), StorageError> {
    let drifts = source_drift::list_of(db, source, country).await?;
    let past = config.past();
    // Far enough back for every signal, also for those whose past stands still.
    let oldest_end = drifts.iter().filter_map(|drift| drift.past_until).min().unwrap_or(now);
    let from = oldest_end.min(now.minus(config.recent())).minus(past).hour();
    let hours = source_health::list_hours(db, source, Some(country), from).await?;
    for step in PageStep::ALL {
        let hours: Vec<&HourOfPages> = hours.iter().filter(|hour| hour.key.step == step).collect();
        let Some(recent_from) = recent_from(&hours, config, now) else { continue };
        let scene = Scene { source, country, step, recent_from, past };
        let before: Vec<&Drift> = drifts.iter().filter(|drift| drift.step == step).collect();
        for compared in scene.compare(db, &hours, &before).await? {
            let before = before.iter().find(|drift| drift.signal == compared.signal).copied();
            scene.judge(db, &config.rules(), before, compared, now).await?;
        }
    }
    Ok(())
}

/// Where the recent hours begin; `None` when no page came in them.
fn recent_from(hours: &[&HourOfPages], config: &HealthConfig, now: Timestamp) -> Option<Timestamp> {
    let oldest = now.minus(config.recent()).hour();
    let mut pages = 0u64;
    let mut from = None;
    for hour in hours.iter().rev().filter(|hour| hour.key.hour >= oldest) {
        from = Some(hour.key.hour);
        pages = pages.saturating_add(hour.pages.total());
        if pages >= config.recent_pages {
            break;
        }
    }
    from
}

fn sum(hours: &[&HourOfPages], from: Timestamp, until: Timestamp) -> PageCounts {
    let mut sum = PageCounts::default();
    for hour in hours.iter().filter(|hour| hour.key.hour >= from && hour.key.hour < until) {
        sum.add(&hour.pages);
    }
    sum
}

const END_OF_TIME: Timestamp = Timestamp(i64::MAX);

impl Scene<'_> {
    /// Every signal there is something to say about.
    async fn compare(&self, db: &Db, hours: &[&HourOfPages], drifts: &[&Drift]) -> Result<Vec<Compared>, StorageError> {
        let past_end = |signal: &Signal| {
            let drift = drifts.iter().find(|drift| drift.signal == *signal);
            drift.and_then(|drift| drift.past_until).unwrap_or(self.recent_from)
        };
        let recent = sum(hours, self.recent_from, END_OF_TIME);
        let mut all = Vec::new();
        for (signal, recent) in Signal::of_outcomes(&recent) {
            let end = past_end(&signal);
            let past = Signal::of_outcomes(&sum(hours, end.minus(self.past), end));
            let past = past.into_iter().find(|(other, _)| *other == signal).map(|(_, past)| past).unwrap_or_default();
            all.push(Compared { signal, recent, past });
        }
        let mut fields = self.fields(db, self.recent_from, END_OF_TIME).await?;
        // Pages found "not changed" are understood, but nothing was looked for on them.
        let any_was_read = !fields.is_empty();
        for drift in drifts {
            if let Signal::Field(name) = &drift.signal
                && any_was_read
            {
                // Nobody looks for it any more: the definition was changed. Then it is not missed.
                let not_looked_for = FieldCounts { pages: recent.understood, items: recent.understood, missing: 0 };
                fields.entry(name.clone()).or_insert(not_looked_for);
            }
        }
        let mut pasts: BTreeMap<Timestamp, BTreeMap<String, FieldCounts>> = BTreeMap::new();
        for (name, counts) in fields {
            let signal = Signal::Field(name.clone());
            let end = past_end(&signal);
            let past = match pasts.entry(end) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => place.insert(self.fields(db, end.minus(self.past), end).await?),
            };
            let past = past.get(&name).copied().unwrap_or_default();
            all.push(Compared { signal, recent: Share::of_field(&counts), past: Share::of_field(&past) });
        }
        Ok(all)
    }

    async fn fields(
        &self,
        db: &Db,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<BTreeMap<String, FieldCounts>, StorageError> {
        source_health::sum_fields(db, self.source, self.country, self.step, from, until).await
    }

    async fn judge(
        &self,
        db: &Db,
        rules: &DriftRules,
        before: Option<&Drift>,
        compared: Compared,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let Compared { signal, recent, past } = compared;
        let state_before = before.map_or(DriftState::Ok, |drift| drift.state);
        let state = judge(state_before, recent, past, rules);
        if state == state_before {
            return Ok(());
        }
        let past_until = before.and_then(|drift| drift.past_until).unwrap_or(self.recent_from);
        let drift = Drift {
            source: self.source.clone(),
            country: self.country,
            step: self.step,
            signal,
            state,
            since: now,
            past_until: (state != DriftState::Ok).then_some(past_until),
            recent,
            past,
        };
        if source_drift::change(db, &drift, before.map(|drift| drift.state)).await? {
            tell(&drift);
        }
        Ok(())
    }
}

/// One line for each change, whichever process noticed it.
fn tell(drift: &Drift) {
    let Drift { source, country, step, signal, state, recent, past, .. } = drift;
    let (step, signal) = (step.as_str(), signal.as_text());
    let (recent_percent, past_percent) = (recent.percent().unwrap_or(0), past.percent().unwrap_or(0));
    match state {
        DriftState::Ok => {
            tracing::info!(%source, %country, step, signal, recent_percent, past_percent, "a source is well again");
        }
        DriftState::Suspect | DriftState::Drifting => {
            let (state, recent_pages) = (state.as_str(), recent.pages);
            tracing::warn!(
                %source, %country, step, signal, state, recent_percent, past_percent, recent_pages,
                "a source's pages are not what they were"
            );
        }
    }
}
