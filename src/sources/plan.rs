//! A lookup → the page to get next and how to read it. Pure: nothing is fetched here.
//!
//! A value goes through up to three steps: search (value → hit), product (hit → what the product is) and the topic's list
//! (hit → who sells it, or what buyers say, page after page). A source leaves out what it does not need.

use super::template::Filling;
pub use super::template::Unfilled;
use super::{Definition, Step, ValueForm};
use crate::domain::{Country, Key, Lookup, Topic};
use url::Url;

/// Where a product stands at its source: what a search hit, or the value itself, says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hit {
    pub id: Option<String>,
    /// Absolute.
    pub url: Option<String>,
}

/// One page to get, and the step whose recipe reads it.
#[derive(Debug, Clone)]
pub struct PlannedPage<'d> {
    pub url: Url,
    pub step: &'d Step,
}

/// The search page, for keys that are searched first.
pub fn search<'d>(definition: &'d Definition, lookup: &Lookup) -> Option<Result<PlannedPage<'d>, Unfilled>> {
    search_page(definition, lookup, 1)
}

/// A page of the search results, by number from 1, for keys that are searched.
pub fn search_page<'d>(
    definition: &'d Definition,
    lookup: &Lookup,
    number: u32,
) -> Option<Result<PlannedPage<'d>, Unfilled>> {
    let step = definition.search.as_ref().filter(|_| definition.is_searched_for(lookup.topic, lookup.key))?;
    Some(fill(definition, step, lookup, &Hit::default(), number))
}

/// A page of the list of bestsellers of a category (as the source's addresses write it), by number from 1.
pub fn bestsellers<'d>(
    definition: &'d Definition,
    country: Country,
    category: &str,
    number: u32,
) -> Option<Result<PlannedPage<'d>, Unfilled>> {
    let step = definition.bestsellers.as_ref()?;
    let filling = Filling { value: Some(category), ..of_country(definition, country, step, number) };
    Some(step.url.fill(&filling).map(|url| PlannedPage { url, step }))
}

/// The hit of a value that needs no search: the value is the id, or the page's URL.
pub fn hit_of_value(definition: &Definition, lookup: &Lookup) -> Hit {
    let is_url = definition.keys.get(&lookup.key).is_some_and(|rule| rule.form == ValueForm::Url);
    if is_url {
        Hit { id: None, url: Some(lookup.value.clone()) }
    } else {
        Hit { id: Some(lookup.value.clone()), url: None }
    }
}

/// The product page, where the topic's list needs it beside its own pages.
pub fn product<'d>(
    definition: &'d Definition,
    lookup: &Lookup,
    hit: &Hit,
) -> Option<Result<PlannedPage<'d>, Unfilled>> {
    let step = definition.page_before_list(lookup.topic, lookup.key)?;
    Some(fill(definition, step, lookup, hit, 1))
}

/// A page of the topic's list, by number from 1; `None` when the definition has no step that shows one.
pub fn list_page<'d>(
    definition: &'d Definition,
    lookup: &Lookup,
    hit: &Hit,
    number: u32,
) -> Option<Result<PlannedPage<'d>, Unfilled>> {
    if lookup.topic == Topic::SearchResults {
        return search_page(definition, lookup, number);
    }
    let step = definition.list_step(lookup.topic)?;
    Some(fill(definition, step, lookup, hit, number))
}

/// The first page of any step behind the search, whichever topic asks for it.
pub fn page_of<'d>(
    definition: &'d Definition,
    lookup: &Lookup,
    hit: &Hit,
    step: &'d Step,
) -> Option<Result<PlannedPage<'d>, Unfilled>> {
    Some(fill(definition, step, lookup, hit, 1))
}

/// Whether a hit has what the pages after the search are found by.
pub fn can_follow(definition: &Definition, lookup: &Lookup, hit: &Hit) -> bool {
    let follows = |page: Option<Result<PlannedPage<'_>, Unfilled>>| page.is_none_or(|filled| filled.is_ok());
    follows(product(definition, lookup, hit)) && follows(list_page(definition, lookup, hit, 1))
}

/// The id a found product has when its page names none: the hit's, unless the value was only tried as an id.
pub fn known_id(definition: &Definition, lookup: &Lookup, hit: &Hit) -> Option<String> {
    hit.id.clone().filter(|_| lookup.key == Key::SourceId || definition.is_searched(lookup.key))
}

fn fill<'d>(
    definition: &'d Definition,
    step: &'d Step,
    lookup: &Lookup,
    hit: &Hit,
    number: u32,
) -> Result<PlannedPage<'d>, Unfilled> {
    let pattern = definition.keys.get(&lookup.key).and_then(|rule| rule.pattern.as_ref());
    let found = pattern.and_then(|pattern| Some((pattern, pattern.captures(&lookup.value)?)));
    let groups: Vec<(&str, &str)> = match &found {
        Some((pattern, captures)) => {
            pattern.capture_names().flatten().filter_map(|name| Some((name, captures.name(name)?.as_str()))).collect()
        }
        None => Vec::new(),
    };
    let filling = Filling {
        value: Some(&lookup.value),
        id: hit.id.as_deref(),
        url: hit.url.as_deref(),
        groups: &groups,
        ..of_country(definition, lookup.country, step, number)
    };
    Ok(PlannedPage { url: step.url.fill(&filling)?, step })
}

/// What a template needs to know of the country and of the page's number.
fn of_country<'a>(definition: &'a Definition, country: Country, step: &Step, number: u32) -> Filling<'a> {
    let page = u64::from(step.first_page) + u64::from(number.saturating_sub(1)) * u64::from(step.page_step);
    Filling {
        base_url: definition.countries.get(&country).and_then(|site| site.base_url.as_deref()),
        country: Some(country),
        page: Some(page),
        ..Filling::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Registry;

    const SHOPPING: &str = r#"
name = "shopping"
kind = "comparator"
topics = ["product_and_offers"]
base_url = "http://{country}.shopping.localhost:9000/"
countries = ["de", "at"]
[keys.gtin]
[keys.source_id]
[steps.search]
url = "{base_url}/search?q={value}"
[steps.search.page.results]
item = "li"
fields.id = { attribute = "data-id" }
[steps.product]
url = "{base_url}/product/{id}"
page.fields.name = { selector = "h1" }
[steps.offers]
url = "{base_url}/product/{id}/offers?start={page}"
first_page = 0
page_step = 10
page.offers.item = "tr"
page.offers.fields.price = { selector = "td" }
"#;

    fn definition(text: &str) -> std::sync::Arc<Definition> {
        let registry = Registry::load(None, &[("it.toml".into(), text.into())]).unwrap();
        registry.find("shopping").or(registry.find("shop")).unwrap().clone()
    }

    fn lookup(key: Key, value: &str) -> Lookup {
        Lookup {
            source: crate::domain::SourceName::new("shopping"),
            country: "at".parse().unwrap(),
            topic: Topic::ProductAndOffers,
            key,
            value: value.into(),
        }
    }

    fn url(page: Option<Result<PlannedPage<'_>, Unfilled>>) -> String {
        page.unwrap().unwrap().url.to_string()
    }

    #[test]
    fn a_gtin_is_searched_and_its_hit_followed() {
        let shopping = definition(SHOPPING);
        let gtin = lookup(Key::Gtin, "00885909666966");
        assert_eq!(url(search(&shopping, &gtin)), "http://at.shopping.localhost:9000/search?q=00885909666966");
        let hit = Hit { id: Some("15858468867886681869".into()), url: None };
        assert_eq!(
            url(product(&shopping, &gtin, &hit)),
            "http://at.shopping.localhost:9000/product/15858468867886681869"
        );
        let offers = |number| url(list_page(&shopping, &gtin, &hit, number));
        assert_eq!(offers(1), "http://at.shopping.localhost:9000/product/15858468867886681869/offers?start=0");
        assert_eq!(offers(3), "http://at.shopping.localhost:9000/product/15858468867886681869/offers?start=20");
        assert!(can_follow(&shopping, &gtin, &hit));
        assert!(!can_follow(&shopping, &gtin, &Hit::default()));
        assert_eq!(shopping.max_pages(Topic::ProductAndOffers), 20);
    }

    #[test]
    fn an_id_needs_no_search() {
        let shopping = definition(SHOPPING);
        let by_id = lookup(Key::SourceId, "B00/8");
        assert!(search(&shopping, &by_id).is_none());
        let hit = hit_of_value(&shopping, &by_id);
        assert_eq!(url(product(&shopping, &by_id, &hit)), "http://at.shopping.localhost:9000/product/B00%2F8");
        assert_eq!(known_id(&shopping, &by_id, &hit).as_deref(), Some("B00/8"));
    }

    #[test]
    fn a_page_by_url_is_its_own_list() {
        let registry = Registry::load(None, &[]).unwrap();
        let web = registry.find("web").unwrap();
        let page = lookup(Key::SourceId, "https://shop.example/p?x=1");
        let hit = hit_of_value(web, &page);
        assert!(product(web, &page, &hit).is_none());
        assert_eq!(url(list_page(web, &page, &hit, 1)), "https://shop.example/p?x=1");
        assert_eq!((web.max_pages(Topic::ProductAndOffers), known_id(web, &page, &hit)), (1, None));
    }

    #[test]
    fn a_value_taken_apart_by_its_pattern() {
        let text = r#"
name = "shop"
kind = "shop"
topics = ["product"]
countries = ["de"]
[keys.source_id]
form = "url"
pattern = '(?P<server>https?://[^/]+)/(?:[^?]*/)?products/(?P<handle>[^/?#.]+)(?:[/?.].*)?'
[steps.product]
url = "{server}/products/{handle}.js"
page.format = "json"
page.fields.name = { path = "title" }
[steps.bestsellers]
url = "https://shop.example/top/{value}?n={page}"
first_page = 0
page.bestsellers.item = "li"
page.bestsellers.fields.name = { selector = "b" }
"#;
        let shop = definition(text);
        let by_url = lookup(Key::SourceId, "https://tea.example/collections/all/products/pot%20a?variant=1");
        let hit = hit_of_value(&shop, &by_url);
        assert_eq!(url(list_page(&shop, &by_url, &hit, 1)), "https://tea.example/products/pot%20a.js");
        assert!(can_follow(&shop, &by_url, &hit));
        let top = bestsellers(&shop, "de".parse().unwrap(), "tea & more", 2);
        assert_eq!(url(top), "https://shop.example/top/tea%20%26%20more?n=1");
    }
}
