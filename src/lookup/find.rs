//! From a lookup to its outcome: store, twins in flight, source.

use super::engine::Engine;
use super::event::LookupEvent;
use super::get::Spent;
use super::judge::Stop;
use super::listing::{Listing, Wanted};
use super::page::{StoredPage, fresh_prefix};
use super::renew::renewable;
use crate::domain::{Effort, Lookup, LookupOptions, LookupPage, PageContent, PageVersion, Reason};
use crate::sources::Definition;
use std::sync::Arc;
use std::time::Duration;

/// What became of a lookup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The pages to deliver, from 1. `incomplete`: a later page failed for good.
    ///
    /// That a page is the last may be learned only after it was fetched, when the page behind it is empty: `is_last` of a
    /// page already stored may then be true here.
    Found {
        pages: Vec<Arc<LookupPage>>,
        incomplete: bool,
    },
    /// The source has no such product, or nothing for such words; the page says so and is stored like any other.
    NotFound {
        page: Arc<LookupPage>,
    },
    Failed(Reason),
    /// The host wants to be left alone for so long. The pages so far are worth storing: the next try goes on behind them.
    Later {
        wait: Duration,
        pages: Vec<Arc<LookupPage>>,
    },
}

impl Engine {
    /// Looks a value up: as many pages as asked, none older than asked.
    ///
    /// `stored` are pages of this lookup from the store, in any order; one too old to be delivered may be renewed. The caller stores the pages of the outcome that it
    /// does not have yet, by id. Dropping the future stops the fetching, unless someone else waits for the same lookup.
    pub async fn find(&self, lookup: &Lookup, options: &LookupOptions, stored: Vec<StoredPage>) -> Outcome {
        self.find_with_effort(lookup, options, stored).await.0
    }

    /// As [`Engine::find`], and what it took; what twins did for it is not counted.
    pub async fn find_with_effort(
        &self,
        lookup: &Lookup,
        options: &LookupOptions,
        stored: Vec<StoredPage>,
    ) -> (Outcome, Effort) {
        let started = self.clock.steady();
        let mut spent = Spent::default();
        let outcome = self.find_pages(lookup, options, stored, &mut spent).await;
        let (name, delivered) = match &outcome {
            Outcome::Found { pages, incomplete: false } => ("found", pages.len()),
            Outcome::Found { pages, incomplete: true } => ("incomplete", pages.len()),
            Outcome::NotFound { .. } => (Reason::NotFound.wording(), 1),
            Outcome::Failed(reason) => (reason.wording(), 0),
            Outcome::Later { .. } => ("later", 0),
        };
        let delivered = delivered as u32;
        let effort = Effort { pages_live: spent.pages.min(delivered), requests: spent.requests };
        (self.metrics)(&LookupEvent {
            source: &lookup.source,
            country: lookup.country,
            outcome: name,
            pages_live: effort.pages_live,
            pages_ready: delivered - effort.pages_live,
            requests: effort.requests,
            bytes: spent.bytes,
            duration: started.elapsed(),
        });
        (outcome, effort)
    }

    async fn find_pages(
        &self,
        lookup: &Lookup,
        options: &LookupOptions,
        stored: Vec<StoredPage>,
        spent: &mut Spent,
    ) -> Outcome {
        let Some(definition) = self.registry.get(&lookup.source) else { return Outcome::Failed(Reason::Error) };
        let fingerprint = lookup.fingerprint();
        let oldest = self.clock.now().minus(options.max_age.duration());
        let renewable = renewable(&stored, &fingerprint);
        // Age 0 asks for pages fetched from now on: a twin's in flight at best, never the store's.
        let stored = if options.max_age.minutes == 0 { Vec::new() } else { stored };
        let stored = fresh_prefix(stored, &fingerprint, oldest);
        let wanted = Wanted {
            limit: options.page_limit,
            cap: definition.max_pages(lookup.topic),
            condition: options.selection.condition,
        };

        let seat = self.in_flight.join(&fingerprint);
        // A failure is shared with those who asked at the same time, not with those who come while its value waits to be
        // written.
        let mut is_past = seat.is_first();
        loop {
            let Some(mut listing) = seat.turn().await else { return Outcome::Failed(Reason::Error) };
            if std::mem::take(&mut is_past) {
                listing.forget_failure();
            }
            if listing.is_new() || !listing.is_fresh(oldest) {
                listing.restart(stored.clone(), renewable.clone());
            }
            if let Some(outcome) = listing.outcome(wanted) {
                return outcome;
            }
            let next = self.next_page(definition, lookup, &fingerprint, &mut listing, spent).await;
            match next {
                Ok(page) => {
                    spent.pages += 1;
                    listing.push(page);
                }
                Err(Stop::End | Stop::NotFound) if !listing.pages().is_empty() => listing.end(),
                Err(Stop::NotFound) => {
                    spent.pages += 1;
                    listing.push(self.page(&fingerprint, 1, true, None, None));
                }
                Err(Stop::End) => listing.fail(Reason::Error),
                Err(Stop::Failed(reason)) => listing.fail(reason),
                Err(Stop::Later(wait)) => return Outcome::Later { wait, pages: listing.pages().to_vec() },
            }
            if let Some(outcome) = listing.outcome(wanted) {
                return outcome;
            }
            // More pages to come: first those who wait get what they need of these.
        }
    }

    async fn next_page(
        &self,
        definition: &Definition,
        lookup: &Lookup,
        fingerprint: &str,
        listing: &mut Listing,
        spent: &mut Spent,
    ) -> Result<LookupPage, Stop> {
        let number = listing.pages().len() as u32 + 1;
        if number == 1 {
            let first = self.first_page(definition, lookup, listing, spent).await?;
            let is_last = first.content.next_url.is_none();
            return Ok(self.page(fingerprint, 1, is_last, Some(first.content), first.version));
        }
        let (content, is_last) = self.later_page(definition, lookup, listing, number, spent).await?;
        Ok(self.page(fingerprint, number, is_last, Some(Arc::new(content)), None))
    }

    fn page(
        &self,
        fingerprint: &str,
        number: u32,
        is_last: bool,
        content: Option<Arc<PageContent>>,
        version: Option<PageVersion>,
    ) -> LookupPage {
        LookupPage {
            id: self.ids.row_id(),
            fingerprint: fingerprint.to_owned(),
            number,
            fetched_at: self.clock.now(),
            is_last,
            content,
            version: version.map(Arc::new),
        }
    }
}
