//! Every product there is, and how it is found: by GTIN, by words, by a source's own id.

use super::documented::DOCUMENTED;
use super::families::{FAMILIES, Family};
use super::known::{self, Known};
use super::search_words::{CALLED, is_garbled, is_nonsense, is_telling, stem};
use super::seed::{below, mix, of_text, pick};
use super::site::Site;
use super::special::{self, SPECIAL, SpecialKind};
use crate::domain::Gtin;
use std::collections::{HashMap, HashSet};

/// Ordinary products, besides the documented and the special ones.
pub const ORDINARY_PRODUCTS: usize = 2_400;
/// Hits of one search; nobody turns more pages.
const MAX_HITS: usize = 200;
/// Words of a search text that count.
const MAX_SEARCH_WORDS: usize = 12;
/// GS1 prefixes of the made-up makers (Germany, Italy, Netherlands, Switzerland, Spain); none is of [`SPECIAL`] and none
/// is 4006381.
const GS1_PREFIXES: [&str; 6] = ["401", "426", "801", "871", "761", "843"];

/// One product; all about its price is in `offers`.
#[derive(Debug)]
pub(super) struct CatalogueProduct {
    pub index: usize,
    pub name: String,
    pub brand: &'static str,
    pub category_en: [&'static str; 2],
    pub category_de: [&'static str; 2],
    /// Ascending, at least one.
    pub gtins: Vec<Gtin>,
    pub mpn: String,
    /// `None`: nobody reviewed it yet.
    pub reviews: Option<Reviews>,
    pub euro_cents: i64,
    pub trouble: Option<SpecialKind>,
    /// Place in [`DOCUMENTED`].
    pub documented: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Reviews {
    pub count: u32,
    pub stars_tenths: u8,
}

impl CatalogueProduct {
    /// Whether a source lists it: the documented and special ones always, ordinary ones mostly.
    pub fn is_listed(&self, site: Site) -> bool {
        const UNLISTED_PERCENT: u64 = 6;
        self.documented.is_some()
            || self.trouble.is_some()
            || below(100, mix(&[self.index as u64, site.seed(), 1])) >= UNLISTED_PERCENT
    }

    /// The source's own id.
    pub fn id_at(&self, site: Site) -> String {
        let documented = self.documented.map(|at| &DOCUMENTED[at]);
        let index = self.index as u64;
        match site {
            Site::GoogleShopping => documented
                .map_or_else(|| (mix(&[index, 2]) | 1 << 62).to_string(), |product| product.google_id.to_owned()),
            Site::Amazon => documented.map_or_else(|| asin(index), |product| product.asin.to_owned()),
            // The steps are primes, so that neighbours do not look like neighbours and ids never meet.
            Site::Ebay => (2_000_000_011 + index * 104_729).to_string(),
            Site::Idealo => (200_000_033 + index * 7_919).to_string(),
            Site::Geizhals => (1_000_003 + index * 1_303).to_string(),
        }
    }
}

/// `B0` and eight letters and digits.
fn asin(index: u64) -> String {
    const LETTERS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const SPACE: u64 = 36u64.pow(8);
    // The factor shares no divisor with 36, so that ids never meet.
    let mut number = ((u128::from(index + 1) * 1_000_003_091) % u128::from(SPACE)) as u64;
    let mut tail = [b'0'; 8];
    for place in tail.iter_mut().rev() {
        *place = LETTERS[(number % 36) as usize];
        number /= 36;
    }
    format!("B0{}", String::from_utf8_lossy(&tail))
}

/// The products and their indexes, built once.
#[derive(Debug)]
pub(super) struct Catalogue {
    products: Vec<CatalogueProduct>,
    by_gtin: HashMap<Gtin, usize>,
    by_word: HashMap<String, Vec<usize>>,
    /// By the stems of names, categories and what people call such things.
    by_stem: HashMap<String, Vec<usize>>,
    by_id: HashMap<(Site, String), usize>,
}

impl Catalogue {
    pub fn new() -> Catalogue {
        let mut products: Vec<CatalogueProduct> = DOCUMENTED.iter().enumerate().map(|(at, _)| documented(at)).collect();
        for range in SPECIAL.iter().filter(|range| range.kind != SpecialKind::Missing) {
            for gtin in special::special_gtins(range.kind) {
                let mut product = ordinary(products.len(), products.len());
                product.gtins = vec![gtin];
                product.trouble = Some(range.kind);
                products.push(product);
            }
        }
        for number in 0..ORDINARY_PRODUCTS {
            products.push(ordinary(products.len(), number));
        }
        for (number, (known, model, variant)) in (ORDINARY_PRODUCTS..).zip(known::all()) {
            products.push(well_known(products.len(), number, known, model, variant));
        }
        let mut catalogue = Catalogue {
            products,
            by_gtin: HashMap::new(),
            by_word: HashMap::new(),
            by_stem: HashMap::new(),
            by_id: HashMap::new(),
        };
        catalogue.fill_indexes();
        catalogue
    }

    fn fill_indexes(&mut self) {
        for product in &self.products {
            for gtin in &product.gtins {
                self.by_gtin.insert(*gtin, product.index);
            }
            // Products with trouble are there for jobs that ask for their GTINs; no keyword stumbles over them.
            let named = if product.trouble.is_none() { words(&product.name) } else { Vec::new() };
            if !named.is_empty() {
                for word in called(product, &named) {
                    list_once(&mut self.by_stem, stem(&word), product.index);
                }
            }
            for word in named {
                list_once(&mut self.by_word, &word, product.index);
            }
            for site in Site::ALL {
                self.by_id.insert((site, product.id_at(site)), product.index);
            }
        }
    }

    pub fn products(&self) -> &[CatalogueProduct] {
        &self.products
    }

    pub fn find_by_gtin(&self, gtin: Gtin) -> Option<&CatalogueProduct> {
        self.by_gtin.get(&gtin).map(|index| &self.products[*index])
    }

    /// The product with that id, where the source lists it.
    pub fn find_by_id(&self, site: Site, id: &str) -> Option<&CatalogueProduct> {
        let index = self.by_id.get(&(site, id.to_owned()))?;
        Some(&self.products[*index]).filter(|product| product.is_listed(site))
    }

    /// What a source finds for a text: the product with that GTIN or id, else the products whose names have all its words, the
    /// shortest names first; behind them those that have most of them, as names or as what people call such things; where
    /// nothing has any, a few that a marketplace would show rather than nothing. A text that makes no sense finds nothing.
    pub fn search(&self, site: Site, text: &str) -> Vec<&CatalogueProduct> {
        if let Ok(gtin) = text.parse::<Gtin>() {
            return self.find_by_gtin(gtin).filter(|product| product.is_listed(site)).into_iter().collect();
        }
        if let Some(product) = self.find_by_id(site, text) {
            return vec![product];
        }
        let mut wanted = words(text);
        wanted.truncate(MAX_SEARCH_WORDS);
        let mut hits = self.with_all(&wanted);
        if !is_garbled(text) && !is_nonsense(&wanted) {
            let full: HashSet<usize> = hits.iter().map(|product| product.index).collect();
            hits.extend(self.with_most(&wanted).into_iter().filter(|product| !full.contains(&product.index)));
            if hits.is_empty() {
                hits = self.related(&wanted);
            }
        }
        hits.retain(|product| product.is_listed(site));
        hits.truncate(MAX_HITS);
        hits
    }

    fn with_all(&self, wanted: &[String]) -> Vec<&CatalogueProduct> {
        let lists = wanted.iter().map(|word| self.by_word.get(word)).collect::<Option<Vec<_>>>();
        let Some(mut lists) = lists.filter(|lists| !lists.is_empty()) else { return Vec::new() };
        lists.sort_by_key(|list| list.len());
        let (shortest, others) = lists.split_at(1);
        let mut hits: Vec<&CatalogueProduct> = shortest[0]
            .iter()
            .filter(|index| others.iter().all(|list| list.binary_search(index).is_ok()))
            .map(|index| &self.products[*index])
            .collect();
        hits.sort_by_key(|product| (product.documented.is_none(), product.name.len(), product.index));
        hits
    }

    /// Products with at least one of the words that say what a thing is, those with most words first.
    fn with_most(&self, wanted: &[String]) -> Vec<&CatalogueProduct> {
        let mut counts: HashMap<usize, (bool, usize)> = HashMap::new();
        let stems: HashSet<&str> = wanted.iter().map(|word| stem(word)).collect();
        for word in stems {
            for index in self.by_stem.get(word).into_iter().flatten() {
                let (is_told, count) = counts.entry(*index).or_default();
                *is_told |= is_telling(word);
                *count += 1;
            }
        }
        let mut hits: Vec<(usize, &CatalogueProduct)> = counts
            .into_iter()
            .filter(|(_, (is_told, _))| *is_told)
            .map(|(index, (_, count))| (count, &self.products[index]))
            .collect();
        hits.sort_by_key(|(count, product)| {
            (std::cmp::Reverse(*count), product.documented.is_none(), product.name.len(), product.index)
        });
        hits.into_iter().map(|(_, product)| product).collect()
    }

    /// The same few products for the same text.
    fn related(&self, wanted: &[String]) -> Vec<&CatalogueProduct> {
        let roll = mix(&[of_text(&wanted.join(" ")), 18]);
        let ordinary: Vec<&CatalogueProduct> =
            self.products.iter().filter(|p| p.trouble.is_none() && p.documented.is_none()).collect();
        let count = 3 + below(30, roll >> 8);
        (0..count).map(|n| ordinary[below(ordinary.len() as u64, roll.wrapping_add(n * 61)) as usize]).collect()
    }
}

fn list_once(lists: &mut HashMap<String, Vec<usize>>, word: &str, index: usize) {
    match lists.get_mut(word) {
        Some(list) if list.last() == Some(&index) => {}
        Some(list) => list.push(index),
        None => drop(lists.insert(word.to_owned(), vec![index])),
    }
}

/// The words of a product's name and categories, and others for the same thing.
fn called(product: &CatalogueProduct, named: &[String]) -> Vec<String> {
    let mut called = named.to_vec();
    for category in product.category_en.iter().chain(&product.category_de) {
        called.extend(words(category));
        let others =
            CALLED.iter().filter(|(name, _)| name == category).flat_map(|(_, others)| others.split_whitespace());
        called.extend(others.map(str::to_owned));
    }
    called.sort_by(|a, b| stem(a).cmp(stem(b)));
    called.dedup_by(|a, b| stem(a) == stem(b));
    called
}

/// Lower-case words; a number and a short unit behind it also count as one word, so that `16 GB` and `16gb` meet.
fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let plain: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut words: Vec<String> = plain.iter().map(|word| (*word).to_owned()).collect();
    for pair in plain.windows(2) {
        if pair[0].bytes().all(|b| b.is_ascii_digit()) && matches!(pair[1], "gb" | "cm" | "mm" | "v" | "w" | "l") {
            words.push(format!("{}{}", pair[0], pair[1]));
        }
    }
    words
}

fn documented(at: usize) -> CatalogueProduct {
    let product = &DOCUMENTED[at];
    CatalogueProduct {
        index: at,
        name: product.name.to_owned(),
        brand: product.brand,
        category_en: ["Products", product.category],
        category_de: ["Produkte", product.category],
        gtins: product.gtins.iter().filter_map(|gtin| gtin.parse().ok()).collect(),
        mpn: format!("DOC-{}", at + 1),
        reviews: Some(Reviews { count: product.review_count, stars_tenths: product.stars_tenths }),
        euro_cents: product.euro_cents,
        trouble: None,
        documented: Some(at),
    }
}

/// `number` counts the ordinary products and alone decides what this one is.
fn ordinary(index: usize, number: usize) -> CatalogueProduct {
    let family: &Family = &FAMILIES[number % FAMILIES.len()];
    let model = 100 + number / FAMILIES.len();
    let roll = |what: u64| mix(&[number as u64, what, 3]);
    let brand = *pick(family.brands, roll(0));
    let series = *pick(family.series, roll(1));
    let name = format!("{brand} {series} {model} {} {}", pick(family.variants, roll(2)), pick(family.colours, roll(3)));
    let spread = (family.dearest - family.cheapest) as u64;
    // The product of two rolls: cheap things are many, dear ones few.
    let share = below(1_000, roll(4)) * below(1_000, roll(5));
    let reviews = (below(10, roll(6)) >= 2).then(|| Reviews {
        count: 1 + below(30, roll(7)) as u32 * below(40, roll(8)) as u32,
        stars_tenths: 28 + below(23, roll(9)) as u8,
    });
    CatalogueProduct {
        index,
        mpn: format!("{}-{model}-{:02}", series.to_uppercase(), below(100, roll(10))),
        name,
        brand,
        category_en: family.category_en,
        category_de: family.category_de,
        gtins: ordinary_gtins(number),
        reviews,
        euro_cents: family.cheapest + (spread * share / 1_000_000) as i64,
        trouble: None,
        documented: None,
    }
}

/// A thing of a well-known maker; `number` counts on behind the ordinary products.
fn well_known(index: usize, number: usize, known: &Known, model: &str, variant: &str) -> CatalogueProduct {
    let roll = |what: u64| mix(&[number as u64, what, 19]);
    let spread = (known.dearest - known.cheapest) as u64;
    let reviews = (below(10, roll(0)) >= 1).then(|| Reviews {
        count: 1 + below(30, roll(1)) as u32 * below(40, roll(2)) as u32,
        stars_tenths: 34 + below(16, roll(3)) as u8,
    });
    CatalogueProduct {
        index,
        name: format!("{} {model} {variant}", known.brand),
        brand: known.brand,
        category_en: known.category_en,
        category_de: known.category_de,
        gtins: ordinary_gtins(number),
        mpn: format!("{}{:04}", known.brand[..2].to_uppercase(), number),
        reviews,
        euro_cents: known.cheapest + (spread * below(1_000, roll(4)) / 1_000) as i64,
        trouble: None,
        documented: None,
    }
}

/// One to three GTINs of one maker.
fn ordinary_gtins(number: usize) -> Vec<Gtin> {
    const MAKER: u64 = 5_000;
    let roll = mix(&[number as u64, 4]);
    let prefix = pick(&GS1_PREFIXES, roll);
    let count = 1 + (below(5, roll >> 8) % 3) as usize;
    // Numbers step by four, so that no two products share one.
    (0..count)
        .filter_map(|n| {
            special::gtin(&format!("0{prefix}{:04}{:05}", MAKER + below(4_000, roll >> 16), number * 4 + n))
        })
        .collect()
}

/// GTINs of the first `count` ordinary products: each is found at most sources, and most have offers.
pub fn sample_gtins(count: usize) -> Vec<Gtin> {
    (0..count.min(ORDINARY_PRODUCTS)).filter_map(|number| ordinary_gtins(number).first().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::documented::NOWHERE_GTIN;

    #[test]
    fn is_large_and_every_id_names_one_product() {
        let catalogue = Catalogue::new();
        assert!(catalogue.products().len() >= 2_000);
        let gtins: Vec<Gtin> = catalogue.products().iter().flat_map(|p| p.gtins.iter().copied()).collect();
        assert_eq!(gtins.iter().collect::<HashSet<_>>().len(), gtins.len(), "no two products share a GTIN");
        assert!(gtins.iter().all(|gtin| !gtin.is_restricted() || gtin.as_str() == "00047165900004"));
        assert!(catalogue.products().iter().all(|p| !p.gtins.is_empty() && p.gtins.is_sorted()));
        for site in Site::ALL {
            let ids: HashSet<String> = catalogue.products().iter().map(|p| p.id_at(site)).collect();
            assert_eq!(ids.len(), catalogue.products().len(), "{site:?}");
        }
        assert!(catalogue.find_by_gtin(NOWHERE_GTIN.parse().unwrap()).is_none());
        for gtin in special::special_gtins(SpecialKind::Missing) {
            assert!(catalogue.find_by_gtin(gtin).is_none());
        }
    }

    #[test]
    fn is_always_the_same() {
        let names = |catalogue: &Catalogue| catalogue.products().iter().map(|p| p.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&Catalogue::new()), names(&Catalogue::new()));
        let catalogue = Catalogue::new();
        for gtin in sample_gtins(100) {
            assert!(catalogue.find_by_gtin(gtin).is_some_and(|p| p.documented.is_none() && p.trouble.is_none()));
        }
    }

    #[test]
    fn searches_by_all_words_in_any_case() {
        let catalogue = Catalogue::new();
        let first = |text: &str| catalogue.search(Site::Amazon, text).first().map(|p| p.id_at(Site::Amazon));
        for text in ["samsung galaxy s3 16gb white", "WHITE Samsung", "08902527431911", "8902527431911"] {
            assert_eq!(first(text).as_deref(), Some("B0080DJ6CM"), "{text}");
        }
        assert_eq!(first("ipad 16gb").as_deref(), Some(DOCUMENTED[0].asin));
        assert_eq!(first("samsung zeppelin"), None);
        assert_eq!(first(" - "), None);
        assert!(catalogue.search(Site::Amazon, "pro").len() > 20);
    }
}
