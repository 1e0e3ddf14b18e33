//! ONE ordered table of CSV columns; both shapes, and the documentation, come from it.

use super::facts::{ItemFacts, OfferFacts};
use crate::domain::{Availability, Condition, ConditionFilter, Gtin};
use std::borrow::Cow;

/// Where a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// In both shapes.
    Always,
    /// In the row shape; in the column shape only with `columns=extended`.
    InRows,
    /// Only with `columns=extended`, after all the others.
    Extended,
}

/// A column: its name without `offer.` or `offers[i].`, and how its cell is read.
pub struct Column {
    pub name: &'static str,
    pub shown: Shown,
    /// The cell is text that comes from a page, so that it may not begin a formula.
    pub is_page_text: bool,
    pub(super) read: Read,
    /// One clause for the documentation.
    pub meaning: &'static str,
}

/// A cell; `None` is an empty one.
pub(super) type Cell<'a> = Option<Cow<'a, str>>;

/// What a column is about.
#[derive(Clone, Copy)]
pub(super) enum Read {
    /// The value and its product, once a line.
    Item(for<'a> fn(&'a ItemFacts<'_>) -> Cell<'a>),
    /// One offer.
    Offer(for<'a> fn(&'a OfferFacts<'_>) -> Cell<'a>),
}

impl Column {
    pub fn is_about_offers(&self) -> bool {
        matches!(self.read, Read::Offer(_))
    }
}

const fn item(
    name: &'static str,
    shown: Shown,
    is_page_text: bool,
    meaning: &'static str,
    read: for<'a> fn(&'a ItemFacts<'_>) -> Cell<'a>,
) -> Column {
    Column { name, shown, is_page_text, read: Read::Item(read), meaning }
}

const fn offer(
    name: &'static str,
    shown: Shown,
    is_page_text: bool,
    meaning: &'static str,
    read: for<'a> fn(&'a OfferFacts<'_>) -> Cell<'a>,
) -> Column {
    Column { name, shown, is_page_text, read: Read::Offer(read), meaning }
}

use Shown::{Always, Extended, InRows};

/// Cells that hold text from a page, and those that do not: values, ids, numbers, money and GTINs are never touched.
const PAGE: bool = true;
const OURS: bool = false;

/// Every column, in order. The order and names of those not `Extended` are fixed for good.
#[rustfmt::skip]
pub static COLUMNS: &[Column] = &[
    item("source", Always, OURS, "the source asked", |i| word(i.head.source.as_str())),
    item("country", Always, OURS, "the country asked", |i| word(i.head.country.as_str())),
    item("key", Always, OURS, "what the values are", |i| word(i.head.key.v1())),
    item("value", Always, OURS, "the value, exactly as it was sent", |i| word(&i.item.value)),
    item("success", Always, OURS, "`true` or `false`", |i| word(yes_no(i.found().is_some()))),
    item("reason", Always, OURS, "why there is no product", |i| i.reason().map(Cow::Borrowed)),
    item("source_id", Always, OURS, "the source's own id of the product", |i| text(&i.found()?.result.product.id)),
    item("source_url", Always, PAGE, "the product's page at the source", |i| text(&i.found()?.result.product.url)),
    item("updated_at", Always, OURS, "when the oldest delivered page was fetched (UTC)", |i| owned(i.found()?.result.updated_at)),
    item("gtins", Always, OURS, "14-digit GTINs, joined with a comma", |i| joined(i.found()?.result.product.gtins.iter().map(Gtin::as_str))),
    item("eans", Always, OURS, "13-digit EANs, joined with a comma", |i| joined(i.found()?.eans())),
    item("name", Always, PAGE, "name of the product", |i| text(&i.found()?.result.product.name)),
    item("brand_name", Always, PAGE, "brand", |i| text(&i.found()?.result.product.brand_name)),
    item("category_name", Always, PAGE, "category", |i| i.found()?.category_name().map(Cow::Borrowed)),
    item("review_count", Always, OURS, "number of reviews", |i| i.found()?.result.product.review_count.and_then(owned)),
    item("review_rating", Always, OURS, "average rating from 0 to 100", |i| i.found()?.result.product.review_rating.and_then(owned)),
    item("relevance", Always, OURS, "empty unless the source ranks its matches", |_| None),
    offer("url", Always, PAGE, "link to the offer", |o| text(&o.offer.url)),
    offer("name", Always, PAGE, "name of the offer", |o| text(&o.offer.name)),
    offer("price", Always, OURS, "item price", |o| o.price().map(Cow::Owned)),
    offer("price_with_shipping", Always, OURS, "price and shipping together", |o| o.price_with_shipping().map(Cow::Owned)),
    offer("shipping_costs", Always, OURS, "shipping alone", |o| o.shipping_costs().map(Cow::Owned)),
    offer("position", InRows, OURS, "place in the source's own order, from 1", |o| owned(o.position)),
    offer("position_with_shipping", InRows, OURS, "rank by price with shipping, from 1", |o| o.position_with_shipping.and_then(owned)),
    offer("availability_code", Always, OURS, "`in_stock`, `limited`, `preorder` or `out_of_stock`", |o| o.offer.availability.map(Availability::code).map(Cow::Borrowed)),
    offer("availability_text", Always, PAGE, "availability as the page words it", |o| text(&o.offer.availability_text)),
    offer("shop_name", Always, PAGE, "name of the shop", |o| text(&o.offer.shop_name)),
    item("reference", Extended, OURS, "the caller's own reference of the value", |i| text(&i.item.reference)),
    item("condition", Extended, OURS, "the `conditions` asked for", |i| i.found().and(i.head.options.selection.condition).map(ConditionFilter::as_str).map(Cow::Borrowed)),
    item("incomplete", Extended, OURS, "`true` when a later page failed for good or was not paid for", |i| word(yes_no(i.found()?.result.incomplete))),
    item("price", Extended, OURS, "lowest item price among the offers, else the page's own", |i| i.found()?.price().map(Cow::Owned)),
    item("description", Extended, PAGE, "description", |i| text(&i.found()?.result.product.description)),
    item("image_url", Extended, PAGE, "picture of the product", |i| text(&i.found()?.result.product.image_url)),
    item("dimensions", Extended, PAGE, "dimensions as the page words them", |i| text(&i.found()?.result.product.dimensions)),
    offer("currency", Extended, OURS, "ISO 4217 code of the offer's amounts", |o| o.currency().map(Cow::Borrowed)),
    offer("condition", Extended, OURS, "`new`, `used` or `refurbished`", |o| o.offer.condition.map(Condition::code).map(Cow::Borrowed)),
    offer("condition_text", Extended, PAGE, "condition as the page words it", |o| text(&o.offer.condition_text)),
    offer("details", Extended, PAGE, "further remarks of the shop", |o| text(&o.offer.details)),
    offer("id", Extended, OURS, "the source's own id of the offer", |o| text(&o.offer.id)),
    offer("shop_id", Extended, OURS, "the source's own id of the shop", |o| text(&o.offer.shop_id)),
    offer("shop_url", Extended, PAGE, "the shop's page", |o| text(&o.offer.shop_url)),
    offer("shop_review_count", Extended, OURS, "number of the shop's reviews", |o| o.offer.shop_review_count.and_then(owned)),
    offer("shop_review_rating", Extended, OURS, "the shop's rating from 0 to 100", |o| o.offer.shop_review_rating.and_then(owned)),
];

fn word(text: &str) -> Cell<'_> {
    Some(Cow::Borrowed(text))
}

fn text(text: &Option<String>) -> Cell<'_> {
    text.as_deref().map(Cow::Borrowed)
}

fn owned(value: impl ToString) -> Cell<'static> {
    Some(Cow::Owned(value.to_string()))
}

fn joined<'a>(parts: impl Iterator<Item = &'a str>) -> Cell<'a> {
    Some(Cow::Owned(parts.collect::<Vec<_>>().join(",")))
}

fn yes_no(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}
