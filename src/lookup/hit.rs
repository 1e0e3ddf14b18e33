//! Where a product stands at its source: by searching, for keys that are searched, else by the value itself.

use super::engine::Engine;
use super::get::{GetError, ReadPage, Reread, Spent};
use super::judge::{Stop, choose_hit};
use super::listing::Listing;
use crate::domain::{Country, Currency, Lookup, Reason, Validators};
use crate::sources::Definition;
use crate::sources::plan::{self, Hit, PlannedPage, Unfilled};

impl Engine {
    /// Where the product stands: by searching, for keys that are searched; known from before if someone searched already.
    pub(super) async fn hit(
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

    pub(super) async fn get_planned(
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

    pub(super) async fn get_planned_if_changed(
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
