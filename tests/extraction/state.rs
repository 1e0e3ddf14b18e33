//! Product data in scripts, in the forms the common shop systems write: it fills gaps, and a unit that is in doubt is none.

use crate::{any_shop, price, read};
use pricemill::domain::Availability;
use pricemill::extraction::recipe::ProductField;
use pricemill::extraction::{Evidence, PageContext, extract, extract_in_chunks};

const TITLE: &str = "<title>Tea pot | Shop</title><h1>Tea pot</h1>";

fn sku(html: &str) -> Option<String> {
    read(&any_shop(), html).product.sku
}

#[test]
fn every_form_of_state_gives_the_price_and_the_numbers() {
    for script in [
        r#"<script id="__NEXT_DATA__" type="application/json">{"props":{"pageProps":{"product":{"name":"Tea pot","sku":"TP-77","brand":{"name":"Acme"},"price":{"value":19.99,"currency":"EUR"},"inStock":true}}}}</script>"#,
        r#"<script id="__NUXT_DATA__" type="application/json">[{"product":1},{"name":2,"sku":3,"brand":4,"price":5,"available":7},"Tea pot","TP-77","Acme",{"value":6,"currency":8},19.99,true,"EUR"]</script>"#,
        r#"<script>window.__NUXT__=(function(a,b,c,d){return {state:{product:{name:a,sku:"TP-77",vendor:c,price:b,currency:"EUR",available:d}}}}("Tea pot",19.99,"Acme",true));</script>"#,
        r#"<script>window.__NUXT__={state:{product:{name:"Tea pot",sku:"TP-77",vendor:"Acme",price:"19.99",currency:"EUR",available:true}}};</script>"#,
        r#"<script>window.__APOLLO_STATE__ = {"Product:1":{"__typename":"Product","name":"Tea pot","sku":"TP-77","brandName":"Acme","finalPrice":{"amount":19.99,"currencyCode":"EUR"},"stockStatus":"IN_STOCK"}};</script>"#,
        r#"<script>self.__next_f.push([1,"3:{\"product\":{\"name\":\"Tea pot\",\"sku\":\"TP-77\",\"brand\":\"Acme\",\"price\":19.99,\"currency\":\"EUR\",\"isInStock\":true}}"])</script>"#,
        r#"<script>dataLayer.push({'event':'view_item','ecommerce':{'items':[{'item_name':'Tea pot','sku':'TP-77','item_brand':'Acme','price':19.99,'currency':'EUR','in_stock':true}]}});</script>"#,
        r#"<script>dataLayer = [{"ecommerce":{"currencyCode":"EUR","detail":{"products":[{"name":"Tea pot","sku":"TP-77","brand":"Acme","price":"19.99","currency":"EUR","availability":"InStock"}]}}}];</script>"#,
        r#"<div data-product="{&quot;name&quot;:&quot;Tea pot&quot;,&quot;sku&quot;:&quot;TP-77&quot;,&quot;brand&quot;:&quot;Acme&quot;,&quot;price&quot;:19.99,&quot;currency&quot;:&quot;EUR&quot;,&quot;available&quot;:true}"></div>"#,
    ] {
        let extracted = read(&any_shop(), &format!("{TITLE}{script}"));
        let p = &extracted.product;
        assert_eq!(price(&extracted), "19.99 EUR", "{script}");
        assert_eq!((p.sku.as_deref(), p.brand_name.as_deref()), (Some("TP-77"), Some("Acme")), "{script}");
        assert_eq!(p.availability, Some(Availability::InStock), "{script}");
        assert_eq!(extracted.provenance[&ProductField::Price], Evidence::State, "{script}");
        for chunk in [1, 7] {
            let url = url::Url::parse("https://shop.example/p/1").unwrap();
            let context = PageContext { url: Some(&url), ..PageContext::default() };
            let html = format!("{TITLE}{script}");
            assert_eq!(extract_in_chunks(&any_shop(), &html, context, chunk).unwrap(), extracted, "{chunk} {script}");
        }
    }
}

#[test]
fn cents_are_told_from_units_by_what_the_page_shows_or_not_at_all() {
    let shopify = |price: &str, body: &str| {
        format!(
            "{TITLE}{body}<script>var meta = {{\"product\":{{\"id\":1,\"vendor\":\"Acme\",\"variants\":[{{\"id\":2,\"price\":{price},\"name\":\"Tea pot\",\"sku\":\"TP-77\"}}]}}}};</script>"
        )
    };
    assert_eq!(price(&read(&any_shop(), &shopify("1999", ""))), "-");
    // A price alone in a link far from everything is no answer by itself, but settles the unit.
    let shown = |text: &str| format!("<p>{}</p><nav><a>{text}</a></nav>", "long text ".repeat(1_300));
    assert_eq!(price(&read(&any_shop(), &shopify("1999", &shown("19,99 €")))), "19.99 EUR");
    assert_eq!(price(&read(&any_shop(), &shopify("1999", &shown("1999 €")))), "1999 EUR");
    assert_eq!(price(&read(&any_shop(), &shopify("1999", &(shown("1999 €") + &shown("19,99 €"))))), "-");
}

#[test]
fn scripts_never_overrule_markup_and_other_products_are_not_the_pages() {
    let ld = r#"<script type="application/ld+json">{"@type":"Product","name":"Tea pot","sku":"TP-77","offers":{"price":"20.00","priceCurrency":"EUR"}}</script>"#;
    let html = format!(r#"{TITLE}{ld}<script>var p = {{"name":"Tea pot","sku":"other-1","price":9.99}};</script>"#);
    let extracted = read(&any_shop(), &html);
    assert_eq!((price(&extracted).as_str(), extracted.product.sku.as_deref()), ("20.00 EUR", Some("TP-77")));
    for other in [
        r#"{"name":"Cup","sku":"C-1","price":9.99}"#,
        r#"{"name":"Shop","id":"4711","price":9.99}"#,
        r#"{"recommendations":[{"name":"Tea pot","sku":"C-1","price":9.99}]}"#,
        r#"{"event":"view_item_list","items":[{"item_name":"Tea pot","sku":"C-1","price":9.99}]}"#,
    ] {
        let extracted = read(&any_shop(), &format!("{TITLE}<script>dataLayer.push({other})</script>"));
        assert_eq!((price(&extracted).as_str(), extracted.product.sku), ("-", None), "{other}");
    }
    let variants = format!(
        r#"{TITLE}<script>var p = {{variants: [{{"name":"Tea pot","sku":"S","price":9.99}},{{"name":"Tea pot","sku":"L","price":12.99}}]}}</script>"#
    );
    assert_eq!(price(&read(&any_shop(), &variants)), "-");
}

#[test]
fn article_numbers_wherever_shops_print_them() {
    for (body, want) in [
        ("<p>Art.-Nr. 12-345</p>", Some("12-345")),
        ("<p>SKU: TP-77 | EAN: 4006381333931</p>", Some("TP-77")),
        ("<span class=\"product-reference\">1002/710</span>", Some("1002/710")),
        ("<span class='sku_wrapper'>SKU: <span class=sku>WOO-1</span></span>", Some("WOO-1")),
        ("<form><input type=hidden name=sku value=F-12></form>", Some("F-12")),
        ("<p>Réf. : 304103</p>", Some("304103")),
        ("<p>Артикул: 55-1</p>", Some("55-1")),
        ("<p>Reference: great taste</p>", None),
        ("<div class=related-products><span class=sku>X-1</span></div>", None),
        ("<form><input type=hidden name=product value=811></form>", None),
    ] {
        assert_eq!(sku(&format!("{TITLE}{body}")).as_deref(), want, "{body}");
    }
}

#[test]
fn a_large_script_is_read_in_time_that_grows_with_its_size() {
    // Each of these would take minutes if anything were looked for again and again.
    for piece in ["\"\\\"", "'", "/*", "{\"price\":[", "`\\`", "a:'", "{\"name\":\"{\\\"", "(", "\\"] {
        let html = format!("{TITLE}<script>var sku = {}</script>", piece.repeat((3 << 20) / piece.len()));
        extract(&any_shop(), &html, PageContext::default()).unwrap();
    }
}

#[test]
fn a_price_that_the_page_keeps_from_its_readers_is_none() {
    let state =
        |stock: &str| format!(r#"<script>var p = {{"name":"Tea pot","sku":"1","price":19.99{stock}}}</script>"#);
    assert_eq!(price(&read(&any_shop(), &format!("{TITLE}{}", state("")))), "19.99 -");
    assert_eq!(price(&read(&any_shop(), &format!("{TITLE}{}", state(r#","available":false"#)))), "-");
    let others = "<p>Free delivery from 50,00 €</p>";
    assert_eq!(price(&read(&any_shop(), &format!("{TITLE}{others}{}", state("")))), "-");
}

#[test]
fn a_sold_out_product_keeps_its_button() {
    let html = format!(
        r#"{TITLE}<span class=price>19,99 €</span><button>Add to cart</button><script>var p = {{"name":"Tea pot","sku":"1","price":19.99,"in_stock":false}}</script>"#
    );
    assert_eq!(read(&any_shop(), &html).product.availability, Some(Availability::OutOfStock));
}
