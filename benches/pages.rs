//! Pages like those of real shops in size and make-up, and made up from end to end.

use std::fmt::Write as _;

/// A comparator's rules over [`all`]'s pages.
pub const RULES: &str = r#"
next = { selector = "a.next", attribute = "href" }
[fields]
name = { selector = "h1" }
price = { selector = "span.price" }
gtins = { selector = "li.gtin" }
category_path = { selector = "nav.path a" }
[offers]
item = "li.offer"
[offers.fields]
shop_name = { selector = "b.shop" }
price = { selector = "span.amount" }
shipping_costs = { selector = "span.ship" }
url = { selector = "a.go", attribute = "href" }
"#;

/// The pages by name.
pub fn all() -> Vec<(&'static str, String)> {
    vec![
        ("JSON-LD", shop(JSON_LD, PLAIN)),
        ("microdata", shop("", MICRODATA)),
        ("visible only", shop("", PLAIN)),
        ("200 offers", shop("", &offers(200))),
        ("short", format!("<title>Tea pot</title>{JSON_LD}<h1>Tea pot</h1>{PLAIN}")),
    ]
}

const JSON_LD: &str = r#"<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebPage","url":"/p/tea-pot"},
{"@type":"Product","name":"Tea pot","sku":"TP-77","gtin13":"4006381333931","brand":{"@type":"Brand","name":"Acme"},"description":"Holds &amp; pours.",
"offers":{"@type":"Offer","price":"24.90","priceCurrency":"EUR","availability":"https://schema.org/InStock"}}]}</script>"#;
const PLAIN: &str = r#"<div class="buybox"><del class="old-price">29,90 €</del><span class="price price--sale">24<sup>90</sup> €</span>
<p class="stock">sofort lieferbar</p><button class="add-to-cart">In den Warenkorb</button><ul><li class="gtin">EAN: 4006381333931</ul></div>"#;
const MICRODATA: &str = r#"<div itemscope itemtype="https://schema.org/Product"><span itemprop="name">Tea pot</span><meta itemprop="gtin13" content="4006381333931">
<div itemprop="offers" itemscope itemtype="https://schema.org/Offer"><span class="price" itemprop="price" content="24.90">24,90</span>
<meta itemprop="priceCurrency" content="EUR"><link itemprop="availability" href="https://schema.org/InStock"></div></div>"#;

/// A shop's page of some 120 KB: head, menu, the product, what others bought, scripts, footer.
fn shop(head: &str, product: &str) -> String {
    let mut page =
        String::from("<!doctype html><html lang=\"de\"><head><meta charset=\"utf-8\"><title>Tea pot | Shop</title>");
    for i in 0..40 {
        let _ = writeln!(
            page,
            "<meta property=\"og:image\" content=\"/img/{i}.jpg\"><link rel=\"preload\" href=\"/a/{i}.css\" as=\"style\">"
        );
    }
    page.push_str(head);
    page.push_str(
        "</head><body class=\"page page--product\"><header class=\"site-header\"><nav class=\"main-nav\"><ul>",
    );
    for i in 0..250 {
        let _ = writeln!(
            page,
            "<li class=\"nav__item nav__item--{i}\"><a href=\"/c/{i}\" class=\"nav__link\"><span>Category {i} &amp; more</span></a></li>"
        );
    }
    page.push_str("</ul></nav></header><main><nav class=\"path\"><a href=\"/\">Home</a><a href=\"/c/1\">Tea</a></nav><h1>Tea pot</h1>");
    page.push_str(product);
    for i in 0..60 {
        let _ = writeln!(
            page,
            "<p class=\"description__text\" data-block=\"{i}\">A tea pot holds tea, keeps it warm and pours it. <em>Part {i}</em> says so again at the length of a sentence.</p>"
        );
    }
    page.push_str("</main><div class=\"related-products carousel\">");
    for i in 0..48 {
        let _ = writeln!(
            page,
            "<div class=\"card product-card\" id=\"rel-{i}\"><a href=\"/p/{i}\"><img src=\"/img/{i}.jpg\" alt=\"Cup {i}\"><span class=\"card__title\">Cup {i}</span></a><span class=\"price\">{i},99 €</span></div>"
        );
    }
    page.push_str("</div><script>window.dataLayer=[");
    for i in 0..400 {
        let _ = write!(page, "{{\"event\":\"view\",\"id\":{i},\"label\":\"block <b>{i}</b>\"}},");
    }
    page.push_str("]</script><footer class=\"site-footer\"><ul>");
    for i in 0..80 {
        let _ = writeln!(page, "<li><a href=\"/f/{i}\">About {i}</a></li>");
    }
    page + "</ul></footer></body></html>"
}

fn offers(count: usize) -> String {
    let mut list = String::from("<ul class=\"offers\">");
    for i in 0..count {
        let _ = writeln!(
            list,
            "<li class=\"offer\" data-id=\"{i}\"><b class=\"shop\">Shop {i}</b><span class=\"amount\">{}.{i:03},50 €</span><span class=\"ship\">+ 4,90 € Versand</span><a class=\"go\" href=\"/go/{i}\">Zum Shop</a></li>",
            i % 9 + 1
        );
    }
    list + "</ul><a class=\"next\" href=\"?page=2\">Weiter</a>"
}
