//! Who sells a product, for how much: functions of product, site, country and hour, computed when a page asks.

use super::catalogue::CatalogueProduct;
use super::documented::FIRST_AT_GOOGLE_DE;
use super::locale::Locale;
use super::seed::{below, mix, of_text};
use super::sellers::{SELLERS, SellerId};
use super::site::Site;

/// One shop's offer, in minor units of the country's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MarketOffer {
    pub seller: SellerId,
    /// Tells the offer from all others of the site.
    pub id: u64,
    pub price_minor: i64,
    /// `None`: the shop does not say.
    pub shipping_minor: Option<i64>,
    pub stock: Stock,
    pub state: State,
    /// Which of the language's remarks the shop makes.
    pub detail: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stock {
    Plenty,
    Few,
    /// Not yet: it can be ordered ahead.
    Ahead,
    Gone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    New,
    Used,
    Refurbished,
}

/// The offers of one product at one site in one country at one hour.
#[derive(Debug, Clone, Copy)]
pub(super) struct OfferList<'a> {
    pub product: &'a CatalogueProduct,
    pub site: Site,
    pub locale: &'a Locale,
    /// Whole hours since 1970.
    pub hour: i64,
}

impl OfferList<'_> {
    /// How many there are: none at few products, at most what the site allows; never a matter of the hour.
    pub fn count(&self) -> usize {
        if self.is_first_documented_at_google_de() {
            return FIRST_AT_GOOGLE_DE.len();
        }
        let roll = self.roll(&[10]);
        let most = self.site.most_offers();
        if self.product.documented.is_some() {
            return 3 + below(12, roll) as usize;
        }
        if below(100, roll >> 32) < 5 {
            return 0;
        }
        // Half of all products have few offers, the other half anything up to the most.
        let few = below(2, roll >> 40) == 0;
        (1 + below(if few { 8.min(most) } else { most }, roll)) as usize
    }

    /// Offer number `k` from 0 in the site's order, which prices do not change: pages fit together while prices move.
    pub fn offer(&self, k: usize) -> MarketOffer {
        if let Some((name, price, shipping)) =
            FIRST_AT_GOOGLE_DE.get(k).filter(|_| self.is_first_documented_at_google_de())
        {
            let seller = SELLERS.iter().position(|seller| seller == name).unwrap_or_default();
            return MarketOffer {
                seller,
                id: self.offer_id(seller),
                price_minor: *price,
                shipping_minor: *shipping,
                stock: Stock::Plenty,
                state: State::New,
                detail: Some(k % 3),
            };
        }
        self.made(k, self.seller(k))
    }

    /// What a shop asks on a page of its own: its offer here, or, where it has none, what it would have offered.
    pub fn own(&self, seller: SellerId) -> MarketOffer {
        let listed = (0..self.count()).map(|k| self.offer(k)).find(|offer| offer.seller == seller);
        listed.unwrap_or_else(|| self.made(seller % 20, seller))
    }

    fn made(&self, k: usize, seller: SellerId) -> MarketOffer {
        let roll = |what: u64| self.roll(&[11, seller as u64, what]);
        MarketOffer {
            seller,
            id: self.offer_id(seller),
            price_minor: self.price_minor(k, seller),
            shipping_minor: self.shipping_minor(roll(1)),
            stock: match below(100, roll(2)) {
                0..80 => Stock::Plenty,
                80..87 => Stock::Few,
                87..91 => Stock::Ahead,
                _ => Stock::Gone,
            },
            state: self.state(below(100, roll(3))),
            detail: (below(3, roll(4)) > 0 || self.product.documented.is_some()).then(|| below(3, roll(5)) as usize),
        }
    }

    /// The offers with these numbers, as far as there are any.
    pub fn page(&self, range: std::ops::Range<usize>) -> impl Iterator<Item = MarketOffer> {
        (range.start..range.end.min(self.count())).map(|k| self.offer(k))
    }

    fn is_first_documented_at_google_de(&self) -> bool {
        self.product.documented == Some(0) && self.site == Site::GoogleShopping && self.locale.country.as_str() == "de"
    }

    fn roll(&self, parts: &[u64]) -> u64 {
        mix(&[self.product.index as u64, self.site.seed(), of_text(self.locale.country.as_str()), mix(parts)])
    }

    fn offer_id(&self, seller: SellerId) -> u64 {
        self.roll(&[12, seller as u64]) % 9_000_000_000 + 1_000_000_000
    }

    /// Steps through all sellers; the count of sellers is prime, so nobody comes twice.
    fn seller(&self, k: usize) -> SellerId {
        let roll = self.roll(&[13]);
        let count = SELLERS.len() as u64;
        let (start, step) = (below(count, roll), 1 + below(count - 1, roll >> 32));
        ((start + k as u64 * step) % count) as SellerId
    }

    fn price_minor(&self, k: usize, seller: SellerId) -> i64 {
        let seller = seller as u64;
        // Each shop asks up to 1.2 % more than the one before it.
        let above_permille = k as i64 * 12 + below(12, self.roll(&[14, seller])) as i64;
        let mut cents = self.product.euro_cents * (1_000 + above_permille) / 1_000;
        if self.product.documented.is_none() {
            cents = cents * (1_000 + self.drift_permille(seller)) / 1_000;
        }
        let minor = self.locale.price_of_euro_cents(cents.max(99));
        let has_decimals = self.locale.currency.exponent().unwrap_or(2) >= 2;
        if !has_decimals || minor < 500 {
            return minor.max(1);
        }
        // Habits of printing a price stay with the shop.
        match seller % 4 {
            0 => minor / 100 * 100 + 99,
            1 => minor / 10 * 10 + 9,
            2 => minor / 50 * 50,
            _ => minor,
        }
    }

    /// −60 … +60: each shop thinks again about a product every few hours, at its own time.
    fn drift_permille(&self, seller: u64) -> i64 {
        let habit = mix(&[self.product.index as u64, seller, 15]);
        let period = 2 + below(10, habit) as i64;
        let phase = below(24, habit >> 32) as i64;
        let epoch = (self.hour + phase).div_euclid(period);
        below(121, mix(&[habit, epoch as u64])) as i64 - 60
    }

    fn shipping_minor(&self, roll: u64) -> Option<i64> {
        const EURO_CENTS: [i64; 6] = [299, 395, 495, 499, 595, 690];
        match below(10, roll) {
            0 | 1 => None,
            2..5 => Some(0),
            _ => Some(self.locale.price_of_euro_cents(EURO_CENTS[below(6, roll >> 32) as usize])),
        }
    }

    fn state(&self, percent: u64) -> State {
        let (used, refurbished) = match self.site {
            Site::Ebay => (35, 15),
            Site::Amazon => (15, 5),
            Site::GoogleShopping => (2, 4),
            Site::Idealo | Site::Geizhals => (0, 3),
        };
        if percent < used {
            State::Used
        } else if percent < used + refurbished {
            State::Refurbished
        } else {
            State::New
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::catalogue::Catalogue;
    use std::collections::HashSet;

    const HOUR: i64 = 460_000;

    #[test]
    fn counts_stay_within_the_sites_most_and_no_seller_comes_twice() {
        let catalogue = Catalogue::new();
        let locale = Locale::of("de".parse().unwrap()).unwrap();
        let mut seen = HashSet::new();
        for product in catalogue.products() {
            for site in Site::ALL {
                let list = OfferList { product, site, locale: &locale, hour: HOUR };
                let count = list.count();
                assert!(count as u64 <= site.most_offers());
                assert!(count > 0 || product.documented.is_none());
                seen.insert((site, count.div_ceil(10)));
                let sellers: HashSet<SellerId> = (0..count).map(|k| list.offer(k).seller).collect();
                assert_eq!(sellers.len(), count);
            }
        }
        for pages in 0..=6 {
            assert!(seen.contains(&(Site::GoogleShopping, pages)), "some product has {pages} pages");
        }
    }

    #[test]
    fn ordinary_prices_drift_and_documented_ones_do_not() {
        let catalogue = Catalogue::new();
        for country in ["de", "in", "jp"] {
            let locale = Locale::of(country.parse().unwrap()).unwrap();
            let prices = |product, hour| -> Vec<MarketOffer> {
                OfferList { product, site: Site::GoogleShopping, locale: &locale, hour }.page(0..60).collect()
            };
            for product in &catalogue.products()[..3] {
                for later in 1..50 {
                    assert_eq!(prices(product, HOUR), prices(product, HOUR + later));
                }
            }
            let ordinary =
                catalogue.products().iter().find(|p| p.documented.is_none() && prices(p, HOUR).len() > 20).unwrap();
            assert_eq!(prices(ordinary, HOUR), prices(ordinary, HOUR), "the same hour shows the same");
            let (now, later) = (prices(ordinary, HOUR), prices(ordinary, HOUR + 24));
            assert!(now.iter().zip(&later).any(|(a, b)| a.price_minor != b.price_minor));
            for (a, b) in now.iter().zip(&later) {
                assert_eq!((a.seller, a.shipping_minor), (b.seller, b.shipping_minor), "only prices move");
                assert!((a.price_minor - b.price_minor).abs() * 5 < a.price_minor, "not by a fifth in a day");
            }
        }
    }
}
