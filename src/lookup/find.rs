//! From a lookup to its outcome: store, twins in flight, source.

use super::content::{complete_offers, first_page, merge_product, name_shop, names_only_others};
use super::engine::Engine;
use super::event::LookupEvent;
use super::get::{GetError, ReadPage, Reread, Spent};
use super::judge::{Stop, choose_hit, next_url, readable, understood};
use super::listing::{Listing, Wanted};
use super::page::{StoredPage, fresh_prefix};
use super::renew::{known_version, renewable, version_read, version_renewed};
use crate::domain::{
    Country, Currency, Key, Lookup, LookupOptions, LookupPage, PageContent, PageVersion, Product, Reason, Validators,
};
use crate::extraction::Extracted;
use crate::sources::plan::{self, Hit, PlannedPage, Unfilled};
use crate::sources::{Definition, Kind};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

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
    /// The source has no such product; the page says so and is stored like any other.
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

/// The first page of a list, read now or found unchanged.
struct FirstPage {
    content: Arc<PageContent>,
    version: Option<PageVersion>,
}

impl Engine {
    /// Looks a value up: as many pages as asked, none older than asked.
    ///
    /// `stored` are pages of this lookup from the store, in any order; one too old to be delivered may be renewed. The caller stores the pages of the outcome that it
    /// does not have yet, by id. Dropping the future stops the fetching, unless someone else waits for the same lookup.
    pub async fn find(&self, lookup: &Lookup, options: &LookupOptions, stored: Vec<StoredPage>) -> Outcome {
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
        (self.metrics)(&LookupEvent {
            source: &lookup.source,
            country: lookup.country,
            outcome: name,
            pages_live: spent.pages.min(delivered),
            pages_ready: delivered.saturating_sub(spent.pages),
            requests: spent.requests,
            bytes: spent.bytes,
            duration: started.elapsed(),
        });
        outcome
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
        let wanted =
            Wanted { limit: options.page_limit, cap: definition.max_pages(), condition: options.selection.condition };

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

    async fn first_page(
        &self,
        definition: &Definition,
        lookup: &Lookup,
        listing: &mut Listing,
        spent: &mut Spent,
    ) -> Result<FirstPage, Stop> {
        let hit = self.hit(definition, lookup, listing, spent).await?;
        let currency = definition.currency(lookup.country);
        let place = (lookup.country, currency);
        let mut product = None;
        if let Some(planned) = plan::product(definition, lookup, &hit) {
            let page = self.get_planned(definition, place, planned, spent).await?;
            let judged = understood(&page.extracted);
            if let Some(step) = &definition.product {
                self.saw(definition, step, &page.sighting(lookup.country, true), &judged);
            }
            judged?;
            product = Some((page.extracted.product, page.url));
        }
        let planned = plan::list_page(definition, lookup, &hit, 1).ok_or(Stop::Failed(Reason::Error))?;
        let step = definition.list_step().ok_or(Stop::Failed(Reason::Error))?;
        // A page behind others is asked for anew: they say what it is about.
        let is_only_one = product.is_none() && !definition.is_searched(lookup.key);
        let asked_url = planned.as_ref().ok().filter(|_| is_only_one).map(|page| page.url.clone());
        let now = self.clock.now();
        let before = listing.renewable().zip(asked_url.as_ref());
        let known = before.and_then(|(before, url)| known_version(Some(before), definition, url, now));
        let marks = known.map_or_else(Validators::default, |version| version.validators.clone());
        let announced = product.as_ref().and_then(|(product, _)| product.offer_count);
        // What the product's page names is also the currency of its offers.
        let place = (lookup.country, product.as_ref().and_then(|(product, _)| product.currency).or(currency));
        let got = match self.get_planned_if_changed(definition, place, planned, &marks, spent).await {
            Ok(Reread::Page(page)) => Ok(*page),
            Ok(Reread::Unchanged) => {
                let content = listing.renewable().and_then(|before| before.content.clone());
                let content = content.ok_or(Stop::Failed(Reason::Error))?;
                return Ok(FirstPage { content, version: known.map(version_renewed) });
            }
            Err(error) => Err(error),
        };
        let list = match got {
            Ok(page) => {
                let judged = match &product {
                    None => understood(&page.extracted),
                    Some(_) => readable(&page.extracted, step, 1, announced),
                };
                self.saw(definition, step, &page.sighting(lookup.country, true), &judged);
                judged?;
                Some(page)
            }
            // The product is there, only nobody offers it.
            Err(GetError::Gone) if product.is_some() => None,
            Err(error) => return Err(error.into()),
        };
        let next_url =
            list.as_ref().and_then(|page| next_url(definition, lookup, Some(&hit), page, 1, listing.pages()));
        let (list_url, extracted, validators) = match list {
            Some(page) => (Some(page.url), page.extracted, page.validators),
            None => (None, Extracted::default(), Validators::default()),
        };
        let (own, url) = match (product, list_url) {
            (Some((product, url)), _) => (product, url),
            (None, Some(url)) => (Product::default(), url),
            (None, None) => return Err(Stop::Failed(Reason::Error)),
        };
        let mut product = merge_product(own, extracted.product);
        if product.id.is_none() {
            product.id = plan::known_id(definition, lookup, &hit);
        }
        // A source's search is no proof: a page that names other numbers only is another product, and its price a wrong one.
        if lookup.key == Key::Gtin && names_only_others(&lookup.value, &product.gtins) {
            return Err(Stop::NotFound);
        }
        let mut content = first_page(definition, step, &url, product, extracted.offers, currency);
        content.next_url = next_url.filter(|_| !content.offers.is_empty());
        let version = asked_url.and_then(|url| version_read(validators, definition, &url, now));
        Ok(FirstPage { content: Arc::new(content), version })
    }

    async fn later_page(
        &self,
        definition: &Definition,
        lookup: &Lookup,
        listing: &mut Listing,
        number: u32,
        spent: &mut Spent,
    ) -> Result<(PageContent, bool), Stop> {
        let step = definition.list_step().ok_or(Stop::Failed(Reason::Error))?;
        let before = listing.pages().last().and_then(|page| page.content.clone()).ok_or(Stop::End)?;
        let url = match before.next_url.as_deref().and_then(|url| Url::parse(url).ok()) {
            Some(url) => url,
            None if step.has_next => return Err(Stop::End),
            None => {
                let hit = self.hit(definition, lookup, listing, spent).await?;
                let planned = plan::list_page(definition, lookup, &hit, number).ok_or(Stop::End)?;
                planned.map_err(|_| Stop::Failed(Reason::Error))?.url
            }
        };
        let first = listing.pages().first().and_then(|page| page.content.clone());
        let named = first.and_then(|content| content.product.currency);
        let currency = named.or_else(|| definition.currency(lookup.country));
        let page = self.get(definition, (lookup.country, currency), url, step, spent).await?;
        let judged = readable(&page.extracted, step, number, None);
        self.saw(definition, step, &page.sighting(lookup.country, false), &judged);
        judged?;
        let next_url = next_url(definition, lookup, listing.hit(), &page, number, listing.pages());
        let mut offers = page.extracted.offers;
        if definition.kind == Kind::Shop {
            name_shop(&mut offers, definition, &page.url);
        }
        complete_offers(&mut offers, currency);
        // Behind the end some sources show an empty page, others the last page again.
        if offers.is_empty() || offers == before.offers {
            return Err(Stop::End);
        }
        // Paged by number, the list may go on although the next URL is not known.
        let is_last = next_url.is_none() && step.has_next;
        Ok((PageContent { offers, next_url, ..PageContent::default() }, is_last))
    }

    /// Where the product stands: by searching, for keys that are searched; known from before if someone searched already.
    async fn hit(
        &self,
        definition: &Definition,
        lookup: &Lookup,
        listing: &mut Listing,
        spent: &mut Spent,
    ) -> Result<Hit, Stop> {
        if let Some(hit) = listing.hit() {
            return Ok(hit.clone());
        }
        let hit = match plan::search(definition, lookup) {
            None => plan::hit_of_value(definition, lookup),
            Some(planned) => {
                let place = (lookup.country, definition.currency(lookup.country));
                let page = match self.get_planned(definition, place, planned, spent).await {
                    // A search page that is not there says nothing about the product.
                    Err(GetError::Gone) => return Err(Stop::Failed(Reason::Error)),
                    other => other?,
                };
                let chosen = choose_hit(definition, lookup, &page);
                if let Some(step) = &definition.search {
                    self.saw(definition, step, &page.sighting(lookup.country, true), &chosen);
                }
                chosen?
            }
        };
        listing.set_hit(hit.clone());
        Ok(hit)
    }

    async fn get_planned(
        &self,
        definition: &Definition,
        place: (Country, Option<Currency>),
        planned: Result<PlannedPage<'_>, Unfilled>,
        spent: &mut Spent,
    ) -> Result<ReadPage, GetError> {
        match self.get_planned_if_changed(definition, place, planned, &Validators::default(), spent).await? {
            Reread::Page(page) => Ok(*page),
            Reread::Unchanged => Err(GetError::Failed(Reason::Error)),
        }
    }

    async fn get_planned_if_changed(
        &self,
        definition: &Definition,
        place: (Country, Option<Currency>),
        planned: Result<PlannedPage<'_>, Unfilled>,
        known: &Validators,
        spent: &mut Spent,
    ) -> Result<Reread, GetError> {
        match planned {
            Ok(page) => self.get_if_changed(definition, place, page.url, page.step, known, spent).await,
            Err(error) => {
                tracing::debug!(source = %definition.name, %error, "there is no URL to go on with");
                Err(GetError::Failed(Reason::Error))
            }
        }
    }
}
