//! The structure of version 2: ONE walk that JSON, NDJSON and XML share.

use super::facts_v2::{EntryFacts, FoundFacts, Placed, code};
use super::structure::{Scalar, Sink};
use crate::domain::{Amount, Availability, Condition, JobHead, Offer, RatingDistribution, Review, SearchResult, Topic};
use std::io;

/// Everything before the first result.
pub fn open_job(head: &JobHead, sink: &mut impl Sink) -> io::Result<()> {
    sink.open_object("hash")?;
    sink.field("job_id", head.job_id.as_str().into())?;
    sink.field("status", head.status.as_str().into())?;
    sink.field("free_credits", Scalar::Integer(head.free_credits))?;
    sink.field("paid_credits", Scalar::Integer(head.paid_credits))?;
    sink.open_list("results")
}

/// Everything after the last result.
pub fn close_job(sink: &mut impl Sink) -> io::Result<()> {
    sink.close_list()?;
    sink.close_object()
}

/// One value. A failed one has no `content`: programs read one that is absent as empty, and stumble over a null.
pub fn entry(facts: &EntryFacts<'_>, sink: &mut impl Sink) -> io::Result<()> {
    sink.open_object("result")?;
    query(facts, sink)?;
    sink.field("success", Scalar::Boolean(facts.found().is_some()))?;
    if let Some(reason) = facts.reason() {
        sink.field("reason", reason.into())?;
    }
    metadata(facts, sink)?;
    if let Some(found) = facts.found() {
        if found.result.incomplete {
            sink.field("incomplete", Scalar::Boolean(true))?;
        }
        sink.open_record("content")?;
        match facts.head.topic {
            Topic::ProductAndOffers => {
                product(found, sink)?;
                offers(found, sink)?;
            }
            Topic::Product => product(found, sink)?,
            Topic::Offers => offers_only(found, sink)?,
            Topic::SearchResults => search_results(found, sink)?,
            Topic::Reviews => reviews(found, sink)?,
        }
        sink.close_object()?;
    }
    sink.close_object()
}

fn query(facts: &EntryFacts<'_>, sink: &mut impl Sink) -> io::Result<()> {
    let head = facts.head;
    sink.open_record("query")?;
    sink.field("source", head.source.v2().as_str().into())?;
    sink.field("country", head.country.as_str().into())?;
    sink.field("topic", head.topic.as_str().into())?;
    sink.field("key", head.key.v2().into())?;
    sink.field("value", facts.item.value.as_str().into())?;
    sink.field("reference", (&facts.item.reference).into())?;
    sink.field("max_pages", facts.max_pages().into())?;
    sink.field("max_age", head.options.max_age.minutes.into())?;
    sink.field("condition", facts.head.options.selection.condition_v2().into())?;
    sink.field("sort_by", head.options.selection.sort_by.as_str().into())?;
    sink.close_object()
}

fn metadata(facts: &EntryFacts<'_>, sink: &mut impl Sink) -> io::Result<()> {
    sink.open_record("metadata")?;
    sink.field("from_cache", Scalar::Boolean(facts.is_from_cache()))?;
    sink.field("page_count_requested", facts.pages_requested().into())?;
    sink.field("page_count_delivered", facts.pages_delivered().into())?;
    sink.field("page_count_from_cache", facts.pages_from_cache().into())?;
    sink.field("page_count_live", facts.pages_live().into())?;
    sink.field("request_count", facts.item.effort.requests.into())?;
    let updated_at = facts.found().map(|found| found.result.updated_at.to_string());
    sink.field("updated_at", (&updated_at).into())?;
    sink.close_object()
}

fn product(found: &FoundFacts<'_>, sink: &mut impl Sink) -> io::Result<()> {
    let product = &found.result.product;
    sink.field("id", (&product.id).into())?;
    sink.field("name", known(&product.name))?;
    sink.field("description", (&product.description).into())?;
    sink.field("url", known(&product.url))?;
    sink.field("image_url", known(&product.image_url))?;
    sink.field("brand_name", (&product.brand_name).into())?;
    sink.field("category_name", found.category_name().into())?;
    sink.open_list("category_path")?;
    for name in &product.category_path {
        // Pages name their categories; their ids stand in links of every form.
        sink.open_object("category_path")?;
        sink.field("id", Scalar::Null)?;
        sink.field("name", name.as_str().into())?;
        sink.close_object()?;
    }
    sink.close_list()?;
    money("price", found.price(), sink)?;
    money("rrp", found.list_price(), sink)?;
    texts("gtins", "gtin", product.gtins.iter().map(|gtin| gtin.as_str()), sink)?;
    texts("eans", "ean", found.eans(), sink)?;
    texts("mpns", "mpn", product.mpns.iter().map(String::as_str), sink)?;
    sink.field("review_count", product.review_count.into())?;
    sink.field("review_rating", product.review_rating.map(u32::from).into())?;
    texts("feature_bullets", "feature_bullet", product.feature_bullets.iter().map(String::as_str), sink)?;
    sink.open_list("specifications")?;
    for line in &product.specifications {
        sink.open_object("specification")?;
        sink.field("label", line.label.as_str().into())?;
        texts("value", "value", line.values.iter().map(String::as_str), sink)?;
        sink.close_object()?;
    }
    sink.close_list()?;
    sink.field("offer_count", found.offer_count().into())?;
    sink.field("offers_url", (&product.offers_url).into())?;
    buybox(found, sink)
}

fn buybox(found: &FoundFacts<'_>, sink: &mut impl Sink) -> io::Result<()> {
    let Some(buybox) = found.buybox() else { return sink.field("buybox", Scalar::Null) };
    sink.open_record("buybox")?;
    sink.field("shop_name", buybox.shop_name.into())?;
    money("min_price", Some(buybox.price), sink)?;
    money("max_price", Some(buybox.price), sink)?;
    money("shipping_cost", buybox.shipping_cost, sink)?;
    sink.field("currency", buybox.currency.into())?;
    sink.field("availability_text", buybox.availability_text.into())?;
    sink.field("condition_text", buybox.condition_text.into())?;
    sink.close_object()
}

fn offers_only(found: &FoundFacts<'_>, sink: &mut impl Sink) -> io::Result<()> {
    let product = &found.result.product;
    sink.field("id", (&product.id).into())?;
    sink.field("name", known(&product.name))?;
    sink.field("url", known(&product.url))?;
    sink.field("image_url", known(&product.image_url))?;
    sink.field("offer_count", found.offer_count().into())?;
    offers(found, sink)
}

fn offers(found: &FoundFacts<'_>, sink: &mut impl Sink) -> io::Result<()> {
    sink.open_list("offers")?;
    for placed in &found.offers {
        offer(found, placed, sink)?;
    }
    sink.close_list()
}

fn offer(found: &FoundFacts<'_>, placed: &Placed<'_, Offer>, sink: &mut impl Sink) -> io::Result<()> {
    let offer = placed.entry;
    sink.open_object("offer")?;
    sink.field("id", (&offer.id).into())?;
    sink.field("product_id", (&found.result.product.id).into())?;
    money("price", placed.price(), sink)?;
    money("price_with_shipping", placed.price_with_shipping(), sink)?;
    money("shipping_costs", placed.shipping_costs(), sink)?;
    sink.field("currency", code(offer.currency).into())?;
    sink.field("condition_text", (&offer.condition_text).into())?;
    sink.field("condition_code", offer.condition.map(Condition::code).into())?;
    sink.field("availability_code", offer.availability.map(Availability::code).into())?;
    sink.field("availability_text", (&offer.availability_text).into())?;
    sink.field("url", (&offer.url).into())?;
    sink.field("shop_name", (&offer.shop_name).into())?;
    sink.field("shop_id", (&offer.shop_id).into())?;
    sink.field("shop_url", (&offer.shop_url).into())?;
    sink.field("shop_domain", (&placed.shop_domain()).into())?;
    sink.field("shop_review_count", offer.shop_review_count.into())?;
    sink.field("shop_review_rating", offer.shop_review_rating.map(u32::from).into())?;
    place(placed, sink)?;
    sink.close_object()
}

fn search_results(found: &FoundFacts<'_>, sink: &mut impl Sink) -> io::Result<()> {
    let total = found.result.total_search_result_count;
    sink.field("total_search_result_count", total.map_or(Scalar::Null, Scalar::Integer))?;
    sink.open_list("search_results")?;
    for placed in &found.search_results {
        search_result(placed, sink)?;
    }
    sink.close_list()
}

fn search_result(placed: &Placed<'_, SearchResult>, sink: &mut impl Sink) -> io::Result<()> {
    let entry = placed.entry;
    sink.open_object("search_result")?;
    sink.field("id", (&entry.id).into())?;
    sink.field("name", known(&entry.name))?;
    sink.field("url", known(&entry.url))?;
    // Clients of the followed API read one or the other.
    sink.field("image_url", known(&entry.image_url))?;
    sink.field("img_url", known(&entry.image_url))?;
    sink.field("type", placed.kind().into())?;
    money("price", placed.price(), sink)?;
    money("min_price", placed.min_price(), sink)?;
    money("max_price", placed.max_price(), sink)?;
    money("price_with_shipping", placed.price_with_shipping(), sink)?;
    money("shipping_costs", placed.shipping_costs(), sink)?;
    sink.field("currency", code(entry.currency).into())?;
    sink.field("shop_name", (&entry.shop_name).into())?;
    sink.field("shop_url", (&entry.shop_url).into())?;
    sink.field("shop_domain", (&placed.shop_domain()).into())?;
    sink.field("condition_text", (&entry.condition_text).into())?;
    sink.field("review_count", entry.review_count.into())?;
    sink.field("review_rating", entry.review_rating.map(u32::from).into())?;
    place(placed, sink)?;
    sink.close_object()
}

fn reviews(found: &FoundFacts<'_>, sink: &mut impl Sink) -> io::Result<()> {
    let product = &found.result.product;
    sink.field("product_id", (&product.id).into())?;
    sink.field("product_name", (&product.name).into())?;
    sink.field("brand_name", (&product.brand_name).into())?;
    sink.field("url", known(&product.url))?;
    sink.field("count", product.review_count.into())?;
    sink.field("rating", found.stars().map_or(Scalar::Null, Scalar::Float))?;
    rating_distribution(found.result.rating_distribution, sink)?;
    sink.open_list("reviews")?;
    for placed in &found.reviews {
        review(placed, sink)?;
    }
    sink.close_list()
}

fn rating_distribution(distribution: Option<RatingDistribution>, sink: &mut impl Sink) -> io::Result<()> {
    let Some(RatingDistribution { stars }) = distribution else {
        return sink.field("rating_distribution", Scalar::Null);
    };
    sink.open_record("rating_distribution")?;
    for (name, count) in ["star_1", "star_2", "star_3", "star_4", "star_5"].into_iter().zip(stars) {
        sink.field(name, count.into())?;
    }
    sink.close_object()
}

fn review(placed: &Placed<'_, Review>, sink: &mut impl Sink) -> io::Result<()> {
    let review = placed.entry;
    sink.open_object("review")?;
    sink.field("id", (&review.id).into())?;
    sink.field("url", (&review.url).into())?;
    sink.field("date", (&review.date.map(|date| date.to_string())).into())?;
    sink.field("rating", placed.stars().into())?;
    sink.field("title", (&review.title).into())?;
    sink.field("comment", (&review.comment).into())?;
    sink.field("helpful_count", review.helpful_count.into())?;
    sink.field("verified_purchase", review.verified_purchase.map_or(Scalar::Null, Scalar::Boolean))?;
    place(placed, sink)?;
    sink.close_object()
}

fn place<T>(placed: &Placed<'_, T>, sink: &mut impl Sink) -> io::Result<()> {
    sink.field("page", placed.page.into())?;
    sink.field("position", placed.position.into())
}

/// A text that is never null, since typed clients declare it so.
fn known(text: &Option<String>) -> Scalar<'_> {
    text.as_deref().unwrap_or_default().into()
}

fn money(name: &'static str, amount: Option<Amount>, sink: &mut impl Sink) -> io::Result<()> {
    sink.field(name, (&amount.map(|amount| amount.to_string())).into())
}

fn texts<'a>(
    name: &'static str,
    singular: &'static str,
    texts: impl Iterator<Item = &'a str>,
    sink: &mut impl Sink,
) -> io::Result<()> {
    sink.open_list(name)?;
    for text in texts {
        sink.entry(singular, text)?;
    }
    sink.close_list()
}
