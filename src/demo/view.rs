//! What templates are given: products and offers as texts.

use super::catalogue::CatalogueProduct;
use super::locale::{Locale, Words};
use super::offers::{MarketOffer, OfferList, State, Stock};
use super::origin::Origin;
use super::print_price::{print_price, print_stars};
use super::seed::{below, mix};
use super::sellers::{SELLERS, SellerHosts};
use super::site::{Request, Site};
use crate::domain::Amount;
use serde::Serialize;

/// Offers whose prices decide a hit's lowest price: later ones start too high to win.
const CHEAP_OFFERS: usize = 10;

#[derive(Debug, Serialize)]
pub(super) struct ProductView<'a> {
    pub id: String,
    pub name: &'a str,
    pub brand: &'a str,
    pub category_path: [&'a str; 2],
    pub category: &'a str,
    pub gtins: Vec<&'a str>,
    pub mpn: &'a str,
    pub description: String,
    /// Where it is found, for people.
    pub url: String,
    pub image_url: String,
    /// The link to its page, and to its offers.
    pub link: String,
    pub offers_url: String,
    pub reviews: Option<ReviewsView>,
    pub offer_count: usize,
    pub reviews_url: String,
    /// Printed; `None` without offers.
    pub from_price: Option<String>,
    /// Printed list price of the maker, where there is one.
    pub rrp: Option<String>,
    pub bullets: Vec<&'a str>,
    /// Lines of a data sheet: what it is called, and its values.
    pub sheet: Vec<(&'a str, Vec<&'a str>)>,
}

#[derive(Debug, Serialize)]
pub(super) struct ReviewsView {
    pub count: u32,
    /// `4,5`, as people write it there.
    pub stars: String,
    /// `4.5`.
    pub machine: String,
}

#[derive(Debug, Serialize)]
pub(super) struct OfferView<'a> {
    pub id: u64,
    pub shop_name: &'a str,
    pub shop_id: &'a str,
    pub shop_url: String,
    pub shop_review_count: u64,
    /// `4,5` and `4.5`.
    pub shop_stars: String,
    pub shop_stars_machine: String,
    pub name: String,
    pub url: String,
    /// Printed.
    pub price: String,
    /// With a dot.
    pub price_machine: String,
    pub currency: &'static str,
    /// Printed; `None`: not stated.
    pub shipping: Option<String>,
    pub shipping_machine: Option<String>,
    pub is_free: bool,
    pub availability: &'static str,
    /// schema.org name.
    pub availability_code: &'static str,
    pub condition: &'static str,
    /// schema.org name.
    pub condition_code: &'static str,
    pub details: Option<&'static str>,
}

/// Everything the views of one request share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Viewer<'a> {
    pub origin: &'a Origin,
    pub locale: &'a Locale,
    pub hosts: &'a SellerHosts,
    pub hour: i64,
}

impl<'a> Viewer<'a> {
    pub fn offers(&self, product: &'a CatalogueProduct, site: Site) -> OfferList<'a> {
        OfferList { product, site, locale: self.locale, hour: self.hour }
    }

    /// The link to a page of a site.
    pub fn link(&self, site: Site, request: &Request) -> String {
        format!("{}/{}/{}", self.origin.base(site.name()), self.locale.country, site.path(request))
    }

    pub fn product(&self, product: &'a CatalogueProduct, site: Site) -> ProductView<'a> {
        let id = product.id_at(site);
        let list = self.offers(product, site);
        let cheap = list.page(0..CHEAP_OFFERS).map(|offer| offer.price_minor).min();
        let offers_request = if site.has_offers_on_product() {
            Request::Product { id: id.clone(), page: 1 }
        } else {
            Request::Offers { id: id.clone(), page: 1 }
        };
        let page = Request::Product { id: id.clone(), page: 1 };
        let reviews = Request::Reviews { id: id.clone(), page: 1 };
        let public_base = self.origin.public_base(site.name());
        ProductView {
            url: format!("{public_base}/{}/{}", self.locale.country, site.path(&page)),
            image_url: format!("{public_base}/image/{}.svg", product.index),
            link: self.link(site, &page),
            offers_url: self.link(site, &offers_request),
            reviews_url: self.link(site, &reviews),
            offer_count: list.count(),
            from_price: cheap.map(|minor| print_price(minor, self.locale)),
            rrp: self.list_price(product).filter(|_| cheap.is_some()),
            id,
            ..self.facts(product)
        }
    }

    /// What is true of a product at every site; addresses are empty.
    pub fn facts(&self, product: &'a CatalogueProduct) -> ProductView<'a> {
        let words = self.locale.words;
        let category_path = if words.lang == "de" { product.category_de } else { product.category_en };
        ProductView {
            id: String::new(),
            name: &product.name,
            brand: product.brand,
            category_path,
            category: category_path[1],
            gtins: product.gtins.iter().map(|gtin| gtin.as_str()).collect(),
            mpn: &product.mpn,
            description: format!("{}. {}", product.name, self.locale.words.praise),
            url: String::new(),
            image_url: String::new(),
            link: String::new(),
            offers_url: String::new(),
            reviews: product.reviews.map(|reviews| ReviewsView {
                count: reviews.count,
                stars: print_stars(reviews.stars_tenths, self.locale),
                machine: machine_stars(reviews.stars_tenths),
            }),
            reviews_url: String::new(),
            offer_count: 0,
            from_price: None,
            rrp: None,
            bullets: [words.praise].into_iter().chain(words.details).collect(),
            sheet: vec![
                (words.brand, vec![product.brand]),
                (words.category, category_path.to_vec()),
                ("MPN", vec![product.mpn.as_str()]),
                ("EAN", product.gtins.iter().filter_map(|gtin| gtin.ean()).collect()),
            ],
        }
    }

    /// What the makers of most things think they are worth: more than the cheapest shops ask.
    fn list_price(&self, product: &CatalogueProduct) -> Option<String> {
        let roll = mix(&[product.index as u64, 21]);
        let permille = 1_150 + below(300, roll) as i64;
        let minor = self.locale.price_of_euro_cents(product.euro_cents * permille / 1_000);
        (product.documented.is_some() || below(10, roll >> 32) < 6).then(|| print_price(minor, self.locale))
    }

    /// The offer in a marketplace's buy box: the cheapest new one of those listed first that can be had.
    pub fn buy_box(&self, product: &'a CatalogueProduct, site: Site) -> Option<OfferView<'a>> {
        let list = self.offers(product, site);
        let best = list
            .page(0..CHEAP_OFFERS)
            .filter(|offer| offer.state == State::New && offer.stock != Stock::Gone)
            .min_by_key(|offer| (offer.price_minor, offer.id))?;
        Some(self.offer(&best, product, site))
    }

    pub fn offer(&self, offer: &MarketOffer, product: &'a CatalogueProduct, site: Site) -> OfferView<'a> {
        let shop_name = SELLERS[offer.seller];
        let shop_id = self.hosts.slug(offer.seller);
        let shop_base = self.origin.public_base(shop_id);
        let habit = mix(&[offer.seller as u64, 16]);
        let tenths = 35 + below(16, habit) as u8;
        let machine = |minor| Amount::from_minor(minor, self.locale.currency).to_string();
        let words: &'static Words = self.locale.words;
        let (availability, availability_code) = stock_words(offer.stock, words);
        let (condition, condition_code) = state_words(offer.state, words);
        // The shop's own page shows the same price when it is told where its visitor comes from.
        let gtin = product.gtins.last().map_or("", |gtin| gtin.as_str());
        let url = format!("{shop_base}/{}/p/{gtin}?ref={}", self.locale.country, site.name());
        OfferView {
            id: offer.id,
            shop_name,
            shop_id,
            shop_url: format!("{shop_base}/{}/", self.locale.country),
            shop_review_count: 3 + below(9_000, habit >> 16),
            shop_stars: print_stars(tenths, self.locale),
            shop_stars_machine: machine_stars(tenths),
            name: product.name.clone(),
            url,
            price: print_price(offer.price_minor, self.locale),
            price_machine: machine(offer.price_minor),
            currency: self.locale.currency.code(),
            shipping: offer.shipping_minor.map(|minor| print_price(minor, self.locale)),
            shipping_machine: offer.shipping_minor.map(machine),
            is_free: offer.shipping_minor == Some(0),
            availability,
            availability_code,
            condition,
            condition_code,
            details: offer.detail.map(|at| words.details[at % words.details.len()]),
        }
    }
}

fn machine_stars(tenths: u8) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn stock_words(stock: Stock, words: &'static Words) -> (&'static str, &'static str) {
    match stock {
        Stock::Plenty => (words.in_stock, "InStock"),
        Stock::Few => (words.limited, "LimitedAvailability"),
        Stock::Ahead => (words.preorder, "PreOrder"),
        Stock::Gone => (words.out_of_stock, "OutOfStock"),
    }
}

fn state_words(state: State, words: &'static Words) -> (&'static str, &'static str) {
    match state {
        State::New => (words.new, "NewCondition"),
        State::Used => (words.used, "UsedCondition"),
        State::Refurbished => (words.refurbished, "RefurbishedCondition"),
    }
}
