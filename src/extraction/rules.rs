//! What the recipe's rules caught, read as the fields they are for.

use super::compile::{CompiledList, CompiledRecipe, CompiledRule, Named};
use super::extracted::PageContext;
use super::merge::{absolute, clean};
use super::price_text::{self, CurrencyHint, PriceHint, PrintedPrice};
use super::recipe::{NumberStyle, OfferField, ProductField, ResultField};
use super::selectors::Caught;
use super::{availability, identifiers, rating};
use crate::domain::SearchResult;
use crate::domain::{Amount, Availability, Country, Currency, Offer, Product};
use std::cell::RefCell;
use std::collections::HashSet;

/// Which rules yielded the values, in the order of asking.
pub(super) type Trail = RefCell<Vec<Hit>>;

/// A rule that yielded a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hit {
    pub slot: usize,
    /// The kept part of what it caught.
    pub kept: String,
}

/// What is known about the amounts of a page before any of them is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Money {
    pub hint: CurrencyHint,
    /// Decimals of its amounts in minor units, where the page tells them.
    decimals: Option<u8>,
}

impl Money {
    /// The page's own currency and minor unit, by the recipe's rules, before those of its source.
    pub fn of(recipe: &CompiledRecipe, page: &Caught, hint: CurrencyHint, context: PageContext<'_>) -> Money {
        let read = Reader { caught: page, money: Money { hint, decimals: None }, context, trail: None };
        let decimals = read.text(&recipe.minor_unit).and_then(|text| text.parse().ok());
        let rules = recipe.fields.iter().find(|(field, _)| *field == ProductField::Currency);
        let currency = rules.and_then(|(_, rules)| read.currency(rules)).or(hint.currency);
        Money { hint: CurrencyHint { currency, ..hint }, decimals }
    }
}

/// Values of one page or entry, asked rule by rule.
pub(super) struct Reader<'a> {
    pub caught: &'a Caught,
    pub money: Money,
    pub context: PageContext<'a>,
    /// Kept only when someone asks why.
    pub trail: Option<&'a Trail>,
}

impl<'a> Reader<'a> {
    /// The kept parts of what each rule caught, in the rules' order.
    fn values<'r>(&'r self, rules: &'r [CompiledRule]) -> impl Iterator<Item = (String, &'r CompiledRule)> {
        rules.iter().flat_map(move |rule| {
            self.caught.values(rule.slot).iter().filter_map(move |v| Some((kept(rule, v)?, rule)))
        })
    }

    /// The first value that can be read, and a line in the trail.
    pub(super) fn first<T>(
        &self,
        rules: &[CompiledRule],
        read: impl Fn(&str, &CompiledRule) -> Option<T>,
    ) -> Option<T> {
        self.values(rules).find_map(|(value, rule)| {
            let found = read(&value, rule)?;
            self.note(rule, value);
            Some(found)
        })
    }

    fn note(&self, rule: &CompiledRule, kept: String) {
        if let Some(trail) = self.trail {
            trail.borrow_mut().push(Hit { slot: rule.slot, kept });
        }
    }

    pub(super) fn text(&self, rules: &[CompiledRule]) -> Option<String> {
        self.first(rules, |value, _| Some(clean(value)).filter(|v| !v.is_empty()))
    }

    pub(super) fn link(&self, rules: &[CompiledRule]) -> Option<String> {
        self.text(rules).map(|link| absolute(&link, self.context))
    }

    /// Where the page is read as coming from.
    pub fn country(&self) -> Option<Country> {
        self.context.country.or(self.money.hint.country)
    }

    fn price(&self, rules: &[CompiledRule]) -> Option<PrintedPrice> {
        let hint = self.money.hint;
        self.first(rules, |value, rule| match rule.number {
            NumberStyle::Human => price_text::parse(value, PriceHint { currency: hint, ..PriceHint::default() }),
            NumberStyle::Machine => price_text::parse_machine(value, hint),
            NumberStyle::Minor => self.minor(value, rule),
        })
    }

    /// A price above 0, which stands for "on request".
    fn positive(&self, rules: &[CompiledRule]) -> Option<PrintedPrice> {
        self.price(rules).filter(|price| price.amount.is_positive())
    }

    /// A whole number of minor units. Without a number of decimals it could be a hundred times too much: then it is none.
    fn minor(&self, value: &str, rule: &CompiledRule) -> Option<PrintedPrice> {
        let units: i64 = value.trim().parse().ok()?;
        let amount = match rule.decimals.or(self.money.decimals) {
            Some(decimals) => Amount::new(units, decimals).ok()?,
            None => Amount::from_minor(units, self.money.hint.currency?),
        };
        Some(PrintedPrice { amount, currency: None, has_token: false })
    }

    /// Whether the entry has every field that makes it one.
    pub fn is_complete<F: Copy + PartialEq + Named>(&self, list: &CompiledList<F>) -> bool {
        list.required.iter().all(|required| {
            let rules = list.fields.iter().find(|(field, _)| field == required).map(|(_, rules)| rules);
            rules.is_some_and(|rules| match required.name() {
                "price" | "min_price" | "max_price" => self.positive(rules).is_some(),
                _ => self.text(rules).is_some(),
            })
        })
    }

    fn currency(&self, rules: &[CompiledRule]) -> Option<Currency> {
        self.first(rules, |value, _| price_text::parse_currency(value, self.money.hint))
    }

    fn count(&self, rules: &[CompiledRule]) -> Option<u32> {
        self.first(rules, |value, _| rating::count(value))
    }

    pub(super) fn rating(&self, rules: &[CompiledRule]) -> Option<u8> {
        self.first(rules, |value, rule| rating::of_100(value, &rule.best.to_string()))
    }

    /// All values of the first rule that caught any.
    pub(super) fn all(&self, rules: &[CompiledRule]) -> Vec<String> {
        for rule in rules {
            let values = self
                .caught
                .values(rule.slot)
                .iter()
                .filter_map(|v| kept(rule, v))
                .map(|v| clean(&v))
                .filter(|v| !v.is_empty());
            let values: Vec<String> = if rule.all { values.collect() } else { values.take(1).collect() };
            if !values.is_empty() {
                values.iter().for_each(|value| self.note(rule, value.clone()));
                return values;
            }
        }
        Vec::new()
    }
}

/// The part of a value that the rule's pattern keeps: its first group, or the whole match.
pub(super) fn kept(rule: &CompiledRule, value: &str) -> Option<String> {
    match &rule.regex {
        None => Some(value.to_owned()),
        Some(regex) => {
            let found = regex.captures(value)?;
            found.get(1).or_else(|| found.get(0)).map(|m| m.as_str().to_owned())
        }
    }
}

/// The product that the page's own rules read.
pub(super) fn product(recipe: &CompiledRecipe, read: &Reader<'_>) -> Product {
    let mut p = Product::default();
    for (field, rules) in &recipe.fields {
        match field {
            ProductField::Id => p.id = read.text(rules),
            ProductField::Name => p.name = read.text(rules),
            ProductField::Url => p.url = read.link(rules),
            ProductField::ImageUrl => p.image_url = read.link(rules),
            ProductField::Description => p.description = read.text(rules),
            ProductField::BrandName => p.brand_name = read.text(rules),
            ProductField::CategoryName => p.category_name = read.text(rules),
            ProductField::CategoryPath => p.category_path = read.all(rules),
            ProductField::ReviewCount => p.review_count = read.count(rules),
            ProductField::ReviewRating => p.review_rating = read.rating(rules),
            ProductField::Gtins => {
                let parts = read.all(rules);
                p.gtins = parts.iter().flat_map(|v| v.split([',', ';', '|'])).filter_map(identifiers::gtin).collect();
                p.gtins.sort();
                p.gtins.dedup();
            }
            ProductField::Mpns => p.mpns = read.all(rules),
            ProductField::Sku => p.sku = read.text(rules),
            ProductField::Price => {
                let price = read.positive(rules);
                p.price = price.map(|p| p.amount);
                p.currency = p.currency.or(price.and_then(|p| p.currency));
            }
            ProductField::ListPrice => p.list_price = read.positive(rules).map(|p| p.amount),
            ProductField::Currency => p.currency = read.currency(rules).or(p.currency),
            ProductField::Availability => {
                (p.availability, p.availability_text) = stock(read.text(rules));
            }
            ProductField::Condition => p.condition = read.text(rules).as_deref().and_then(availability::condition),
            ProductField::Dimensions => p.dimensions = read.text(rules),
            ProductField::OfferCount => p.offer_count = read.count(rules),
            ProductField::OffersUrl => p.offers_url = read.link(rules),
            ProductField::SellerName => p.seller_name = read.text(rules),
            ProductField::ShippingCosts => p.shipping_costs = shipping(read, rules),
            ProductField::FeatureBullets => p.feature_bullets = read.all(rules),
        }
    }
    if p.price.is_none() || p.list_price <= p.price {
        p.list_price = None;
    }
    p
}

/// What a text says about the stock, and the text where a person can read it: a flag says yes or no only.
fn stock(text: Option<String>) -> (Option<Availability>, Option<String>) {
    let told = text.as_deref().and_then(|text| availability::from_code(text).or_else(|| availability::from_text(text)));
    (told, text.filter(|text| text != "true" && text != "false"))
}

/// The offers that a list's rules read, in the page's order; entries without any field are dropped.
pub(super) fn offers(
    list: &CompiledList<OfferField>,
    entries: &[Caught],
    money: Money,
    context: PageContext<'_>,
) -> Vec<Offer> {
    let mut seen = Seen::new(list.unique);
    entries
        .iter()
        .map(|caught| Reader { caught, money, context, trail: None })
        .filter(|read| read.is_complete(list))
        .map(|read| offer(list, &read))
        .filter(|o| *o != Offer::default() && seen.is_new(o.id.as_deref(), o.url.as_deref()))
        .collect()
}

/// The entries of a list that were there already, where each is listed once.
pub(super) struct Seen(Option<HashSet<String>>);

impl Seen {
    pub(super) fn new(unique: bool) -> Seen {
        Seen(unique.then(HashSet::new))
    }

    /// An entry that says neither who it is nor where is always a new one.
    pub(super) fn is_new(&mut self, id: Option<&str>, url: Option<&str>) -> bool {
        match (&mut self.0, id.or(url)) {
            (Some(seen), Some(key)) => seen.insert(key.to_owned()),
            _ => true,
        }
    }
}

pub(super) fn offer(list: &CompiledList<OfferField>, read: &Reader<'_>) -> Offer {
    let mut o = Offer::default();
    for (field, rules) in &list.fields {
        match field {
            OfferField::Id => o.id = read.text(rules),
            OfferField::ShopName => o.shop_name = read.text(rules),
            OfferField::ShopId => o.shop_id = read.text(rules),
            OfferField::ShopUrl => o.shop_url = read.link(rules),
            OfferField::ShopReviewCount => o.shop_review_count = read.count(rules),
            OfferField::ShopReviewRating => o.shop_review_rating = read.rating(rules),
            OfferField::Price => {
                let price = read.positive(rules);
                o.price = price.map(|p| p.amount);
                o.currency = o.currency.or(price.and_then(|p| p.currency));
            }
            OfferField::ShippingCosts => o.shipping_costs = shipping(read, rules),
            OfferField::PriceWithShipping => {
                o.price_with_shipping = read.positive(rules).map(|p| p.amount);
            }
            OfferField::Currency => o.currency = read.currency(rules).or(o.currency),
            OfferField::Url => o.url = read.link(rules),
            OfferField::Name => o.name = read.text(rules),
            OfferField::Availability => {
                (o.availability, o.availability_text) = stock(read.text(rules));
            }
            OfferField::Condition => {
                o.condition_text = read.text(rules);
                o.condition = o.condition_text.as_deref().and_then(availability::condition);
            }
            OfferField::Details => o.details = read.text(rules),
        }
    }
    if o.currency.is_none() && o.price.is_some() {
        o.currency = read.context.currency;
    }
    o
}

/// Postage: an amount, or 0 where the text says that it is free.
///
/// "Free delivery in 3 days" is free and "free from 50 €" says nothing about this offer; a number without a currency is
/// postage only where nothing but the number stands.
fn shipping(read: &Reader<'_>, rules: &[CompiledRule]) -> Option<Amount> {
    let text = read.text(rules)?.to_lowercase();
    let is_free = FREE.iter().any(|word| holds_word(&text, word));
    let priced = read.price(rules);
    match (is_free, priced) {
        (true, Some(price)) if price.has_token && price.amount.is_positive() => None,
        (true, _) => Some(Amount::ZERO),
        (false, Some(price)) if price.has_token || text.chars().all(is_of_number) => Some(price.amount),
        (false, _) => None,
    }
}

/// Words that begin a word of the text: languages bend the ends (`darmowa`, `darmowy`).
const FREE: &[&str] = &[
    "free",
    "kostenlos",
    "gratis",
    "versandkostenfrei",
    "frei haus",
    "gratuit",
    "offert ",
    "offerts",
    "grátis",
    "darmow",
    "zdarma",
    "бесплатн",
    "безкоштовн",
    "ilmainen",
    "fri frakt",
    "fri fragt",
    "ingyenes",
    "ücretsiz",
    "無料",
    "免運",
];

fn holds_word(text: &str, word: &str) -> bool {
    let padded = format!("{text} ");
    padded.match_indices(word).any(|(at, _)| {
        let before = padded[..at].chars().next_back();
        // Scripts without blanks have no beginnings of words to look for.
        !word.is_ascii() || before.is_none_or(|c| !c.is_alphabetic())
    })
}

fn is_of_number(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '.' | ',' | '+' | '\'' | '’') || c.is_whitespace()
}

/// The search results or bestsellers that a list's rules read; entries without any field are dropped. A position is the
/// one the page prints, else the place in the list from 1.
pub(super) fn results(
    list: &CompiledList<ResultField>,
    entries: &[Caught],
    money: Money,
    context: PageContext<'_>,
) -> Vec<SearchResult> {
    let mut seen = Seen::new(list.unique);
    let read = entries
        .iter()
        .map(|caught| Reader { caught, money, context, trail: None })
        .filter(|read| read.is_complete(list))
        .map(|read| result(list, &read))
        .filter(|r| *r != SearchResult::default() && seen.is_new(r.id.as_deref(), r.url.as_deref()));
    read.zip(1..)
        .map(|(result, place)| {
            let position = if result.position > 0 { result.position } else { place };
            SearchResult { position, ..result }
        })
        .collect()
}

pub(super) fn result(list: &CompiledList<ResultField>, read: &Reader<'_>) -> SearchResult {
    let mut r = SearchResult::default();
    for (field, rules) in &list.fields {
        let amount = |r: &mut SearchResult| {
            let price = read.positive(rules);
            r.currency = r.currency.or(price.and_then(|p| p.currency));
            // 0 stands for "on request".
            price.map(|p| p.amount).filter(|amount| amount.is_positive())
        };
        match field {
            ResultField::Id => r.id = read.text(rules),
            ResultField::Name => r.name = read.text(rules),
            ResultField::Url => r.url = read.link(rules),
            ResultField::ImageUrl => r.image_url = read.link(rules),
            ResultField::Price => r.price = amount(&mut r),
            ResultField::MinPrice => r.min_price = amount(&mut r),
            ResultField::MaxPrice => r.max_price = amount(&mut r),
            ResultField::ShippingCosts => r.shipping_costs = shipping(read, rules),
            ResultField::Currency => r.currency = read.currency(rules).or(r.currency),
            ResultField::ShopName => r.shop_name = read.text(rules),
            ResultField::ShopUrl => r.shop_url = read.link(rules),
            ResultField::Condition => {
                r.condition_text = read.text(rules);
                r.condition = r.condition_text.as_deref().and_then(availability::condition);
            }
            ResultField::ReviewCount => r.review_count = read.count(rules),
            ResultField::ReviewRating => r.review_rating = read.rating(rules),
            ResultField::Position => r.position = read.count(rules).unwrap_or_default(),
            ResultField::Gtin => {
                r.gtin = read.text(rules).as_deref().and_then(identifiers::gtin).map(|g| g.to_string())
            }
        }
    }
    if r.currency.is_none() && (r.price.is_some() || r.min_price.is_some()) {
        r.currency = read.context.currency;
    }
    r
}

/// How many entries the list has over all pages.
pub(super) fn total(rules: &[CompiledRule], read: &Reader<'_>) -> Option<u64> {
    read.first(rules, |value, _| rating::large_count(value))
}

/// The link to the list's next page, absolute where the page's address is known.
pub(super) fn next(rules: &[CompiledRule], read: &Reader<'_>) -> Option<String> {
    read.link(rules)
}
