//! What a page says → what a lookup's page holds.

use crate::domain::{Currency, Gtin, Offer, PageContent, Product, Topic};
use crate::extraction::Extracted;
use crate::sources::{Definition, Kind, Step};
use url::Url;

/// What a page says of the product, and its entries of the topic's list.
pub(super) fn list_of(topic: Topic, extracted: Extracted) -> (Product, PageContent) {
    let mut content = PageContent::default();
    match topic {
        Topic::ProductAndOffers | Topic::Product | Topic::Offers => content.offers = extracted.offers,
        Topic::SearchResults => {
            content.search_results = extracted.search_results;
            content.total_search_result_count = extracted.total_count;
        }
        Topic::Reviews => {
            content.reviews = extracted.reviews;
            content.rating_distribution = extracted.rating_distribution;
        }
    }
    (extracted.product, content)
}

/// Whether a page lists what the page before it lists.
pub(super) fn repeats(page: &PageContent, before: &PageContent) -> bool {
    page.offers == before.offers && page.search_results == before.search_results && page.reviews == before.reviews
}

/// The product of the first page: what its own page says, gaps filled from the first page of the list. How many reviews
/// there are, and what they come to, the reviews' own pages know best.
pub(super) fn merge_product(topic: Topic, mut product: Product, other: Product) -> Product {
    macro_rules! fill {
        ($($field:ident),+) => { $( if product.$field.is_none() { product.$field = other.$field; } )+ };
    }
    macro_rules! fill_list {
        ($($field:ident),+) => { $( if product.$field.is_empty() { product.$field = other.$field; } )+ };
    }
    if topic == Topic::Reviews {
        product.review_count = other.review_count.or(product.review_count);
        product.review_rating = other.review_rating.or(product.review_rating);
    }
    // A price with its currency, seller and postage, and a stock state and its text, are from one page.
    let has_money = |p: &Product| p.price.is_some() || p.list_price.is_some();
    if !has_money(&product) && (has_money(&other) || product.currency.is_none()) {
        (product.price, product.list_price, product.currency) = (other.price, other.list_price, other.currency);
        (product.seller_name, product.shipping_costs) = (other.seller_name, other.shipping_costs);
    }
    if product.availability.is_none() && product.availability_text.is_none() {
        product.availability = other.availability;
        product.availability_text = other.availability_text;
    }
    fill!(id, name, url, image_url, description, brand_name, category_name, review_count, review_rating, sku);
    fill!(condition, dimensions, offer_count, offers_url);
    fill_list!(category_path, gtins, mpns, feature_bullets, specifications);
    product
}

/// Whether a page that was asked for a GTIN names others only. Numbers of one company (in-store, 02, 04 and 2x) mean something
/// else in each shop, so they prove nothing either way.
pub(super) fn names_only_others(asked: &str, gtins: &[Gtin]) -> bool {
    let mut worldwide = gtins.iter().filter(|gtin| !gtin.is_restricted()).peekable();
    worldwide.peek().is_some() && worldwide.all(|gtin| gtin.as_str() != asked)
}

/// Offers as they are stored: with a currency, and a total where both parts are known.
fn complete_offers(offers: &mut [Offer], currency: Option<Currency>) {
    for offer in offers {
        let has_money = offer.price.is_some() || offer.price_with_shipping.is_some() || offer.shipping_costs.is_some();
        if has_money && offer.currency.is_none() {
            offer.currency = currency;
        }
        offer.price_with_shipping = offer.total();
    }
}

/// Entries as they are stored: a shop's offers name the shop, money has a currency.
pub(super) fn complete(content: &mut PageContent, definition: &Definition, url: &Url, currency: Option<Currency>) {
    if definition.kind == Kind::Shop {
        name_shop(&mut content.offers, definition, url);
    }
    complete_offers(&mut content.offers, currency);
    for result in &mut content.search_results {
        let has_price = result.price.is_some() || result.min_price.is_some() || result.max_price.is_some();
        if (has_price || result.shipping_costs.is_some()) && result.currency.is_none() {
            result.currency = currency;
        }
    }
}

/// Where a first page comes from.
pub(super) struct FirstPage<'a> {
    pub definition: &'a Definition,
    pub topic: Topic,
    /// The topic's list.
    pub step: &'a Step,
    /// Of the page that says what the product is.
    pub url: &'a Url,
    pub currency: Option<Currency>,
}

/// Puts a first page together; `entries` are those of the topic's list.
pub(super) fn first_page(from: FirstPage<'_>, mut product: Product, mut entries: PageContent) -> PageContent {
    let FirstPage { definition, topic, step, url, currency } = from;
    if product.currency.is_none() && (product.price.is_some() || product.list_price.is_some()) {
        product.currency = currency;
    }
    product.gtins.sort();
    product.gtins.dedup();
    if product.url.is_none() && url.scheme() != "embedded" && topic != Topic::SearchResults {
        product.url = Some(url.to_string());
    }
    let sells = !matches!(topic, Topic::SearchResults | Topic::Reviews);
    if sells && definition.kind == Kind::Shop && entries.offers.is_empty() && !step.has_list && product.price.is_some()
    {
        entries.offers.push(own_offer(&product));
    }
    // A page that names its currency names that of all its prices.
    complete(&mut entries, definition, url, product.currency.or(currency));
    take_buy_box(&mut product, definition, step, &entries.offers);
    if topic == Topic::Product {
        if product.price.is_none() {
            take_lowest(&mut product, &entries.offers);
        }
        entries.offers.clear();
    }
    PageContent { product, ..entries }
}

/// A marketplace's product page with one offer is that offer's: its buy box.
fn take_buy_box(product: &mut Product, definition: &Definition, step: &Step, offers: &[Offer]) {
    let is_product_page = definition.product.as_ref().is_some_and(|product| std::ptr::eq(product, step));
    let [offer] = offers else { return };
    if definition.kind != Kind::Marketplace || !is_product_page || product.seller_name.is_some() {
        return;
    }
    if product.price.is_none() {
        (product.price, product.currency) = (offer.price, offer.currency);
    }
    if product.price == offer.price {
        product.seller_name.clone_from(&offer.shop_name);
        product.shipping_costs = product.shipping_costs.or(offer.shipping_costs);
        if product.availability.is_none() && product.availability_text.is_none() {
            product.availability = offer.availability;
            product.availability_text.clone_from(&offer.availability_text);
        }
    }
}

/// The price of a product whose page lists who sells it, where the offers themselves are not asked: the lowest in the first
/// one's currency.
fn take_lowest(product: &mut Product, offers: &[Offer]) {
    let priced = || offers.iter().filter_map(|offer| Some((offer.price?, offer.currency)));
    let Some((_, currency)) = priced().next() else { return };
    product.price = priced().filter(|(_, other)| *other == currency).map(|(price, _)| price).min();
    product.currency = currency;
}

/// A shop sells what its page shows: the page is its one offer.
fn own_offer(product: &Product) -> Offer {
    Offer {
        price: product.price,
        currency: product.currency,
        url: product.url.clone(),
        name: product.name.clone(),
        availability: product.availability,
        availability_text: product.availability_text.clone(),
        condition: product.condition,
        shipping_costs: product.shipping_costs,
        ..Offer::default()
    }
}

/// Offers on a shop's own pages that name no seller are the shop's.
fn name_shop(offers: &mut [Offer], definition: &Definition, url: &Url) {
    let host = url.host_str().map(|host| host.strip_prefix("www.").unwrap_or(host));
    let Some(name) = definition.shop_name.as_deref().or(host) else { return };
    for offer in offers.iter_mut().filter(|offer| offer.shop_name.is_none()) {
        offer.shop_name = Some(name.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Amount, SearchResult};
    use crate::sources::Registry;

    fn amount(text: &str) -> Option<Amount> {
        text.parse().ok()
    }

    fn web_page(product: Product, offers: Vec<Offer>) -> PageContent {
        let registry = Registry::load(None, &[]).unwrap();
        let web = registry.find("web").unwrap();
        let url = Url::parse("https://www.shop.example/p/1").unwrap();
        let topic = Topic::ProductAndOffers;
        let step = web.list_step(topic).unwrap();
        let from = FirstPage { definition: web, topic, step, url: &url, currency: Some(Currency::EUR) };
        first_page(from, product, PageContent { offers, ..PageContent::default() })
    }

    #[test]
    fn a_shop_page_is_its_one_offer() {
        let product = Product { name: Some("Tea".into()), price: amount("3.50"), ..Product::default() };
        let page = web_page(product, vec![]);
        let [offer] = &page.offers[..] else { panic!("{page:?}") };
        assert_eq!(offer.shop_name.as_deref(), Some("shop.example"));
        assert_eq!((offer.price, offer.currency), (amount("3.5"), Some(Currency::EUR)));
        assert_eq!(offer.url.as_deref(), Some("https://www.shop.example/p/1"));
        assert_eq!(offer.price_with_shipping, None, "shipping is unknown, not free");
        assert_eq!(page.product.currency, Some(Currency::EUR));
        assert!(page.product.gtins.is_empty());
    }

    #[test]
    fn numbers_of_one_company_prove_nothing() {
        let gtins = |texts: &[&str]| texts.iter().map(|t| t.parse().unwrap()).collect::<Vec<Gtin>>();
        assert!(names_only_others("04006381333931", &gtins(&["4054278533728"])));
        assert!(!names_only_others("04006381333931", &gtins(&["4054278533728", "4006381333931"])));
        assert!(!names_only_others("04006381333931", &gtins(&["2000000000008"])));
        assert!(names_only_others("02000000000008", &gtins(&["4054278533728", "2000000000008"])));
        assert!(!names_only_others("04006381333931", &[]));
    }

    #[test]
    fn a_page_without_a_price_has_no_offer() {
        assert!(web_page(Product { name: Some("Tea".into()), ..Product::default() }, vec![]).offers.is_empty());
    }

    #[test]
    fn what_a_page_names_is_kept() {
        let told = Offer {
            shop_name: Some("Other".into()),
            price: amount("1"),
            shipping_costs: amount("2"),
            currency: Some(Currency::GBP),
            ..Offer::default()
        };
        let page = web_page(Product::default(), vec![told, Offer::default()]);
        assert_eq!(page.offers[0].shop_name.as_deref(), Some("Other"));
        assert_eq!(page.offers[0].currency, Some(Currency::GBP));
        assert_eq!(page.offers[0].price_with_shipping, amount("3"));
        assert_eq!(page.offers[1].currency, None, "no money, no currency");
    }

    #[test]
    fn a_search_result_with_money_has_a_currency() {
        let registry = Registry::load(None, &[]).unwrap();
        let url = Url::parse("https://www.shop.example/s?q=tea").unwrap();
        let of = |result: SearchResult| {
            let mut content = PageContent { search_results: vec![result], ..PageContent::default() };
            complete(&mut content, registry.find("web").unwrap(), &url, Some(Currency::EUR));
            content.search_results[0].currency
        };
        assert_eq!(of(SearchResult { shipping_costs: amount("4.90"), ..SearchResult::default() }), Some(Currency::EUR));
        assert_eq!(of(SearchResult { max_price: amount("4.90"), ..SearchResult::default() }), Some(Currency::EUR));
        assert_eq!(of(SearchResult::default()), None, "no money, no currency");
    }

    #[test]
    fn gaps_are_filled_but_nothing_is_mixed() {
        let own = Product { price: amount("5"), name: Some("A".into()), ..Product::default() };
        let list = Product {
            price: amount("7"),
            currency: Some(Currency::USD),
            name: Some("B".into()),
            sku: Some("s".into()),
            ..Product::default()
        };
        let merged = merge_product(Topic::Product, own, list);
        assert_eq!((merged.name.as_deref(), merged.sku.as_deref()), (Some("A"), Some("s")));
        assert_eq!((merged.price, merged.currency), (amount("5"), None), "5 of an unknown currency are not 5 USD");
    }
}
