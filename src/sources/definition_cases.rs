//! Definitions that are right, and each kind of mistake with the line it is reported at.

use super::{Kind, Registry};
use crate::domain::{Currency, Key, Topic};

/// The registry with one more file, or its errors as text.
fn load(text: &str) -> Result<Registry, Vec<String>> {
    Registry::load(None, &[("shop.toml".into(), text.into())]).map_err(|e| e.iter().map(ToString::to_string).collect())
}

fn errors(text: &str) -> Vec<String> {
    load(text).expect_err("the definition is wrong")
}

const GOOD: &str = r#"name = "shop"
aliases = ["The Shop"]
title = "A shop"
kind = "shop"
topics = ["product_and_offers"]

[countries.de]
base_url = "http://shop.localhost/de/"
[countries.ch]
base_url = "http://shop.localhost/ch"
currency = "EUR"

[keys.source_id]
pattern = '[0-9]{1,20}'

[fetch]
robots = false
blocked.status = [403]

[steps.product]
url = "{base_url}/p/{id}"
[steps.product.page.fields]
name = [{ selector = "h1" }, { selector = "title", regex = "^(.*) - Shop" }]
price = { selector = "b.price" }
"#;

/// The good definition with one piece replaced.
fn with(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    GOOD.replacen(from, to, 1)
}

#[test]
fn a_good_definition() {
    let registry = load(GOOD).unwrap();
    for spelling in ["shop", "SHOP", "the shop", "The_Shop", "the-shop", " shop "] {
        assert_eq!(registry.find(spelling).map(|d| d.name.as_str()), Some("shop"), "{spelling}");
    }
    assert!(registry.find("other").is_none());
    let shop = registry.find("shop").unwrap();
    assert_eq!((shop.kind, shop.title.as_str(), shop.policy.robots), (Kind::Shop, "A shop", Some(false)));
    let site = |country: &str| shop.countries.get(&country.parse().unwrap()).cloned();
    assert_eq!(site("de").unwrap().base_url.as_deref(), Some("http://shop.localhost/de"));
    assert_eq!(
        (site("de").unwrap().currency, site("ch").unwrap().currency),
        (Some(Currency::EUR), Some(Currency::EUR))
    );
    assert!(site("at").is_none());
    assert!(Registry::check_value(shop, Key::SourceId, "15858468867886681869").is_ok());
    assert!(Registry::check_value(shop, Key::SourceId, "15858468867886681869x").is_err(), "the whole value must match");
}

#[test]
fn the_compiled_in_ones() {
    let registry = Registry::load(None, &[]).unwrap();
    let names: Vec<&str> = registry.iter().map(|d| d.name.as_str()).collect();
    assert_eq!(names, ["amazon", "ebay", "geizhals", "shopify", "test", "web", "woocommerce"]);
    for definition in ["test", "web"].map(|name| registry.find(name).unwrap()) {
        for country in ["de", "gb", "jp", "ua"] {
            assert!(definition.countries.contains_key(&country.parse().unwrap()), "{} {country}", definition.name);
        }
    }
    let test = registry.find("test").unwrap();
    assert_eq!(test.keys.keys().copied().collect::<Vec<_>>(), Key::ALL);
}

#[test]
fn countries_in_short() {
    let list = with("[countries.de]\nbase_url = \"http://shop.localhost/de/\"\n[countries.ch]\nbase_url = \"http://shop.localhost/ch\"\ncurrency = \"EUR\"\n", "")
        .replacen("kind =", "base_url = \"http://{country}.shop.localhost\"\ncountries = [\"de\", \"UK\"]\nkind =", 1);
    let registry = load(&list).unwrap();
    let sites = &registry.find("shop").unwrap().countries;
    let bases: Vec<_> = sites.iter().map(|(c, s)| (c.as_str(), s.base_url.as_deref().unwrap(), s.currency)).collect();
    assert_eq!(
        bases,
        [
            ("de", "http://de.shop.localhost", Some(Currency::EUR)),
            ("gb", "http://gb.shop.localhost", Some(Currency::GBP))
        ]
    );
    let every = list.replace("[\"de\", \"UK\"]", "\"*\"");
    assert!(load(&every).unwrap().find("shop").unwrap().countries.len() > 200);
    let wrong = list.replace("[\"de\", \"UK\"]", "[\"de\",\n \"xx\",\n \"deu\", \"gb\", \"uk\"]");
    assert_eq!(
        errors(&wrong),
        [
            "shop.toml:6: `xx` is not a country; a country is a code such as de or gb",
            "shop.toml:7: `deu` is not a country; a country is a code such as de or gb",
            "shop.toml:7: the country gb stands here twice",
        ]
    );
    let number = list.replace("[\"de\", \"UK\"]", "5");
    let told = errors(&number);
    assert!(told[0].starts_with("shop.toml:5: invalid type: integer `5`, expected \"*\", a list"), "{told:?}");
    let mixed = with("[countries.ch]", "[countries.\"*\"]");
    let sites = load(&mixed).unwrap().find("shop").unwrap().countries.clone();
    assert_eq!(sites[&"fr".parse().unwrap()].base_url.as_deref(), Some("http://shop.localhost/ch"));
    assert_eq!(sites[&"de".parse().unwrap()].base_url.as_deref(), Some("http://shop.localhost/de"));
}

#[test]
fn every_unknown_key_is_told_at_its_line() {
    let text = with("kind = \"shop\"", "kind = \"shop\"\ncolour = \"red\"")
        .replace("robots = false", "robotz = false")
        .replace("currency = \"EUR\"", "curency = \"EUR\"")
        .replace(
            "price = { selector = \"b.price\" }",
            "price = { selektor = \"b.price\" }\nprize = { selector = \"b\" }",
        );
    let errors = errors(&text);
    let lines: Vec<&str> = errors.iter().map(|e| e.split("`, expected").next().unwrap()).collect();
    assert_eq!(
        lines,
        [
            "shop.toml:5: unknown field `colour",
            "shop.toml:12: unknown field `curency",
            "shop.toml:18: unknown field `robotz",
            "shop.toml:25: unknown field `selektor",
            "shop.toml:26: unknown variant `prize",
        ],
        "{errors:#?}"
    );
}

#[test]
fn selectors_the_engine_cannot_run() {
    let text = with("\"h1\"", "\"h1 + h2\"").replace("b.price", "div:has(b)");
    let found = errors(&text);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].starts_with("shop.toml:23: ") && found[0].contains("h1 + h2"), "{found:#?}");
    assert!(found[1].starts_with("shop.toml:24: ") && found[1].contains("div:has(b)"), "{found:#?}");
    let text = GOOD.to_owned()
        + r#"
[steps.offers]
url = "{base_url}/p/{id}/offers"
[steps.offers.page]
next = { selector = "a ~ b" }
no_result = [
  { selector = "p.none" },
  { selector = "p:has(a)" },
]
[steps.offers.page.offers]
item = "tr > > td"
[steps.offers.page.offers.fields]
shop_name = { selector = "td" }
[steps.offers.page.offers.fields.price]
selector = "td"
regex = "(["
"#;
    let found = errors(&text);
    let lines: Vec<&str> = found.iter().map(|e| e.split(": ").next().unwrap()).collect();
    assert_eq!(lines, ["shop.toml:29", "shop.toml:32", "shop.toml:35", "shop.toml:40"], "{found:#?}");
}

#[test]
fn mistakes_in_urls_patterns_and_values() {
    let cases = [
        (
            with("{id}\"", "{gtin}\""),
            "21: unknown placeholder {gtin}; known here: {base_url} {country} {value} {id} {url} {page}",
        ),
        (
            with("{base_url}/p", "/p"),
            "21: a URL starts with http:// or https://, or with {base_url} or {url} where they are known",
        ),
        (
            with("http://shop.localhost/ch", "ftp://shop.localhost"),
            "10: a URL starts with http:// or https://, or with {base_url} or {url} where they are known",
        ),
        (
            with("http://shop.localhost/ch", "http://shop.localhost:{market_port}"),
            "10: unknown placeholder {market_port}; known here: {country}",
        ),
        (
            with("http://shop.localhost/ch", "http://shop.localhost/?a=b"),
            "10: a base URL has neither a query nor a fragment",
        ),
        (
            with("base_url = \"http://shop.localhost/ch\"\n", ""),
            "20: for ch: nothing is known for {base_url} (the country has no base_url)",
        ),
        (with("[0-9]{1,20}", "[0-9"), "14: not a pattern: unclosed character class"),
        (with("\"EUR\"", "\"ECU\""), "11: `ECU` is not a currency; a currency is a code such as EUR"),
        (with("[countries.ch]", "[countries.zz]"), "9: `zz` is not a country; a country is a code such as de or gb"),
        (with("[keys.source_id]", "[keys.isbn]"), "13: unknown key `isbn`; known: gtin, keyword, source_id"),
        (
            with("product_and_offers", "weather"),
            "5: unknown topic `weather`; known: product_and_offers, product, offers, search_results, reviews",
        ),
        (
            with("\"shop\"\naliases", "\"My Shop\"\naliases"),
            "1: a name is 1 to 64 lower-case letters, digits and hyphens",
        ),
        (
            with("kind = \"shop\"", "kind = \"kiosk\""),
            "4: unknown variant `kiosk`, expected one of `comparator`, `marketplace`, `shop`",
        ),
        (with("robots = false", "robots = \"no\""), "17: invalid type: string \"no\", expected a boolean"),
        (with("name = \"shop\"", "name = \"shop"), "1: invalid basic string, expected `\"`"),
        (with("The Shop", "web"), "2: the alias `web` already means web (web.toml)"),
        (
            with("name = \"shop\"", "name = \"shop\"\nhosts = [\"WWW.x.de\"]"),
            "2: `WWW.x.de` is not a host's name in lower case without www.",
        ),
        (with("product_and_offers", "search_results"), "5: the topic search_results needs a step `search`"),
        (with("{id}\"\n", "{id}\"\nmatches = ['/p/', '(']\n"), "22: not a pattern: unclosed group"),
        (
            with("{id}\"\n", "{part}\"\n"),
            "21: unknown placeholder {part}; known here: {base_url} {country} {value} {id} {url} {page}",
        ),
        (with("{id}\"\n", "{id}\"\nkeys = []\n"), "22: only the step `search` has keys"),
        (
            with(
                "price = { selector = \"b.price\" }",
                "price = { selector = \"b\", number = \"minor\", decimals = 9 }",
            ),
            "24: no currency has so many decimals",
        ),
        (
            format!(
                "{GOOD}[steps.product.page.offers]\nitem = \"li\"\nrequired = [\"price\"]\nfields.name = {{ selector = \"b\" }}\n"
            ),
            "27: a required field needs a rule",
        ),
        (
            format!(
                "{GOOD}[steps.bestsellers]\nurl = \"{{base_url}}/top\"\npage.fields.name = {{ selector = \"b\" }}\n"
            ),
            "27: a bestseller page lists bestsellers: [steps.bestsellers.page.bestsellers] is missing",
        ),
        (
            with("url = \"{base_url}/p/{id}\"\n", "max_pages = 0\nurl = \"{base_url}/p/{id}\"\n"),
            "21: a list has 1 to 200 pages",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(errors(&text), [format!("shop.toml:{expected}")], "{text}");
    }
}

#[test]
fn what_is_missing_is_told_all_at_once() {
    assert_eq!(
        errors("\n# nothing yet\n"),
        [
            "shop.toml:1: the key `kind` is missing: comparator, marketplace or shop",
            "shop.toml:1: the key `name` is missing",
            "shop.toml:1: there is neither a step `product` nor a step `offers`",
            "shop.toml:1: there is no country; say countries = [\"de\"], countries = \"*\" or [countries.de]",
            "shop.toml:1: there is no key; say [keys.gtin], [keys.keyword] or [keys.source_id]",
            "shop.toml:1: there is no topic; say topics = [\"product_and_offers\"]",
        ]
    );
    let search = GOOD.to_owned() + "[steps.search]\nkeys = [\"gtin\"]\n[steps.search.page]\n";
    assert_eq!(
        errors(&search),
        [
            "shop.toml:25: the key `url` of [steps.search] is missing",
            "shop.toml:26: `gtin` is not among this source's [keys.…]",
            "shop.toml:27: a search page lists results: [steps.search.page.results] is missing",
        ]
    );
}

#[test]
fn a_step_may_be_fetched_by_the_browser() {
    let step = "url = \"{base_url}/p/{id}\"\n";
    let text = with(step, &format!("{step}fetch = \"browser\"\nwait_for = \"b.price\"\n"));
    let mut registry = load(&text).unwrap();
    assert!(registry.assign_proxies("the shop", "rented"));
    let shop = registry.find("shop").unwrap();
    let policy = shop.policy_of(shop.list_step(Topic::Product).unwrap());
    assert!(shop.needs_browser() && policy.needs_browser() && !shop.policy.needs_browser());
    assert_eq!((policy.wait_for.as_deref(), policy.robots), (Some("b.price"), Some(false)), "the rest is the source's");
    assert_eq!(policy.proxies.as_deref(), Some("rented"));
    let all = load(&with("robots = false", "fetch = \"browser\"")).unwrap();
    assert!(all.find("shop").unwrap().needs_browser());
    let none = load(&with("robots = false", "fetch = \"browser\"").replace(step, &format!("{step}fetch = \"http\"\n")));
    assert!(!none.unwrap().find("shop").unwrap().needs_browser());
    assert!(!load(GOOD).unwrap().find("shop").unwrap().needs_browser());

    let wrong = |more: &str| errors(&with(step, &format!("{step}{more}\n"))).join("\n");
    assert!(
        wrong("wait_for = \"b\"").starts_with("shop.toml:22: only a browser waits"),
        "{}",
        wrong("wait_for = \"b\"")
    );
    assert!(wrong("fetch = \"browser\"\nwait_for = \" \"").starts_with("shop.toml:23: a CSS selector"));
    assert!(wrong("fetch = \"chromium\"").starts_with("shop.toml:22: "));
}

#[test]
fn a_definitions_digest_is_that_of_its_text() {
    let digest = |text: &str| load(text).unwrap().find("shop").unwrap().digest.clone();
    assert_eq!(digest(GOOD), digest(GOOD));
    assert_ne!(digest(GOOD), digest(&with("b.price", "b.prices")));
}

#[test]
fn a_later_group_overrides_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let own_web = with("name = \"shop\"", "name = \"web\"").replace("The Shop", "any page");
    std::fs::write(dir.path().join("b.toml"), &own_web).unwrap();
    std::fs::write(dir.path().join("a.toml"), with("http://shop.localhost/de/", "http://first.localhost")).unwrap();
    std::fs::write(dir.path().join("readme.txt"), "not a definition").unwrap();
    let registry = Registry::load(Some(dir.path()), &[]).unwrap();
    assert_eq!(registry.find("any_page").unwrap().title, "A shop");
    assert!(registry.find("web").unwrap().file.ends_with("b.toml"));
    let with_extra = Registry::load(Some(dir.path()), &[("shop.toml".into(), GOOD.into())]).unwrap();
    assert_eq!(with_extra.find("shop").unwrap().file, "shop.toml");

    std::fs::write(dir.path().join("c.toml"), GOOD).unwrap();
    std::fs::write(dir.path().join("d.toml"), b"\xff").unwrap();
    std::fs::write(dir.path().join("e.toml"), "#".repeat(300_000)).unwrap();
    let errors = Registry::load(Some(dir.path()), &[]).unwrap_err();
    let told: Vec<String> =
        errors.iter().map(|e| e.to_string().replace(&dir.path().display().to_string(), "DIR")).collect();
    assert_eq!(
        told,
        [
            "DIR/d.toml: not UTF-8 text",
            "DIR/e.toml: longer than 262144 bytes",
            "DIR/c.toml:1: the source shop is already in DIR/a.toml".to_owned().as_str(),
        ]
        .map(|line| line.replace("already in DIR", &format!("already in {}", dir.path().display())))
        .map(|line| line.replace(&dir.path().display().to_string(), "DIR"))
    );
    assert!(Registry::load(Some(std::path::Path::new("no/such/dir")), &[]).is_err());
}

#[test]
fn the_documented_example_is_right() {
    let document = include_str!("../../docs/SOURCES.md");
    let example = document.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let registry = load(example).unwrap();
    let pricehub = registry.find("Price_Hub_Online").unwrap();
    assert_eq!((pricehub.countries.len(), pricehub.max_pages(Topic::Offers)), (3, 20));
}

proptest::proptest! {
    /// Whatever is lost from a file, loading ends with a definition or with errors that have a line.
    #[test]
    fn a_damaged_definition_is_told(start in 0usize..GOOD.len(), length in 1usize..80, put in "[\\PC\n]{0,5}") {
        let end = (start + length).min(GOOD.len());
        let damaged = format!("{}{put}{}", &GOOD[..start], &GOOD[end..]);
        if let Err(errors) = super::check::check("shop.toml", &damaged) {
            let lines = damaged.lines().count().max(1);
            proptest::prop_assert!(!errors.is_empty());
            proptest::prop_assert!(errors.iter().all(|e| e.line.is_some_and(|line| (1..=lines + 1).contains(&line))));
        }
    }
}

#[test]
fn a_topic_needs_its_step() {
    for (topic, missing) in [
        ("search_results", "the topic search_results needs a step `search`"),
        ("reviews", "the topic reviews needs a step `reviews`"),
    ] {
        let text = with("[\"product_and_offers\"]", &format!("[\"product\", \"offers\", \"{topic}\"]"));
        assert_eq!(errors(&text), [format!("shop.toml:5: {missing}")]);
    }
    let comparator = with("kind = \"shop\"", "kind = \"comparator\"").replace("product_and_offers", "offers");
    assert_eq!(
        errors(&comparator),
        ["shop.toml:5: the topic offers needs a step `offers`, or a list of offers on the pages of the step `product`"]
    );
    let unasked = with("[\"product_and_offers\"]", "[\"search_results\"]")
        + "[steps.search]\nkeys = []\nurl = \"{base_url}/s?q={value}\"\npage.results = { item = \"li\", fields = {} }\n";
    assert_eq!(
        errors(&unasked),
        ["shop.toml:5: the topic search_results needs a key that is searched: [steps.search] has none in `keys`"]
    );
    let unknown = with("[\"product_and_offers\"]", "[\"prices\"]");
    assert!(errors(&unknown)[0].contains("known: product_and_offers, product, offers, search_results, reviews"));
}

#[test]
fn a_reviews_step_is_checked_like_any_other() {
    let reviews = |page: &str| {
        with("[\"product_and_offers\"]", "[\"product_and_offers\", \"reviews\"]")
            + &format!(
                "[steps.reviews]\nurl = \"{{base_url}}/r/{{id}}?p={{page}}\"\nmax_pages = 7\n[steps.reviews.page]\n{page}"
            )
    };
    let good = "total = { selector = \"b.n\" }\nrating_distribution.star_1 = { selector = \"i.one\" }\n\
        [steps.reviews.page.reviews]\nitem = \"li\"\nfields.rating = { selector = \"b\" }\n\
        [steps.reviews.page.specifications]\nitem = \"tr\"\nfields.label = { selector = \"th\" }\n";
    let registry = load(&reviews(good)).unwrap();
    let shop = registry.find("shop").unwrap();
    assert_eq!((shop.max_pages(Topic::Reviews), shop.max_pages(Topic::Product)), (7, 1));
    assert!(shop.list_step(Topic::Reviews).unwrap().has_list);
    assert_eq!(shop.keys_of(Topic::Reviews), [Key::SourceId]);
    assert!(shop.keys_of(Topic::SearchResults).is_empty(), "only what is searched for has search results");
    let line = GOOD.lines().count() + 4;
    assert_eq!(
        errors(&reviews("no_result = [{ selector = \"p\" }]")),
        [format!("shop.toml:{}: a page of reviews lists reviews: [steps.reviews.page.reviews] is missing", line)]
    );
    let told = errors(&reviews(&good.replace("\"i.one\"", "\"i + b\"")));
    assert!(told[0].starts_with(&format!("shop.toml:{}: selector `i + b`", line + 2)), "{told:?}");
    let told = errors(&reviews(&good.replace("star_1", "star_6")));
    assert!(told[0].contains("unknown variant `star_6`"), "{told:?}");
}
