//! The v2 results of a job, by topic. They are streamed, so no struct has their fields; a test compares these with real
//! bodies.

use super::shape::{Shape, list, sentence};
use super::words::{
    AvailabilityCode, ConditionCode, ConditionV2, CountryCode, CurrencyCode, Ean13, Gtin14, JobIdText, JobStatusV2,
    KeyV2, Moment, Money, Percent, ReasonWord, TopicWord, boolean, count, integer, named, number, one_of, text,
};
use crate::domain::SortBy;
use crate::rendering::COLUMNS_V2;
use utoipa::PartialSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AnyOfBuilder, Schema};

/// The whole.
pub const RESULTS: &str = "Results";
/// One value.
pub const ENTRY: &str = "ResultEntry";
/// Those that have ended so far.
pub const PARTIAL: &str = "PartialResults";

/// Every schema of it.
pub fn schemas() -> Vec<(String, RefOr<Schema>)> {
    let mut schemas =
        vec![results(), partial(), entry(), query(), metadata(), product(), product_and_offers(), offers()];
    schemas.extend([
        category(),
        specification(),
        buybox(),
        offer(),
        search_results(),
        search_result(),
        reviews(),
        review(),
    ]);
    schemas.push(rating_distribution());
    schemas
}

/// What the table of columns says of a field; `prefix` is that of the list the field stands in.
fn column(prefix: &'static str) -> impl Fn(&str) -> String {
    move |field| {
        let name = [prefix, field].concat();
        COLUMNS_V2.iter().find(|column| column.name == name).map(|column| sentence(column.meaning)).unwrap_or_default()
    }
}

fn results() -> (String, RefOr<Schema>) {
    Shape::new(RESULTS, "The results of a job, in the order of its values.")
        .always("job_id", JobIdText::schema(), "")
        .always("status", JobStatusV2::schema(), "")
        .always("free_credits", count(), "Free credits the job cost.")
        .always("paid_credits", count(), "Paid credits the job cost.")
        .always("results", list(named(ENTRY)), "An entry a value.")
        .build()
}

fn partial() -> (String, RefOr<Schema>) {
    Shape::new(PARTIAL, "Results that are there already, in the order in which they ended.")
        .always("job_id", JobIdText::schema(), "")
        .always("status", JobStatusV2::schema(), "")
        .always("results", list(named(ENTRY)), "An entry a value.")
        .always("after", count(), "Send it as `after` for those that come next.")
        .always("completed", count(), "Values that have ended.")
        .always("requested", count(), "Different values of the job.")
        .build()
}

fn entry() -> (String, RefOr<Schema>) {
    let contents =
        ["ProductAndOffersContent", "ProductContent", "OffersContent", "SearchResultsContent", "ReviewsContent"];
    // Not one of them: a product with offers is a product too.
    let content = contents.iter().fold(AnyOfBuilder::new(), |any_of, name| any_of.item(named(name)));
    Shape::new(ENTRY, "One value.")
        .told_by(column(""))
        .always("query", named("ResultQuery"), "What was asked.")
        .always("success", boolean(), "")
        .sometimes("reason", ReasonWord::schema(), "Only of a value that failed.")
        .always("metadata", named("ResultMetadata"), "What it took.")
        .sometimes("incomplete", boolean(), "Only, and true, where a later page failed for good or was not paid for.")
        .sometimes(
            "content",
            Schema::from(content.build()),
            "What was found, in the shape of the topic; absent of a value that failed.",
        )
        .build()
}

fn query() -> (String, RefOr<Schema>) {
    Shape::new("ResultQuery", "What was asked.")
        .told_by(column(""))
        .always("source", text(), "")
        .always("country", CountryCode::schema(), "")
        .always("topic", TopicWord::schema(), "")
        .always("key", KeyV2::schema(), "")
        .always("value", text(), "")
        .maybe("reference", text(), "")
        .maybe("max_pages", count(), "Null: no limit but the source's own.")
        .always("max_age", count(), "")
        .always("condition", ConditionV2::schema(), "")
        .always("sort_by", one_of(SortBy::ALL.map(SortBy::as_str)), "")
        .build()
}

fn metadata() -> (String, RefOr<Schema>) {
    Shape::new("ResultMetadata", "What it took to answer.")
        .told_by(column(""))
        .always("from_cache", boolean(), "")
        .maybe("page_count_requested", count(), "")
        .always("page_count_delivered", count(), "")
        .always("page_count_from_cache", count(), "")
        .always("page_count_live", count(), "")
        .always("request_count", count(), "")
        .maybe("updated_at", Moment::schema(), "")
        .build()
}

fn product_fields(shape: Shape) -> Shape {
    shape
        .maybe("id", text(), "")
        .always("name", text(), "")
        .maybe("description", text(), "")
        .always("url", text(), "")
        .always("image_url", text(), "")
        .maybe("brand_name", text(), "")
        .maybe("category_name", text(), "")
        .always("category_path", list(named("Category")), "From the root to the leaf.")
        .maybe("price", Money::schema(), "")
        .maybe("rrp", Money::schema(), "")
        .always("gtins", list(Gtin14::schema()), "GTINs of 14 digits.")
        .always("eans", list(Ean13::schema()), "Those of them that have 13 digits.")
        .always("mpns", list(text()), "The maker's part numbers.")
        .maybe("review_count", count(), "")
        .maybe("review_rating", Percent::schema(), "")
        .always("feature_bullets", list(text()), "Selling points.")
        .always("specifications", list(named("Specification")), "Data sheet.")
        .maybe("offer_count", count(), "")
        .maybe("offers_url", text(), "")
        .maybe("buybox", named("Buybox"), "The offer a marketplace puts first.")
}

fn product() -> (String, RefOr<Schema>) {
    product_fields(Shape::new("ProductContent", "A product (topic `product`).").told_by(column(""))).build()
}

fn product_and_offers() -> (String, RefOr<Schema>) {
    product_fields(
        Shape::new("ProductAndOffersContent", "A product and its offers (topic `product_and_offers`).")
            .told_by(column("")),
    )
    .always("offers", list(named("Offer")), "In the order asked for.")
    .build()
}

fn offers() -> (String, RefOr<Schema>) {
    Shape::new("OffersContent", "A product's offers (topic `offers`).")
        .told_by(column(""))
        .maybe("id", text(), "")
        .always("name", text(), "")
        .always("url", text(), "")
        .always("image_url", text(), "")
        .maybe("offer_count", count(), "")
        .always("offers", list(named("Offer")), "In the order asked for.")
        .build()
}

fn category() -> (String, RefOr<Schema>) {
    Shape::new("Category", "A category on the way to the product's.")
        .maybe("id", text(), "The source's own id of the category.")
        .always("name", text(), "Its name.")
        .build()
}

fn specification() -> (String, RefOr<Schema>) {
    Shape::new("Specification", "A line of the data sheet.")
        .always("label", text(), "What is told.")
        .always("value", list(text()), "Its values as the page words them.")
        .build()
}

fn buybox() -> (String, RefOr<Schema>) {
    Shape::new("Buybox", "The offer a marketplace puts first.")
        .told_by(column("buybox."))
        .maybe("shop_name", text(), "")
        .maybe("min_price", Money::schema(), "")
        .maybe("max_price", Money::schema(), "")
        .maybe("shipping_cost", Money::schema(), "")
        .maybe("currency", CurrencyCode::schema(), "")
        .always("availability_text", text(), "")
        .maybe("condition_text", text(), "")
        .build()
}

fn placed(shape: Shape) -> Shape {
    let from_one = || integer(1, i64::from(u32::MAX));
    shape.always("page", from_one(), "").always("position", from_one(), "")
}

fn offer() -> (String, RefOr<Schema>) {
    let shape = Shape::new("Offer", "A shop's offer.")
        .told_by(column("offer."))
        .maybe("id", text(), "")
        .maybe("product_id", text(), "")
        .maybe("price", Money::schema(), "")
        .maybe("price_with_shipping", Money::schema(), "")
        .maybe("shipping_costs", Money::schema(), "")
        .maybe("currency", CurrencyCode::schema(), "")
        .maybe("condition_text", text(), "")
        .maybe("condition_code", ConditionCode::schema(), "")
        .maybe("availability_code", AvailabilityCode::schema(), "")
        .maybe("availability_text", text(), "")
        .maybe("url", text(), "")
        .maybe("shop_name", text(), "")
        .maybe("shop_id", text(), "")
        .maybe("shop_url", text(), "")
        .maybe("shop_domain", text(), "")
        .maybe("shop_review_count", count(), "")
        .maybe("shop_review_rating", Percent::schema(), "");
    placed(shape).build()
}

fn search_results() -> (String, RefOr<Schema>) {
    Shape::new("SearchResultsContent", "What a search lists (topic `search_results`).")
        .told_by(column(""))
        .maybe("total_search_result_count", count(), "")
        .always("search_results", list(named("SearchResult")), "In the order asked for.")
        .build()
}

fn search_result() -> (String, RefOr<Schema>) {
    let shape = Shape::new("SearchResult", "An entry of a search.")
        .told_by(column("search_result."))
        .maybe("id", text(), "")
        .always("name", text(), "")
        .always("url", text(), "")
        .always("image_url", text(), "")
        .always("img_url", text(), "The same as `image_url`.")
        .always("type", one_of(["product", "offer"]), "")
        .maybe("price", Money::schema(), "")
        .maybe("min_price", Money::schema(), "")
        .maybe("max_price", Money::schema(), "")
        .maybe("price_with_shipping", Money::schema(), "")
        .maybe("shipping_costs", Money::schema(), "")
        .maybe("currency", CurrencyCode::schema(), "")
        .maybe("shop_name", text(), "")
        .maybe("shop_url", text(), "")
        .maybe("shop_domain", text(), "")
        .maybe("condition_text", text(), "")
        .maybe("review_count", count(), "")
        .maybe("review_rating", Percent::schema(), "");
    placed(shape).build()
}

fn reviews() -> (String, RefOr<Schema>) {
    Shape::new("ReviewsContent", "A product's reviews (topic `reviews`).")
        .told_by(column(""))
        .maybe("product_id", text(), "")
        .maybe("product_name", text(), "")
        .maybe("brand_name", text(), "")
        .always("url", text(), "")
        .maybe("count", count(), "")
        .maybe("rating", number(0.0, 5.0), "")
        .maybe("rating_distribution", named("RatingDistribution"), "How they spread over the stars.")
        .always("reviews", list(named("Review")), "In the source's own order.")
        .build()
}

fn rating_distribution() -> (String, RefOr<Schema>) {
    ["star_1", "star_2", "star_3", "star_4", "star_5"]
        .into_iter()
        .fold(
            Shape::new("RatingDistribution", "Reviews by stars.").told_by(column("rating_distribution.")),
            |shape, name| shape.always(name, count(), ""),
        )
        .build()
}

fn review() -> (String, RefOr<Schema>) {
    let shape = Shape::new("Review", "A review.")
        .told_by(column("review."))
        .maybe("id", text(), "")
        .maybe("url", text(), "")
        .maybe("date", Moment::schema(), "")
        .maybe("rating", integer(1, 5), "")
        .maybe("title", text(), "")
        .maybe("comment", text(), "")
        .maybe("helpful_count", count(), "")
        .maybe("verified_purchase", boolean(), "");
    placed(shape).build()
}
