//! ONE ordered table of the columns of version 2: CSV, workbooks and the documentation come from it.
//!
//! A column bears the name of its key in the JSON format, without `query`, `metadata` and `content` around it; what is
//! inside a list stands behind the list's singular: `offer.price`.

use super::facts_v2::{Buybox, EntryFacts, FoundFacts, Placed, code};
use crate::domain::{Amount, Availability, Condition, Gtin, Offer, Review, SearchResult, Timestamp, Topic};
use std::borrow::Cow;

/// A column: its name as it stands in the header, and how its cell is read.
pub struct ColumnV2 {
    pub name: &'static str,
    /// What its cells are.
    pub kind: Kind,
    /// The topics whose tables have it.
    pub topics: &'static [Topic],
    pub(super) read: ReadV2,
    /// One clause for the documentation.
    pub meaning: &'static str,
}

/// What a column's cells are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text of ours or of the caller, an id, a GTIN.
    Text,
    /// Text that comes from a page, so that it may not begin a formula.
    PageText,
    Number,
    Money,
    Boolean,
    Time,
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Datum<'a> {
    Text(Cow<'a, str>),
    Integer(u64),
    Float(f64),
    Money(Amount),
    Boolean(bool),
    Time(Timestamp),
}

/// A cell; `None` is an empty one.
pub(super) type CellV2<'a> = Option<Datum<'a>>;

/// What a column is about.
#[derive(Clone, Copy)]
pub(super) enum ReadV2 {
    /// The value, once a line.
    Entry(for<'a> fn(&'a EntryFacts<'_>) -> CellV2<'a>),
    Offer(for<'a> fn(&'a FoundFacts<'_>, &'a Placed<'_, Offer>) -> CellV2<'a>),
    SearchResult(for<'a> fn(&'a Placed<'_, SearchResult>) -> CellV2<'a>),
    Review(for<'a> fn(&'a Placed<'_, Review>) -> CellV2<'a>),
}

impl ColumnV2 {
    /// The columns of a topic's table.
    pub fn of(topic: Topic) -> Vec<&'static ColumnV2> {
        COLUMNS_V2.iter().filter(|column| column.topics.contains(&topic)).collect()
    }
}

/// The lines of a value: one for each entry of the topic's list, or one without an entry.
pub(super) fn each_line<E>(
    columns: &[&'static ColumnV2],
    facts: &EntryFacts<'_>,
    mut write: impl FnMut(&[CellV2<'_>]) -> Result<(), E>,
) -> Result<(), E> {
    let mut line: Vec<CellV2<'_>> = Vec::with_capacity(columns.len());
    // In every topic's table what is told once stands first.
    line.extend(columns.iter().map_while(|column| match column.read {
        ReadV2::Entry(read) => Some(read(facts)),
        ReadV2::Offer(_) | ReadV2::SearchResult(_) | ReadV2::Review(_) => None,
    }));
    let once = line.len();
    let rest = &columns[once..];
    let Some(found) = facts.found() else {
        line.resize(columns.len(), None);
        return write(&line);
    };
    let entries = match facts.head.topic {
        Topic::ProductAndOffers | Topic::Offers => found.offers.len(),
        Topic::Product => 0,
        Topic::SearchResults => found.search_results.len(),
        Topic::Reviews => found.reviews.len(),
    };
    for index in 0..entries.max(1) {
        line.truncate(once);
        line.extend(rest.iter().map(|column| match column.read {
            ReadV2::Entry(read) => read(facts),
            ReadV2::Offer(read) => found.offers.get(index).and_then(|offer| read(found, offer)),
            ReadV2::SearchResult(read) => found.search_results.get(index).and_then(read),
            ReadV2::Review(read) => found.reviews.get(index).and_then(read),
        }));
        write(&line)?;
    }
    Ok(())
}

const fn entry(
    name: &'static str,
    kind: Kind,
    topics: &'static [Topic],
    meaning: &'static str,
    read: for<'a> fn(&'a EntryFacts<'_>) -> CellV2<'a>,
) -> ColumnV2 {
    ColumnV2 { name, kind, topics, read: ReadV2::Entry(read), meaning }
}

const fn offer(
    name: &'static str,
    kind: Kind,
    meaning: &'static str,
    read: for<'a> fn(&'a FoundFacts<'_>, &'a Placed<'_, Offer>) -> CellV2<'a>,
) -> ColumnV2 {
    ColumnV2 { name, kind, topics: WITH_OFFERS, read: ReadV2::Offer(read), meaning }
}

const fn listed(
    name: &'static str,
    kind: Kind,
    meaning: &'static str,
    read: for<'a> fn(&'a Placed<'_, SearchResult>) -> CellV2<'a>,
) -> ColumnV2 {
    ColumnV2 { name, kind, topics: SEARCH, read: ReadV2::SearchResult(read), meaning }
}

const fn review(
    name: &'static str,
    kind: Kind,
    meaning: &'static str,
    read: for<'a> fn(&'a Placed<'_, Review>) -> CellV2<'a>,
) -> ColumnV2 {
    ColumnV2 { name, kind, topics: REVIEWS, read: ReadV2::Review(read), meaning }
}

const ALL: &[Topic] = &Topic::ALL;
const PRODUCT: &[Topic] = &[Topic::ProductAndOffers, Topic::Product];
const WITH_OFFERS: &[Topic] = &[Topic::ProductAndOffers, Topic::Offers];
const NAMED: &[Topic] = &[Topic::ProductAndOffers, Topic::Product, Topic::Offers];
const LOCATED: &[Topic] = &[Topic::ProductAndOffers, Topic::Product, Topic::Offers, Topic::Reviews];
const SEARCH: &[Topic] = &[Topic::SearchResults];
const REVIEWS: &[Topic] = &[Topic::Reviews];

use Kind::{Boolean, Money, Number, PageText, Text, Time};

/// Every column, in order.
#[rustfmt::skip]
pub static COLUMNS_V2: &[ColumnV2] = &[
    entry("source", Text, ALL, "the source asked", |e| owned(e.head.source.v2())),
    entry("country", Text, ALL, "the country asked", |e| word(e.head.country.as_str())),
    entry("topic", Text, ALL, "what was asked", |e| word(e.head.topic.as_str())),
    entry("key", Text, ALL, "what the values are", |e| word(e.head.key.v2())),
    entry("value", Text, ALL, "the value, exactly as it was sent", |e| word(&e.item.value)),
    entry("reference", Text, ALL, "the caller's own reference of the value", |e| text(&e.item.reference)),
    entry("max_pages", Number, ALL, "most pages asked for", |e| e.max_pages().and_then(number)),
    entry("max_age", Number, ALL, "most minutes a stored page may be old", |e| number(e.head.options.max_age.minutes)),
    entry("condition", Text, ALL, "`any`, `new` or `used`", |e| word(e.head.options.selection.condition_v2())),
    entry("sort_by", Text, ALL, "`ranking_descending` or `price_ascending`", |e| word(e.head.options.selection.sort_by.as_str())),
    entry("success", Boolean, ALL, "whether it was found", |e| Some(Datum::Boolean(e.found().is_some()))),
    entry("reason", Text, ALL, "why not", |e| e.reason().and_then(word)),
    entry("from_cache", Boolean, ALL, "nothing of it was fetched for this value", |e| Some(Datum::Boolean(e.is_from_cache()))),
    entry("page_count_requested", Number, ALL, "pages asked for", |e| number(e.pages_requested())),
    entry("page_count_delivered", Number, ALL, "pages of which the entries are", |e| number(e.pages_delivered())),
    entry("page_count_from_cache", Number, ALL, "of these, from the store", |e| number(e.pages_from_cache())),
    entry("page_count_live", Number, ALL, "of these, fetched for this value", |e| number(e.pages_live())),
    entry("request_count", Number, ALL, "requests it took, those in vain included", |e| number(e.item.effort.requests)),
    entry("updated_at", Time, ALL, "when the oldest delivered page was fetched (UTC)", |e| Some(Datum::Time(e.found()?.result.updated_at))),
    entry("incomplete", Boolean, ALL, "a later page failed for good, or was not paid for", |e| e.found()?.result.incomplete.then_some(Datum::Boolean(true))),
    entry("id", Text, NAMED, "the source's own id of the product", |e| text(&e.found()?.result.product.id)),
    entry("name", PageText, NAMED, "name of the product", |e| text(&e.found()?.result.product.name)),
    entry("description", PageText, PRODUCT, "description", |e| text(&e.found()?.result.product.description)),
    entry("product_id", Text, REVIEWS, "the source's own id of the product", |e| text(&e.found()?.result.product.id)),
    entry("product_name", PageText, REVIEWS, "name of the product", |e| text(&e.found()?.result.product.name)),
    entry("url", PageText, LOCATED, "the product's page at the source", |e| text(&e.found()?.result.product.url)),
    entry("image_url", PageText, NAMED, "picture of the product", |e| text(&e.found()?.result.product.image_url)),
    entry("brand_name", PageText, &[Topic::ProductAndOffers, Topic::Product, Topic::Reviews], "brand", |e| text(&e.found()?.result.product.brand_name)),
    entry("category_name", PageText, PRODUCT, "category", |e| e.found()?.category_name().and_then(word)),
    entry("category_path", PageText, PRODUCT, "categories from the root to the leaf, joined with ` > `", |e| joined(&e.found()?.result.product.category_path, " > ")),
    entry("price", Money, PRODUCT, "the page's own price", |e| money(e.found()?.price())),
    entry("rrp", Money, PRODUCT, "list price", |e| money(e.found()?.list_price())),
    entry("gtins", Text, PRODUCT, "14-digit GTINs, joined with a comma", |e| owned(e.found()?.result.product.gtins.iter().map(Gtin::as_str).collect::<Vec<_>>().join(","))),
    entry("eans", Text, PRODUCT, "13-digit EANs, joined with a comma", |e| owned(e.found()?.eans().collect::<Vec<_>>().join(","))),
    entry("mpns", PageText, PRODUCT, "the maker's part numbers, joined with a comma", |e| joined(&e.found()?.result.product.mpns, ",")),
    entry("review_count", Number, PRODUCT, "number of reviews", |e| e.found()?.result.product.review_count.and_then(number)),
    entry("review_rating", Number, PRODUCT, "average rating from 0 to 100", |e| e.found()?.result.product.review_rating.and_then(number)),
    entry("feature_bullets", PageText, PRODUCT, "selling points, a line each", |e| joined(&e.found()?.result.product.feature_bullets, "\n")),
    entry("specifications", PageText, PRODUCT, "data sheet: `label: value, value`, a line each", |e| specifications(e.found()?)),
    entry("offer_count", Number, NAMED, "offers the source says it has, else those listed", |e| e.found()?.offer_count().and_then(number)),
    entry("offers_url", PageText, PRODUCT, "where all offers are listed", |e| text(&e.found()?.result.product.offers_url)),
    entry("buybox.shop_name", PageText, PRODUCT, "who sells at the page's own price", |e| buybox(e)?.shop_name.and_then(word)),
    entry("buybox.min_price", Money, PRODUCT, "the page's own price", |e| money(Some(buybox(e)?.price))),
    entry("buybox.max_price", Money, PRODUCT, "the same", |e| money(Some(buybox(e)?.price))),
    entry("buybox.shipping_cost", Money, PRODUCT, "shipping of it", |e| money(buybox(e)?.shipping_cost)),
    entry("buybox.currency", Text, PRODUCT, "ISO 4217 code of the page's own amounts", |e| buybox(e)?.currency.and_then(word)),
    entry("buybox.availability_text", PageText, PRODUCT, "availability as the page words it", |e| word(buybox(e)?.availability_text)),
    entry("buybox.condition_text", Text, PRODUCT, "condition of what the page sells", |e| buybox(e)?.condition_text.and_then(word)),
    entry("total_search_result_count", Number, SEARCH, "how many the source says there are", |e| e.found()?.result.total_search_result_count.map(Datum::Integer)),
    entry("count", Number, REVIEWS, "number of reviews", |e| e.found()?.result.product.review_count.and_then(number)),
    entry("rating", Number, REVIEWS, "average rating from 0 to 5", |e| e.found()?.stars().map(Datum::Float)),
    entry("rating_distribution.star_1", Number, REVIEWS, "reviews with one star", |e| star(e, 0)),
    entry("rating_distribution.star_2", Number, REVIEWS, "with two", |e| star(e, 1)),
    entry("rating_distribution.star_3", Number, REVIEWS, "with three", |e| star(e, 2)),
    entry("rating_distribution.star_4", Number, REVIEWS, "with four", |e| star(e, 3)),
    entry("rating_distribution.star_5", Number, REVIEWS, "with five", |e| star(e, 4)),
    offer("offer.id", Text, "the source's own id of the offer", |_, o| text(&o.entry.id)),
    offer("offer.product_id", Text, "the source's own id of the product", |f, _| text(&f.result.product.id)),
    offer("offer.price", Money, "item price", |_, o| money(o.price())),
    offer("offer.price_with_shipping", Money, "price and shipping together", |_, o| money(o.price_with_shipping())),
    offer("offer.shipping_costs", Money, "shipping alone", |_, o| money(o.shipping_costs())),
    offer("offer.currency", Text, "ISO 4217 code of the offer's amounts", |_, o| code(o.entry.currency).and_then(word)),
    offer("offer.condition_text", PageText, "condition as the page words it", |_, o| text(&o.entry.condition_text)),
    offer("offer.condition_code", Text, "`new`, `used` or `refurbished`", |_, o| o.entry.condition.map(Condition::code).and_then(word)),
    offer("offer.availability_code", Text, "`in_stock`, `limited`, `preorder` or `out_of_stock`", |_, o| o.entry.availability.map(Availability::code).and_then(word)),
    offer("offer.availability_text", PageText, "availability as the page words it", |_, o| text(&o.entry.availability_text)),
    offer("offer.url", PageText, "link to the offer", |_, o| text(&o.entry.url)),
    offer("offer.shop_name", PageText, "name of the shop", |_, o| text(&o.entry.shop_name)),
    offer("offer.shop_id", Text, "the source's own id of the shop", |_, o| text(&o.entry.shop_id)),
    offer("offer.shop_url", PageText, "the shop's page", |_, o| text(&o.entry.shop_url)),
    offer("offer.shop_domain", Text, "host of the shop's page, without `www.`", |_, o| o.shop_domain().and_then(owned)),
    offer("offer.shop_review_count", Number, "number of the shop's reviews", |_, o| o.entry.shop_review_count.and_then(number)),
    offer("offer.shop_review_rating", Number, "the shop's rating from 0 to 100", |_, o| o.entry.shop_review_rating.and_then(number)),
    offer("offer.page", Number, "the source's page it stands on, from 1", |_, o| number(o.page)),
    offer("offer.position", Number, "place in the list as it is told, from 1", |_, o| number(o.position)),
    listed("search_result.id", Text, "the source's own id", |s| text(&s.entry.id)),
    listed("search_result.name", PageText, "name", |s| text(&s.entry.name)),
    listed("search_result.url", PageText, "link", |s| text(&s.entry.url)),
    listed("search_result.image_url", PageText, "picture", |s| text(&s.entry.image_url)),
    listed("search_result.img_url", PageText, "the same", |s| text(&s.entry.image_url)),
    listed("search_result.type", Text, "`offer` where one shop sells it, else `product`", |s| word(s.kind())),
    listed("search_result.price", Money, "item price; of a product that several sell the lowest", |s| money(s.price())),
    listed("search_result.min_price", Money, "lowest price, of a product that several sell", |s| money(s.min_price())),
    listed("search_result.max_price", Money, "highest price", |s| money(s.max_price())),
    listed("search_result.price_with_shipping", Money, "price and shipping together", |s| money(s.price_with_shipping())),
    listed("search_result.shipping_costs", Money, "shipping alone", |s| money(s.shipping_costs())),
    listed("search_result.currency", Text, "ISO 4217 code of the amounts", |s| code(s.entry.currency).and_then(word)),
    listed("search_result.shop_name", PageText, "name of the shop", |s| text(&s.entry.shop_name)),
    listed("search_result.shop_url", PageText, "the shop's page", |s| text(&s.entry.shop_url)),
    listed("search_result.shop_domain", Text, "host of the shop's page, without `www.`", |s| s.shop_domain().and_then(owned)),
    listed("search_result.condition_text", PageText, "condition as the page words it", |s| text(&s.entry.condition_text)),
    listed("search_result.review_count", Number, "number of reviews", |s| s.entry.review_count.and_then(number)),
    listed("search_result.review_rating", Number, "average rating from 0 to 100", |s| s.entry.review_rating.and_then(number)),
    listed("search_result.page", Number, "the source's page it stands on, from 1", |s| number(s.page)),
    listed("search_result.position", Number, "place in the list as it is told, from 1", |s| number(s.position)),
    review("review.id", Text, "the source's own id", |r| text(&r.entry.id)),
    review("review.url", PageText, "link", |r| text(&r.entry.url)),
    review("review.date", Time, "when it was written (UTC; midnight where only the day is told)", |r| r.entry.date.map(Datum::Time)),
    review("review.rating", Number, "stars from 1 to 5", |r| r.stars().and_then(number)),
    review("review.title", PageText, "title", |r| text(&r.entry.title)),
    review("review.comment", PageText, "text", |r| text(&r.entry.comment)),
    review("review.helpful_count", Number, "how many found it helpful", |r| r.entry.helpful_count.and_then(number)),
    review("review.verified_purchase", Boolean, "whether the source says that the writer bought it", |r| r.entry.verified_purchase.map(Datum::Boolean)),
    review("review.page", Number, "the source's page it stands on, from 1", |r| number(r.page)),
    review("review.position", Number, "place in the list as it is told, from 1", |r| number(r.position)),
];

fn word(text: &str) -> CellV2<'_> {
    Some(Datum::Text(Cow::Borrowed(text)))
}

fn text(text: &Option<String>) -> CellV2<'_> {
    text.as_deref().and_then(word)
}

fn owned(text: String) -> CellV2<'static> {
    Some(Datum::Text(Cow::Owned(text)))
}

fn joined(parts: &[String], between: &str) -> CellV2<'static> {
    owned(parts.join(between))
}

fn number(number: impl Into<u64>) -> CellV2<'static> {
    Some(Datum::Integer(number.into()))
}

fn money(amount: Option<Amount>) -> CellV2<'static> {
    amount.map(Datum::Money)
}

fn buybox<'a>(facts: &'a EntryFacts<'_>) -> Option<Buybox<'a>> {
    facts.found()?.buybox()
}

fn specifications(found: &FoundFacts<'_>) -> CellV2<'static> {
    let line = |line: &crate::domain::Specification| format!("{}: {}", line.label, line.values.join(", "));
    owned(found.result.product.specifications.iter().map(line).collect::<Vec<_>>().join("\n"))
}

fn star(facts: &EntryFacts<'_>, index: usize) -> CellV2<'static> {
    number(*facts.found()?.result.rating_distribution?.stars.get(index)?)
}
