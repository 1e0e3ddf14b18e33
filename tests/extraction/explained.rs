//! Why an answer is what it is.

use crate::{any_shop, by};
use pricemill::domain::Currency;
use pricemill::extraction::{
    CompiledRecipe, Evidence, Explanation, FieldExplained, PageContext, RuleOutcome, Why, explain, extract,
};
use url::Url;

fn explained(recipe: &CompiledRecipe, html: &str) -> Explanation {
    let url = Url::parse("https://shop.example/p/1").unwrap();
    let context = PageContext { url: Some(&url), ..PageContext::default() };
    let (extracted, explanation) = explain(recipe, html, context).unwrap();
    assert_eq!(extracted, extract(recipe, html, context).unwrap(), "asking changes nothing");
    explanation
}

fn field<'e>(explanation: &'e Explanation, name: &str) -> &'e FieldExplained {
    explanation.fields.iter().find(|f| f.field == name).unwrap_or_else(|| panic!("{name}: {explanation:#?}"))
}

fn place(field: &FieldExplained) -> (Evidence, &str) {
    let origin = field.origin.as_ref().unwrap_or_else(|| panic!("{field:#?}"));
    (origin.evidence, origin.place.as_str())
}

const PAGE: &str = r#"<html lang=de><head><title>Tea pot | Shop</title><meta property="product:price:amount" content="99.00">
<meta property="product:brand" content="Acme">
<script type="application/ld+json">{"@type":"Product","name":"Tea pot","url":"/p/1","sku":"T-1","gtin13":"4006381333931",
 "offers":[{"@type":"Offer","price":"12.50","priceCurrency":"EUR","availability":"InStock","seller":{"name":"A"}},
           {"@type":"Offer","price":"13.70","priceCurrency":"EUR","seller":{"name":"B"}}],
 "isRelatedTo":{"@type":"Product","name":"Cup","offers":{"@type":"Offer","price":"3.00"}}}</script></head>
<body><h1>Tea pot</h1><del class=price>20,00 €</del><span class="price sale">12,50 €</span><button>In den Warenkorb</button>
<div class=related><span class=price>5,99 €</span></div></body></html>"#;

#[test]
fn each_field_says_where_it_stands() {
    let e = explained(&any_shop(), PAGE);
    assert_eq!(place(field(&e, "name")), (Evidence::JsonLd, "Product.name"));
    assert_eq!(place(field(&e, "price")), (Evidence::JsonLd, "Product.offers[0].price"));
    assert_eq!(place(field(&e, "currency")), (Evidence::JsonLd, "Product.offers[0].priceCurrency"));
    assert_eq!(place(field(&e, "gtins")), (Evidence::JsonLd, "Product.gtin13"));
    assert_eq!(place(field(&e, "brand_name")), (Evidence::Meta, "product:brand"));
    assert_eq!(place(field(&e, "availability_text")), (Evidence::JsonLd, "Product.offers[0].availability"));
    let list = &e.lists[0];
    assert_eq!((list.list, list.matched, list.entries.len()), ("offers", 2, 2));
}

#[test]
fn what_lost_says_why() {
    let e = explained(&any_shop(), PAGE);
    let price = field(&e, "price");
    let seen = price.agrees.iter().find(|o| o.evidence == Evidence::Visible).expect("the page shows it too");
    assert_eq!((seen.place.as_str(), seen.raw.as_deref()), ("span.price.sale", Some("12,50 €")));
    let why = |value: &str| price.losers.iter().find(|l| l.value == value).map(|l| l.why);
    assert_eq!(why("99.00"), Some(Why::WeakerEvidence), "{price:#?}");
    assert_eq!(why("13.70"), Some(Why::AnotherOffer));
    assert_eq!(why("3.00"), Some(Why::Recommendation));
    assert_eq!(why("20.00"), Some(Why::StruckThrough));
    assert_eq!(why("5.99"), Some(Why::Recommendation));
}

const RECIPE: &str = r#"
embedded = ["json-ld"]
no_result = [{ text = "nothing here" }, { selector = "p.none" }]
next = { selector = "a.next", attribute = "href" }
[fields]
name = [{ selector = "h2.gone" }, { selector = "h1" }, { selector = "title" }]
price = { selector = ".best", regex = "ab (.*)" }
sku = { selector = "h1", regex = "No\\. (.*)" }
review_count = { selector = "h1" }
[offers]
item = "li"
[offers.fields]
price = { selector = "b" }
shop_name = { selector = "i" }
"#;

#[test]
fn a_rule_says_which_alternative_matched_and_which_did_not() {
    let e = explained(
        &by(RECIPE),
        "<title>x</title><h1>Tea</h1><h1>Cup</h1><p class=best>ab 9,99 €</p><a class=next href=/2>",
    );
    let name = field(&e, "name");
    assert_eq!(place(name), (Evidence::Rule, "h1 (rule 2 of 3)"));
    let outcomes: Vec<RuleOutcome> = name.rules.iter().map(|rule| rule.outcome).collect();
    assert_eq!(outcomes, [RuleOutcome::NoMatch, RuleOutcome::Used, RuleOutcome::NotNeeded]);
    assert_eq!((name.losers[0].value.as_str(), name.losers[0].why), ("Cup", Why::LaterMatch));
    let price = field(&e, "price");
    assert_eq!(price.value.as_deref(), Some("9.99"));
    assert_eq!(price.origin.as_ref().unwrap().raw.as_deref(), Some("9,99 €"));
    assert_eq!(price.rules[0].raw.as_deref(), Some("ab 9,99 €"));
    assert_eq!(place(field(&e, "currency")).0, Evidence::Rule);
    assert_eq!(field(&e, "sku").rules[0].outcome, RuleOutcome::RegexFailed);
    assert_eq!(field(&e, "review_count").rules[0].outcome, RuleOutcome::Unreadable);
    assert_eq!(e.next_page.unwrap().value.as_deref(), Some("https://shop.example/2"));
}

#[test]
fn lists_count_what_they_matched_and_what_they_dropped() {
    let html = "<ul><li><b>5 €</b><i>A</i><li>advert<li><b>6</b></ul>";
    let context = PageContext { currency: Some(Currency::SEK), ..PageContext::default() };
    let (_, e) = explain(&by(RECIPE), html, context).unwrap();
    let list = &e.lists[0];
    assert_eq!((list.item.as_str(), list.matched, list.entries.len(), list.dropped[0].entry), ("li", 3, 2, 2));
    let currency = |entry: usize| {
        let currency = list.entries[entry].fields.iter().find(|f| f.field == "currency").unwrap();
        (currency.value.as_deref(), place(currency).0)
    };
    assert_eq!(currency(0), (Some("EUR"), Evidence::Rule));
    assert_eq!(currency(1), (Some("SEK"), Evidence::Default));
}

#[test]
fn the_sign_of_nothing_is_named() {
    let sign = |html: &str| explained(&by(RECIPE), html).no_result;
    assert_eq!(sign("<p>Nothing here").as_deref(), Some("text \"nothing here\""));
    assert_eq!(sign("<p class=none>").as_deref(), Some("selector p.none"));
    assert_eq!(sign("<p>"), None);
}

#[test]
fn data_in_scripts_says_its_path() {
    let html = r#"<title>Tea pot large | Shop</title><h1>Tea pot large</h1><b class=price>12,50 €</b>
        <script id="__NEXT_DATA__" type="application/json">{"props":{"product":{"name":"Tea pot large","brand":"Acme","sku":"TP-77","price":12.5}}}</script>"#;
    let e = explained(&any_shop(), html);
    assert_eq!(place(field(&e, "brand_name")), (Evidence::State, "script#__NEXT_DATA__ props.product.brand"));
}
