//! The marketplace asked as a crawler asks it.

use super::catalogue::CatalogueProduct;
use super::locale::COUNTRIES;
use super::sellers::SELLERS;
use super::site::{PAGE_SIZE, Request, Site};
use super::special::{SpecialKind, special_gtins};
use super::{Answer, DOCUMENTED, Market, NOWHERE_GTIN, SLOW_ANSWER, definitions};
use crate::clock::Clock;
use crate::domain::Timestamp;
use regex::Regex;
use std::collections::HashSet;
use std::time::Duration;

const NOON: Timestamp = Timestamp(1_790_000_000_000_000);

fn market() -> Market {
    Market::new(Clock::frozen_at(NOON)).unwrap()
}

fn page(market: &Market, shop: &str, path: &str) -> String {
    let answer = market.respond(shop, path);
    assert_eq!(answer.status, 200, "{shop}{path}: {}", answer.body_text());
    answer.body_text()
}

fn caught(pattern: &str, text: &str) -> Vec<String> {
    Regex::new(pattern).unwrap().captures_iter(text).map(|found| found[1].to_owned()).collect()
}

fn path(site: Site, country: &str, request: &Request) -> String {
    format!("/{country}/{}", site.path(request))
}

/// The pattern of a hit's id on a site's search page, and of an offer's id on its offers pages.
fn patterns(site: Site) -> (&'static str, &'static str) {
    match site {
        Site::GoogleShopping => (r#"<li class="hit" data-pid="(\d{1,20})""#, r#"<tr class="offer" data-offer="(\d+)""#),
        Site::Amazon => (r#"s-result-item" data-asin="([A-Z0-9]{10})""#, r#"olpOffer" data-listing="(\d+)""#),
        Site::Ebay => (r#"s-item" data-epid="(\d{10})""#, r#"listing" data-item="(\d+)""#),
        Site::Idealo => (r#"__link" data-product-id="(\d{9})""#, r#""offerId":"(\d+)""#),
        Site::Geizhals => (r#"__item" data-gh-id="(\d{7})""#, r#"class="offer" data-offerid="(\d+)""#),
    }
}

fn offers_request(site: Site, id: &str, page: usize) -> Request {
    match site.has_offers_on_product() {
        true => Request::Product { id: id.to_owned(), page },
        false => Request::Offers { id: id.to_owned(), page },
    }
}

/// Ids of all offers, page after page until one is empty.
fn all_offers(market: &Market, site: Site, country: &str, id: &str) -> Vec<String> {
    let mut offers = Vec::new();
    for number in 1.. {
        let text = page(market, site.name(), &path(site, country, &offers_request(site, id, number)));
        let found = caught(patterns(site).1, &text);
        assert!(found.len() <= PAGE_SIZE);
        if found.is_empty() {
            break;
        }
        offers.extend(found);
    }
    offers
}

#[test]
fn documented_products_are_found_and_offered_everywhere() {
    let market = market();
    for document in DOCUMENTED {
        for site in Site::ALL {
            for country in COUNTRIES {
                let search = Request::Search { text: document.asked_gtin.to_owned(), page: 1 };
                let hits = caught(patterns(site).0, &page(&market, site.name(), &path(site, country, &search)));
                assert_eq!(hits.len(), 1, "{} {site:?} {country}", document.name);
                let product = Request::Product { id: hits[0].clone(), page: 1 };
                let shown = page(&market, site.name(), &path(site, country, &product));
                for part in document.gtins.into_iter().chain([
                    document.brand,
                    document.category,
                    &document.review_count.to_string(),
                    "/image/",
                    &hits[0],
                ]) {
                    assert!(shown.contains(part), "{part} at {site:?} {country}");
                }
                assert!(!all_offers(&market, site, country, &hits[0]).is_empty());
            }
        }
    }
}

#[test]
fn the_documentations_first_product_has_its_two_offers() {
    let market = market();
    let id = "15858468867886681869";
    assert_eq!(
        caught(patterns(Site::GoogleShopping).0, &page(&market, "google-shopping", "/de/search?q=885909666966")),
        [id]
    );
    let product = page(&market, "google-shopping", &format!("/de/product/{id}"));
    for part in [
        "<h1>Apple iPad mini Wi-Fi 16 GB - Schwarz &amp; Graphit</h1>",
        "<dd class=\"brand\">Apple</dd>",
        "<dd class=\"category\">Tablet</dd>",
        "data-rating=\"5.0\" data-count=\"37\"",
        "<li>00047165900004</li><li>00885909575329</li><li>00885909666881</li><li>00885909666898</li><li>00885909666966</li>",
    ] {
        assert!(product.contains(part), "{part}");
    }
    let offers = page(&market, "google-shopping", &format!("/de/product/{id}/offers?page=1"));
    assert_eq!(caught(r#"<td class="shop"><a [^>]*>([^<]*)"#, &offers), ["Some Shop", "Another shop"]);
    assert_eq!(caught(r#"<td class="price">([^<]*)"#, &offers), ["284,99\u{a0}€", "289,82\u{a0}€"]);
    assert_eq!(caught(r#"<span class="shipping">([^<]*)"#, &offers), ["0,00\u{a0}€"]);
    assert_eq!(caught(r#"<td class="delivery">([^<]*)"#, &offers)[1], "Versandkosten: siehe Shop");
    assert!(!offers.contains("class=\"next\""));
    let shop = page(&market, "some-shop", "/de/p/00885909666966?ref=google-shopping");
    assert!(shop.contains(r#""price":"284.99""#) && shop.contains(r#""priceCurrency":"EUR""#));
}

#[test]
fn three_ways_lead_to_the_documented_phone_at_amazon() {
    let market = market();
    for text in ["08902527431911", "samsung%20galaxy%20s3%2016gb%20white", "samsung+galaxy+s3+16gb+white"] {
        let hits = caught(patterns(Site::Amazon).0, &page(&market, "amazon", &format!("/gb/s?k={text}")));
        assert_eq!(hits.first().map(String::as_str), Some("B0080DJ6CM"), "{text}");
    }
    assert!(page(&market, "amazon", "/gb/dp/B0080DJ6CM").contains("Samsung Galaxy S3 16GB White"));
}

#[test]
fn what_does_not_exist_is_said_by_a_sign() {
    let market = market();
    for (site, nothing, gone) in [
        (Site::GoogleShopping, "p class=\"nothing-found\"", "p class=\"no-such-product\""),
        (Site::Amazon, "div id=\"noResultsTitle\"", "img class=\"dog\""),
        (Site::Ebay, "h3 class=\"srp-save-null-search__heading\"", "div class=\"error-header\""),
        (Site::Idealo, "div class=\"sr-noResults\"", "div class=\"productGone\""),
        (Site::Geizhals, "div class=\"nohits\"", "div class=\"gone\""),
    ] {
        for text in [NOWHERE_GTIN, special_gtins(SpecialKind::Missing)[0].as_str(), "zeppelin", ""] {
            let search = Request::Search { text: text.to_owned(), page: 1 };
            assert!(page(&market, site.name(), &path(site, "de", &search)).contains(nothing), "{site:?} {text}");
        }
        let answer = market.respond(site.name(), &path(site, "de", &Request::Product { id: "7".into(), page: 1 }));
        assert!(answer.body_text().contains(gone), "{site:?}");
        assert!([200, 404].contains(&answer.status));
    }
    assert_eq!(market.respond("some-shop", &format!("/de/p/{NOWHERE_GTIN}")).status, 404);
    assert_eq!(market.respond("google-shopping", "/zz/search?q=x").status, 404);
    assert_eq!(market.respond("no-such-shop", "/de/").status, 404);
    assert_eq!(market.respond("amazon", &format!("/de/s?k={}", "x".repeat(5_000))).status, 414);
}

#[test]
fn pages_hold_every_offer_exactly_once() {
    let market = market();
    let ordinary: Vec<&CatalogueProduct> = market.catalogue.products().iter().skip(200).step_by(83).collect();
    let mut longest = 0;
    for site in Site::ALL {
        for product in ordinary.iter().filter(|product| product.is_listed(site)) {
            let id = product.id_at(site);
            let offers = all_offers(&market, site, "fr", &id);
            assert_eq!(offers.iter().collect::<HashSet<_>>().len(), offers.len());
            let told = page(&market, site.name(), &path(site, "fr", &Request::Product { id: id.clone(), page: 1 }));
            let count = match site {
                Site::GoogleShopping => caught(r#"id="all-offers" data-count="(\d+)""#, &told),
                Site::Amazon => caught(r#"id="olp-link" [^>]*>(\d+)"#, &told),
                Site::Ebay => caught(r#"class="listing-count" data-count="(\d+)""#, &told),
                Site::Idealo => caught(r#"id="offerList" [^>]*data-count="(\d+)""#, &told),
                Site::Geizhals => caught(r#"class="variant__offercount" data-count="(\d+)""#, &told),
            };
            assert_eq!(count, [offers.len().to_string()], "{site:?} {id}");
            longest = longest.max(offers.len());
        }
    }
    assert!(longest > 40);
}

#[test]
fn next_links_lead_through_the_whole_list() {
    let market = market();
    for (site, next) in [(Site::GoogleShopping, "next"), (Site::Ebay, "pagination__next")] {
        let product = market
            .catalogue
            .products()
            .iter()
            .find(|p| {
                p.documented.is_none() && p.trouble.is_none() && p.is_listed(site) && {
                    all_offers(&market, site, "it", &p.id_at(site)).len() > 2 * PAGE_SIZE
                }
            })
            .unwrap();
        let id = product.id_at(site);
        let mut at = path(site, "it", &offers_request(site, &id, 1));
        let mut offers = Vec::new();
        loop {
            let text = page(&market, site.name(), &at);
            offers.extend(caught(patterns(site).1, &text));
            let link = caught(&format!(r#"class="{next}" (?:rel="next" )?href="([^"]*)""#), &text);
            let Some(link) = link.first() else { break };
            at = link.strip_prefix(&format!("embedded://market/{}", site.name())).unwrap().to_owned();
        }
        assert_eq!(offers, all_offers(&market, site, "it", &id));
    }
}

#[test]
fn the_clock_moves_ordinary_pages_and_never_documented_ones() {
    let clock = Clock::frozen_at(NOON);
    let market = Market::new(clock.clone()).unwrap();
    let site = Site::GoogleShopping;
    let ordinary = market.catalogue.products().iter().find(|product| {
        product.documented.is_none() && product.trouble.is_none() && product.is_listed(site) && {
            all_offers(&market, site, "de", &product.id_at(site)).len() >= PAGE_SIZE
        }
    });
    let ordinary = path(site, "de", &offers_request(site, &ordinary.unwrap().id_at(site), 1));
    let documented = path(site, "de", &offers_request(site, DOCUMENTED[1].google_id, 1));
    let before = [&ordinary, &documented].map(|at| page(&market, site.name(), at));
    clock.advance(Duration::from_secs(36 * 3_600));
    assert_ne!(page(&market, site.name(), &ordinary), before[0]);
    assert_eq!(page(&market, site.name(), &documented), before[1]);
}

#[test]
fn special_products_are_found_and_then_misbehave() {
    let market = market();
    let product_page = |kind| -> Answer {
        let gtin = special_gtins(kind)[7];
        let hits = caught(
            patterns(Site::GoogleShopping).0,
            &page(&market, "google-shopping", &format!("/de/search?q={gtin}")),
        );
        market.respond("google-shopping", &format!("/de/product/{}", hits[0]))
    };
    let blocked = product_page(SpecialKind::Blocked);
    assert_eq!(blocked.status, 403);
    assert!(blocked.body_text().contains("unusual traffic from your network"));
    let slow = product_page(SpecialKind::Slow);
    assert_eq!((slow.status, slow.delay), (200, SLOW_ANSWER));
    let broken = product_page(SpecialKind::Broken);
    assert_eq!((broken.status, broken.body_text().contains("<h1")), (200, false));
    assert_eq!(market.respond("blocking-shop", "/de/p/00885909666966").status, 403);
    assert_eq!(market.respond("slow-shop", "/de/p/00885909666966").delay, SLOW_ANSWER);
    assert!(!market.respond("broken-shop", "/de/p/00885909666966").body_text().contains("ld+json"));
    assert!(market.respond("closed-shop", "/robots.txt").body_text().contains("Disallow: /\n"));
}

#[test]
fn hostile_text_is_escaped() {
    let market = market();
    for site in Site::ALL {
        let search = Request::Search { text: "\"><script>alert('x')</script>".to_owned(), page: 1 };
        let text = page(&market, site.name(), &path(site, "us", &search));
        assert!(!text.contains("<script>") && text.contains("&quot;&gt;&lt;script&gt;"), "{site:?}");
    }
    let quoted = market.catalogue.products().iter().find(|p| p.name.contains("<1 ms") && p.is_listed(Site::Ebay));
    let id = quoted.unwrap().id_at(Site::Ebay);
    let text = page(&market, "ebay", &format!("/us/p/{id}"));
    assert!(text.contains("34&quot; Curved &lt;1 ms"));
    let gtin = quoted.unwrap().gtins[0];
    let text = page(&market, "some-shop", &format!("/us/p/{gtin}"));
    let json = &caught(r#"(?s)<script type="application/ld\+json">(.*?)</script>"#, &text)[0];
    let node: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(node["name"], quoted.unwrap().name.as_str());
}

#[test]
fn every_kind_of_page_renders_in_every_country() {
    let market = market();
    let hits = "pro";
    for country in COUNTRIES.into_iter().chain(["jp", "tr"]) {
        for site in Site::ALL {
            let text =
                page(&market, site.name(), &path(site, country, &Request::Search { text: hits.to_owned(), page: 2 }));
            let ids = caught(patterns(site).0, &text);
            assert_eq!(ids.len(), PAGE_SIZE);
            for id in ids.into_iter().take(3) {
                page(&market, site.name(), &path(site, country, &Request::Product { id: id.clone(), page: 1 }));
                page(&market, site.name(), &path(site, country, &offers_request(site, &id, 1)));
            }
        }
        page(&market, "alpenmarkt", &format!("/{country}"));
        page(&market, "alpenmarkt", &format!("/{country}/p/08718108041581"));
    }
    for seller in 0..SELLERS.len() {
        page(&market, market.hosts.slug(seller), "/de/p/08718108041581");
    }
    let old = market.respond("kraemer-soehne", "/de/p/08718108041581");
    assert_eq!(old.content_type, "text/html; charset=windows-1252");
    assert!(old.body.windows(6).any(|bytes| bytes == b"Kr\xe4mer"));
    assert!(page(&market, "amazon", "/image/7.svg").starts_with("<svg"));
}

#[test]
fn hosts_and_paths_tell_shops_apart() {
    let market = market();
    let title = |host: &str, path: &str| market.respond_to_host(host, path).body_text();
    assert!(
        title("google-shopping.localhost:81", "/de/search?q=ipad")
            .contains("http://google-shopping.localhost:81/de/product/")
    );
    assert!(title("127.0.0.1:81", "/amazon/de/s?k=ipad").contains("http://127.0.0.1:81/amazon/de/dp/"));
    assert!(title("localhost:81", "/").contains("Demo marketplace"));
    assert!(title("ebay.localhost:81", "/robots.txt").contains("Disallow: /account"));
    assert_ne!(title("closed-shop.localhost:81", "/robots.txt"), title("some-shop.localhost:81", "/robots.txt"));
    assert_eq!(market.respond_to_host("evil.example", "/").status, 421);
    assert_eq!(
        market.respond_embedded("/google-shopping/de/search?q=ipad"),
        market.respond("google-shopping", "/de/search?q=ipad")
    );
    assert_eq!(market.respond("test", "/ch/search?q=ipad").status, 200);
}

#[test]
fn definitions_name_the_port() {
    let found = definitions(4_711);
    for site in Site::ALL {
        let (_, text) = found.iter().find(|(name, _)| *name == format!("{}.toml", site.name())).unwrap();
        assert!(text.contains(&format!("http://{}.localhost:4711/{{country}}", site.name())));
        let table: toml::Table = text.parse().unwrap();
        let countries = table["countries"].as_array().unwrap();
        assert_eq!(countries.iter().filter_map(|c| c.as_str()).collect::<Vec<_>>(), COUNTRIES);
    }
}

#[tokio::test]
async fn answers_over_a_real_port_by_host() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::sync::Arc::new(market()).serve(listener, 1).unwrap();
    let handle = server.handle();
    let running = tokio::spawn(server);
    let mut connection = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let request = format!(
        "GET /de/product/15858468867886681869/offers?page=1 HTTP/1.1\r\nHost: google-shopping.localhost:{port}\r\nConnection: close\r\n\r\n"
    );
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains("content-type: text/html; charset=utf-8"));
    assert!(answer.contains(&format!("http://some-shop.localhost:{port}/de/p/00885909666966?ref=google-shopping")));
    handle.stop(true).await;
    running.await.unwrap().unwrap();
}

#[test]
fn what_people_type_finds_something() {
    let market = market();
    let hits = |site: Site, text: &str| {
        let search = Request::Search { text: text.to_owned(), page: 1 };
        caught(patterns(site).0, &page(&market, site.name(), &path(site, "us", &search))).len()
    };
    for site in Site::ALL {
        for text in
            ["iphone", "apple iphone 6S 64GB gold", "laptop", "xbox", "sony headphones", "Kopfhörer", "телефон", "lego"]
        {
            assert!(hits(site, text) >= 3, "{site:?} {text}");
        }
        // Nothing is called so: what else there is, as a marketplace would show.
        assert!(hits(site, "garden gnome with umbrella") >= 1 && hits(site, "kimchi") >= 1, "{site:?}");
        for text in ["zeppelin of lead", "qqqqzzzz", "asdfghjkl", "no such product"] {
            assert_eq!(hits(site, text), 0, "{site:?} {text}");
        }
    }
    let first = |text: &str| {
        let shown = page(&market, "google-shopping", &format!("/us/search?q={text}"));
        caught("<h3>([^<]*)</h3>", &shown)[0].clone()
    };
    assert!(first("apple+iphone+6S+64GB+gold").contains("iPhone 6S 64GB Gold"));
    assert!(first("sony+headphones+cheap").contains("Sony"), "most words count most");
}

#[test]
fn reviews_pages_hold_every_review_once() {
    let market = market();
    let reviewed = |product: &&CatalogueProduct| product.reviews.is_some_and(|told| (21..60).contains(&told.count));
    let product =
        market.catalogue.products().iter().filter(|p| Site::ALL.iter().all(|s| p.is_listed(*s))).find(reviewed);
    let product = product.unwrap();
    for site in Site::ALL {
        let id = product.id_at(site);
        let mut ids: Vec<String> = Vec::new();
        for number in 1.. {
            let request = Request::Reviews { id: id.clone(), page: number };
            let found = caught(r"\b(R\d{10})\b", &page(&market, site.name(), &path(site, "it", &request)));
            if found.is_empty() {
                break;
            }
            ids.extend(found);
        }
        // Each page names a review in its place and in its address.
        let ids: HashSet<String> = ids.into_iter().collect();
        assert_eq!(ids.len(), product.reviews.unwrap().count as usize, "{site:?}");
        let gone = market.respond(site.name(), &path(site, "it", &Request::Reviews { id: "7".into(), page: 1 }));
        assert!([200, 404].contains(&gone.status) && !gone.body_text().contains("R1"), "{site:?}");
    }
    let silent = market.catalogue.products().iter().find(|p| p.reviews.is_none() && p.is_listed(Site::Amazon)).unwrap();
    let request = Request::Reviews { id: silent.id_at(Site::Amazon), page: 1 };
    let shown = page(&market, "amazon", &path(Site::Amazon, "de", &request));
    assert!(shown.contains("Es gibt noch keine Bewertungen.") && shown.contains(&silent.brand.replace('&', "&amp;")));
}
