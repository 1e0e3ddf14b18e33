//! Pages of comparators and marketplaces: search, product, offers.

use super::answer::Answer;
use super::catalogue::CatalogueProduct;
use super::json_ld;
use super::market::{Asked, Market};
use super::print_price::print_price;
use super::reviews_page::reviews_page;
use super::site::{PAGE_SIZE, Request, Site};
use super::special::SpecialKind;
use super::view::{OfferView, ProductView, Viewer};
use crate::domain::Amount;
use minijinja::value::Serde;
use minijinja::{Value, context};
use serde_json::json;
use std::time::Duration;

/// How late a slow page is.
pub const SLOW_ANSWER: Duration = Duration::from_millis(1_500);

/// What a broken page is made of: bytes that look like a page to nobody.
pub(super) const GARBAGE: &str = "<!doctype html><html><div><<p class=\"\u{fffd}\u{0}x\"><td>PHP Warning: \
     Undefined array key 17 in line 0<scrip></b></i>\u{1}\u{2}<!-- --!><table><p";

/// The answer of a site to what was asked.
pub(super) fn answer(market: &Market, site: Site, asked: &Asked<'_>) -> Answer {
    let view = Viewer { origin: asked.origin, locale: &asked.locale, hosts: &market.hosts, hour: asked.hour };
    match site.route(asked.path, asked.query) {
        Some(Request::Search { text, page }) => search(market, site, &view, &text, page),
        Some(Request::Product { id, page }) => match market.catalogue.find_by_id(site, &id) {
            Some(product) => product_page(market, site, &view, product, page),
            None => gone(market, site, &view),
        },
        Some(Request::Reviews { id, page }) => match market.catalogue.find_by_id(site, &id) {
            Some(product) => reviews_page(market, site, &view, product, page),
            None if site == Site::Idealo => Answer::new(404, "application/json", json!({"reviews": []}).to_string()),
            None => gone(market, site, &view),
        },
        Some(Request::Offers { id, page }) => match market.catalogue.find_by_id(site, &id) {
            Some(product) if site == Site::Idealo => offers_json(&view, site, product, page),
            Some(product) => offers_page(market, site, &view, product, page),
            None if site == Site::Idealo => Answer::new(404, "application/json", json!({"offers": []}).to_string()),
            None => gone(market, site, &view),
        },
        None if asked.path.is_empty() => search(market, site, &view, "", 1),
        None => gone(market, site, &view),
    }
}

fn search(market: &Market, site: Site, view: &Viewer<'_>, text: &str, page: usize) -> Answer {
    let found = market.catalogue.search(site, text);
    let start = (page - 1).saturating_mul(PAGE_SIZE);
    let on_page = || found.iter().skip(start).take(PAGE_SIZE).copied();
    let hits: Vec<Hit<'_>> = on_page().map(|product| hit(view, product, site)).collect();
    let more = found.len() > start.saturating_add(PAGE_SIZE);
    let next = more.then(|| view.link(site, &Request::Search { text: text.to_owned(), page: page + 1 }));
    let context = context! {
        t => Value::from(Serde(view.locale.words)),
        action => view.link(site, &Request::Search { text: String::new(), page: 1 }).split('?').next(),
        text,
        total => found.len(),
        hits => Value::from(Serde(&hits)),
        next,
    };
    market.render(200, &format!("{}/search.html", site.name()), context)
}

/// A product among the hits, with what some sites show beside it: the offer of a shop.
#[derive(serde::Serialize)]
struct Hit<'a> {
    #[serde(flatten)]
    product: ProductView<'a>,
    offer: Option<OfferView<'a>>,
}

/// Every third product of a comparator is advertised by a shop; at a market of many sellers each hit is somebody's.
fn hit<'a>(view: &Viewer<'a>, product: &'a CatalogueProduct, site: Site) -> Hit<'a> {
    let is_advertised = match site {
        Site::GoogleShopping => product.index.is_multiple_of(3),
        Site::Ebay => true,
        Site::Amazon | Site::Idealo | Site::Geizhals => false,
    };
    let offer = if is_advertised { view.buy_box(product, site) } else { None };
    Hit { product: view.product(product, site), offer }
}

/// There is no such product. Some sites say so with 404, others with a page that looks like all is well.
fn gone(market: &Market, site: Site, view: &Viewer<'_>) -> Answer {
    let status = match site {
        Site::GoogleShopping | Site::Ebay => 200,
        Site::Amazon | Site::Idealo | Site::Geizhals => 404,
    };
    let context = context! { t => Value::from(Serde(view.locale.words)) };
    market.render(status, &format!("{}/gone.html", site.name()), context)
}

fn product_page<'a>(
    market: &'a Market,
    site: Site,
    view: &Viewer<'a>,
    product: &'a CatalogueProduct,
    page: usize,
) -> Answer {
    let trouble = product.trouble.filter(|_| site == Site::GoogleShopping);
    match trouble {
        Some(SpecialKind::Blocked) => {
            let context = context! { t => Value::from(Serde(view.locale.words)) };
            return market.render(403, "google-shopping/blocked.html", context);
        }
        Some(SpecialKind::Broken) => return Answer::html(200, GARBAGE.to_owned()),
        Some(SpecialKind::Slow | SpecialKind::Missing) | None => {}
    }
    let listed = if site.has_offers_on_product() { Some(page) } else { None };
    let context = page_context(site, view, product, listed);
    let answer = market.render(200, &format!("{}/product.html", site.name()), context);
    let delay = if trouble == Some(SpecialKind::Slow) { SLOW_ANSWER } else { Duration::ZERO };
    Answer { delay, ..answer }
}

fn offers_page<'a>(
    market: &'a Market,
    site: Site,
    view: &Viewer<'a>,
    product: &'a CatalogueProduct,
    page: usize,
) -> Answer {
    let context = page_context(site, view, product, Some(page));
    market.render(200, &format!("{}/offers.html", site.name()), context)
}

/// `listed`: the page of offers to show, if any.
fn page_context<'a>(site: Site, view: &Viewer<'a>, product: &'a CatalogueProduct, listed: Option<usize>) -> Value {
    let list = view.offers(product, site);
    let shown = view.product(product, site);
    let mut offers: Vec<OfferView<'_>> = Vec::new();
    let mut next = None;
    if let Some(page) = listed {
        let start = (page - 1).saturating_mul(PAGE_SIZE);
        let end = start.saturating_add(PAGE_SIZE);
        offers = list.page(start..end).map(|offer| view.offer(&offer, product, site)).collect();
        let id = shown.id.clone();
        next = (end < shown.offer_count).then(|| view.link(site, &Request::Offers { id, page: page + 1 }));
    }
    // Only product pages without offers of their own carry a range of prices.
    let mut low = None;
    let mut json_ld = String::new();
    if listed.is_none() && site == Site::GoogleShopping {
        let minor = list.page(0..usize::MAX).map(|offer| offer.price_minor).min();
        let currency = view.locale.currency;
        let machine = minor.map(|minor| Amount::from_minor(minor, currency).to_string());
        json_ld = json_ld::product(&shown, json_ld::aggregate(machine, shown.offer_count, currency.code()));
        low = minor.map(|minor| print_price(minor, view.locale));
    }
    // Marketplaces say beside their own price who asks it.
    let buy_box = if matches!(site, Site::Amazon | Site::Ebay) { view.buy_box(product, site) } else { None };
    context! {
        t => Value::from(Serde(view.locale.words)),
        product => Value::from(Serde(&shown)),
        offers => Value::from(Serde(&offers)),
        buy_box => Value::from(Serde(&buy_box)),
        next,
        low,
        json_ld => Value::from_safe_string(json_ld),
    }
}

/// Idealo's offers come from an endpoint its page's script would ask.
fn offers_json<'a>(view: &Viewer<'a>, site: Site, product: &'a CatalogueProduct, page: usize) -> Answer {
    let list = view.offers(product, site);
    let start = (page - 1).saturating_mul(PAGE_SIZE);
    let offers: Vec<serde_json::Value> = list
        .page(start..start.saturating_add(PAGE_SIZE))
        .map(|offer| {
            let offer = view.offer(&offer, product, site);
            json!({
                "offerId": offer.id.to_string(),
                "shop": {
                    "name": offer.shop_name, "id": offer.shop_id, "url": offer.shop_url,
                    "stars": offer.shop_stars_machine, "ratingCount": offer.shop_review_count,
                },
                "title": offer.name,
                "link": offer.url,
                "price": { "amount": offer.price_machine, "currency": offer.currency, "text": offer.price },
                "shippingCosts": offer.shipping_machine,
                "delivery": { "text": offer.availability },
                "condition": offer.condition,
                "details": offer.details,
            })
        })
        .collect();
    let body = json!({ "productId": product.id_at(site), "total": list.count(), "page": page, "offers": offers });
    Answer::new(200, "application/json", body.to_string())
}
