//! Which source a page belongs to, by its address, and what its definition reads on it.

use super::{Definition, Registry, Step, StepKind};
use crate::domain::Country;
use crate::extraction::{CompiledRecipe, Explanation, ExtractError, Extracted, PageContext, Verdict, explain, extract};
use std::sync::Arc;
use url::Url;

/// A page whose source is known.
#[derive(Debug, Clone)]
pub struct KnownPage<'r> {
    pub definition: &'r Arc<Definition>,
    /// The country whose host it came from.
    pub country: Option<Country>,
    /// The step whose pages have such addresses.
    pub kind: Option<StepKind>,
}

impl Registry {
    /// The source whose host this is, with the step whose pages have such addresses. Hosts are alike with and without
    /// `www.`; of several sources on one host the one that knows the address comes first, then the first by name.
    pub fn page_at(&self, url: &Url) -> Option<KnownPage<'_>> {
        let pages = self.iter().filter_map(|definition| {
            let countries = countries_at(definition, url);
            let is_its_host = !countries.is_empty() || is_named(definition, url);
            is_its_host.then(|| KnownPage {
                definition,
                country: only_country(&countries, url),
                kind: kind_at(definition, url),
            })
        });
        // `min_by_key` keeps the first of equals.
        pages.min_by_key(|page| page.kind.is_none())
    }

    /// The page as one of this source, wherever it came from.
    pub fn page_of<'r>(definition: &'r Arc<Definition>, url: Option<&Url>) -> KnownPage<'r> {
        let country = url.and_then(|url| only_country(&countries_at(definition, url), url));
        KnownPage { definition, country, kind: url.and_then(|url| kind_at(definition, url)) }
    }
}

impl KnownPage<'_> {
    /// Reads the page as its step says; `None` where the definition finds nothing of what the step is for.
    ///
    /// A page whose address no step knows is read as a page of each until one finds its list; without any list it is a
    /// product's page, if it shows one.
    pub fn read(&self, text: &str, context: PageContext<'_>) -> Result<Option<Extracted>, ExtractError> {
        let read = |recipe: &CompiledRecipe, context: PageContext<'_>| Ok((extract(recipe, text, context)?, ()));
        Ok(self.read_with(context, read)?.map(|(extracted, ())| extracted))
    }

    /// As [`KnownPage::read`], and why each field is what it is.
    pub fn explain(
        &self,
        text: &str,
        context: PageContext<'_>,
    ) -> Result<Option<(Extracted, Explanation)>, ExtractError> {
        self.read_with(context, |recipe, context| explain(recipe, text, context))
    }

    fn read_with<T>(
        &self,
        context: PageContext<'_>,
        read: impl Fn(&CompiledRecipe, PageContext<'_>) -> Result<(Extracted, T), ExtractError>,
    ) -> Result<Option<(Extracted, T)>, ExtractError> {
        let country = context.country.or(self.country);
        let currency = context.currency.or_else(|| self.definition.currency(country?));
        let context = PageContext { country, currency, ..context };
        let mut product = None;
        for (kind, step) in self.candidates() {
            let (extracted, why) = read(&step.recipe, context)?;
            let says_nothing_is_there = self.kind.is_some() && extracted.verdict == Verdict::NoResult;
            if shows_its_list(kind, step, &extracted) || says_nothing_is_there {
                return Ok(Some((extracted, why)));
            }
            if kind == StepKind::Product && extracted.verdict == Verdict::Understood {
                product = Some((extracted, why));
            }
        }
        Ok(product)
    }

    fn candidates(&self) -> Vec<(StepKind, &Step)> {
        let mut steps: Vec<(StepKind, &Step)> = self.definition.steps().collect();
        match self.kind {
            Some(known) => steps.retain(|(kind, _)| *kind == known),
            // A product's page may also show other products, a list of products never shows who sells one.
            None => steps.sort_by_key(|(kind, _)| !matches!(kind, StepKind::Offers | StepKind::Product)),
        }
        steps
    }
}

fn shows_its_list(kind: StepKind, step: &Step, extracted: &Extracted) -> bool {
    match kind {
        StepKind::Bestsellers => !extracted.bestsellers.is_empty(),
        StepKind::Search => !extracted.search_results.is_empty(),
        StepKind::Reviews => !extracted.reviews.is_empty(),
        StepKind::Offers | StepKind::Product => step.has_list && !extracted.offers.is_empty(),
    }
}

fn countries_at(definition: &Definition, url: &Url) -> Vec<Country> {
    let here = definition.countries.iter().filter(|(_, site)| {
        let base = site.base_url.as_deref().and_then(|base| Url::parse(base).ok());
        base.as_ref().is_some_and(|base| bare_host(base) == bare_host(url) && base.port() == url.port())
    });
    here.map(|(country, _)| *country).collect()
}

/// A host of several countries is that of the one whose ending it has.
fn only_country(countries: &[Country], url: &Url) -> Option<Country> {
    let ending = bare_host(url)?.rsplit('.').next()?;
    match countries {
        [only] => Some(*only),
        several => several.iter().copied().find(|country| ending.parse() == Ok(*country)),
    }
}

fn is_named(definition: &Definition, url: &Url) -> bool {
    bare_host(url).is_some_and(|host| definition.hosts.iter().any(|named| named == host))
}

fn bare_host(url: &Url) -> Option<&str> {
    let host = url.host_str()?;
    Some(host.strip_prefix("www.").unwrap_or(host))
}

fn kind_at(definition: &Definition, url: &Url) -> Option<StepKind> {
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let mut steps = definition.steps();
    steps.find(|(_, step)| step.matches.iter().any(|pattern| pattern.is_match(&path))).map(|(kind, _)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Currency;

    const PLACE: &str = r#"
name = "place"
kind = "marketplace"
topics = ["product", "search_results"]
hosts = ["place.example"]
[countries.de]
base_url = "https://www.place.localhost"
[countries.at]
base_url = "https://www.place.localhost"
[countries.gb]
base_url = "https://place.localhost:81"
[keys.source_id]
[keys.keyword]
[steps.search]
url = "{base_url}/s?k={value}&n={page}"
matches = ['/s[?]']
page.results.item = "li"
page.results.fields.name = { selector = "b" }
[steps.product]
url = "{base_url}/p/{id}"
matches = ['/p/[0-9]+', '/old[?]p=']
page.fields.name = { selector = "h1" }
page.offers.item = "tr"
page.offers.fields.price = { selector = "td" }
[steps.bestsellers]
url = "{base_url}/top/{value}?n={page}"
page.bestsellers.item = "li"
page.bestsellers.fields.name = { selector = "b" }
page.bestsellers.fields.position = { selector = "i" }
"#;

    fn registry() -> Registry {
        Registry::load(None, &[("place.toml".into(), PLACE.into())]).unwrap()
    }

    fn known<'r>(registry: &'r Registry, url: &str) -> Option<KnownPage<'r>> {
        registry.page_at(&Url::parse(url).unwrap())
    }

    #[test]
    fn an_address_tells_source_country_and_step() {
        let registry = registry();
        for (url, country, kind) in [
            ("https://place.localhost/p/12?x", None, Some(StepKind::Product)),
            ("http://www.place.localhost/s?k=tea", None, Some(StepKind::Search)),
            ("https://www.place.localhost:81/old?p=1", Some("gb"), Some(StepKind::Product)),
            ("https://www.place.example/p/x", None, None),
        ] {
            let page = known(&registry, url).unwrap();
            assert_eq!((page.definition.name.as_str(), page.kind), ("place", kind), "{url}");
            assert_eq!(page.country, country.and_then(|code| code.parse().ok()), "{url}");
        }
        assert!(known(&registry, "https://other.example/p/12").is_none());
        assert!(known(&registry, "https://notplace.example/p/12").is_none());
        let amazon = known(&registry, "https://www.amazon.de/dp/B000000000").unwrap();
        assert_eq!((amazon.definition.name.as_str(), amazon.country), ("amazon", "de".parse().ok()));
    }

    #[test]
    fn a_page_no_step_knows_is_that_of_the_first_list_found() {
        let registry = registry();
        let read = |url: &str, html: &str| known(&registry, url).unwrap().read(html, PageContext::default()).unwrap();
        let list = "<h1>All</h1><li><b>A</b><i>#2</i></li><li><b>B</b><i>#1</i></li>";
        let offers = "<h1>Tea</h1><tr><td>2,00 €</td></tr><li><b>A</b>";
        let top = read("https://place.example/?", list).unwrap();
        assert_eq!(top.bestsellers.iter().map(|b| b.position).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(read("https://place.localhost/s?k=1", list).unwrap().search_results.len(), 2);
        assert_eq!(read("https://place.example/?", offers).unwrap().offers.len(), 1);
        assert_eq!(read("https://place.example/?", "<h1>Tea</h1>").unwrap().product.name.as_deref(), Some("Tea"));
        assert!(read("https://place.localhost/s?k=1", offers.split("<li>").next().unwrap()).is_none());
    }

    #[test]
    fn prices_without_a_currency_are_in_that_of_the_host() {
        let registry = registry();
        let page = known(&registry, "https://place.localhost:81/p/1").unwrap();
        let extracted = page.read("<tr><td>2.50</td></tr>", PageContext::default()).unwrap().unwrap();
        assert_eq!(extracted.offers[0].currency, Some(Currency::GBP));
    }
}
