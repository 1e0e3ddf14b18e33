//! What the scripts of a page hold about its own product: the state of Next.js, Nuxt and Redux shops, Shopify's product JSON,
//! the data layers of analytics, JSON in `data-` attributes.
//!
//! Scripts hold many things beside the product, in shapes nobody promised, and integers that may be cents. So this evidence
//! only votes: the objects taken are those that agree with the page's title or address, and their price counts only where
//! it has decimals or the page shows the same amount.

use super::identifiers;
use super::identity::{PageIdentity, fold};
use super::price_text::{self, CurrencyHint};
use super::script_objects;
use super::script_values::{Object, Value};
use super::script_words::Key;
use super::{availability, nuxt_data};
use crate::domain::{Amount, Availability, Currency, Gtin};
use aho_corasick::AhoCorasick;
use std::sync::LazyLock;

/// Bytes of scripts looked at on one page, those inside strings counted again.
const MAX_PAGE_BYTES: usize = 16 << 20;
/// Shorter attributes hold no product.
const MIN_ATTRIBUTE_BYTES: usize = 40;
/// Points an object needs to be the page's own product.
const MIN_SCORE: i32 = 30;
/// Names shorter than this share of the page's title say nothing: the shop's own name stands in titles too.
const MIN_NAME_PERCENT: usize = 50;

/// A script without any of these holds no product.
static WORTH: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(["price", "sku", "product", "gtin", "\"ean", "item_id"])
        .ok()
});

/// Whether a script of this type may hold data: code and JSON do, templates do not.
pub(super) fn is_data_script(kind: Option<&str>) -> bool {
    kind.is_none_or(|kind| {
        let kind = kind.to_ascii_lowercase();
        kind.is_empty() || ["javascript", "json", "module", "state", "ecmascript"].iter().any(|k| kind.contains(k))
    })
}

/// Names of attributes in which shops keep JSON.
pub(super) fn may_hold_state(name: &str) -> bool {
    const BEGINNINGS: &[&str] = &[
        "product",
        "gtm",
        "ga",
        "ec-",
        "ecommerce",
        "analytics",
        "track",
        "item",
        "json",
        "layer",
        "variant",
        "props",
        "page",
        "state",
        "initial",
        "offer",
        "article",
        "sku",
        "detail",
        "mage-init",
    ];
    let rest = name.strip_prefix("data-").or_else(|| name.strip_prefix(':'));
    rest.is_some_and(|rest| BEGINNINGS.iter().any(|b| rest.starts_with(b)))
}

/// Objects found so far.
#[derive(Debug)]
pub(super) struct State {
    pub objects: Vec<Object>,
    budget: usize,
}

impl Default for State {
    fn default() -> State {
        State { objects: Vec::new(), budget: MAX_PAGE_BYTES }
    }
}

impl State {
    /// Reads a script, or what a `<script type="application/json">` holds; `id` is the element's.
    pub fn read_script(&mut self, script: &str, id: Option<&str>) {
        if !WORTH.as_ref().is_some_and(|worth| worth.is_match(script)) {
            return;
        }
        if id == Some("__NUXT_DATA__") {
            for object in nuxt_data::unfold(script) {
                script_objects::read(&object, &mut self.objects, &mut self.budget);
            }
        } else {
            script_objects::read(script, &mut self.objects, &mut self.budget);
        }
    }

    /// Reads an attribute whose value is a JSON object or list.
    pub fn read_attribute(&mut self, value: &str) {
        if value.len() >= MIN_ATTRIBUTE_BYTES
            && value.trim_start().starts_with(['{', '['])
            && WORTH.as_ref().is_some_and(|worth| worth.is_match(value))
        {
            script_objects::read(value, &mut self.objects, &mut self.budget);
        }
    }
}

/// What the objects of the page's own product say together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct StateFacts {
    pub name: Option<String>,
    pub brand: Option<String>,
    /// Numbers named as the article's, then those of the shop's database.
    pub skus: Vec<String>,
    pub ids: Vec<String>,
    pub mpns: Vec<String>,
    pub gtins: Vec<Gtin>,
    /// The product's own price is said to be 0: then one of its parts or namesakes is not it either.
    pub says_none: bool,
    /// Amounts as written, with whether they have decimals: without, they may be cents.
    pub prices: Vec<(Amount, bool)>,
    pub list_price: Option<Amount>,
    pub currency: Option<Currency>,
    pub availability: Option<Availability>,
}

/// What other evidence says of the page's own product, to know it again.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known<'a> {
    pub skus: &'a [&'a str],
    pub gtins: &'a [Gtin],
}

/// The facts of the objects that are the page's own product; empty when none surely is.
pub(super) fn own(state: &State, page: &PageIdentity<'_>, known: Known<'_>, hint: CurrencyHint) -> StateFacts {
    let mut scored: Vec<(i32, usize)> = state
        .objects
        .iter()
        .enumerate()
        .map(|(index, object)| (score(object, page, known), index))
        .filter(|(score, _)| *score >= MIN_SCORE)
        .collect();
    scored.sort_by_key(|(score, index)| (std::cmp::Reverse(*score), *index));
    let mut facts = StateFacts::default();
    let best = scored.first().map_or(0, |(score, _)| *score);
    for (score, index) in scored {
        if let Some(object) = state.objects.get(index) {
            facts.take(object, score == best, hint);
        }
    }
    facts
}

fn numbers(object: &Object, key: Key) -> impl Iterator<Item = &str> {
    object.all(key).filter_map(|value| match value {
        Value::Text(text) | Value::Number(text) => Some(text.trim()),
        Value::Flag(_) => None,
    })
}

/// How much speaks for an object being the page's own product.
fn score(object: &Object, page: &PageIdentity<'_>, known: Known<'_>) -> i32 {
    let name = object.text(Key::Name).map_or(0, |name| name_score(name, page));
    let ids = || numbers(object, Key::Sku).chain(numbers(object, Key::Id));
    let in_url = ids().any(|id| id.len() >= 4 && id.bytes().any(|b| b.is_ascii_digit()) && page.url_names(id));
    let same_sku = ids().any(|id| known.skus.iter().any(|sku| sku.eq_ignore_ascii_case(id)));
    let same_gtin = numbers(object, Key::Gtin).filter_map(identifiers::gtin).any(|g| known.gtins.contains(&g));
    name + i32::from(in_url) * 35 + i32::from(same_sku) * 30 + i32::from(same_gtin) * 40
}

fn name_score(name: &str, page: &PageIdentity<'_>) -> i32 {
    let points = page.name_match(name);
    if points == 40 {
        return points;
    }
    let length = fold(name).chars().count();
    let enough = page.shortest_holder(name).is_some_and(|title| length * 100 >= title * MIN_NAME_PERCENT);
    if points > 0 && enough { 30 } else { 0 }
}

impl StateFacts {
    fn take(&mut self, object: &Object, is_best: bool, hint: CurrencyHint) {
        fn fill<T>(place: &mut Option<T>, value: Option<T>) {
            if place.is_none() {
                *place = value;
            }
        }
        fn add<T: PartialEq>(list: &mut Vec<T>, value: T) {
            if list.len() < 20 && !list.contains(&value) {
                list.push(value);
            }
        }
        let text = |key| object.text(key).map(|t| htmlize::unescape(t).trim().to_owned()).filter(|t| !t.is_empty());
        fill(&mut self.name, text(Key::Name));
        fill(
            &mut self.brand,
            text(Key::Brand).filter(|b| !b.bytes().all(|c| c.is_ascii_digit()) && b.chars().count() <= 60),
        );
        if is_best {
            numbers(object, Key::Sku).for_each(|n| add(&mut self.skus, n.to_owned()));
            numbers(object, Key::Id).for_each(|n| add(&mut self.ids, n.to_owned()));
            numbers(object, Key::Mpn).filter(|n| !n.is_empty()).for_each(|n| add(&mut self.mpns, n.to_owned()));
            numbers(object, Key::Gtin).filter_map(identifiers::gtin).for_each(|g| add(&mut self.gtins, g));
        }
        fill(&mut self.currency, text(Key::Currency).and_then(|c| price_text::parse_currency(&c, hint)));
        let hint = CurrencyHint { currency: self.currency.or(hint.currency), ..hint };
        if is_best {
            object.all(Key::Price).filter_map(|p| amount(p, hint)).for_each(|p| add(&mut self.prices, p));
        }
        self.says_none |= object.all(Key::Price).any(is_zero);
        fill(&mut self.list_price, object.all(Key::ListPrice).find_map(|p| amount(p, hint)).map(|(amount, _)| amount));
        if is_best {
            // Of several sizes one that can be had is enough.
            for found in object.all(Key::Availability).filter_map(stock) {
                if self.availability.is_none_or(|known| known == Availability::OutOfStock) {
                    self.availability = Some(found);
                }
            }
        }
    }

    /// The price, where nothing leaves a doubt of its unit: the page shows the amount (`is_shown`), or it has decimals and
    /// may be believed `unseen`.
    pub fn price(&self, is_shown: impl Fn(Amount) -> bool, unseen: bool) -> Option<Amount> {
        let certain = |(amount, has_decimals): &(Amount, bool)| {
            let hundredth = Amount::new(amount.units(), amount.scale() + 2).ok().filter(|_| !has_decimals);
            match (is_shown(*amount), hundredth.filter(|h| is_shown(*h))) {
                (true, None) => Some(*amount),
                (false, Some(hundredth)) => Some(hundredth),
                (false, None) if *has_decimals && unseen && !self.says_none => Some(*amount),
                _ => None,
            }
        };
        let mut found = self.prices.iter().filter_map(certain);
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }
}

fn is_zero(value: &Value) -> bool {
    let (Value::Text(text) | Value::Number(text)) = value else { return false };
    text.contains('0') && text.bytes().all(|b| matches!(b, b'0' | b'.' | b','))
}

/// A positive amount, and whether it is written with decimals.
fn amount(value: &Value, hint: CurrencyHint) -> Option<(Amount, bool)> {
    let text = match value {
        Value::Text(text) | Value::Number(text) => text,
        Value::Flag(_) => return None,
    };
    let amount = price_text::parse_machine(text, hint)?.amount;
    amount.is_positive().then_some((amount, amount.scale() > 0))
}

fn stock(value: &Value) -> Option<Availability> {
    match value {
        Value::Flag(true) => Some(Availability::InStock),
        Value::Flag(false) => Some(Availability::OutOfStock),
        Value::Number(number) => match number.trim_start_matches('-').trim_start_matches(['0', '.']) {
            // Shops that do not count their stock write 0.
            "" => None,
            _ if number.starts_with('-') => None,
            _ => Some(Availability::InStock),
        },
        Value::Text(text) => availability::from_code(text).or_else(|| availability::from_text(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use url::Url;

    fn facts(script: &str) -> StateFacts {
        let mut state = State::default();
        state.read_script(script, None);
        let url = Url::parse("https://shop.test/p/tea-pot-77123").unwrap();
        let page = PageIdentity::new(Some(&url), None, ["Tea pot | Great Shop", "Tea pot"].into_iter());
        own(&state, &page, Known::default(), CurrencyHint::default())
    }

    #[test]
    fn the_pages_own_product_is_known_by_its_name_or_number() {
        let script = r#"[{"name":"Cup","sku":"1","brand":"B"},{"name":"Tea pot","sku":"2","brand":"Acme"},{"name":"Great Shop","id":"9","brand":"C"}]"#;
        assert_eq!((facts(script).brand.as_deref(), facts(script).skus), (Some("Acme"), vec!["2".to_owned()]));
        assert_eq!(facts(r#"{"product_id":"77123","brand":"Acme"}"#).brand.as_deref(), Some("Acme"));
        assert_eq!(facts(r#"{"product_id":"7712","brand":"Acme"}"#), StateFacts::default());
    }

    #[test]
    fn a_unit_in_doubt_is_no_price() {
        let amount = |text: &str| text.parse::<Amount>().unwrap();
        let price = |written: &str, shown: &[&str], unseen: bool| {
            let facts = facts(&format!(r#"{{"name":"Tea pot","sku":"2","price":{written}}}"#));
            facts.price(|a| shown.iter().any(|s| amount(s) == a), unseen)
        };
        assert_eq!(price("19.99", &[], true), Some(amount("19.99")));
        assert_eq!(price("19.99", &[], false), None);
        assert_eq!(price("1999", &[], true), None);
        assert_eq!(price("1999", &["19.99"], false), Some(amount("19.99")));
        assert_eq!(price("1999", &["1999"], false), Some(amount("1999")));
        assert_eq!(price("1999", &["1999", "19.99"], true), None);
        assert_eq!(price("0", &["0"], true), None);
    }

    #[test]
    fn stock_in_words_numbers_and_flags() {
        let stock = |value: &str| facts(&format!(r#"{{"name":"Tea pot","sku":"1","stock":{value}}}"#)).availability;
        assert_eq!(stock("true"), Some(Availability::InStock));
        assert_eq!(stock("false"), Some(Availability::OutOfStock));
        assert_eq!(stock("7"), Some(Availability::InStock));
        assert_eq!(stock("0"), None, "not counted");
        assert_eq!(stock(r#""OUT_OF_STOCK""#), Some(Availability::OutOfStock));
    }
}
