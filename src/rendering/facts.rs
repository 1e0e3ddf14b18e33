//! What is told about a value, worked out once for every format.

use crate::domain::{
    Amount, Currency, FoundResult, Gtin, ItemOutcome, ItemResult, JobHead, Offer, Reason, rank_by_total, select_offers,
};
use std::borrow::Cow;

/// The offers the caller asked for, in the order asked for.
pub fn selected_offers<'a>(head: &JobHead, item: &'a ItemResult) -> Cow<'a, [Offer]> {
    let ItemOutcome::Found(found) = &item.outcome else { return Cow::Borrowed(&[]) };
    let selection = &head.options.selection;
    if selection.takes_all() {
        return Cow::Borrowed(&found.offers);
    }
    Cow::Owned(select_offers(&found.offers, selection).into_iter().map(|place| found.offers[place].clone()).collect())
}

/// One value's result beside its job.
pub struct ItemFacts<'a> {
    pub head: &'a JobHead,
    pub item: &'a ItemResult,
    pub outcome: Outcome<'a>,
}

/// Found, or why not.
pub enum Outcome<'a> {
    Found(ProductFacts<'a>),
    Failed(Reason),
}

/// A found product.
pub struct ProductFacts<'a> {
    pub result: &'a FoundResult,
    offers: &'a [Offer],
    ranks: Vec<Option<u32>>,
    /// Whether the page's own price is for a thing in the condition asked for, within the bounds.
    is_own_admitted: bool,
}

/// One of its offers.
pub struct OfferFacts<'a> {
    pub offer: &'a Offer,
    /// From 1, in the order told.
    pub position: u32,
    /// From 1 by total; `None` where the total is unknown.
    pub position_with_shipping: Option<u32>,
}

impl<'a> ItemFacts<'a> {
    /// `offers` are those of [`selected_offers`].
    pub fn new(head: &'a JobHead, item: &'a ItemResult, offers: &'a [Offer]) -> ItemFacts<'a> {
        let outcome = match &item.outcome {
            ItemOutcome::Found(result) => Outcome::Found(ProductFacts {
                result,
                offers,
                ranks: rank_by_total(offers),
                is_own_admitted: head.options.selection.admits(result.product.condition, result.product.price),
            }),
            ItemOutcome::Failed(reason) => Outcome::Failed(*reason),
        };
        ItemFacts { head, item, outcome }
    }

    pub fn found(&self) -> Option<&ProductFacts<'a>> {
        match &self.outcome {
            Outcome::Found(found) => Some(found),
            Outcome::Failed(_) => None,
        }
    }

    pub fn reason(&self) -> Option<&'static str> {
        match &self.outcome {
            Outcome::Found(_) => None,
            Outcome::Failed(reason) => Some(reason.wording()),
        }
    }
}

impl<'a> ProductFacts<'a> {
    /// The lowest item price among the offers, else the page's own if it is for the condition asked for. Prices in another currency than the first price's are
    /// left aside, since only numbers of one currency compare.
    pub fn price(&self) -> Option<String> {
        let priced = || self.offers.iter().filter_map(|offer| Some((offer.price?, offer.currency)));
        let currency = priced().next().and_then(|(_, currency)| currency);
        let lowest = priced().filter(|(_, other)| *other == currency).map(|(price, _)| price).min();
        match lowest {
            Some(price) => Some(money(price, currency)),
            None if !self.is_own_admitted => None,
            None => Some(money(self.result.product.price?, self.result.product.currency)),
        }
    }

    /// The name of the leaf of the category path where the page names no category of its own.
    pub fn category_name(&self) -> Option<&'a str> {
        let product = &self.result.product;
        product.category_name.as_deref().or(product.category_path.last().map(String::as_str))
    }

    pub fn eans(&self) -> impl Iterator<Item = &'a str> {
        self.result.product.gtins.iter().filter_map(Gtin::ean)
    }

    pub fn offers(&self) -> impl Iterator<Item = OfferFacts<'a>> + '_ {
        self.offers.iter().zip(&self.ranks).zip(1..).map(|((offer, rank), position)| OfferFacts {
            offer,
            position,
            position_with_shipping: *rank,
        })
    }
}

impl OfferFacts<'_> {
    pub fn price(&self) -> Option<String> {
        self.offer.price.map(|price| money(price, self.offer.currency))
    }

    pub fn price_with_shipping(&self) -> Option<String> {
        self.offer.total().map(|total| total.to_string())
    }

    pub fn shipping_costs(&self) -> Option<String> {
        self.offer.shipping_costs.map(|costs| money(costs, self.offer.currency))
    }

    pub fn currency(&self) -> Option<&'static str> {
        self.offer.currency.map(|currency| currency.code())
    }
}

/// With the currency's own number of decimals.
fn money(amount: Amount, currency: Option<Currency>) -> String {
    amount.rounded_to(currency).to_string()
}
