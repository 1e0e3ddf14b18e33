//! What a worker does when the bell rings.

use super::deadline::time_out;
use super::group::Group;
use super::slots::Slots;
use crate::app::App;
use crate::domain::{
    Effort, Lookup, LookupOptions, LookupPage, Offer, Reason, SearchResult, Timestamp, Topic, select_offers,
    select_search_results,
};
use crate::lookup::{Hold, LONGEST_RENEWED, Outcome};
use crate::storage::bulk_item::{self, ItemEnd, LeasedBatch, LeasedItem};
use crate::storage::bulk_job::Job;
use crate::storage::{StorageError, lookup_page};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

/// Leases are renewed so many times before they would run out.
const RENEWALS_PER_LEASE: u32 = 3;
/// How long values rest whose outcome could not be written.
const AFTER_ERROR: Duration = Duration::from_secs(5);
/// After the signal to stop: values being looked up may still end within this time.
const LAST_MOMENTS: Duration = Duration::from_secs(3);

/// Takes the batch whose turn it is, looks its values up, and writes what became of them; then the next one, until there is
/// none for this process to begin. Nothing to do is fine: another ticket was answered first.
///
/// Going on matters: tickets carry no batch, so one that came while its source held its share of the slots was answered with
/// nothing, and whoever holds that share takes the values up.
///
/// Whatever goes wrong, values not written are begun again by someone else when the lease runs out.
pub async fn run_batches(app: &App, slots: &Slots) -> Result<(), StorageError> {
    while let Some((batch, _slot)) = slots.lease(app).await? {
        run_batch(app, &batch).await?;
    }
    Ok(())
}

async fn run_batch(app: &App, batch: &LeasedBatch) -> Result<(), StorageError> {
    app.moved.notify_waiters();
    let all_written = look_up(app, batch).await;
    match &all_written {
        Ok(true) => {}
        Ok(false) => {
            bulk_item::release(&app.db, batch.job.seq, batch.lease).await?;
        }
        // What cannot be written now may never be: not at once again, and not for ever.
        Err(_) => {
            let not_before = app.clock.lease_now().plus(AFTER_ERROR);
            bulk_item::put_back(&app.db, batch.job.seq, batch.lease, not_before).await?;
        }
    }
    all_written.map(|_| ())
}

/// Whether every value of the batch was written; false when the server stops first, the lease passed to someone else, or the
/// job ended before all its values were looked up.
async fn look_up(app: &App, batch: &LeasedBatch) -> Result<bool, StorageError> {
    let settings = &app.config.jobs;
    let LeasedBatch { job, lease, items, affordable_pages } = batch;
    if job.deadline_at.is_some_and(|deadline| deadline <= app.clock.now()) {
        time_out(app, job.seq).await?;
        return Ok(false);
    }
    let options = job.options.affording(*affordable_pages);
    // Before the store is read: what a twin finds from now on is seen here, or was written before.
    let holds: Vec<Hold<'_>> = items.iter().map(|item| app.engine.hold(&lookup_of(job, item))).collect();
    let stored = stored_pages(app, batch).await?;
    let mut waiting = items.iter().zip(holds);
    let mut running = FuturesUnordered::new();
    let mut group = Group::new(app, job.seq, *lease);
    let mut renewal = tokio::time::interval(settings.lease() / RENEWALS_PER_LEASE);
    renewal.reset();
    let mut flush_at: Option<tokio::time::Instant> = None;
    let mut give_up_at: Option<tokio::time::Instant> = None;
    let mut deadline = job.deadline_at.map(|at| tokio::time::Instant::now() + at.since(app.clock.now()));
    loop {
        while give_up_at.is_none() && running.len() < settings.values_at_once.max(1) {
            let Some((item, hold)) = waiting.next() else { break };
            let lookup = lookup_of(job, item);
            // Two spellings of one GTIN are two values with the same pages.
            let pages = stored.get(&lookup.fingerprint()).cloned().unwrap_or_default();
            let ending = end_of(app, job, &options, item, lookup, pages);
            running.push(ending.map(|(position, end)| (position, end, hold)));
        }
        if group.is_given_up() {
            return Ok(false);
        }
        if running.is_empty() {
            group.write().await?;
            return Ok(give_up_at.is_none());
        }
        tokio::select! {
            Some((position, end, hold)) = running.next() => {
                group.push(position, end, hold);
                if group.len() >= settings.batch_values as usize {
                    if !group.write().await? {
                        return Ok(false);
                    }
                    flush_at = None;
                } else if flush_at.is_none() {
                    flush_at = Some(tokio::time::Instant::now() + Duration::from_millis(settings.group_ms));
                }
            }
            () = at(flush_at), if !group.is_empty() => {
                if !group.write().await? {
                    return Ok(false);
                }
                flush_at = None;
            }
            _ = renewal.tick() => {
                let until = app.clock.lease_now().plus(settings.lease());
                let held = bulk_item::renew(&app.db, job.seq, *lease, until).await?;
                if held == 0 && group.is_empty() {
                    // Someone else has them by now; what is still running would be thrown away.
                    return Ok(false);
                }
            }
            () = at(deadline), if deadline.is_some() => {
                // By the steady clock; by the business clock it may be later, and then the periodic task sees to it.
                deadline = None;
                group.write().await?;
                time_out(app, job.seq).await?;
                if bulk_item::renew(&app.db, job.seq, *lease, app.clock.lease_now().plus(settings.lease())).await? == 0 {
                    return Ok(false);
                }
            }
            () = app.stop.cancelled(), if give_up_at.is_none() => {
                give_up_at = Some(tokio::time::Instant::now() + LAST_MOMENTS);
            }
            () = at(give_up_at), if give_up_at.is_some() => {
                group.write().await?;
                return Ok(false);
            }
        }
    }
}

async fn at(moment: Option<tokio::time::Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

fn lookup_of(job: &Job, item: &LeasedItem) -> Lookup {
    Lookup {
        source: job.source.clone(),
        country: job.country,
        topic: job.topic,
        key: job.key,
        value: item.value.clone(),
    }
}

/// What the store has for the whole batch that is fresh enough: one read; and for the rest a second one, of pages that
/// may be found unchanged.
async fn stored_pages(app: &App, batch: &LeasedBatch) -> Result<HashMap<String, Vec<LookupPage>>, StorageError> {
    let fingerprints: Vec<String> = batch.items.iter().map(|item| lookup_of(&batch.job, item).fingerprint()).collect();
    let oldest: Timestamp = app.clock.now().minus(batch.job.options.max_age.duration());
    let mut stored = lookup_page::find_fresh(&app.db, &fingerprints, oldest).await?;
    let is_missing = |fingerprint: &String| !stored.contains_key(fingerprint);
    let missing: Vec<String> = fingerprints.into_iter().filter(is_missing).collect();
    let oldest_renewed = app.clock.now().minus(LONGEST_RENEWED);
    for page in lookup_page::list_renewable(&app.db, &missing, oldest_renewed).await? {
        stored.entry(page.fingerprint.clone()).or_default().push(page);
    }
    Ok(stored)
}

async fn end_of(
    app: &App,
    job: &Job,
    options: &LookupOptions,
    item: &LeasedItem,
    lookup: Lookup,
    stored: Vec<LookupPage>,
) -> (u32, ItemEnd) {
    if item.attempt > app.config.jobs.most_attempts {
        tracing::error!(job = %job.id, position = item.position, "a value ended its worker too often");
        return (item.position, ItemEnd::failed(Reason::Error));
    }
    // A fault of ours must end its own value, not the batch with all its neighbours, again and again.
    let finding = AssertUnwindSafe(app.engine.find_with_effort(&lookup, options, stored)).catch_unwind().await;
    let (outcome, effort) = finding.unwrap_or_else(|_| {
        app.metrics.panicked();
        tracing::error!(job = %job.id, position = item.position, "the lookup panicked");
        (Outcome::Failed(Reason::Error), Effort::default())
    });
    let end = match outcome {
        Outcome::Found { pages, incomplete } => {
            let offers = count_entries(job, &pages);
            ItemEnd::Found { pages, offers, incomplete, effort }
        }
        Outcome::NotFound { page } => ItemEnd::NotFound { page, effort },
        Outcome::Failed(reason) => ItemEnd::Failed { reason, effort },
        Outcome::Later { wait, pages } => ItemEnd::Postponed { pages, not_before: app.clock.lease_now().plus(wait) },
    };
    (item.position, end)
}

/// How many entries of the topic's list will be delivered: those that the job's selection takes.
fn count_entries(job: &Job, pages: &[Arc<LookupPage>]) -> u32 {
    let contents = || pages.iter().filter_map(|page| page.content.as_deref());
    let selection = &job.options.selection;
    // Amounts compare across pages, so what is chosen is chosen from all of them together.
    let count: usize = match job.topic {
        Topic::Product => 0,
        Topic::Reviews => contents().map(|content| content.reviews.len()).sum(),
        Topic::ProductAndOffers | Topic::Offers if selection.takes_all() => {
            contents().map(|content| content.offers.len()).sum()
        }
        Topic::ProductAndOffers | Topic::Offers => {
            let offers: Vec<Offer> = contents().flat_map(|content| content.offers.iter().cloned()).collect();
            select_offers(&offers, selection).len()
        }
        Topic::SearchResults if selection.takes_all() => contents().map(|content| content.search_results.len()).sum(),
        Topic::SearchResults => {
            let results = contents().flat_map(|content| content.search_results.iter().cloned());
            select_search_results(&results.collect::<Vec<SearchResult>>(), selection).len()
        }
    };
    u32::try_from(count).unwrap_or(u32::MAX)
}
