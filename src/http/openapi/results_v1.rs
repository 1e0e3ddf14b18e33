//! The v1 results of a job. They are streamed, so no struct has their fields; a test compares these with real bodies.

use super::shape::{Shape, list, sentence};
use super::words::{
    AvailabilityCode, ConditionCode, CountryCode, CurrencyCode, Ean13, Gtin14, JobIdText, KeyV1, Moment, Money,
    Percent, ReasonWord, boolean, count, integer, named, one_of, text,
};
use crate::domain::{ConditionFilter, JobStatus};
use crate::rendering::COLUMNS;
use utoipa::PartialSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{OneOfBuilder, Schema};

/// The name of the whole.
pub const RESULTS: &str = "ResultsV1";

/// Every schema of it.
pub fn schemas() -> Vec<(String, RefOr<Schema>)> {
    vec![results(), failed(), found(), offer()]
}

/// What the table of columns says of a field of an offer, or of what stands above the offers.
fn column(is_of_offer: bool) -> impl Fn(&str) -> String {
    move |field| {
        let name = match field {
            "id" if !is_of_offer => "source_id",
            "url" if !is_of_offer => "source_url",
            field => field,
        };
        let known = COLUMNS.iter().find(|column| column.name == name && column.is_about_offers() == is_of_offer);
        known.map(|column| sentence(column.meaning)).unwrap_or_default()
    }
}

fn results() -> (String, RefOr<Schema>) {
    let product = OneOfBuilder::new().item(named("FoundProductV1")).item(named("FailedValueV1")).build();
    Shape::new(RESULTS, "The results of a job, in the order of its values.")
        .always("job_id", JobIdText::schema(), "")
        .always("status", one_of([JobStatus::Finished.as_str()]), "Results are told of finished jobs.")
        .always("free_credits", count(), "Free credits the job cost.")
        .always("paid_credits", count(), "Paid credits the job cost.")
        .always("products", list(Schema::from(product)), "One a value.")
        .build()
}

/// What stands before the product, found or not.
fn asked(shape: Shape) -> Shape {
    shape
        .always("source", text(), "")
        .always("country", CountryCode::schema(), "")
        .always("key", KeyV1::schema(), "")
        .always("value", text(), "")
}

fn failed() -> (String, RefOr<Schema>) {
    asked(Shape::new("FailedValueV1", "A value without a product; it has no other key.").told_by(column(false)))
        .always("success", boolean().enum_values(Some([false])), "")
        .always("reason", ReasonWord::schema(), "")
        .build()
}

fn found() -> (String, RefOr<Schema>) {
    asked(Shape::new("FoundProductV1", "A found product; null where a thing is unknown.").told_by(column(false)))
        .always("success", boolean().enum_values(Some([true])), "")
        .always("reason", super::words::null(), "Nothing is wrong.")
        .maybe("id", text(), "")
        .maybe("name", text(), "")
        .maybe("brand_name", text(), "")
        .maybe("category_name", text(), "")
        .maybe("description", text(), "")
        .maybe("review_count", count(), "")
        .maybe("review_rating", Percent::schema(), "")
        .always("gtins", list(Gtin14::schema()), "GTINs of 14 digits.")
        .always("eans", list(Ean13::schema()), "Those of them that have 13 digits.")
        .maybe("url", text(), "")
        .maybe("image_url", text(), "")
        .always("updated_at", Moment::schema(), "")
        .maybe("price", Money::schema(), "")
        .maybe("dimensions", text(), "")
        .sometimes("condition", one_of(ConditionFilter::ALL.map(ConditionFilter::as_str)), "")
        .sometimes("incomplete", boolean(), "")
        .always("offers", list(named("OfferV1")), "In the source's own order.")
        .build()
}

fn offer() -> (String, RefOr<Schema>) {
    Shape::new("OfferV1", "A shop's offer; null where a thing is unknown.")
        .told_by(column(true))
        .maybe("shop_name", text(), "")
        .maybe("price", Money::schema(), "")
        .maybe("price_with_shipping", Money::schema(), "")
        .maybe("shipping_costs", Money::schema(), "")
        .maybe("currency", CurrencyCode::schema(), "")
        .maybe("url", text(), "")
        .maybe("name", text(), "")
        .always("position", integer(1, i64::from(u32::MAX)), "")
        .maybe("position_with_shipping", integer(1, i64::from(u32::MAX)), "")
        .maybe("availability_code", AvailabilityCode::schema(), "")
        .maybe("availability_text", text(), "")
        .maybe("condition", ConditionCode::schema(), "")
        .maybe("details", text(), "")
        .build()
}
