//! What the head of a page says: OpenGraph, product, Twitter and Dublin Core tags, title, canonical and next links.

use super::price_text::{self, CurrencyHint, PriceHint};
use super::{availability, identifiers};
use crate::domain::{Amount, Availability, Currency, Gtin};

/// Texts kept of one tag.
const MAX_CONTENT_BYTES: usize = 8_192;

/// The head's facts, as written.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// Name in lower case and content of the tags that matter, in the page's order.
    tags: Vec<(String, String)>,
    pub title: Option<String>,
    pub canonical: Option<String>,
    pub next: Option<String>,
    pub base: Option<String>,
    pub lang: Option<String>,
}

const PREFIXES: &[&str] = &["og:", "product:", "twitter:", "dc.", "dcterms.", "eshop:", "book:"];
const NAMES: &[&str] = &["description", "price", "gtin", "gtin13", "ean", "sku", "brand", "availability", "currency"];
/// Tags kept.
const MAX_TAGS: usize = 200;

impl Head {
    /// Takes a `<meta>`: its `property`, `name` or `itemprop`, and its `content`.
    pub fn add_tag(&mut self, name: &str, content: &str) {
        let name = name.trim().to_lowercase();
        let known = PREFIXES.iter().any(|p| name.starts_with(p)) || NAMES.contains(&name.as_str());
        if known && content.len() <= MAX_CONTENT_BYTES && self.tags.len() < MAX_TAGS && !content.trim().is_empty() {
            self.tags.push((name, content.trim().to_owned()));
        }
    }

    fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.tags.iter().find(|(n, _)| n == name).map(|(_, content)| content.as_str()))
    }

    fn all<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = &'a str> {
        self.tags.iter().filter(|(n, _)| names.contains(&n.as_str())).map(|(_, content)| content.as_str())
    }

    /// Name and content of the tags that matter, in the page's order.
    pub fn tags(&self) -> impl Iterator<Item = (&str, &str)> {
        self.tags.iter().map(|(name, content)| (name.as_str(), content.as_str()))
    }

    pub fn name(&self) -> Option<&str> {
        self.first(&["og:title", "twitter:title", "dc.title"])
    }

    pub fn description(&self) -> Option<&str> {
        self.first(&["og:description", "description", "twitter:description"])
    }

    pub fn image(&self) -> Option<&str> {
        self.first(&["og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src"])
    }

    pub fn url(&self) -> Option<&str> {
        self.canonical.as_deref().or_else(|| self.first(&["og:url"]))
    }

    pub fn brand(&self) -> Option<&str> {
        self.first(&["product:brand", "og:brand", "og:product:brand", "brand", "product:manufacturer", "eshop:brand"])
    }

    pub fn sku(&self) -> Option<&str> {
        self.first(&["product:retailer_item_id", "product:sku", "og:sku", "sku", "product:retailer_part_no"])
    }

    pub fn mpn(&self) -> Option<&str> {
        self.first(&["product:mfr_part_no", "product:mpn", "og:mpn"])
    }

    pub fn condition(&self) -> Option<&str> {
        self.first(&["product:condition", "og:condition"])
    }

    pub fn category(&self) -> Option<&str> {
        self.first(&["product:category", "og:category"])
    }

    /// Whether the page says that it is that of one product.
    pub fn is_product(&self) -> bool {
        self.first(&["og:type"]).is_some_and(|kind| matches!(kind, "product" | "og:product" | "product.item"))
    }

    pub fn gtins(&self) -> Vec<Gtin> {
        let names = [
            "product:ean",
            "product:gtin",
            "product:gtin13",
            "product:upc",
            "product:isbn",
            "og:upc",
            "og:ean",
            "og:isbn",
            "og:gtin",
            "gtin",
            "gtin13",
            "ean",
            "book:isbn",
        ];
        self.all(&names).filter_map(identifiers::gtin).collect()
    }

    pub fn availability(&self) -> Option<Availability> {
        let text =
            self.first(&["product:availability", "og:availability", "og:product:availability", "availability"])?;
        availability::from_code(text).or_else(|| availability::from_text(text))
    }

    /// The price to pay: the sale price where one is told apart from the list price.
    pub fn price(&self, hint: CurrencyHint) -> Option<(Amount, Option<Currency>)> {
        let currency = self
            .first(&[
                "product:sale_price:currency",
                "product:price:currency",
                "og:price:currency",
                "og:product:price:currency",
                "product:price.currency",
                "currency",
            ])
            .and_then(|text| price_text::parse_currency(text, hint));
        let hint = CurrencyHint { currency: currency.or(hint.currency), ..hint };
        let amount = self.first(&[
            "product:sale_price:amount",
            "product:price:amount",
            "og:price:amount",
            "og:product:price:amount",
            "product:price.amount",
            "og:sale_price:amount",
            "product:sale_price",
            "product:price",
            "og:price",
        ]);
        if let Some(price) = amount.and_then(|text| price_text::parse_machine(text, hint)) {
            return Some((price.amount, currency.or(price.currency)));
        }
        self.twitter_price(hint).map(|(amount, found)| (amount, found.or(currency)))
    }

    /// `twitter:label1` = "Price", `twitter:data1` = "$19.99": a text for people.
    fn twitter_price(&self, hint: CurrencyHint) -> Option<(Amount, Option<Currency>)> {
        for n in ["1", "2"] {
            let label = self.first(&[&format!("twitter:label{n}")]);
            let Some(data) = self.first(&[&format!("twitter:data{n}")]) else { continue };
            let is_price = label.is_some_and(|l| {
                matches!(
                    l.to_lowercase().trim(),
                    "price" | "preis" | "prix" | "prezzo" | "precio" | "preço" | "cena" | "prijs"
                )
            });
            if is_price
                && let Some(price) = price_text::parse(data, PriceHint { currency: hint, ..PriceHint::default() })
            {
                return Some((price.amount, price.currency));
            }
        }
        None
    }

    pub fn list_price(&self, hint: CurrencyHint) -> Option<Amount> {
        let list = self.first(&[
            "product:original_price:amount",
            "product:list_price:amount",
            "product:compare_at_price:amount",
        ]);
        // A sale price told apart makes the plain price the list price.
        let plain = self.first(&["product:sale_price:amount"]).and_then(|_| self.first(&["product:price:amount"]));
        list.or(plain).and_then(|text| price_text::parse_machine(text, hint)).map(|p| p.amount)
    }

    /// The currency the page's language tag or OpenGraph locale speaks for (`de-AT` → EUR).
    pub fn locale_country(&self) -> Option<crate::domain::Country> {
        let of = |tag: &str| tag.split(['-', '_']).nth(1).filter(|c| c.len() == 2).and_then(|c| c.parse().ok());
        self.lang.as_deref().and_then(of).or_else(|| self.first(&["og:locale"]).and_then(of))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(tags: &[(&str, &str)]) -> Head {
        let mut head = Head::default();
        for (name, content) in tags {
            head.add_tag(name, content);
        }
        head
    }

    #[test]
    fn machine_price_sale_price_and_list_price() {
        let h = head(&[("product:price:amount", "224.904"), ("product:price:currency", "EUR")]);
        assert_eq!(h.price(CurrencyHint::default()), Some(("224.904".parse().unwrap(), Some(Currency::EUR))));
        let h = head(&[
            ("product:price:amount", "20"),
            ("product:sale_price:amount", "15"),
            ("Product:price:currency", "usd"),
        ]);
        assert_eq!(h.price(CurrencyHint::default()), Some(("15".parse().unwrap(), Some(Currency::USD))));
        assert_eq!(h.list_price(CurrencyHint::default()), Some("20".parse().unwrap()));
    }

    #[test]
    fn twitter_labels_are_texts_for_people() {
        let h = head(&[("twitter:label1", "Price"), ("twitter:data1", "1.299,00 €")]);
        assert_eq!(h.price(CurrencyHint::default()), Some(("1299".parse().unwrap(), Some(Currency::EUR))));
        assert_eq!(head(&[("og:title", "X")]).price(CurrencyHint::default()), None);
    }
}
