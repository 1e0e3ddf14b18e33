//! Pages made to stall or to swell: one builder a case, for any size in bytes.

/// How a page is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// As any shop's page, by all evidence.
    AnyShop,
    /// By the rules of [`RULES`].
    Rules,
    /// As a JSON endpoint, by the paths of [`PATHS`].
    Json,
}

/// A case by name, its reading, and its page of about so many bytes.
pub type Case = (&'static str, Reading, fn(usize) -> String);

/// Rules that wide selectors make expensive.
pub const RULES: &str = r#"
embedded = ["json-ld", "microdata", "meta", "visible"]
no_result = [{ text = "no such product" }, { selector = "p.none" }]
[fields]
name = { selector = "div div b" }
description = { selector = "div" }
price = { selector = "[class]", regex = "(?:a|b|ab)*c(.*)d" }
category_path = { selector = "a:first-of-type" }
[offers]
item = "div"
[offers.fields]
shop_name = { selector = "b" }
details = {}
name = { selector = "div" }
[results]
item = "p, li"
[results.fields]
name = { selector = "div *" }
[reviews]
item = "div, i"
unique = true
[reviews.fields]
id = { attribute = "id" }
comment = {}
date = { selector = "b" }
[specifications]
item = "div"
[specifications.fields]
label = { selector = "b" }
values = { selector = "div" }
[rating_distribution]
star_1 = { selector = "div b" }
"#;

/// Paths into a document.
pub const PATHS: &str = r#"
format = "json"
[fields]
name = { path = "name" }
description = { path = "texts" }
[offers]
item = "offers"
[offers.fields]
shop_name = { path = "name" }
price = { path = "price" }
[results]
item = "items"
[results.fields]
name = { path = "name" }
"#;

fn fill(head: &str, unit: &str, tail: &str, bytes: usize) -> String {
    let times = bytes.saturating_sub(head.len() + tail.len()) / unit.len().max(1);
    let mut page = String::with_capacity(bytes + unit.len());
    page.push_str(head);
    (0..times).for_each(|_| page.push_str(unit));
    page.push_str(tail);
    page
}

/// As [`fill`], each unit with its number.
fn count(head: &str, unit: impl Fn(usize) -> String, tail: &str, bytes: usize) -> String {
    let mut page = String::with_capacity(bytes + 64);
    page.push_str(head);
    for number in 0.. {
        if page.len() + tail.len() >= bytes {
            break;
        }
        page.push_str(&unit(number));
    }
    page.push_str(tail);
    page
}

const LD: &str = "<h1>Tea pot</h1><script type=application/ld+json>";
const LD_MAX: usize = 4 << 20;

/// Scripts of JSON-LD, each as long as is read, one after the other.
fn scripts(bytes: usize, script: impl Fn(usize) -> String) -> String {
    scripts_behind(LD, bytes, script)
}

/// Scripts of code, likewise.
fn code(bytes: usize, script: impl Fn(usize) -> String) -> String {
    scripts_behind("<h1>Tea pot</h1><script>", bytes, script)
}

fn scripts_behind(head: &str, bytes: usize, script: impl Fn(usize) -> String) -> String {
    let mut page = String::with_capacity(bytes);
    while bytes > page.len() + 1_000 {
        let left = (bytes - page.len()).min(LD_MAX) - 200;
        page.push_str(head);
        page.push_str(&script(left));
        page.push_str("</script>");
    }
    page
}

/// All cases.
pub const CASES: &[Case] = &[
    ("reviews that share one thing", Reading::AnyShop, |n| {
        scripts(n, |n| {
            let long = "x ".repeat(n / 4);
            let head = format!(
                "[{{\"@id\":\"r\",\"@type\":\"Review\",\"reviewBody\":\"{long}\"}},{{\"@type\":\"Product\",\"name\":\"a\",\"review\":["
            );
            fill(&head, "{\"@id\":\"r\"},", "{\"@id\":\"r\"}]}]", n)
        })
    }),
    ("reviews and properties", Reading::AnyShop, |n| {
        scripts(n, |n| {
            let unit = "{\"name\":\"14 Aug 14 Aug 14 Aug\",\"datePublished\":\"1 1 1 1 1 a 1 b 1 1 1 Mai 1\",\"reviewRating\":{\"ratingValue\":4}},";
            let head = "{\"@type\":\"Product\",\"name\":\"a\",\"additionalProperty\":[{\"name\":\"a\",\"value\":\"b\"}],\"review\":[";
            fill(head, unit, "{}]}", n)
        })
    }),
    ("reviews in reviews", Reading::Rules, |n| fill("<div id=a>", "<i id=b>x<b>14. 8. 14. 8. </b>", "", n)),
    ("a date of digits", Reading::Rules, |n| fill("<div><b>", "14. ", "", n)),
    ("divs never closed", Reading::AnyShop, |n| fill("", "<div>", "12 €", n)),
    ("inline elements never closed, then as many strange end tags", Reading::AnyShop, |n| {
        fill("", "<b>", "", n / 2) + &fill("", "</i>", "", n / 2)
    }),
    ("deep inline elements, then paragraphs", Reading::AnyShop, |n| fill(&"<b>".repeat(390), "<p></p>", "", n)),
    ("deep and wide by turns", Reading::AnyShop, |n| {
        fill("", &format!("{}5{}", "<b class=price>".repeat(300), "</b>".repeat(300)), "", n)
    }),
    ("headings in the deep", Reading::AnyShop, |n| fill(&"<div>".repeat(390), "<h1>a</h1>", "", n)),
    ("empty headings", Reading::AnyShop, |n| fill(&"<div>".repeat(390), "<h1>", "", n)),
    ("one attribute", Reading::AnyShop, |n| fill("<a class='", "x ", "'>", n)),
    ("one link", Reading::AnyShop, |n| fill("<link rel=canonical href='/", "x", "'><a rel=next href=y>", n)),
    ("one content", Reading::AnyShop, |n| fill("<meta property=og:title content='", "&amp;x", "'>", n)),
    ("many attributes", Reading::AnyShop, |n| count("<a ", |i| format!("a{i}='{i}' "), ">", n)),
    ("names of their own", Reading::AnyShop, |n| {
        count("", |i| format!("<i class='price-{i} a b c d e f g h i j k l m n o p q r s t u v w'></i>"), "", n)
    }),
    ("inline styles", Reading::AnyShop, |n| fill("", "<i style='color:red;display: block'>x</i>", "", n)),
    ("less-than signs", Reading::AnyShop, |n| "<".repeat(n)),
    ("a script of less-than signs", Reading::AnyShop, |n| fill("<script>", "<", "", n)),
    ("texts between comments", Reading::AnyShop, |n| fill("", "9 €<!---->", "", n)),
    ("a start tag never ended", Reading::AnyShop, |n| fill("<a ", "b=c ", "", n)),
    ("prices in one text", Reading::AnyShop, |n| fill("", "12,50 € ", "", n)),
    ("prices in elements", Reading::AnyShop, |n| fill("", "<b>9 €</b>", "", n)),
    ("numbers in elements", Reading::AnyShop, |n| fill("", "<b>9</b>", "", n)),
    ("prices named as such", Reading::AnyShop, |n| fill("<h1>Tea</h1>", "<b class=price>9,99</b>", "", n)),
    ("buttons", Reading::AnyShop, |n| fill("", "<button>buy now</button>", "", n)),
    ("digits", Reading::AnyShop, |n| "1".repeat(n)),
    ("digits with marks", Reading::AnyShop, |n| fill("<span class=price>", "1.234 ", "", n)),
    ("a comment never ended", Reading::AnyShop, |n| fill("<!-- ", "- > ", "", n)),
    ("comments", Reading::AnyShop, |n| fill("", "<!---->", "", n)),
    ("a script never ended", Reading::AnyShop, |n| fill("<script>", "var a='<b>'; ", "", n)),
    ("an inline script", Reading::AnyShop, |n| fill("<script>", "var a='<b>'; ", "</script><h1>a</h1>", n)),
    ("entities", Reading::AnyShop, |n| fill("<p>", "&amp;&#x20AC;&notit;&", "", n)),
    ("ampersands", Reading::AnyShop, |n| "&".repeat(n)),
    ("unended entity names", Reading::AnyShop, |n| fill("<p>", "&CounterClockwiseContourIntegra", "", n)),
    ("stock phrases", Reading::AnyShop, |n| fill("", "<i>nicht nicht auf lage</i>", "", n)),
    ("labels without values", Reading::AnyShop, |n| fill("", "<i>EAN:</i>", "", n)),
    ("table cells", Reading::AnyShop, |n| fill("<table>", "<tr><td>1", "", n)),
    ("list entries in lists", Reading::AnyShop, |n| fill("", "<ul><li>1", "", n)),
    ("options", Reading::AnyShop, |n| fill("<select>", "<option>5 €", "", n)),
    ("svg and templates", Reading::AnyShop, |n| fill("", "<svg><template>5 €</template>", "", n)),
    ("element names of their own", Reading::AnyShop, |n| count("", |i| format!("<x{i}>5"), "", n)),
    ("blanks", Reading::AnyShop, |n| fill("<p>a", "\u{a0} ", "", n)),
    ("microdata in microdata", Reading::AnyShop, |n| fill("", "<b itemscope itemtype=Product itemprop=offers>", "", n)),
    ("microdata things", Reading::AnyShop, |n| {
        fill("", "<b itemscope itemtype=Product><i itemprop=name>a</i></b>", "", n)
    }),
    ("microdata properties", Reading::AnyShop, |n| {
        fill("<div itemscope itemtype=Product>", "<i itemprop=x>a</i>", "", n)
    }),
    ("microdata properties around one text", Reading::AnyShop, |n| {
        let unit = format!(
            "<p itemscope itemtype=Product>{}{}{}</p>",
            "<i itemprop=x>".repeat(380),
            "text ".repeat(13_000),
            "</i>".repeat(380)
        );
        fill("", &unit, "", n)
    }),
    ("microdata names", Reading::AnyShop, |n| fill("<p itemscope itemtype=Product><b itemprop='", "a ", "'>x</b>", n)),
    ("microdata types", Reading::AnyShop, |n| fill("<p itemscope itemtype='", "Product ", "'><b itemprop=a>x</b>", n)),
    ("JSON-LD brackets", Reading::AnyShop, |n| scripts(n, |n| "[".repeat(n))),
    ("JSON-LD braces", Reading::AnyShop, |n| scripts(n, |n| fill("", "{\"a\":", "", n))),
    ("JSON-LD numbers", Reading::AnyShop, |n| scripts(n, |n| fill("[", "1,", "1]", n))),
    ("JSON-LD empty arrays", Reading::AnyShop, |n| scripts(n, |n| fill("[", "[],", "[]]", n))),
    ("JSON-LD small objects", Reading::AnyShop, |n| scripts(n, |n| fill("[", "{\"a\":1},", "{}]", n))),
    ("JSON-LD properties", Reading::AnyShop, |n| {
        scripts(n, |n| count("{\"@type\":\"Product\"", |i| format!(",\"p{i}\":1"), "}", n))
    }),
    ("JSON-LD one property", Reading::AnyShop, |n| {
        scripts(n, |n| fill("{\"@type\":\"Product\",\"mpn\":[", "\"x\",", "\"x\"]}", n))
    }),
    ("JSON-LD types", Reading::AnyShop, |n| {
        scripts(n, |n| {
            let many = fill("{\"@type\":[", "\"X\",", "\"Product\"],\"hasPart\":[", n / 2);
            fill(&many, "{\"@type\":\"Product\",\"name\":\"x\"},", "{}]}", n)
        })
    }),
    ("JSON-LD in circles", Reading::AnyShop, |n| {
        scripts(n, |n| {
            count(
                "{\"@graph\":[{}",
                |i| {
                    format!(
                        ",{{\"@type\":\"Product\",\"@id\":\"#{i}\",\"name\":\"Tea pot\",\"offers\":{{\"@id\":\"#{}\"}},\"isVariantOf\":{{\"@id\":\"#{}\"}}}}",
                        i + 1,
                        i / 2
                    )
                },
                "]}",
                n,
            )
        })
    }),
    ("JSON-LD variants that share offers without prices", Reading::AnyShop, |n| {
        scripts(n, |n| {
            let offers = fill(
                "{\"@graph\":[{\"@id\":\"#o\",\"@type\":\"AggregateOffer\",\"offers\":[",
                "{\"url\":\"/a\"},",
                "{}]}",
                n / 2,
            );
            let head = format!("{offers},{{\"@type\":\"ProductGroup\",\"name\":\"Tea pot\",\"hasVariant\":[{{}}");
            fill(&head, ",{\"@type\":\"Product\",\"offers\":{\"@id\":\"#o\"}}", "]}]}", n)
        })
    }),
    ("JSON-LD siblings that share offers", Reading::AnyShop, |n| {
        scripts(n, |n| {
            let offers = fill(
                "{\"@graph\":[{\"@id\":\"#o\",\"@type\":\"AggregateOffer\",\"offers\":[",
                "{\"price\":5},",
                "{}]}",
                n / 2,
            );
            fill(&offers, ",{\"@type\":\"Product\",\"name\":\"Tea pot\",\"offers\":{\"@id\":\"#o\"}}", "]}", n)
        })
    }),
    ("JSON-LD offers that are one list many times", Reading::AnyShop, |n| {
        scripts(n, |n| {
            let offers = fill(
                "{\"@graph\":[{\"@id\":\"#o\",\"@type\":\"AggregateOffer\",\"offers\":[",
                "{\"url\":\"/a\"},",
                "{}]}",
                n / 2,
            );
            fill(
                &format!("{offers},{{\"@type\":\"Product\",\"name\":\"Tea pot\",\"offers\":[{{}}"),
                ",{\"@id\":\"#o\"}",
                "]}]}",
                n,
            )
        })
    }),
    ("JSON-LD list of one long name", Reading::AnyShop, |n| {
        scripts(n, |n| {
            let name = fill("{\"@graph\":[{\"@id\":\"#n\",\"name\":\"", "long ", "\"}", n / 2);
            fill(&format!("{name},{{\"@type\":\"ItemList\",\"itemListElement\":[{{}}"), ",{\"@id\":\"#n\"}", "]}]}", n)
        })
    }),
    ("JSON-LD breadcrumbs of one long name", Reading::AnyShop, |n| {
        scripts(n, |n| {
            let name = fill("{\"@graph\":[{\"@id\":\"#n\",\"name\":\"", "long ", "\"}", n / 2);
            let list = format!(
                ",{{\"@type\":\"BreadcrumbList\",\"itemListElement\":[{}{{}}]}}",
                "{\"@id\":\"#n\"},".repeat(20)
            );
            fill(&name, &list, "]}", n)
        })
    }),
    ("JSON-LD offers with one long seller", Reading::AnyShop, |n| {
        scripts(n, |n| {
            let name = fill("{\"@graph\":[{\"@id\":\"#n\",\"name\":\"", "long ", "\"}", n / 2);
            fill(
                &format!(
                    "{name},{{\"@type\":\"Product\",\"name\":\"Tea pot\",\"offers\":[{{\"price\":1,\"seller\":\"me\"}}"
                ),
                ",{\"price\":1,\"seller\":{\"@id\":\"#n\"}}",
                "]}]}",
                n,
            )
        })
    }),
    ("JSON-LD addresses", Reading::AnyShop, |n| {
        scripts(n, |n| {
            fill(
                "[{}",
                &format!(",{{\"@type\":\"Product\",\"name\":\"a\",\"url\":\"/{}\"}}", "x/../".repeat(100)),
                "]",
                n,
            )
        })
    }),
    ("JSON-LD to mend: quotes", Reading::AnyShop, |n| scripts(n, |n| fill("{\"a\":\"", "\" ", "", n))),
    ("JSON-LD to mend: commas and blanks", Reading::AnyShop, |n| scripts(n, |n| fill("[1", ",   ]", "", n))),
    ("JSON-LD to mend: comments", Reading::AnyShop, |n| scripts(n, |n| fill("[1", "/*", "", n))),
    ("JSON-LD to mend: documents", Reading::AnyShop, |n| scripts(n, |n| fill("", "{\"@type\":\"Product\"};", "", n))),
    ("JSON-LD escaped", Reading::AnyShop, |n| scripts(n, |n| fill("{&quot;a&quot;:&quot;", "&amp;amp;", "", n))),
    ("JSON-LD digits", Reading::AnyShop, |n| scripts(n, |n| fill("{\"price\":", "1", "}", n))),
    ("JSON-LD scripts", Reading::AnyShop, |n| fill("", "<script type=ld+json>{}</script>", "", n)),
    ("scripts: objects", Reading::AnyShop, |n| code(n, |n| fill("x=[", "{name:'Tea pot',price:1.5,sku:'a'},", "]", n))),
    ("scripts: brackets", Reading::AnyShop, |n| code(n, |n| fill("price={", "{[(", "", n))),
    ("scripts: closing brackets", Reading::AnyShop, |n| {
        code(n, |n| fill("price=", &format!("{}{}", "{a:".repeat(200), "])".repeat(200)), "", n))
    }),
    ("scripts: quotes", Reading::AnyShop, |n| code(n, |n| fill("price=", "\"'`\\", "", n))),
    ("scripts: texts never ended", Reading::AnyShop, |n| code(n, |n| fill("price=", "'a \n", "", n))),
    ("scripts: JSON in strings", Reading::AnyShop, |n| {
        let inner = "{\\\"name\\\":\\\"Tea pot\\\",\\\"price\\\":\\\"1.50\\\",\\\"sku\\\":\\\"TP-1\\\"}";
        code(n, |n| fill("x=[", &format!("{{\"data\":\"{inner}\"}},"), "]", n))
    }),
    ("scripts: arguments", Reading::AnyShop, |n| {
        code(n, |n| {
            let names: Vec<String> = (0..n / 16).map(|i| format!("a{i}")).collect();
            let names = names.join(",");
            let values = fill("", "1.5,", "2", n / 4);
            let objects = fill("", "{name:a1,price:a2,sku:a3},", "", n / 4);
            format!("window.__NUXT__=(function({names}){{return [{objects}]}}({values}))")
        })
    }),
    ("scripts: Nuxt data that refers to one text", Reading::AnyShop, |n| {
        let text = "x".repeat((n / 2).min(500_000));
        let head = format!("<script id=__NUXT_DATA__ type=application/json>[\"{text}\"");
        fill(&head, ",{\"name\":0,\"price\":0,\"sku\":0}", "]</script>", n.min(1 << 20))
    }),
    ("scripts: Nuxt data in circles", Reading::AnyShop, |n| {
        let head = "<script id=__NUXT_DATA__ type=application/json>[{\"name\":0,\"price\":1,\"product\":2}";
        fill(head, ",{\"name\":1,\"price\":0,\"product\":2,\"sku\":3}", "]</script>", n.min(1 << 20))
    }),
    ("scripts: data attributes", Reading::AnyShop, |n| {
        fill("", "<i data-product='{\"name\":\"Tea pot\",\"price\":1.5,\"sku\":\"a\"}'></i>", "", n)
    }),
    ("lists: entries", Reading::AnyShop, |n| {
        count("", |i| format!("<li><a href='/p{i}'>Tea pot {i}</a> <b>{i},50 €</b></li>"), "", n)
    }),
    ("lists: blocks in blocks around links", Reading::AnyShop, |n| {
        let links: String = (0..40).map(|i| format!("<a href='/p/{i}'>Tea pot number {i}</a> {i},99 € ")).collect();
        let unit = format!("{}{links}{}", "<div>".repeat(350), "</div>".repeat(350));
        fill("", &unit, "", n)
    }),
    ("lists: long addresses", Reading::AnyShop, |n| {
        let unit = format!("<div><a href='/{}'>Tea pot</a> 5 €</div>", "x".repeat(2_000));
        fill("", &unit, "", n)
    }),
    ("rules: nested entries", Reading::Rules, |n| fill("", "<div>text", "", n)),
    ("rules: nested values around one text", Reading::Rules, |n| {
        let unit = format!("{}{}{}", "<div>".repeat(380), "text ".repeat(13_000), "</div>".repeat(380));
        fill("", &unit, "", n)
    }),
    ("rules: entries", Reading::Rules, |n| fill("", "<div><b>a</b></div>", "", n)),
    ("rules: long values and a slow pattern", Reading::Rules, |n| {
        fill("", &format!("<b class=x>{}</b>", "ab".repeat(30_000)), "", n)
    }),
    ("rules: element names of their own", Reading::Rules, |n| count("", |i| format!("<x{i}></x{i}>"), "", n)),
    ("JSON array of numbers", Reading::Json, |n| fill("[", "1,", "1]", n)),
    ("JSON array of arrays", Reading::Json, |n| fill("[", "[],", "[]]", n)),
    ("JSON array of objects", Reading::Json, |n| fill("{\"items\":[", "{\"name\":1},", "{}]}", n)),
    ("JSON brackets", Reading::Json, |n| "[".repeat(n)),
    ("JSON long texts", Reading::Json, |n| fill("{\"name\":\"", "long ", "\"}", n)),
    ("JSON escaped texts", Reading::Json, |n| fill("{\"name\":\"", "\\n long ", "\"}", n)),
    ("JSON keys", Reading::Json, |n| count("{\"a\":1", |i| format!(",\"k{i}\":1"), "}", n)),
];
