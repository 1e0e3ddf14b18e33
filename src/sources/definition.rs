//! A checked source definition.

use super::template::UrlTemplate;
use crate::domain::{Country, Currency, Key, SourceName, Topic};
use crate::extraction::CompiledRecipe;
use crate::extraction::recipe::ProductField;
use crate::fetching::FetchPolicy;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Pages of an offers list that are gathered when the definition names no cap.
pub const DEFAULT_MAX_PAGES: u32 = 20;

/// A source: everything about it is checked and compiled.
#[derive(Debug, Clone)]
pub struct Definition {
    pub name: SourceName,
    /// Other spellings, as written.
    pub aliases: Vec<String>,
    pub title: String,
    pub kind: Kind,
    pub topics: Vec<Topic>,
    /// Every country the source answers for; a wildcard is already spread out.
    pub countries: BTreeMap<Country, Site>,
    pub keys: BTreeMap<Key, ValueRule>,
    pub policy: Arc<FetchPolicy>,
    /// Name of the shop whose pages these are; without it the host's name is told.
    pub shop_name: Option<String>,
    /// Keys that are looked up by searching first.
    pub searched_keys: Vec<Key>,
    /// Keys whose values are searched for only when the search results are what is asked.
    pub listed_keys: Vec<Key>,
    pub search: Option<Step>,
    pub product: Option<Step>,
    pub offers: Option<Step>,
    pub reviews: Option<Step>,
    pub bestsellers: Option<Step>,
    /// Hosts beside those of the countries whose pages are read by this definition, without `www.`.
    pub hosts: Vec<String>,
    /// File the definition came from.
    pub file: String,
    /// Tells this text, read by this version of the program, from any other.
    pub digest: String,
}

/// What kind of seller a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Lists offers of other shops.
    Comparator,
    /// Sells for others and itself.
    Marketplace,
    /// Sells itself: its product page is its one offer.
    Shop,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Comparator => "comparator",
            Kind::Marketplace => "marketplace",
            Kind::Shop => "shop",
        }
    }
}

/// A source in one country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Without a slash at the end; `None` for sources that are asked by whole URL.
    pub base_url: Option<String>,
    /// Of prices that do not name one.
    pub currency: Option<Currency>,
}

/// What values of a key look like at a source.
#[derive(Debug, Clone, Default)]
pub struct ValueRule {
    /// The whole value matches.
    pub pattern: Option<regex::Regex>,
    pub form: ValueForm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ValueForm {
    #[default]
    Text,
    /// The value is the URL of the page itself.
    Url,
}

/// What a step is for, in the order in which the pages of a source are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    Bestsellers,
    Search,
    Offers,
    Reviews,
    Product,
}

impl StepKind {
    /// The name in definition files.
    pub fn as_str(self) -> &'static str {
        match self {
            StepKind::Bestsellers => "bestsellers",
            StepKind::Search => "search",
            StepKind::Offers => "offers",
            StepKind::Reviews => "reviews",
            StepKind::Product => "product",
        }
    }
}

/// One kind of page: where it is and how it is read.
#[derive(Debug, Clone)]
pub struct Step {
    pub url: UrlTemplate,
    /// What the path and query of such pages' addresses begin with; without any they are not known by their address.
    pub matches: Vec<regex::Regex>,
    pub recipe: Arc<CompiledRecipe>,
    /// Where the step is fetched by other means than the source's pages.
    pub policy: Option<Arc<FetchPolicy>>,
    /// The page lists what the step is for: results, offers, reviews, bestsellers.
    pub has_list: bool,
    /// The page links to the next page of its list.
    pub has_next: bool,
    /// The page can say by a sign that there is nothing.
    pub has_no_result_sign: bool,
    /// `{page}` of the first page, and by how much it grows a page.
    pub first_page: u32,
    pub page_step: u32,
    /// The source's own cap on pages of one list.
    pub max_pages: u32,
}

impl Definition {
    /// The step whose pages are the pages of a lookup (what credits count).
    pub fn list_step(&self, topic: Topic) -> Option<&Step> {
        match topic {
            Topic::ProductAndOffers | Topic::Offers => self.offers.as_ref().or(self.product.as_ref()),
            Topic::Product => self.product.as_ref().or(self.offers.as_ref()),
            Topic::SearchResults => self.search.as_ref(),
            Topic::Reviews => self.reviews.as_ref(),
        }
    }

    /// Most pages one lookup can have.
    pub fn max_pages(&self, topic: Topic) -> u32 {
        match topic {
            Topic::Product => 1,
            _ => self.list_step(topic).map_or(1, |step| step.max_pages),
        }
    }

    /// What values can be, when this topic is asked: only what the source's search takes has search results.
    pub fn keys_of(&self, topic: Topic) -> Vec<Key> {
        let is_asked = |key: &Key| topic != Topic::SearchResults || self.is_searched_for(topic, *key);
        self.keys.keys().copied().filter(is_asked).collect()
    }

    /// The product's page, where the topic's list needs it beside its own pages.
    ///
    /// A list whose pages say all that is told of the product needs it only for a GTIN: a search is no proof, what the
    /// product's page names is.
    pub fn page_before_list(&self, topic: Topic, key: Key) -> Option<&Step> {
        const OF_OFFERS: [ProductField; 3] = [ProductField::Name, ProductField::Url, ProductField::ImageUrl];
        const OF_REVIEWS: [ProductField; 3] = [ProductField::Name, ProductField::Url, ProductField::BrandName];
        let list = self.list_step(topic)?;
        let product = self.product.as_ref().filter(|product| !std::ptr::eq(*product, list))?;
        let says = |fields: &[ProductField]| {
            fields.iter().all(|field| list.recipe.product_fields().any(|named| named == *field))
        };
        let is_needed = match topic {
            Topic::ProductAndOffers => true,
            Topic::Product | Topic::SearchResults => false,
            Topic::Offers => key == Key::Gtin || !says(&OF_OFFERS),
            Topic::Reviews => key == Key::Gtin || !says(&OF_REVIEWS),
        };
        is_needed.then_some(product)
    }

    /// How a step's pages are fetched.
    pub fn policy_of(&self, step: &Step) -> Arc<FetchPolicy> {
        step.policy.as_ref().unwrap_or(&self.policy).clone()
    }

    /// Whether any of its pages is made by the operator's browser.
    pub fn needs_browser(&self) -> bool {
        self.steps().any(|(_, step)| self.policy_of(step).needs_browser())
    }

    /// Has all pages fetched through this pool of proxies.
    pub(super) fn set_proxies(&mut self, pool: &str) {
        let steps = [&mut self.search, &mut self.product, &mut self.offers, &mut self.reviews, &mut self.bestsellers];
        for policy in steps.into_iter().flatten().filter_map(|step| step.policy.as_mut()).chain([&mut self.policy]) {
            Arc::make_mut(policy).proxies = Some(pool.to_owned());
        }
    }

    /// Of prices in that country that do not name one.
    pub fn currency(&self, country: Country) -> Option<Currency> {
        self.countries.get(&country).and_then(|site| site.currency)
    }

    /// The steps it has by their names in definition files, each behind what leads to it.
    pub fn named_steps(&self) -> impl Iterator<Item = (&'static str, &Step)> {
        let steps = [
            ("bestsellers", &self.bestsellers),
            ("search", &self.search),
            ("product", &self.product),
            ("offers", &self.offers),
            ("reviews", &self.reviews),
        ];
        steps.into_iter().filter_map(|(name, step)| Some((name, step.as_ref()?)))
    }

    /// The steps it has, lists before the products they lead to.
    pub fn steps(&self) -> impl Iterator<Item = (StepKind, &Step)> {
        [
            (StepKind::Bestsellers, &self.bestsellers),
            (StepKind::Search, &self.search),
            (StepKind::Offers, &self.offers),
            (StepKind::Reviews, &self.reviews),
            (StepKind::Product, &self.product),
        ]
        .into_iter()
        .filter_map(|(kind, step)| Some((kind, step.as_ref()?)))
    }

    pub fn is_searched(&self, key: Key) -> bool {
        self.search.is_some() && self.searched_keys.contains(&key)
    }

    /// Whether a lookup of this topic asks the source's search for the value.
    pub fn is_searched_for(&self, topic: Topic, key: Key) -> bool {
        let is_listed = topic == Topic::SearchResults && self.search.is_some() && self.listed_keys.contains(&key);
        is_listed || self.is_searched(key)
    }
}
