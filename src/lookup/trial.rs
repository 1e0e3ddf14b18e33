//! One value tried out: every step with its request, its answer, and why its page was read as it was.
//!
//! The steps are those of [`Engine::find`], watched; saved pages go through the same recipes without any request.

use super::Outcome;
use super::engine::Engine;
use super::get::{ReadPage, read_page};
use super::judge::{Stop, choose_hit};
use crate::domain::{Currency, Lookup, LookupOptions, MaxAge, PageLimit, Reason, Selection, Topic, Validators};
use crate::extraction::{Explanation, ExtractError, Extracted, Verdict};
use crate::fetching::{FetchError, FetchedPage};
use crate::sources::plan::{self, Hit, PlannedPage, Unfilled};
use crate::sources::{Definition, Step};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;

/// What became of a value, step by step.
#[derive(Debug)]
pub struct Trial {
    pub steps: Vec<StepTried>,
    /// `None` for saved pages.
    pub outcome: Option<Outcome>,
}

/// One step: a page asked for, and what it said.
#[derive(Debug, Clone)]
pub struct StepTried {
    /// `search`, `product`, `offers` or `reviews`; of saved pages `bestsellers` too.
    pub step: &'static str,
    /// `None` for a saved page whose address is not known.
    pub url: Option<Url>,
    /// Sent with it, secrets hidden; empty for a saved page.
    pub headers: Vec<(String, String)>,
    /// `None` for a saved page.
    pub answer: Option<Result<Answered, FetchError>>,
    /// What the page says; `None` without a page.
    pub read: Option<Result<PageRead, ExtractError>>,
    /// What a search led to, or why to nothing.
    pub hit: Option<Result<Hit, HitMissing>>,
}

/// The head of an answer.
#[derive(Debug, Clone)]
pub struct Answered {
    pub status: u16,
    /// After redirects.
    pub url: Url,
    pub content_type: String,
    pub bytes_received: u64,
    pub bytes_unpacked: u64,
    pub duration: Duration,
}

/// A page's answer and why.
#[derive(Debug, Clone)]
pub struct PageRead {
    pub extracted: Extracted,
    pub explanation: Explanation,
}

/// Why a search led to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HitMissing {
    /// It says that there is nothing, or every result names another GTIN.
    Nothing,
    /// It was not understood, or no result has what the next step's address needs.
    Unusable,
}

/// Hears of each step of a lookup.
pub(super) type Watch = Arc<dyn Fn(StepTried) + Send + Sync>;

/// A page from a file, for the step of this name.
#[derive(Debug, Clone)]
pub struct SavedPage {
    pub step: &'static str,
    pub text: String,
}

impl Engine {
    /// Looks a value up over the network, one page of the list, and tells of every step.
    pub async fn try_value(&self, definition: &Definition, lookup: &Lookup) -> Trial {
        let seen: Arc<Mutex<Vec<StepTried>>> = Arc::default();
        let notebook = seen.clone();
        let watch: Watch = Arc::new(move |step| notebook.lock().unwrap_or_else(PoisonError::into_inner).push(step));
        let engine = Engine { watch: Some(watch), ..self.clone() };
        let options = LookupOptions {
            page_limit: PageLimit::Pages(1),
            max_age: MaxAge { minutes: 0 },
            selection: Selection::default(),
        };
        let outcome = engine.find(lookup, &options, Vec::new()).await;
        let mut steps = std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
        steps.iter_mut().for_each(|step| step.hit = hit_of(definition, lookup, step));
        Trial { steps, outcome: Some(outcome) }
    }
}

/// Reads saved pages as the steps of a lookup, in the order of the steps; nothing is fetched.
pub fn try_saved(definition: &Definition, lookup: &Lookup, pages: &[SavedPage]) -> Trial {
    let mut hit = plan::hit_of_value(definition, lookup);
    let mut steps = Vec::new();
    // What the product's page names is also the currency of its offers, as in a lookup.
    let mut currency = definition.currency(lookup.country);
    for (name, step) in definition.named_steps() {
        for page in pages.iter().filter(|page| page.step == name) {
            let mut tried = read_saved(definition, lookup, (name, step), (&hit, currency), page);
            if let Some(Ok(read)) = &tried.read {
                currency = read.extracted.product.currency.or(currency);
            }
            tried.hit = hit_of(definition, lookup, &tried);
            if let Some(Ok(found)) = &tried.hit {
                hit = found.clone();
            }
            steps.push(tried);
        }
    }
    Trial { steps, outcome: None }
}

fn read_saved(
    definition: &Definition,
    lookup: &Lookup,
    (name, step): (&'static str, &Step),
    (hit, currency): (&Hit, Option<Currency>),
    page: &SavedPage,
) -> StepTried {
    let planned: Option<Result<PlannedPage<'_>, Unfilled>> = match name {
        "bestsellers" => plan::bestsellers(definition, lookup.country, &lookup.value, 1),
        "search" => plan::search(definition, lookup),
        _ => plan::page_of(definition, lookup, hit, step),
    };
    // A template that wants what only a search tells cannot be filled: links of the page then stay as they are.
    let url = planned.and_then(Result::ok).map(|planned| planned.url);
    let read = read_page((lookup.country, currency), step, url.as_ref(), &page.text, true);
    let read =
        read.map(|(extracted, explanation)| PageRead { extracted, explanation: explanation.unwrap_or_default() });
    StepTried { step: name, url, headers: Vec::new(), answer: None, read: Some(read), hit: None }
}

/// What the search step leads to.
fn hit_of(definition: &Definition, lookup: &Lookup, tried: &StepTried) -> Option<Result<Hit, HitMissing>> {
    let leads_on = tried.step == "search" && lookup.topic != Topic::SearchResults;
    let read = tried.read.as_ref().filter(|_| leads_on)?.as_ref().ok()?;
    let answered = tried.answer.as_ref().and_then(|answer| answer.as_ref().ok()).map(|answered| &answered.url);
    let page = ReadPage {
        url: answered.or(tried.url.as_ref())?.clone(),
        extracted: read.extracted.clone(),
        took: Duration::ZERO,
        validators: Validators::default(),
    };
    Some(choose_hit(definition, lookup, &page).map_err(|stop| match stop {
        Stop::NotFound | Stop::End => HitMissing::Nothing,
        Stop::Failed(_) | Stop::Later(_) => HitMissing::Unusable,
    }))
}

impl Trial {
    /// Whether every page that came was understood, a page that says that there is nothing included.
    pub fn is_understood(&self) -> bool {
        match &self.outcome {
            Some(Outcome::Found { .. } | Outcome::NotFound { .. }) => true,
            Some(Outcome::Failed(_) | Outcome::Later { .. }) => false,
            None => {
                let is_read = |step: &StepTried| {
                    let read = step.read.as_ref().and_then(|read| read.as_ref().ok());
                    read.is_some_and(|read| read.extracted.verdict != Verdict::NotUnderstood)
                        && step.hit != Some(Err(HitMissing::Unusable))
                };
                !self.steps.is_empty() && self.steps.iter().all(is_read)
            }
        }
    }

    /// The reason a value ended with in place of a product.
    pub fn reason(&self) -> Option<Reason> {
        match &self.outcome {
            Some(Outcome::NotFound { .. }) => Some(Reason::NotFound),
            Some(Outcome::Failed(reason)) => Some(*reason),
            _ => None,
        }
    }
}

impl Answered {
    pub(super) fn of(page: &FetchedPage) -> Answered {
        Answered {
            status: page.status,
            url: page.url.clone(),
            content_type: page.content_type.clone(),
            bytes_received: page.bytes_received,
            bytes_unpacked: page.bytes_unpacked,
            duration: page.duration,
        }
    }
}
