//! Pages with markup for machines, and which evidence wins.

use crate::{any_shop, price, read};
use pricemill::domain::{Availability, Condition};
use pricemill::extraction::recipe::ProductField;
use pricemill::extraction::{Evidence, PageContext, Verdict, extract};

#[test]
fn every_field_of_json_ld() {
    let html = r#"<h1>Tea pot</h1><script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"Tea pot",
        "image":["/a.png"],"brand":{"@type":"Brand","name":"Acme"},"sku":"TP-77","mpn":"M1","gtin13":"4006381333931",
        "aggregateRating":{"ratingValue":"4.5","reviewCount":"12"},"offers":{"@type":"Offer","price":"224.904","priceCurrency":"EUR",
        "availability":"https://schema.org/OutOfStock","itemCondition":"https://schema.org/UsedCondition"}}</script>"#;
    let extracted = read(&any_shop(), html);
    let p = &extracted.product;
    assert_eq!(price(&extracted), "224.904 EUR");
    assert_eq!(
        (p.name.as_deref(), p.brand_name.as_deref(), p.sku.as_deref()),
        (Some("Tea pot"), Some("Acme"), Some("TP-77"))
    );
    assert_eq!(
        (p.image_url.as_deref(), p.mpns.as_slice()),
        (Some("https://shop.example/a.png"), ["M1".to_owned()].as_slice())
    );
    assert_eq!((p.review_rating, p.review_count), (Some(90), Some(12)));
    assert_eq!((p.availability, p.condition), (Some(Availability::OutOfStock), Some(Condition::Used)));
    assert_eq!(p.gtins.len(), 1);
    assert_eq!(extracted.provenance[&ProductField::Price], Evidence::JsonLd);
    assert_eq!(extracted.verdict, Verdict::Understood);
}

/// As OXID, Magento 1 and Virtuemart extensions write it.
#[test]
fn rdfa_of_schema_org_and_of_good_relations() {
    let good_relations = r##"<div xmlns:gr="http://purl.org/goodrelations/v1#"><div about="#offer" typeof="gr:Offering"><h1 property="gr:name">Tea pot</h1>
        <div property="gr:hasEAN_UCC-13" content="4006381333931" datatype="xsd:string"></div><div property="gr:hasStockKeepingUnit" content="TP-77"></div>
        <div rel="gr:hasPriceSpecification"><div typeof="gr:UnitPriceSpecification"><span property="gr:hasCurrency" content="EUR">€</span>
        <span property="gr:hasCurrencyValue" content="224.904" datatype="xsd:float">224,90</span></div></div><div rel="foaf:page" resource="/p/1"></div></div></div>"##;
    let schema = r#"<div vocab="https://schema.org/" typeof="Product"><h1 property="name">Tea pot</h1><meta property="gtin13" content="4006381333931">
        <span property="sku">TP-77</span><div property="offers" typeof="Offer"><span property="price" content="224.904">224,90</span>
        <meta property="priceCurrency" content="EUR"></div></div>"#;
    let prefixed = schema.replace("property=\"", "property=\"schema:").replace("typeof=\"", "typeof=\"schema:");
    for html in [good_relations, schema, &prefixed] {
        let extracted = read(&any_shop(), html);
        let p = &extracted.product;
        assert_eq!(price(&extracted), "224.904 EUR", "{html}");
        assert_eq!((p.sku.as_deref(), p.gtins.len(), p.name.as_deref()), (Some("TP-77"), 1, Some("Tea pot")), "{html}");
    }
}

#[test]
fn an_aggregate_whose_own_offers_name_no_price_counts_beside_others() {
    let html = r#"<h1>Tea pot</h1><script type="application/ld+json">{"@type":"Product","name":"Tea pot","offers":[
        {"@type":"Offer","price":"9","seller":{"name":"A"}},
        {"@type":"AggregateOffer","lowPrice":"5","seller":{"name":"B"},"offers":[{"@type":"Offer","availability":"InStock"}]}]}</script>"#;
    let prices: Vec<String> =
        read(&any_shop(), html).offers.iter().filter_map(|o| o.price).map(|p| p.to_string()).collect();
    assert_eq!(prices, ["9", "5"]);
}

#[test]
fn stronger_evidence_wins_and_weaker_fills_gaps() {
    let html = r#"<meta property="product:price:amount" content="1.00"><meta property="product:brand" content="Acme">
        <div itemscope itemtype="https://schema.org/Product"><h1 itemprop=name>Tea pot</h1>
        <div itemprop=offers itemscope itemtype="https://schema.org/Offer"><span itemprop=price>1.234,50 €</span></div></div>"#;
    let extracted = read(&any_shop(), html);
    assert_eq!(price(&extracted), "1234.50 EUR");
    assert_eq!(extracted.product.brand_name.as_deref(), Some("Acme"));
    assert_eq!(extracted.provenance[&ProductField::Price], Evidence::Microdata);
    assert_eq!(extracted.provenance[&ProductField::BrandName], Evidence::Meta);
}

#[test]
fn markup_that_names_the_list_price_gives_way_to_what_the_page_asks() {
    let html = r#"<script type="application/ld+json">{"@type":"Product","name":"Tea pot","offers":{"price":"20.00","priceCurrency":"EUR"}}</script>
        <h1>Tea pot</h1><del class=price>20,00 €</del><span class="price sale-price">12,50 €</span><button>Add to cart</button>"#;
    let extracted = read(&any_shop(), html);
    assert_eq!(price(&extracted), "12.50 EUR");
    assert_eq!(extracted.product.list_price, "20".parse().ok());
}

#[test]
fn a_list_page_gives_its_results_and_next_page() {
    let html = r#"<link rel=next href="/c?page=2"><script type="application/ld+json">{"@type":"ItemList","itemListElement":[
        {"@type":"ListItem","position":1,"item":{"@type":"Product","name":"A","url":"/a","offers":{"price":"1.50","priceCurrency":"EUR"}}},
        {"@type":"ListItem","position":2,"item":{"@type":"Product","name":"B","url":"/b","offers":{"@type":"AggregateOffer","lowPrice":"2"}}}]}</script>"#;
    let extracted = read(&any_shop(), html);
    assert_eq!(price(&extracted), "-");
    let results: Vec<_> =
        extracted.search_results.iter().map(|r| (r.position, r.name.as_deref(), r.url.as_deref())).collect();
    assert_eq!(
        results,
        [(1, Some("A"), Some("https://shop.example/a")), (2, Some("B"), Some("https://shop.example/b"))]
    );
    assert_eq!(extracted.search_results[1].min_price, "2".parse().ok());
    assert_eq!(extracted.next_page.as_deref(), Some("https://shop.example/c?page=2"));
}

#[test]
fn a_page_that_says_nothing_is_not_understood() {
    for html in ["", "<p>hello", "{\"a\":1}", "<script type='application/ld+json'>{</script>"] {
        assert_eq!(read(&any_shop(), html).verdict, Verdict::NotUnderstood, "{html}");
    }
}

/// Each would be read for ever, or 2^60 times, if references were followed blindly.
#[test]
fn references_in_circles_are_read_once() {
    let page = |json: &str| format!(r#"<h1>x</h1><script type="application/ld+json">{json}</script>"#);
    let to_itself = r##"{"@type":"Product","name":"x","offers":{"@type":"AggregateOffer","@id":"#o","lowPrice":"5","priceCurrency":"EUR","offers":{"@id":"#o"}}}"##;
    assert_eq!(price(&read(&any_shop(), &page(to_itself))), "5 EUR");
    let in_a_ring = r##"{"@graph":[{"@type":"Product","name":"x","offers":{"@id":"#a"}},
        {"@type":"Offer","@id":"#a","price":"7","priceCurrency":"EUR","offers":{"@id":"#b"}},
        {"@type":"AggregateOffer","@id":"#b","offers":{"@id":"#a"}}]}"##;
    assert_eq!(price(&read(&any_shop(), &page(in_a_ring))), "7 EUR");
    let doubling: Vec<String> = (0..60)
        .map(|i| {
            let next = format!(r##"{{"@id":"#n{}"}}"##, i + 1);
            format!(r##"{{"@type":"AggregateOffer","@id":"#n{i}","offers":[{next},{next}]}}"##)
        })
        .collect();
    let doubling =
        format!(r##"{{"@graph":[{{"@type":"Product","name":"x","offers":{{"@id":"#n0"}}}},{}]}}"##, doubling.join(","));
    read(&any_shop(), &page(&doubling));
}

#[test]
fn postage_of_another_country_or_currency_is_not_added() {
    let shipping = |details: &str| {
        let html = format!(
            r#"<h1>x</h1><script type="application/ld+json">{{"@type":"Product","name":"x","offers":[
            {{"@type":"Offer","price":"10","priceCurrency":"EUR","seller":{{"name":"A"}},"shippingDetails":{details}}},
            {{"@type":"Offer","price":"11","priceCurrency":"EUR","seller":{{"name":"B"}}}}]}}</script>"#
        );
        let context = PageContext { country: "de".parse().ok(), ..PageContext::default() };
        let extracted = extract(&any_shop(), &html, context).unwrap();
        extracted
            .offers
            .iter()
            .find(|o| o.shop_name.as_deref() == Some("A"))
            .unwrap()
            .shipping_costs
            .map(|s| s.to_string())
    };
    let rate = |value: &str, currency: &str, country: &str| {
        format!(
            r#"{{"shippingRate":{{"value":"{value}","currency":"{currency}"}},"shippingDestination":{{"addressCountry":"{country}"}}}}"#
        )
    };
    let (us, de) = (rate("5", "USD", "US"), rate("4.90", "EUR", "DE"));
    assert_eq!(shipping(&format!("[{us},{de}]")).as_deref(), Some("4.90"));
    for name in ["Germany", "Deutschland", "DEU"] {
        assert_eq!(shipping(&format!("[{us},{}]", rate("4.90", "EUR", name))).as_deref(), Some("4.90"), "{name}");
    }
    let thing = rate("4.90", "EUR", "DE").replace("\"DE\"", r#"{"@type":"Country","name":"Austria"}"#);
    assert_eq!(shipping(&thing), None);
    assert_eq!(shipping(&us), None);
    assert_eq!(shipping(&rate("5", "USD", "DE")), None);
}
