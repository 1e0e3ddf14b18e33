//! The compiled-in definitions for shop systems' public JSON, from a product's address to its offers, over a local server.

use super::find_cases::options;
use super::*;
use crate::clock::Clock;
use crate::domain::{Currency, Key, Lookup, Offer, PageLimit, Reason, SourceName, Topic};
use crate::fetching::{FetchSettings, Fetcher};
use crate::ids::Ids;
use crate::outbound::Outbound;
use crate::sources::Registry;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const SHOPIFY_PRODUCT: &str = include_str!("../../fixtures/pages/shopify/product/page.json");
const SHOPIFY_OFFERS: &str = include_str!("../../fixtures/pages/shopify/offers/page.json");
const WOO_PRODUCT: &str = include_str!("../../fixtures/pages/woocommerce/product/page.json");

/// What the shop answers to a path.
fn body(path: &str) -> Option<&'static str> {
    match path {
        "/products/kanne-k2.json" => Some(SHOPIFY_PRODUCT),
        "/products/kanne-k2.js" => Some(SHOPIFY_OFFERS),
        "/wp-json/wc/store/v1/products?slug=kanne-k2" => Some(WOO_PRODUCT),
        path if path.starts_with("/wp-json/") => Some("[]"),
        _ => None,
    }
}

/// Serves the shop; its port.
async fn serve() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                if socket.read_exact(&mut byte).await.is_err() {
                    break;
                }
                request.push(byte[0]);
            }
            let text = String::from_utf8_lossy(&request).into_owned();
            let found = text.split_whitespace().nth(1).and_then(body);
            let status = if found.is_some() { "200 OK" } else { "404 Not Found" };
            let body = found.unwrap_or_default();
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let _ = socket.write_all(format!("{head}{body}").as_bytes()).await;
        }
    });
    port
}

async fn find(source: &str, port: u16, path: &str) -> Outcome {
    let mut settings = FetchSettings { tries: 1, robots: false, ..FetchSettings::default() };
    settings.pace_ms = 0;
    let outbound = Outbound::new(vec![format!("127.0.0.1:{port}").parse().unwrap()]);
    let registry = Arc::new(Registry::load(None, &[]).unwrap());
    let value = format!("http://127.0.0.1:{port}{path}");
    let value = Registry::check_value(registry.find(source).unwrap(), Key::SourceId, &value).unwrap();
    let fetcher = Arc::new(Fetcher::new(outbound, settings, Clock::system()).unwrap());
    let engine = Engine::new(registry, fetcher, no_marketplace(), Clock::system(), Ids::seeded(7), no_metrics());
    let lookup = Lookup {
        source: SourceName::new(source),
        country: "us".parse().unwrap(),
        topic: Topic::ProductAndOffers,
        key: Key::SourceId,
        value,
    };
    engine.find(&lookup, &options(PageLimit::Pages(1)), vec![]).await
}

fn offers(outcome: &Outcome) -> (String, Vec<Offer>) {
    let Outcome::Found { pages, incomplete: false } = outcome else { panic!("{outcome:?}") };
    let content = pages[0].content.as_ref().unwrap();
    (content.product.name.clone().unwrap(), content.offers.clone())
}

#[tokio::test]
async fn a_shopify_product_is_its_variants() {
    let port = serve().await;
    let (name, offers) = offers(&find("shopify", port, "/collections/all/products/kanne-k2?variant=2").await);
    assert_eq!((name.as_str(), offers.len()), ("Kanne K2", 2));
    assert_eq!((offers[0].price, offers[0].currency), ("41.5".parse().ok(), Some(Currency::EUR)), "not the country's");
    assert_eq!(offers[1].price, "39.9".parse().ok());
    assert_eq!(offers[1].shop_name.as_deref(), Some("127.0.0.1"));
}

#[tokio::test]
async fn a_woocommerce_product_is_one_offer() {
    let port = serve().await;
    let (name, offers) = offers(&find("woocommerce", port, "/produkt/kannen/kanne-k2/").await);
    assert_eq!((name.as_str(), offers.len()), ("Kanne K2", 1));
    assert_eq!((offers[0].price, offers[0].currency), ("39.9".parse().ok(), Some(Currency::EUR)));
}

#[tokio::test]
async fn what_the_shop_does_not_have_is_not_found() {
    let port = serve().await;
    for (source, path) in [("shopify", "/products/other"), ("woocommerce", "/produkt/other")] {
        let outcome = find(source, port, path).await;
        assert!(matches!(outcome, Outcome::NotFound { .. }), "{source}: {outcome:?}");
    }
    assert_eq!(find("shopify", 1, "/products/kanne-k2").await, Outcome::Failed(Reason::FailedToAccessSource));
}
