//! Pages without markup for machines: the price a person would name.

use crate::{any_shop, price, read};
use pricemill::domain::Availability;

const BUY: &str = "<button>In den Warenkorb</button>";

fn page(body: &str) -> String {
    format!("<html lang=de><title>Tea pot | Shop</title><body><h1>Tea pot</h1>{body}</body></html>")
}

#[test]
fn the_price_beside_title_and_button_among_others() {
    for (body, want) in [
        ("<span class=price>12,50 €</span>", "12.50 EUR"),
        ("<b>12,50 €</b>", "12.50 EUR"),
        ("<del>20,00 €</del> <span class=price>12,50 €</span>", "12.50 EUR"),
        ("<span class='price price--old'>20,00 €</span><span class=price>12,50 €</span>", "12.50 EUR"),
        ("<p>UVP 20,00 €</p><p class=price>12,50 €</p>", "12.50 EUR"),
        ("<p class=price>12,50 € <small>(25,00 € / kg)</small></p>", "12.50 EUR"),
        ("<p class=price>12,50 € inkl. MwSt. zzgl. Versand</p><p>Versand: 4,90 €</p>", "12.50 EUR"),
        ("<p class=price>12,50 €</p><p>oder 1,25 € mtl. in 10 Raten</p>", "12.50 EUR"),
        ("<span class=price><span>12</span><sup>50</sup> €</span>", "12.50 EUR"),
        ("<span class=price><span>12</span><span class=cents>50</span>€</span>", "12.50 EUR"),
        ("<span class=price>1.299<span>,00</span> €</span>", "1299.00 EUR"),
        ("<span class=price>12,50 €<sup>1</sup></span>", "12.50 EUR"),
        ("<span class=price>12,50</span>", "12.50 -"),
    ] {
        let extracted = read(&any_shop(), &page(&format!("{body}{BUY}")));
        assert_eq!(price(&extracted), want, "{body}");
    }
}

#[test]
fn other_products_prices_are_never_the_answer() {
    for body in [
        "<div class=related-products><span class=price>9,99 €</span></div>",
        "<section id=recommendations><div class=price>9,99 €</div></section>",
        "<footer><span class=price>9,99 €</span></footer>",
        "<p>Free delivery from 50,00 €</p>",
        "<del class=price>20,00 €</del>",
        "<span class=price>0,00 €</span>",
        "<select><option>Large 9,99 €</select>",
        "<p>Call us</p>",
    ] {
        assert_eq!(price(&read(&any_shop(), &page(body))), "-", "{body}");
    }
}

#[test]
fn a_struck_price_is_the_list_price() {
    let extracted = read(&any_shop(), &page(&format!("<s>20,00 €</s> <span class=price>12,50 €</span>{BUY}")));
    assert_eq!(extracted.product.list_price, "20".parse().ok());
}

#[test]
fn a_bare_sign_needs_a_country() {
    let html = |lang: &str| {
        format!("<html lang={lang}><h1>Tea pot</h1><span class=price>$12.50</span><button>Add to cart</button>")
    };
    assert_eq!(price(&read(&any_shop(), &html("en"))), "12.50 -");
    assert_eq!(price(&read(&any_shop(), &html("en-CA"))), "12.50 CAD");
}

#[test]
fn stock_phrases_near_the_title() {
    let offer = "<span class=price>12,50 €</span>";
    for (body, want) in [
        (format!("{offer}<p class=stock>Sofort lieferbar</p>"), Some(Availability::InStock)),
        (format!("{offer}<p>Derzeit nicht verfügbar</p>"), Some(Availability::OutOfStock)),
        (format!("{offer}{BUY}"), Some(Availability::InStock)),
        (format!("{offer}<div class=related>Ausverkauft</div>"), None),
        (offer.to_owned(), None),
    ] {
        assert_eq!(read(&any_shop(), &page(&body)).product.availability, want, "{body}");
    }
}

#[test]
fn labelled_numbers() {
    let body = "<table><tr><th>EAN<td>4006381333931<tr><th>Art.-Nr.:<td>TP-77<tr><th>Hersteller<td>Acme</table><p>EAN: 4006381333932</p>";
    let product = read(&any_shop(), &page(body)).product;
    assert_eq!(product.gtins.iter().map(ToString::to_string).collect::<Vec<_>>(), ["04006381333931"]);
    assert_eq!((product.sku.as_deref(), product.brand_name.as_deref()), (Some("TP-77"), Some("Acme")));
}

#[test]
fn an_auction_costs_what_is_bid_now() {
    let ld = r#"<script type="application/ld+json">{"@type":"Product","name":"Tea pot","offers":{"price":"150","priceCurrency":"EUR"}}</script>"#;
    let body = format!(
        "{ld}<p><span class=price>200 €</span> 2 Gebote</p><p>Startpreis 150 €</p><button>Jetzt bieten</button>"
    );
    assert_eq!(price(&read(&any_shop(), &page(&body))), "200 EUR");
}

#[test]
fn what_others_ask_is_not_the_price() {
    let others = "<div class=more-offers><a href=/o>Neu und gebraucht (7) ab <b>99,12 €</b></a></div>";
    assert!(read(&any_shop(), &page(others)).product.price.is_none());
    let own = format!("<span class=price>120,00 €</span>{BUY}{others}");
    assert_eq!(price(&read(&any_shop(), &page(&own))), "120.00 EUR");
}

#[test]
fn the_brand_in_an_element_named_for_it() {
    for (body, want) in [
        ("<a class=product-brand>Acme</a>", Some("Acme")),
        ("<a id=bylineInfo>Visit the Acme Store</a>", Some("Acme")),
        ("<div class=manufacturer>Hersteller: Acme</div>", Some("Acme")),
        ("<div class=brand>We love our brands and tell you all about them here</div>", None),
        ("<footer><a class=brand>Acme</a></footer>", None),
    ] {
        assert_eq!(read(&any_shop(), &page(body)).product.brand_name.as_deref(), want, "{body}");
    }
}
