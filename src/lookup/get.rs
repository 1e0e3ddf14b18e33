//! One page: over the network or out of the binary, then read by its recipe.

use super::engine::{Engine, FIRST_PATIENCE, NEXT_PATIENCE};
use super::judge::Stop;
use super::trial::{Answered, PageRead, StepTried};
use crate::domain::{Country, Currency, Reason, Validators};
use crate::extraction::{self, Explanation, ExtractError, Extracted, PageContext};
use crate::fetching::{Answer, FetchError, FetchPolicy, FetchedPage, PageRequest, Weight};
use crate::sources::{Definition, Step};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// A page and what it says.
pub(super) struct ReadPage {
    /// After redirects.
    pub url: Url,
    pub extracted: Extracted,
    /// From asking for it until it was there.
    pub took: Duration,
    /// How the server marked this version of the page at exactly the address asked for.
    pub validators: Validators,
}

impl ReadPage {
    /// What the source's health is told of it; `is_first`: it shows the product, not a later page of its offers.
    pub fn sighting(&self, country: Country, is_first: bool) -> Sighting<'_> {
        Sighting { country, extracted: &self.extracted, took: self.took, is_first }
    }
}

/// A page that came, before it is known whether it was understood.
pub(super) struct Sighting<'p> {
    pub country: Country,
    pub extracted: &'p Extracted,
    pub took: Duration,
    pub is_first: bool,
}

/// What became of a page that the store has an older reading of.
pub(super) enum Reread {
    Unchanged,
    Page(Box<ReadPage>),
}

/// Why there is nothing to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum GetError {
    /// The host wants to be left alone for so long.
    Later(Duration),
    /// The server says that there is no such page.
    Gone,
    Failed(Reason),
}

/// What a lookup used up.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spent {
    /// Tries that were in vain included.
    pub requests: u32,
    pub bytes: u64,
    pub pages: u32,
}

/// Reads a page of a source, with the reasons if somebody asks for them.
pub(super) fn read_page(
    (country, currency): (Country, Option<Currency>),
    step: &Step,
    url: Option<&Url>,
    text: &str,
    explains: bool,
) -> Result<(Extracted, Option<Explanation>), ExtractError> {
    let context = PageContext { url, country: Some(country), currency };
    if explains {
        return extraction::explain(&step.recipe, text, context).map(|(extracted, why)| (extracted, Some(why)));
    }
    Ok((extraction::extract(&step.recipe, text, context)?, None))
}

impl Engine {
    /// Gets and reads one page of a source; prices that name no currency are in the one given.
    pub(super) async fn get(
        &self,
        definition: &Definition,
        (country, currency): (Country, Option<Currency>),
        url: Url,
        step: &Step,
        spent: &mut Spent,
    ) -> Result<ReadPage, GetError> {
        match self.get_if_changed(definition, (country, currency), url, step, &Validators::default(), spent).await? {
            Reread::Page(page) => Ok(*page),
            Reread::Unchanged => Err(GetError::Failed(Reason::Error)),
        }
    }

    /// The same for a page that is known in this version: it is read only if the server has another one.
    pub(super) async fn get_if_changed(
        &self,
        definition: &Definition,
        (country, currency): (Country, Option<Currency>),
        url: Url,
        step: &Step,
        known: &Validators,
        spent: &mut Spent,
    ) -> Result<Reread, GetError> {
        let asked = self.clock.steady();
        let request = self.watch.as_ref().map(|_| url.clone());
        let fetched = self.fetch(definition.policy_of(step), url, known, spent).await;
        let fetched = match fetched {
            Ok(Answer::Unchanged) => {
                self.found_unchanged(definition, country, step, asked.elapsed());
                return Ok(Reread::Unchanged);
            }
            Ok(Answer::Page(page)) => {
                spent.bytes += page.bytes_received;
                Ok(*page)
            }
            Err(error) => Err(error),
        };
        let read = fetched
            .as_ref()
            .ok()
            .map(|page| read_page((country, currency), step, Some(&page.url), &page.text, self.watch.is_some()));
        if let (Some(watch), Some(request)) = (&self.watch, request) {
            watch(self.step_tried(definition, step, request, &fetched, read.as_ref()));
        }
        let page = fetched.map_err(|error| {
            self.missed(definition, country, step, &error, asked.elapsed());
            match error {
                FetchError::Later(wait) => GetError::Later(wait),
                FetchError::Gone(_) => GetError::Gone,
                other => {
                    tracing::debug!(source = %definition.name, error = %other, "a page could not be had");
                    GetError::Failed(other.reason().unwrap_or(Reason::FailedToAccessSource))
                }
            }
        })?;
        match read {
            Some(Ok((extracted, _))) => Ok(Reread::Page(Box::new(ReadPage {
                url: page.url,
                extracted,
                took: page.duration,
                validators: page.validators,
            }))),
            Some(Err(error)) => {
                let unread =
                    Sighting { country, extracted: &Extracted::default(), took: page.duration, is_first: true };
                self.saw(definition, step, &unread, &Err::<(), _>(Stop::Failed(Reason::Error)));
                tracing::debug!(source = %definition.name, error = %error, "a page could not be read");
                Err(GetError::Failed(Reason::Error))
            }
            None => Err(GetError::Failed(Reason::Error)),
        }
    }

    fn step_tried(
        &self,
        definition: &Definition,
        step: &Step,
        url: Url,
        fetched: &Result<FetchedPage, FetchError>,
        read: Option<&Result<(Extracted, Option<Explanation>), ExtractError>>,
    ) -> StepTried {
        let is_this = |(_, other): &(&'static str, &Step)| std::ptr::eq(*other, step);
        let is_sent = url.scheme() != "embedded";
        StepTried {
            step: definition.named_steps().find(is_this).map_or("", |(name, _)| name),
            headers: if is_sent { self.fetcher.shown_headers(&definition.policy) } else { Vec::new() },
            url: Some(url),
            answer: Some(fetched.as_ref().map(Answered::of).map_err(Clone::clone)),
            read: read.cloned().map(|read| {
                read.map(|(extracted, explanation)| PageRead {
                    extracted,
                    explanation: explanation.unwrap_or_default(),
                })
            }),
            hit: None,
        }
    }

    async fn fetch(
        &self,
        policy: Arc<FetchPolicy>,
        url: Url,
        known: &Validators,
        spent: &mut Spent,
    ) -> Result<Answer, FetchError> {
        if url.scheme() == "embedded" {
            spent.requests += 1;
            return self.fetch_embedded(url).map(|page| Answer::Page(Box::new(page)));
        }
        let holds_slot = spent.requests == 0 && self.watch.is_none();
        let patience = if holds_slot { FIRST_PATIENCE } else { NEXT_PATIENCE };
        let request = PageRequest { url, policy, patience };
        self.fetcher.fetch_counted(&request, known, &mut spent.requests).await
    }

    fn fetch_embedded(&self, url: Url) -> Result<FetchedPage, FetchError> {
        let (name, path) = url.path().trim_start_matches('/').split_once('/').unwrap_or((url.path(), ""));
        let path_and_query = match url.query() {
            Some(query) => format!("/{path}?{query}"),
            None => format!("/{path}"),
        };
        let answer = (self.embedded)(name, &path_and_query);
        match answer.status {
            200..=299 => Ok(FetchedPage {
                url,
                status: answer.status,
                bytes_received: 0,
                bytes_unpacked: answer.body.len() as u64,
                text: answer.body,
                content_type: answer.content_type,
                duration: Duration::ZERO,
                weight: Weight::default(),
                validators: Validators::default(),
            }),
            404 | 410 => Err(FetchError::Gone(answer.status)),
            other => Err(FetchError::Status(other)),
        }
    }
}
