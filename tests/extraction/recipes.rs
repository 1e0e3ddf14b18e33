//! Pages read by a source definition's rules.

use crate::{by, price, read};
use pricemill::domain::{Availability, Condition, Currency};
use pricemill::extraction::recipe::ProductField;
use pricemill::extraction::{Evidence, PageContext, Verdict, extract};

const COMPARATOR: &str = r#"
embedded = ["json-ld"]
no_result = [{ selector = "p.no-such-product" }, { text = "nichts GEFUNDEN" }]
next = { selector = "a.next", attribute = "href" }
[fields]
name = [{ selector = "h2.absent" }, { selector = "h1" }]
gtins = { selector = "li.gtin" }
id = { selector = "[data-pid]", attribute = "data-pid" }
price = { selector = ".best", regex = "ab (.*)" }
review_rating = { selector = ".stars", best = 10 }
category_path = { selector = "nav.path a" }
[offers]
item = "tr.offer"
[offers.fields]
id = { attribute = "data-id" }
shop_name = { selector = "td.shop a" }
price = [{ selector = "td.price", attribute = "data-amount" }, { selector = "td.price" }]
shipping_costs = { selector = "td.shipping" }
url = { selector = "a.go", attribute = "href" }
availability_text = { selector = ".stock" }
condition_text = { selector = ".state" }
"#;

const PAGE: &str = r#"<div data-pid="15858468867886681869"></div><nav class=path><a>Home</a><a>Tea &amp; more</a></nav><h1>Tea <b>pot</b></h1>
<ul><li class=gtin>4006381333931<li class=gtin>123</ul><p class=best>ab 9,99 €</p><span class=stars>8,7</span>
<script type="application/ld+json">{"@type":"Product","name":"From JSON-LD","brand":"Acme","offers":{"price":"1"}}</script>
<table><tr class=offer data-id=o1><td class=shop><a>Some Shop</a><td class=price data-amount="284.99">284,99 €<td class=shipping>kostenlos<td><a class=go href="/go?1">go</a><i class=stock>auf Lager</i>
<tr class=offer data-id=o2><td class=shop><a>Another shop</a><td class=price>1.289,82 €<td class=shipping>4,90 €<td><i class=state>gebraucht</i></table>
<a class=next href="?page=2">more</a>"#;

#[test]
fn rules_win_over_embedded_data_which_fills_gaps() {
    let extracted = read(&by(COMPARATOR), PAGE);
    let p = &extracted.product;
    assert_eq!(price(&extracted), "9.99 EUR");
    assert_eq!((p.id.as_deref(), p.name.as_deref()), (Some("15858468867886681869"), Some("Tea pot")));
    assert_eq!((p.brand_name.as_deref(), p.review_rating), (Some("Acme"), Some(87)));
    assert_eq!(p.category_path, ["Home", "Tea & more"]);
    assert_eq!(p.gtins.len(), 1);
    assert_eq!(extracted.provenance[&ProductField::Name], Evidence::Rule);
    assert_eq!(extracted.provenance[&ProductField::BrandName], Evidence::JsonLd);
    assert_eq!(extracted.next_page.as_deref(), Some("https://shop.example/p/1?page=2"));
    assert_eq!(extracted.verdict, Verdict::Understood);
}

#[test]
fn offers_keep_their_own_fields_in_order() {
    let offers = read(&by(COMPARATOR), PAGE).offers;
    assert_eq!(offers.len(), 2);
    assert_eq!((offers[0].id.as_deref(), offers[0].shop_name.as_deref()), (Some("o1"), Some("Some Shop")));
    assert_eq!((offers[0].price, offers[0].shipping_costs), ("284.99".parse().ok(), "0".parse().ok()));
    assert_eq!(offers[0].url.as_deref(), Some("https://shop.example/go?1"));
    assert_eq!(offers[0].availability, Some(Availability::InStock));
    assert_eq!((offers[1].price, offers[1].currency), ("1289.82".parse().ok(), Some(Currency::EUR)));
    assert_eq!((offers[1].shipping_costs, offers[1].condition), ("4.9".parse().ok(), Some(Condition::Used)));
    assert_eq!((offers[1].url.as_deref(), offers[1].price_with_shipping), (None, None));
}

#[test]
fn signs_of_no_result() {
    for html in ["<p class=no-such-product>Sorry", "<p>Leider Nichts gefunden</p>"] {
        assert_eq!(read(&by(COMPARATOR), html).verdict, Verdict::NoResult, "{html}");
    }
    assert_eq!(read(&by(COMPARATOR), "<p>hello").verdict, Verdict::NotUnderstood);
}

#[test]
fn search_results_have_positions() {
    let recipe = by(
        "[results]\nitem = 'li.hit'\n[results.fields]\nid = { attribute = 'data-pid' }\nname = { selector = 'h3' }\nmin_price = { selector = 'b' }\nurl = { selector = 'a', attribute = 'href' }",
    );
    let extracted = read(
        &recipe,
        "<li class=hit data-pid=7><a href=/x><h3>A</h3></a><b>ab 5 €</b><li class=hit><li class=hit data-pid=8><h3>B",
    );
    let results: Vec<_> = extracted
        .search_results
        .iter()
        .map(|r| (r.position, r.id.as_deref(), r.name.as_deref(), r.min_price))
        .collect();
    assert_eq!(results, [(1, Some("7"), Some("A"), "5".parse().ok()), (2, Some("8"), Some("B"), None)]);
    assert_eq!(extracted.search_results[0].url.as_deref(), Some("https://shop.example/x"));
}

#[test]
fn json_endpoints_by_path() {
    let recipe = by(r#"
format = "json"
no_result = [{ empty_path = "data.items" }]
[fields]
name = { path = "data.title" }
price = { path = "data.items.0.price" }
gtins = { path = "data.eans" }
[offers]
item = "data.items"
[offers.fields]
price = { path = "price" }
shop_name = { path = "shop.name" }
"#);
    let json = r#"{"data":{"title":"Tea pot","eans":["4006381333931"],"items":[{"price":1.234,"shop":{"name":"X"}},{"price":"5"}]}}"#;
    let extracted = read(&recipe, json);
    assert_eq!(price(&extracted), "1.234 -");
    assert_eq!((extracted.product.name.as_deref(), extracted.product.gtins.len()), (Some("Tea pot"), 1));
    assert_eq!(extracted.offers[0].shop_name.as_deref(), Some("X"));
    assert_eq!(extracted.offers[1].price, "5".parse().ok());
    assert_eq!(read(&recipe, r#"{"data":{"items":[]}}"#).verdict, Verdict::NoResult);
    assert!(extract(&recipe, "<html>", PageContext::default()).is_err());
}

#[test]
fn the_sources_currency_stands_in_where_a_page_names_none() {
    let recipe = by("[fields]\nname = { selector = 'h1' }\nprice = { selector = 'b' }");
    let context = PageContext { currency: Some(Currency::SEK), ..PageContext::default() };
    let extracted = extract(&recipe, "<h1>A</h1><b>1 299 kr</b>", context).unwrap();
    assert_eq!(price(&extracted), "1299 SEK");
    let extracted = extract(&recipe, "<h1>A</h1><b>12,50 €</b>", context).unwrap();
    assert_eq!(price(&extracted), "12.50 EUR");
}

#[test]
fn what_postage_texts_say() {
    let recipe = by(
        "[offers]\nitem = \"p\"\n[offers.fields]\nshop_name = { selector = \"b\" }\nprice = { selector = \"i\" }\nshipping_costs = { selector = \"u\" }\n",
    );
    let shipping = |text: &str| {
        let extracted = read(&recipe, &format!("<p><b>A</b><i>10 €</i><u>{text}</u></p>"));
        extracted.offers[0].shipping_costs.map(|amount| amount.to_string())
    };
    for free in ["kostenlos", "Free delivery in 3 days", "versandkostenfrei, 2-3 Tage", "0,00 €", "Versand: darmowa"]
    {
        assert_eq!(
            shipping(free).map(|text| text.trim_end_matches(['0', '.']).to_owned()).as_deref(),
            Some(""),
            "{free}"
        );
    }
    for (text, amount) in [("4,90 €", "4.90"), ("+ 4,90", "4.90"), ("zzgl. 3,99 € Versand", "3.99")] {
        assert_eq!(shipping(text).as_deref(), Some(amount), "{text}");
    }
    for unknown in ["Gratis ab 50 €", "offerta 7", "in 3 Tagen", "siehe Shop"] {
        assert_eq!(shipping(unknown), None, "{unknown}");
    }
}

#[test]
fn a_price_of_nothing_is_no_price() {
    let recipe =
        by("[offers]\nitem = \"p\"\n[offers.fields]\nshop_name = { selector = \"b\" }\nprice = { selector = \"i\" }\n");
    assert_eq!(read(&recipe, "<p><b>A</b><i>0,00 €</i></p>").offers[0].price, None);
}

#[test]
fn a_hit_for_nothing_has_no_price() {
    let recipe = by(
        "[results]\nitem = 'p'\n[results.fields]\nname = { selector = 'b' }\nprice = { selector = 'i' }\nmin_price = { selector = 'u' }\nmax_price = { selector = 's' }\n",
    );
    let hit = read(&recipe, "<p><b>A</b><i>0,00 €</i><u>ab 0 €</u><s>9 €</s></p>").search_results.remove(0);
    assert_eq!((hit.price, hit.min_price, hit.max_price), (None, None, "9".parse().ok()));
}

#[test]
fn entries_that_lack_or_repeat_something() {
    let list = "[bestsellers]\nitem = 'p'\nrequired = ['name', 'price']\nunique = true\n[bestsellers.fields]\nid = { attribute = 'id' }\nname = { selector = 'b' }\nprice = { selector = 'i' }\nposition = { selector = 'u' }\n";
    let html = "<p id=1><b>A</b><i>1 €</i><u>#7</u></p><p id=2><b>Ad</b><i>gratis</i></p><p id=3><i>2 €</i></p>\
                <p id=1><b>A again</b><i>1 €</i></p><p id=4><b>B</b><i>3 €</i></p>";
    let extracted = read(&by(list), html);
    let found: Vec<_> = extracted.bestsellers.iter().map(|b| (b.name.as_deref().unwrap(), b.position)).collect();
    assert_eq!(found, [("A", 7), ("B", 2)], "without a printed rank, the place in the list");
    assert_eq!(extracted.verdict, Verdict::Understood);
}

#[test]
fn amounts_in_minor_units() {
    let recipe = |decimals: &str, unit: &str| {
        by(&format!(
            "format = 'json'\n{unit}\n[fields]\nprice = {{ path = '0.prices.price', number = 'minor' {decimals} }}\ncurrency = {{ path = '0.prices.currency' }}\n"
        ))
    };
    let page =
        |price: &str, currency: &str| format!(r#"[{{"prices":{{"price":{price},"currency":"{currency}","unit":3}}}}]"#);
    for (recipe, price_text, currency, want) in [
        (recipe("", ""), "\"1999\"", "EUR", "19.99 EUR"),
        (recipe("", ""), "1999", "JPY", "1999 JPY"),
        (recipe(", decimals = 2", ""), "199900", "JPY", "1999.00 JPY"),
        (recipe("", "minor_unit = { path = '0.prices.unit' }"), "1999", "EUR", "1.999 EUR"),
        (recipe("", ""), "\"19.99\"", "EUR", "-"),
        (recipe("", ""), "1999", "", "-"),
        (recipe(", decimals = 2", ""), "1999", "", "19.99 -"),
        (recipe("", ""), "0", "EUR", "-"),
    ] {
        assert_eq!(price(&read(&recipe, &page(price_text, currency))), want, "{price_text} {currency}");
    }
}

#[test]
fn a_star_stands_for_every_item() {
    let recipe =
        by("format = 'json'\n[fields]\ngtins = { path = 'v.*.code' }\ncategory_path = { path = 'c.*.*.name' }\n");
    let json =
        r#"{"v":[{"code":"4006381333931"},{"x":1},{"code":null}],"c":[[{"name":"A"},{"name":"B"}],[{"name":"C"}]]}"#;
    let product = read(&recipe, json).product;
    assert_eq!((product.gtins.len(), product.category_path.concat()), (1, "ABC".into()));
}
