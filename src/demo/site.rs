//! The sources of the marketplace that list products: their names and addresses.

use super::seed;

/// A comparator or marketplace with pages of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Site {
    GoogleShopping,
    Amazon,
    Ebay,
    Idealo,
    Geizhals,
}

/// What a path at a site asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Request {
    Search {
        text: String,
        page: usize,
    },
    /// `page` is of the offers, where they stand on the product page.
    Product {
        id: String,
        page: usize,
    },
    Offers {
        id: String,
        page: usize,
    },
    Reviews {
        id: String,
        page: usize,
    },
}

/// Offers, hits and reviews on one page.
pub(super) const PAGE_SIZE: usize = 10;

impl Site {
    pub const ALL: [Site; 5] = [Site::GoogleShopping, Site::Amazon, Site::Ebay, Site::Idealo, Site::Geizhals];

    /// Its source's name, its host's name and its templates' directory.
    pub fn name(self) -> &'static str {
        match self {
            Site::GoogleShopping => "google-shopping",
            Site::Amazon => "amazon",
            Site::Ebay => "ebay",
            Site::Idealo => "idealo",
            Site::Geizhals => "geizhals",
        }
    }

    pub fn find(name: &str) -> Option<Site> {
        Site::ALL.into_iter().find(|site| site.name() == name)
    }

    pub(super) fn seed(self) -> u64 {
        seed::of_text(self.name())
    }

    /// Most offers of one product.
    pub(super) fn most_offers(self) -> u64 {
        match self {
            Site::GoogleShopping | Site::Geizhals => 60,
            Site::Idealo => 45,
            Site::Ebay => 35,
            Site::Amazon => 24,
        }
    }

    /// Whether the product page lists the offers itself.
    pub(super) fn has_offers_on_product(self) -> bool {
        matches!(self, Site::Ebay | Site::Geizhals)
    }

    /// Reads the path behind the country; `None` where the site has no such page.
    pub(super) fn route(self, path: &[&str], query: &[(String, String)]) -> Option<Request> {
        let text = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let number = |name: &str| text(name).and_then(|value| value.parse::<usize>().ok());
        let page = |name: &str| number(name).unwrap_or(1).max(1);
        let search = |query_name: &str, page_name: &str| {
            Some(Request::Search { text: text(query_name).unwrap_or_default(), page: page(page_name) })
        };
        let reviews = |id: &str, name: &str| Some(Request::Reviews { id: id.to_owned(), page: page(name) });
        match (self, path) {
            (Site::GoogleShopping, ["search"]) => search("q", "page"),
            (Site::GoogleShopping, ["product", id]) => Some(Request::Product { id: (*id).to_owned(), page: 1 }),
            (Site::GoogleShopping, ["product", id, "offers"]) => {
                Some(Request::Offers { id: (*id).to_owned(), page: page("page") })
            }
            (Site::GoogleShopping, ["product", id, "reviews"]) => reviews(id, "page"),
            (Site::Amazon, ["product-reviews", id]) => reviews(id, "pageNumber"),
            (Site::Ebay, ["urw", id]) => reviews(id, "pgn"),
            (Site::Idealo, ["csr", "api", "v2", "reviews", id]) => reviews(id, "page"),
            (Site::Geizhals, ["reviews", file]) => reviews(file.strip_prefix('a')?.strip_suffix(".html")?, "pg"),
            (Site::Amazon, ["s"]) => search("k", "page"),
            (Site::Amazon, ["dp", id]) => Some(Request::Product { id: (*id).to_owned(), page: 1 }),
            (Site::Amazon, ["gp", "offer-listing", id]) => {
                Some(Request::Offers { id: (*id).to_owned(), page: number("startIndex").unwrap_or(0) / PAGE_SIZE + 1 })
            }
            (Site::Ebay, ["sch", "i.html"]) => search("_nkw", "_pgn"),
            (Site::Ebay, ["p", id]) => Some(Request::Product { id: (*id).to_owned(), page: page("_pgn") }),
            (Site::Idealo, ["preisvergleich", "MainSearchProductCategory.html"]) => search("q", "page"),
            (Site::Idealo, ["preisvergleich", "OffersOfProduct", file]) => {
                Some(Request::Product { id: file.strip_suffix(".html")?.to_owned(), page: 1 })
            }
            (Site::Idealo, ["csr", "api", "v2", "offers", id]) => {
                Some(Request::Offers { id: (*id).to_owned(), page: page("page") })
            }
            (Site::Geizhals, []) => search("fs", "pg"),
            (Site::Geizhals, [file]) => Some(Request::Product {
                id: file.strip_prefix('a')?.strip_suffix(".html")?.to_owned(),
                page: page("pg"),
            }),
            _ => None,
        }
    }

    /// The way back: the path behind the country, with its query.
    pub(super) fn path(self, request: &Request) -> String {
        let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        match (self, request) {
            (Site::GoogleShopping, Request::Search { text, page }) => format!("search?q={}&page={page}", encoded(text)),
            (Site::GoogleShopping, Request::Product { id, .. }) => format!("product/{id}"),
            (Site::GoogleShopping, Request::Offers { id, page }) => format!("product/{id}/offers?page={page}"),
            (Site::GoogleShopping, Request::Reviews { id, page }) => format!("product/{id}/reviews?page={page}"),
            (Site::Amazon, Request::Reviews { id, page }) => format!("product-reviews/{id}?pageNumber={page}"),
            (Site::Ebay, Request::Reviews { id, page }) => format!("urw/{id}?pgn={page}"),
            (Site::Idealo, Request::Reviews { id, page }) => format!("csr/api/v2/reviews/{id}?page={page}"),
            (Site::Geizhals, Request::Reviews { id, page }) => format!("reviews/a{id}.html?pg={page}"),
            (Site::Amazon, Request::Search { text, page }) => format!("s?k={}&page={page}", encoded(text)),
            (Site::Amazon, Request::Product { id, .. }) => format!("dp/{id}"),
            (Site::Amazon, Request::Offers { id, page }) => {
                format!("gp/offer-listing/{id}?startIndex={}", page.saturating_sub(1).saturating_mul(PAGE_SIZE))
            }
            (Site::Ebay, Request::Search { text, page }) => format!("sch/i.html?_nkw={}&_pgn={page}", encoded(text)),
            (Site::Ebay, Request::Product { id, page: 1 }) => format!("p/{id}"),
            (Site::Ebay, Request::Product { id, page } | Request::Offers { id, page }) => format!("p/{id}?_pgn={page}"),
            (Site::Idealo, Request::Search { text, page }) => {
                format!("preisvergleich/MainSearchProductCategory.html?q={}&page={page}", encoded(text))
            }
            (Site::Idealo, Request::Product { id, .. }) => format!("preisvergleich/OffersOfProduct/{id}.html"),
            (Site::Idealo, Request::Offers { id, page }) => format!("csr/api/v2/offers/{id}?page={page}"),
            (Site::Geizhals, Request::Search { text, page }) => format!("?fs={}&pg={page}", encoded(text)),
            (Site::Geizhals, Request::Product { id, page: 1 }) => format!("a{id}.html"),
            (Site::Geizhals, Request::Product { id, page } | Request::Offers { id, page }) => {
                format!("a{id}.html?pg={page}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_leads_back_to_its_request() {
        for site in Site::ALL {
            let mut requests =
                vec![Request::Search { text: "a b&c=ü".into(), page: 2 }, Request::Product { id: "1".into(), page: 1 }];
            requests.push(match site.has_offers_on_product() {
                true => Request::Product { id: "1".into(), page: 3 },
                false => Request::Offers { id: "1".into(), page: 3 },
            });
            requests.push(Request::Reviews { id: "1".into(), page: 2 });
            for request in requests {
                let path = site.path(&request);
                let (path, query) = path.split_once('?').unwrap_or((&path, ""));
                let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
                let query: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
                assert_eq!(site.route(&segments, &query), Some(request), "{site:?} {path}");
            }
        }
    }
}
