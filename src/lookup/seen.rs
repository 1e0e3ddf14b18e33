//! What every live page tells the source's health: how it came, whether it was understood, and which fields came out empty.

use super::engine::Engine;
use super::get::Sighting;
use super::judge::Stop;
use crate::domain::{Country, FieldCounts, PageOutcome, PageStep, SourceName, Topic};
use crate::extraction::recipe::{OfferField, ProductField};
use crate::extraction::{Extracted, has_offer_field};
use crate::fetching::FetchError;
use crate::sources::{Definition, Kind, Step};
use std::sync::Arc;
use std::time::Duration;

/// One page that was asked for over the network (or of the marketplace in the binary); never one from the store.
#[derive(Debug, Clone)]
pub struct PageSeen<'a> {
    pub source: &'a SourceName,
    pub country: Country,
    pub step: PageStep,
    pub outcome: PageOutcome,
    pub took: Duration,
    /// Of an understood page: each field that was looked for, by name (an offer's begin with [`OFFER_PREFIX`]), counted for
    /// this page.
    pub fields: Vec<(String, FieldCounts)>,
}

/// Called once for every live page; must not block.
pub type PageHook = Arc<dyn Fn(&PageSeen<'_>) + Send + Sync>;

/// Begins the names of fields of offers: `offer.price`.
pub const OFFER_PREFIX: &str = "offer.";
/// Stands for there being any offer at all.
pub const ANY_OFFER: &str = "offers";

/// Fields that a lookup needs from a page about one product, whether the definition names a rule for them or not.
const NEEDED_OF_PRODUCT: [ProductField; 1] = [ProductField::Name];
/// What a shop's own page is asked for: it is its one offer.
const NEEDED_OF_SHOP: [ProductField; 3] = [ProductField::Name, ProductField::Price, ProductField::Availability];
/// What an offer needs; a shop's offers name the shop anyway.
const NEEDED_OF_OFFER: [OfferField; 2] = [OfferField::Price, OfferField::ShopName];

impl Engine {
    /// Tells of a page that came, once it has been judged.
    pub(super) fn saw<T>(&self, definition: &Definition, step: &Step, seen: &Sighting<'_>, judged: &Result<T, Stop>) {
        let outcome = match judged {
            Ok(_) => PageOutcome::Understood,
            Err(Stop::End | Stop::NotFound) => PageOutcome::NoResult,
            Err(Stop::Failed(_) | Stop::Later(_)) => PageOutcome::NotUnderstood,
        };
        let fields = match judged {
            Ok(_) => fields(definition, step, seen.extracted, seen.is_first),
            Err(_) => Vec::new(),
        };
        self.tell(definition, seen.country, step, outcome, seen.took, fields);
    }

    /// Tells of a page that is as it was: understood then, so understood now. Its fields were counted when it was read.
    pub(super) fn found_unchanged(&self, definition: &Definition, country: Country, step: &Step, took: Duration) {
        self.tell(definition, country, step, PageOutcome::Understood, took, Vec::new());
    }

    /// Tells of a page that did not come.
    pub(super) fn missed(
        &self,
        definition: &Definition,
        country: Country,
        step: &Step,
        error: &FetchError,
        took: Duration,
    ) {
        let outcome = match error {
            // Nothing was asked, or what failed is the operator's own: it says nothing about the source.
            FetchError::Later(_) | FetchError::Forbidden(_) | FetchError::Proxy(_) | FetchError::Browser(_) => return,
            FetchError::Gone(_) => PageOutcome::NoResult,
            FetchError::Blocked(_) | FetchError::Robots => PageOutcome::Blocked,
            FetchError::Timeout => PageOutcome::TimedOut,
            FetchError::BadBody(_) => PageOutcome::NotUnderstood,
            FetchError::Status(_)
            | FetchError::Connection(_)
            | FetchError::Certificate(_)
            | FetchError::Redirect
            | FetchError::TooLarge(_)
            | FetchError::BreakerOpen => PageOutcome::Failed,
        };
        self.tell(definition, country, step, outcome, took, Vec::new());
    }

    fn tell(
        &self,
        definition: &Definition,
        country: Country,
        step: &Step,
        outcome: PageOutcome,
        took: Duration,
        fields: Vec<(String, FieldCounts)>,
    ) {
        let step = name_of(definition, step);
        (self.pages)(&PageSeen { source: &definition.name, country, step, outcome, took, fields });
    }
}

/// Which of the definition's steps it is.
fn name_of(definition: &Definition, step: &Step) -> PageStep {
    let is = |other: &Option<Step>| other.as_ref().is_some_and(|other| std::ptr::eq(other, step));
    match (is(&definition.search), is(&definition.product), is(&definition.reviews)) {
        (true, ..) => PageStep::Search,
        (_, true, _) => PageStep::Product,
        (_, _, true) => PageStep::Reviews,
        _ => PageStep::Offers,
    }
}

/// The fields that were looked for: those the definition names, and those a lookup needs. Search pages have none: what is
/// needed of them is a hit, and without one they are not understood.
fn fields(definition: &Definition, step: &Step, extracted: &Extracted, is_first: bool) -> Vec<(String, FieldCounts)> {
    let mut counted = Vec::new();
    let name = name_of(definition, step);
    if name == PageStep::Search {
        return counted;
    }
    if is_first {
        let is_list = definition.list_step(Topic::ProductAndOffers).is_some_and(|list| std::ptr::eq(list, step));
        let needed: &[ProductField] = match name {
            PageStep::Product if is_list => &NEEDED_OF_SHOP,
            PageStep::Product => &NEEDED_OF_PRODUCT,
            _ => &[],
        };
        let named = step.recipe.product_fields();
        for field in
            named.chain(needed.iter().copied().filter(|need| !step.recipe.product_fields().any(|f| f == *need)))
        {
            let missing = u64::from(!extracted.provenance.contains_key(&field));
            counted.push((field.as_str().to_owned(), FieldCounts { pages: 1, items: 1, missing }));
        }
    }
    if !step.has_list || name == PageStep::Reviews {
        return counted;
    }
    let offers = &extracted.offers;
    if is_first {
        let missing = u64::from(offers.is_empty());
        counted.push((ANY_OFFER.to_owned(), FieldCounts { pages: 1, items: 1, missing }));
    }
    if !offers.is_empty() {
        let is_needed = |field: &OfferField| definition.kind != Kind::Shop || *field != OfferField::ShopName;
        let needed = NEEDED_OF_OFFER.into_iter().filter(is_needed);
        let unnamed = needed.filter(|need| !step.recipe.offer_fields().any(|field| field == *need));
        for field in step.recipe.offer_fields().chain(unnamed) {
            let missing = offers.iter().filter(|offer| !has_offer_field(offer, field)).count() as u64;
            let counts = FieldCounts { pages: 1, items: offers.len() as u64, missing };
            counted.push((format!("{OFFER_PREFIX}{}", field.as_str()), counts));
        }
    }
    counted
}
