//! The v1 structure of a result: ONE walk that JSON and XML share.

use super::facts::{ItemFacts, OfferFacts, Outcome, ProductFacts};
use crate::domain::{Availability, Condition, ConditionFilter, JobHead};
use std::io;

/// A single value in the structure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scalar<'a> {
    Null,
    Text(&'a str),
    /// A word out of a fixed list; XML marks it so.
    Symbol(&'a str),
    Integer(u64),
    /// Of a scale that is no money: finite.
    Float(f64),
    Boolean(bool),
}

impl<'a> From<&'a str> for Scalar<'a> {
    fn from(text: &'a str) -> Scalar<'a> {
        Scalar::Text(text)
    }
}

impl<'a, T: Into<Scalar<'a>>> From<Option<T>> for Scalar<'a> {
    fn from(value: Option<T>) -> Scalar<'a> {
        value.map_or(Scalar::Null, Into::into)
    }
}

impl<'a> From<&'a Option<String>> for Scalar<'a> {
    fn from(text: &'a Option<String>) -> Scalar<'a> {
        text.as_deref().into()
    }
}

impl From<u32> for Scalar<'_> {
    fn from(number: u32) -> Self {
        Scalar::Integer(number.into())
    }
}

/// Takes the events of the walk. Names are those of JSON, with underscores.
///
/// The root, and an object inside a list, are opened under a name that only XML writes: of the latter the list's singular.
pub trait Sink {
    fn open_object(&mut self, name: &'static str) -> io::Result<()>;
    /// An object under its key inside another object; closed as any other.
    fn open_record(&mut self, name: &'static str) -> io::Result<()>;
    fn close_object(&mut self) -> io::Result<()>;
    fn open_list(&mut self, name: &'static str) -> io::Result<()>;
    fn close_list(&mut self) -> io::Result<()>;
    /// A key and its value inside an object.
    fn field(&mut self, name: &'static str, value: Scalar<'_>) -> io::Result<()>;
    /// A value inside a list, under the list's singular.
    fn entry(&mut self, name: &'static str, text: &str) -> io::Result<()>;
    /// Moves what was written since the last call behind what is in `out`.
    fn drain_into(&mut self, out: &mut Vec<u8>);
}

/// Everything before the first product.
pub fn open_job(head: &JobHead, sink: &mut impl Sink) -> io::Result<()> {
    sink.open_object("hash")?;
    sink.field("job_id", head.job_id.as_str().into())?;
    sink.field("status", Scalar::Symbol(head.status.as_str()))?;
    sink.field("free_credits", Scalar::Integer(head.free_credits))?;
    sink.field("paid_credits", Scalar::Integer(head.paid_credits))?;
    sink.open_list("products")
}

/// Everything after the last product.
pub fn close_job(sink: &mut impl Sink) -> io::Result<()> {
    sink.close_list()?;
    sink.close_object()
}

/// One value. A failed one has no key that a found one has besides these six: clients take a missing `name` for "not found".
pub fn item(facts: &ItemFacts<'_>, sink: &mut impl Sink) -> io::Result<()> {
    sink.open_object("product")?;
    sink.field("source", facts.head.source.as_str().into())?;
    sink.field("country", facts.head.country.as_str().into())?;
    sink.field("key", facts.head.key.v1().into())?;
    sink.field("value", facts.item.value.as_str().into())?;
    sink.field("success", Scalar::Boolean(facts.found().is_some()))?;
    sink.field("reason", facts.reason().into())?;
    if let Outcome::Found(found) = &facts.outcome {
        product(found, facts.head.options.selection.condition, sink)?;
    }
    sink.close_object()
}

fn product(found: &ProductFacts<'_>, asked_condition: Option<ConditionFilter>, sink: &mut impl Sink) -> io::Result<()> {
    let product = &found.result.product;
    sink.field("id", (&product.id).into())?;
    sink.field("name", (&product.name).into())?;
    sink.field("brand_name", (&product.brand_name).into())?;
    sink.field("category_name", found.category_name().into())?;
    sink.field("description", (&product.description).into())?;
    sink.field("review_count", product.review_count.into())?;
    sink.field("review_rating", product.review_rating.map(u32::from).into())?;
    sink.open_list("gtins")?;
    for gtin in &product.gtins {
        sink.entry("gtin", gtin.as_str())?;
    }
    sink.close_list()?;
    sink.open_list("eans")?;
    for ean in found.eans() {
        sink.entry("ean", ean)?;
    }
    sink.close_list()?;
    sink.field("url", (&product.url).into())?;
    sink.field("image_url", (&product.image_url).into())?;
    sink.field("updated_at", Scalar::Text(&found.result.updated_at.to_string()))?;
    sink.field("price", (&found.price()).into())?;
    sink.field("dimensions", (&product.dimensions).into())?;
    if let Some(condition) = asked_condition {
        sink.field("condition", condition.as_str().into())?;
    }
    if found.result.incomplete {
        sink.field("incomplete", Scalar::Boolean(true))?;
    }
    sink.open_list("offers")?;
    for facts in found.offers() {
        offer(&facts, sink)?;
    }
    sink.close_list()
}

fn offer(facts: &OfferFacts<'_>, sink: &mut impl Sink) -> io::Result<()> {
    let offer = facts.offer;
    sink.open_object("offer")?;
    sink.field("shop_name", (&offer.shop_name).into())?;
    sink.field("price", (&facts.price()).into())?;
    sink.field("price_with_shipping", (&facts.price_with_shipping()).into())?;
    sink.field("shipping_costs", (&facts.shipping_costs()).into())?;
    sink.field("currency", facts.currency().into())?;
    sink.field("url", (&offer.url).into())?;
    sink.field("name", (&offer.name).into())?;
    sink.field("position", facts.position.into())?;
    sink.field("position_with_shipping", facts.position_with_shipping.into())?;
    sink.field("availability_code", offer.availability.map(Availability::code).into())?;
    sink.field("availability_text", (&offer.availability_text).into())?;
    sink.field("condition", offer.condition.map(Condition::code).into())?;
    sink.field("details", (&offer.details).into())?;
    sink.close_object()
}
