//! The pages of what buyers say.

use super::answer::Answer;
use super::catalogue::CatalogueProduct;
use super::market::Market;
use super::print_date;
use super::review_words::said;
use super::reviews::{MarketReview, ReviewList};
use super::site::{PAGE_SIZE, Request, Site};
use super::view::Viewer;
use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;
use serde_json::json;

#[derive(Debug, Serialize)]
struct ReviewView {
    id: String,
    url: String,
    stars: u8,
    /// `2026-08-31`, `31.08.2026`, `31. August 2026`.
    iso_date: String,
    short_date: String,
    long_date: String,
    title: &'static str,
    comment: &'static str,
    helpful: u32,
    is_verified: bool,
}

/// One page of a product's reviews; behind the last one a page without any.
pub(super) fn reviews_page<'a>(
    market: &'a Market,
    site: Site,
    view: &Viewer<'a>,
    product: &'a CatalogueProduct,
    page: usize,
) -> Answer {
    let list = ReviewList::of(product);
    let start = (page - 1).saturating_mul(PAGE_SIZE);
    let end = start.saturating_add(PAGE_SIZE);
    let shown = view.product(product, site);
    let reviews: Vec<ReviewView> = list.page(start..end).map(|r| of_review(&r, view, &shown.url)).collect();
    let stars = list.distribution();
    if site == Site::Idealo {
        let reviews: Vec<serde_json::Value> = reviews
            .iter()
            .map(|r| {
                json!({
                    "reviewId": r.id, "link": r.url, "stars": r.stars, "date": r.iso_date, "title": r.title,
                    "text": r.comment, "helpful": r.helpful, "verified": r.is_verified,
                })
            })
            .collect();
        let body = json!({
            "productId": shown.id, "total": list.count(), "stars": shown.reviews.as_ref().map(|told| &told.machine),
            "distribution": { "one": stars[0], "two": stars[1], "three": stars[2], "four": stars[3], "five": stars[4] },
            "page": page, "reviews": reviews,
        });
        return Answer::new(200, "application/json", body.to_string());
    }
    let percent: Vec<usize> = stars.iter().map(|count| (count * 200 / list.count().max(1)).div_ceil(2)).collect();
    let id = shown.id.clone();
    let next = (end < list.count()).then(|| view.link(site, &Request::Reviews { id, page: page + 1 }));
    let context = context! {
        t => Value::from(Serde(view.locale.words)),
        product => Value::from(Serde(&shown)),
        reviews => Value::from(Serde(&reviews)),
        count => list.count(),
        stars,
        percent,
        next,
    };
    market.render(200, &format!("{}/reviews.html", site.name()), context)
}

fn of_review(review: &MarketReview, view: &Viewer<'_>, product_url: &str) -> ReviewView {
    let date = print_date::date_of(review.day);
    let (title, comment) = said(view.locale.words.lang, review.stars, review.words);
    ReviewView {
        id: format!("R{}", review.id),
        url: format!("{product_url}#R{}", review.id),
        stars: review.stars,
        iso_date: date.to_string(),
        short_date: print_date::short(date, view.locale),
        long_date: print_date::long(date, view.locale),
        title,
        comment,
        helpful: review.helpful,
        is_verified: review.is_verified,
    }
}
