//! Plain shops: every seller has a host of its own with a page for each product, which says what it is in JSON-LD only.

use super::answer::{Answer, to_windows_1252};
use super::catalogue::CatalogueProduct;
use super::json_ld;
use super::market::{Asked, Market};
use super::sellers::{OLD_CHARSET_SELLER, SELLERS, SellerHosts, SellerId};
use super::site::Site;
use super::site_pages::{GARBAGE, SLOW_ANSWER};
use super::view::Viewer;
use crate::domain::Gtin;
use minijinja::value::Serde;
use minijinja::{Value, context};

/// Whose pages a host shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shop {
    Site(Site),
    Seller(SellerId),
    Trouble(Trouble),
}

/// How a shop misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// 403 and a block page.
    Blocking,
    /// Every product page answers late.
    Slow,
    /// Garbage with status 200.
    Broken,
    /// robots.txt forbids everything.
    Closed,
}

/// Their host names.
pub(super) const TROUBLED: [(&str, Trouble); 4] = [
    ("blocking-shop", Trouble::Blocking),
    ("slow-shop", Trouble::Slow),
    ("broken-shop", Trouble::Broken),
    ("closed-shop", Trouble::Closed),
];

impl Shop {
    /// By host name; `test` is google-shopping under the name of the source that asks inside the program.
    pub fn find(name: &str, hosts: &SellerHosts) -> Option<Shop> {
        let name = if name == "test" { Site::GoogleShopping.name() } else { name };
        let trouble = || TROUBLED.iter().find(|(host, _)| *host == name).map(|(_, trouble)| Shop::Trouble(*trouble));
        Site::find(name).map(Shop::Site).or_else(trouble).or_else(|| hosts.find(name).map(Shop::Seller))
    }

    /// The shop's robots.txt.
    ///
    /// Rule from: RFC 9309.
    pub fn robots(self) -> &'static str {
        match self {
            Shop::Trouble(Trouble::Closed) => "User-agent: *\nDisallow: /\n",
            Shop::Site(_) => "User-agent: *\nDisallow: /account\nDisallow: /*/account\nAllow: /\n",
            Shop::Seller(_) | Shop::Trouble(_) => "User-agent: *\nDisallow: /cart\nDisallow: /checkout\n",
        }
    }
}

/// The answer to `/{country}/p/{gtin}?ref={site}`; `ref` is the comparator the visitor comes from, whose price counts.
pub(super) fn answer(market: &Market, shop: Shop, asked: &Asked<'_>) -> Answer {
    let seller = match shop {
        Shop::Trouble(Trouble::Blocking) => {
            return market.render(403, "shop/blocked.html", context! { name => asked.shop });
        }
        Shop::Trouble(Trouble::Broken) => return Answer::html(200, GARBAGE.to_owned()),
        Shop::Seller(seller) => seller,
        Shop::Trouble(Trouble::Slow | Trouble::Closed) | Shop::Site(_) => 0,
    };
    let name = if let Shop::Seller(seller) = shop { SELLERS[seller] } else { asked.shop };
    let words = Value::from(Serde(asked.locale.words));
    let product = match asked.path {
        ["p", gtin] => gtin.parse::<Gtin>().ok().and_then(|gtin| market.catalogue.find_by_gtin(gtin)),
        [] => {
            let base = format!("{}/{}", asked.origin.base(asked.shop), asked.locale.country);
            let products: Vec<Value> = market.catalogue.products()[..3]
                .iter()
                .filter_map(|product| Some((product, product.gtins.last()?)))
                .map(|(product, gtin)| context! { name => product.name.as_str(), url => format!("{base}/p/{gtin}") })
                .collect();
            return market.render(200, "shop/front.html", context! { t => words, name, products });
        }
        _ => None,
    };
    let Some(product) = product else {
        return market.render(404, "shop/gone.html", context! { t => words, name });
    };
    let answer = product_page(market, asked, product, seller, name);
    match shop {
        Shop::Seller(OLD_CHARSET_SELLER) => Answer {
            content_type: "text/html; charset=windows-1252".to_owned(),
            body: to_windows_1252(&answer.body_text()),
            ..answer
        },
        Shop::Trouble(Trouble::Slow) => Answer { delay: SLOW_ANSWER, ..answer },
        _ => answer,
    }
}

fn product_page(
    market: &Market,
    asked: &Asked<'_>,
    product: &CatalogueProduct,
    seller: SellerId,
    name: &str,
) -> Answer {
    let from = asked.query.iter().find(|(key, _)| key == "ref").and_then(|(_, site)| Site::find(site));
    let site = from.unwrap_or(Site::GoogleShopping);
    let viewer = Viewer { origin: asked.origin, locale: &asked.locale, hosts: &market.hosts, hour: asked.hour };
    let base = asked.origin.public_base(asked.shop);
    let gtin = product.gtins.last().map_or("", |gtin| gtin.as_str());
    let mut shown = viewer.facts(product);
    shown.url = format!("{base}/{}/p/{gtin}", asked.locale.country);
    shown.image_url = format!("{base}/image/{}.svg", product.index);
    let mut offer = viewer.offer(&viewer.offers(product, site).own(seller), product, site);
    offer.url.clone_from(&shown.url);
    let json_ld = json_ld::product(&shown, json_ld::offer(&offer, name));
    let context = context! {
        t => Value::from(Serde(asked.locale.words)),
        name,
        product => Value::from(Serde(&shown)),
        offer => Value::from(Serde(&offer)),
        charset => if seller == OLD_CHARSET_SELLER { "windows-1252" } else { "utf-8" },
        json_ld => Value::from_safe_string(json_ld),
    };
    market.render(200, "shop/product.html", context)
}
