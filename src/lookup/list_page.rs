//! The pages of a topic's own list: the first with what the product is, the later ones with more of the list.

use super::content::{FirstPage, complete, first_page, list_of, merge_product, names_only_others, repeats};
use super::engine::Engine;
use super::get::{GetError, Reread, Spent};
use super::judge::{Stop, listed, next_url, readable, understood};
use super::listing::Listing;
use super::renew::{known_version, version_read, version_renewed};
use crate::domain::{Key, Lookup, PageContent, PageVersion, Product, Reason, Topic, Validators};
use crate::extraction::Extracted;
use crate::sources::Definition;
use crate::sources::plan::{self, Hit};
use std::sync::Arc;
use url::Url;

/// The first page of a list, read now or found unchanged.
pub(super) struct ReadFirst {
    pub content: Arc<PageContent>,
    pub version: Option<PageVersion>,
}

impl Engine {
    pub(super) async fn first_page(
        &self,
        definition: &Definition,
        lookup: &Lookup,
        listing: &mut Listing,
        spent: &mut Spent,
    ) -> Result<ReadFirst, Stop> {
        let is_search = lookup.topic == Topic::SearchResults;
        let hit = if is_search { Hit::default() } else { self.hit(definition, lookup, listing, spent).await? };
        let product = self.product_page(definition, lookup, &hit, spent).await?;
        let planned = plan::list_page(definition, lookup, &hit, 1).ok_or(Stop::Failed(Reason::Error))?;
        let step = definition.list_step(lookup.topic).ok_or(Stop::Failed(Reason::Error))?;
        // A page behind others is asked for anew: they say what it is about.
        let is_only_one = product.is_none() && (is_search || !definition.is_searched(lookup.key));
        let asked_url = planned.as_ref().ok().filter(|_| is_only_one).map(|page| page.url.clone());
        let now = self.clock.now();
        let before = listing.renewable().zip(asked_url.as_ref());
        let known = before.and_then(|(before, url)| known_version(Some(before), definition, url, now));
        let marks = known.map_or_else(Validators::default, |version| version.validators.clone());
        let currency = definition.currency(lookup.country);
        // What the product's page names is also the currency of its offers.
        let named = product.as_ref().and_then(|(product, _)| product.currency);
        let place = (lookup.country, named.or(currency));
        let got = match self.get_planned_if_changed(definition, place, planned, &marks, spent).await {
            Ok(Reread::Page(page)) => Ok(*page),
            Ok(Reread::Unchanged) => {
                let content = listing.renewable().and_then(|before| before.content.clone());
                let content = content.ok_or(Stop::Failed(Reason::Error))?;
                return Ok(ReadFirst { content, version: known.map(version_renewed) });
            }
            Err(error) => Err(error),
        };
        let list = match got {
            Ok(page) => {
                let judged = match &product {
                    _ if is_search => listed(&page.extracted),
                    None => understood(&page.extracted),
                    Some((product, _)) => {
                        let announced = product.offer_count.filter(|_| lookup.topic != Topic::Reviews);
                        readable(lookup.topic, &page.extracted, step, 1, announced)
                    }
                };
                self.saw(definition, step, &page.sighting(lookup.country, true), &judged);
                judged?;
                Some(page)
            }
            // The product is there, only nobody offers it, or says anything about it.
            Err(GetError::Gone) if product.is_some() => None,
            // A search page that is not there says nothing about what could be found.
            Err(GetError::Gone) if is_search => return Err(Stop::Failed(Reason::Error)),
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
        let (told, entries) = list_of(lookup.topic, extracted);
        let mut product = if is_search { Product::default() } else { merge_product(lookup.topic, own, told) };
        if product.id.is_none() && !is_search {
            product.id = plan::known_id(definition, lookup, &hit);
        }
        // A source's search is no proof: a page that names other numbers only is another product, and its price a wrong one.
        if lookup.key == Key::Gtin && names_only_others(&lookup.value, &product.gtins) {
            return Err(Stop::NotFound);
        }
        let mut content =
            first_page(FirstPage { definition, topic: lookup.topic, step, url: &url, currency }, product, entries);
        content.next_url = next_url.filter(|_| content.has_entries());
        let version = asked_url.and_then(|url| version_read(validators, definition, &url, now));
        Ok(ReadFirst { content: Arc::new(content), version })
    }

    /// What the product's own page says, and its address, where the topic's list needs it.
    async fn product_page(
        &self,
        definition: &Definition,
        lookup: &Lookup,
        hit: &Hit,
        spent: &mut Spent,
    ) -> Result<Option<(Product, Url)>, Stop> {
        let Some(planned) = plan::product(definition, lookup, hit) else { return Ok(None) };
        let place = (lookup.country, definition.currency(lookup.country));
        let page = self.get_planned(definition, place, planned, spent).await?;
        let judged = understood(&page.extracted);
        if let Some(step) = &definition.product {
            self.saw(definition, step, &page.sighting(lookup.country, true), &judged);
        }
        judged?;
        Ok(Some((page.extracted.product, page.url)))
    }

    /// The page after those the listing has, and whether it is the last.
    pub(super) async fn later_page(
        &self,
        definition: &Definition,
        lookup: &Lookup,
        listing: &mut Listing,
        number: u32,
        spent: &mut Spent,
    ) -> Result<(PageContent, bool), Stop> {
        let topic = lookup.topic;
        let step = definition.list_step(topic).ok_or(Stop::Failed(Reason::Error))?;
        let before = listing.pages().last().and_then(|page| page.content.clone()).ok_or(Stop::End)?;
        let url = match before.next_url.as_deref().and_then(|url| Url::parse(url).ok()) {
            Some(url) => url,
            None if step.has_next => return Err(Stop::End),
            None => {
                let hit = match topic {
                    Topic::SearchResults => Hit::default(),
                    _ => self.hit(definition, lookup, listing, spent).await?,
                };
                let planned = plan::list_page(definition, lookup, &hit, number).ok_or(Stop::End)?;
                planned.map_err(|_| Stop::Failed(Reason::Error))?.url
            }
        };
        let first = listing.pages().first().and_then(|page| page.content.clone());
        let named = first.and_then(|content| content.product.currency);
        let currency = named.or_else(|| definition.currency(lookup.country));
        let page = self.get(definition, (lookup.country, currency), url, step, spent).await?;
        let judged = readable(topic, &page.extracted, step, number, None);
        self.saw(definition, step, &page.sighting(lookup.country, false), &judged);
        judged?;
        // A search needs no hit to go on by number.
        let no_hit = Hit::default();
        let hit = if topic == Topic::SearchResults { Some(&no_hit) } else { listing.hit() };
        let next_url = next_url(definition, lookup, hit, &page, number, listing.pages());
        let (_, mut content) = list_of(topic, page.extracted);
        complete(&mut content, definition, &page.url, currency);
        // Behind the end some sources show an empty page, others the last page again.
        if !content.has_entries() || repeats(&content, &before) {
            return Err(Stop::End);
        }
        // Paged by number, the list may go on although the next URL is not known.
        let is_last = next_url.is_none() && step.has_next;
        Ok((PageContent { next_url, ..content }, is_last))
    }
}
