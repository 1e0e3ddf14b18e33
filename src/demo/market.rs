//! The marketplace itself: a request in, an answer out.

use super::answer::Answer;
use super::catalogue::Catalogue;
use super::locale::{COUNTRIES, Locale};
use super::origin::{Addressed, Origin};
use super::sellers::SellerHosts;
use super::shop::Shop;
use super::site::Site;
use super::{shop, site_pages, templates};
use crate::clock::Clock;
use crate::domain::Country;
use minijinja::{Environment, Value, context};

const MICROS_AN_HOUR: i64 = 3_600_000_000;
/// Longest path and query that is read, in bytes.
const MAX_PATH_BYTES: usize = 4_096;

/// Why there is no marketplace: a mistake in its own templates.
#[derive(Debug, thiserror::Error)]
pub enum MarketError {
    #[error("a template of the demo marketplace is wrong: {0}")]
    Template(#[from] minijinja::Error),
}

/// Every demo shop over one catalogue.
#[derive(Debug)]
pub struct Market {
    clock: Clock,
    pub(super) catalogue: Catalogue,
    pub(super) hosts: SellerHosts,
    templates: Environment<'static>,
}

/// One request, read as far as every shop reads it alike.
pub(super) struct Asked<'a> {
    pub origin: &'a Origin,
    pub shop: &'a str,
    pub locale: Locale,
    /// Behind the country.
    pub path: &'a [&'a str],
    pub query: &'a [(String, String)],
    pub hour: i64,
}

impl Market {
    /// Builds the catalogue and its indexes. The clock moves the prices.
    pub fn new(clock: Clock) -> Result<Market, MarketError> {
        Ok(Market {
            clock,
            catalogue: Catalogue::new(),
            hosts: SellerHosts::new(),
            templates: templates::environment()?,
        })
    }

    /// The answer of one shop in process, with links that begin `embedded://market/SHOP`; never waits.
    ///
    /// `respond("google-shopping", "/de/search?q=ipad")`
    pub fn respond(&self, shop: &str, path_and_query: &str) -> Answer {
        self.answer(&Origin::Embedded, Some(shop), path_and_query)
    }

    /// The answer to `embedded://market/SHOP/…`, given the URL's path and query: the first segment names the shop.
    pub fn respond_embedded(&self, path_and_query: &str) -> Answer {
        self.answer(&Origin::Embedded, None, path_and_query)
    }

    /// The answer to an HTTP request with that `Host` header.
    pub(super) fn respond_to_host(&self, host: &str, path_and_query: &str) -> Answer {
        match Addressed::read(host) {
            Some(addressed) => self.answer(&addressed.origin, addressed.shop.as_deref(), path_and_query),
            None => Answer::text(421, "This server has only hosts NAME.localhost.\n"),
        }
    }

    fn answer(&self, origin: &Origin, shop: Option<&str>, path_and_query: &str) -> Answer {
        if path_and_query.len() > MAX_PATH_BYTES {
            return Answer::text(414, "The address is too long.\n");
        }
        let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
        let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned();
        let mut segments: Vec<&str> = decoded.split('/').filter(|segment| !segment.is_empty()).collect();
        let shop = match shop {
            Some(shop) => shop.to_ascii_lowercase(),
            None if segments.is_empty() => return self.front(origin),
            None if segments == ["robots.txt"] => return Answer::text(200, "User-agent: *\nDisallow:\n"),
            None => segments.remove(0).to_ascii_lowercase(),
        };
        let Some(found) = Shop::find(&shop, &self.hosts) else {
            return Answer::text(404, "There is no such shop.\n");
        };
        match segments.as_slice() {
            ["robots.txt"] => Answer::text(200, found.robots()),
            ["image", file] => image(file),
            [] => self.front(origin),
            [country, path @ ..] => {
                let Some(locale) = country.parse::<Country>().ok().and_then(Locale::of) else {
                    return Answer::text(404, "There is no such country.\n");
                };
                let query: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
                let hour = self.clock.now().as_micros().div_euclid(MICROS_AN_HOUR);
                let asked = Asked { origin, shop: &shop, locale, path, query: &query, hour };
                match found {
                    Shop::Site(site) => site_pages::answer(self, site, &asked),
                    Shop::Seller(_) | Shop::Trouble(_) => shop::answer(self, found, &asked),
                }
            }
        }
    }

    /// The list of all shops.
    fn front(&self, origin: &Origin) -> Answer {
        let site = |site: &Site| context! { name => site.name(), base => origin.base(site.name()) };
        let shop = |name: &str| context! { name, base => origin.base(name) };
        let sellers = (0..super::sellers::SELLERS.len()).map(|seller| shop(self.hosts.slug(seller)));
        let context = context! {
            sites => Site::ALL.iter().map(site).collect::<Vec<_>>(),
            sellers => sellers.collect::<Vec<_>>(),
            troubled => shop::TROUBLED.iter().map(|(name, _)| shop(name)).collect::<Vec<_>>(),
            countries => COUNTRIES,
            gtin => super::documented::DOCUMENTED[0].asked_gtin,
        };
        self.render(200, "front/index.html", context)
    }

    /// A page; a template that fails is a mistake of ours and answers 500.
    pub(super) fn render(&self, status: u16, template: &str, context: Value) -> Answer {
        match self.templates.get_template(template).and_then(|template| template.render(context)) {
            Ok(html) => Answer::html(status, html),
            Err(error) => Answer::text(500, &format!("{template}: {error:#}\n")),
        }
    }
}

/// A picture of a product: a coloured square that is its own for each.
fn image(file: &str) -> Answer {
    let Some(index) = file.strip_suffix(".svg").and_then(|index| index.parse::<u64>().ok()) else {
        return Answer::text(404, "There is no such picture.\n");
    };
    let hue = super::seed::below(360, super::seed::mix(&[index, 17]));
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"120\" height=\"120\">\
         <rect width=\"120\" height=\"120\" rx=\"12\" fill=\"hsl({hue},55%,60%)\"/></svg>\n"
    );
    Answer::new(200, "image/svg+xml", svg)
}
