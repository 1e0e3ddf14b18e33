//! The v1 results of a job. They are streamed, so no struct has their fields; a test compares these with real bodies.

use super::shape::{Shape, list};
use super::words::{
    AvailabilityCode, ConditionCode, CountryCode, CurrencyCode, Ean13, Gtin14, JobIdText, KeyV1, Moment, Money,
    Percent, ReasonWord, boolean, count, integer, named, one_of, text,
};
use crate::domain::{ConditionFilter, JobStatus};
use utoipa::PartialSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{OneOfBuilder, Schema};

/// The name of the whole.
pub const RESULTS: &str = "ResultsV1";

/// Every schema of it.
pub fn schemas() -> Vec<(String, RefOr<Schema>)> {
    vec![results(), failed(), found(), offer()]
}

fn results() -> (String, RefOr<Schema>) {
    let product = OneOfBuilder::new().item(named("FoundProductV1")).item(named("FailedValueV1")).build();
    Shape::new(RESULTS, "The results of a job, in the order of its values.")
        .always("job_id", JobIdText::schema(), "")
        .always("status", one_of([JobStatus::Finished.as_str()]), "Results are told of finished jobs.")
        .always("free_credits", count(), "Free credits the job cost.")
        .always("paid_credits", count(), "Paid credits the job cost.")
        .always("products", list(Schema::from(product)), "")
        .build()
}

/// What stands before the product, found or not.
fn asked(shape: Shape) -> Shape {
    shape
        .always("source", text(), "The source asked.")
        .always("country", CountryCode::schema(), "The country asked.")
        .always("key", KeyV1::schema(), "")
        .always("value", text(), "The value, exactly as it was sent.")
}

fn failed() -> (String, RefOr<Schema>) {
    asked(Shape::new("FailedValueV1", "A value without a product; it has no other key."))
        .always("success", boolean().enum_values(Some([false])), "")
        .always("reason", ReasonWord::schema(), "")
        .build()
}

fn found() -> (String, RefOr<Schema>) {
    asked(Shape::new("FoundProductV1", "A found product; null where a thing is unknown."))
        .always("success", boolean().enum_values(Some([true])), "")
        .always("reason", super::words::null(), "")
        .maybe("id", text(), "The source's own id.")
        .maybe("name", text(), "")
        .maybe("brand_name", text(), "")
        .maybe("category_name", text(), "")
        .maybe("description", text(), "")
        .maybe("review_count", count(), "Number of reviews.")
        .maybe("review_rating", Percent::schema(), "Average rating from 0 to 100.")
        .always("gtins", list(Gtin14::schema()), "")
        .always("eans", list(Ean13::schema()), "")
        .maybe("url", text(), "The product's page at the source.")
        .maybe("image_url", text(), "")
        .always("updated_at", Moment::schema(), "When the oldest delivered page was fetched.")
        .maybe("price", Money::schema(), "Lowest item price among the offers, else the page's own.")
        .maybe("dimensions", text(), "As the page words them.")
        .sometimes(
            "condition",
            one_of(ConditionFilter::ALL.map(ConditionFilter::as_str)),
            "Only when `conditions` was sent: what was sent.",
        )
        .sometimes(
            "incomplete",
            boolean(),
            "`true` when a later page failed for good or was not paid for; the pages before it are here.",
        )
        .always("offers", list(named("OfferV1")), "In the source's own order.")
        .build()
}

fn offer() -> (String, RefOr<Schema>) {
    Shape::new("OfferV1", "A shop's offer; null where a thing is unknown.")
        .maybe("shop_name", text(), "")
        .maybe("price", Money::schema(), "Item price.")
        .maybe("price_with_shipping", Money::schema(), "Price and shipping together.")
        .maybe("shipping_costs", Money::schema(), "Shipping alone.")
        .maybe("currency", CurrencyCode::schema(), "")
        .maybe("url", text(), "")
        .maybe("name", text(), "")
        .always("position", integer(1, i64::from(u32::MAX)), "Place in the source's own order, from 1.")
        .maybe("position_with_shipping", integer(1, i64::from(u32::MAX)), "Rank by price with shipping, from 1.")
        .maybe("availability_code", AvailabilityCode::schema(), "")
        .maybe("availability_text", text(), "As the page words it.")
        .maybe("condition", ConditionCode::schema(), "")
        .maybe("details", text(), "Further remarks of the shop.")
        .build()
}
