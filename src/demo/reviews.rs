//! What buyers say about a product: functions of the product alone, the same at every source and hour.

use super::catalogue::{CatalogueProduct, Reviews};
use super::seed::{below, mix};

/// One review; its words are those of the page's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MarketReview {
    /// Tells the review from all others.
    pub id: u64,
    /// 1 to 5.
    pub stars: u8,
    /// Days since 1970.
    pub day: i32,
    /// Which of the language's words for so many stars.
    pub words: usize,
    pub helpful: u32,
    pub is_verified: bool,
}

/// The newest review that there is was written on this day: 2026-08-31.
const NEWEST_DAY: i32 = 20_696;
/// Most days between a review and the one before it.
const MOST_DAYS_BETWEEN: u64 = 4;

/// All reviews of a product, newest first.
pub(super) struct ReviewList<'a> {
    product: &'a CatalogueProduct,
    told: Option<Reviews>,
}

impl<'a> ReviewList<'a> {
    pub fn of(product: &'a CatalogueProduct) -> ReviewList<'a> {
        ReviewList { product, told: product.reviews }
    }

    pub fn count(&self) -> usize {
        self.told.map_or(0, |told| told.count as usize)
    }

    /// The reviews with these numbers, as far as there are any.
    pub fn page(&self, range: std::ops::Range<usize>) -> impl Iterator<Item = MarketReview> {
        (range.start..range.end.min(self.count())).map(|k| self.review(k))
    }

    /// How many gave 1 to 5 stars.
    pub fn distribution(&self) -> [usize; 5] {
        let mut stars = [0; 5];
        for k in 0..self.count() {
            stars[usize::from(self.stars(k)) - 1] += 1;
        }
        stars
    }

    fn roll(&self, k: usize, what: u64) -> u64 {
        mix(&[self.product.index as u64, k as u64, what, 20])
    }

    fn review(&self, k: usize) -> MarketReview {
        // Regular steps with some unrest, so that later ones are never newer.
        let unrest = below(MOST_DAYS_BETWEEN, self.roll(k, 1)) as i32;
        MarketReview {
            id: self.roll(k, 2) % 9_000_000_000 + 1_000_000_000,
            stars: self.stars(k),
            day: NEWEST_DAY - k as i32 * MOST_DAYS_BETWEEN as i32 - unrest,
            words: below(1_000, self.roll(k, 3)) as usize,
            helpful: below(12, self.roll(k, 4)).saturating_sub(4) as u32,
            is_verified: below(10, self.roll(k, 5)) < 8,
        }
    }

    /// So that all together come to the stars that the product has: whole stars by even steps, and every two neighbours
    /// move apart by some.
    fn stars(&self, k: usize) -> u8 {
        let tenths = usize::from(self.told.map_or(0, |told| told.stars_tenths));
        let even = |k: usize| (k + 1) * tenths / 10 - k * tenths / 10;
        let first = k / 2 * 2;
        if first + 1 >= self.count() {
            return even(k).clamp(1, 5) as u8;
        }
        let (a, b) = (even(first).clamp(1, 5), even(first + 1).clamp(1, 5));
        let apart = below(1 + (5 - a).min(b - 1) as u64, self.roll(first, 6)) as usize;
        (if k == first { a + apart } else { b - apart }) as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::catalogue::Catalogue;

    #[test]
    fn together_they_come_to_what_the_product_has() {
        let catalogue = Catalogue::new();
        let mut spread = [0; 5];
        for product in catalogue.products() {
            let list = ReviewList::of(product);
            let Some(told) = product.reviews else {
                assert_eq!((list.count(), list.distribution()), (0, [0; 5]));
                continue;
            };
            let stars = list.distribution();
            assert_eq!(stars.iter().sum::<usize>(), told.count as usize);
            let sum: usize = stars.iter().zip(1..).map(|(count, stars)| count * stars).sum();
            assert!((sum * 10).abs_diff(told.count as usize * usize::from(told.stars_tenths)) < 10, "{}", product.name);
            stars.iter().zip(&mut spread).for_each(|(count, all)| *all += count);
            let days: Vec<i32> = list.page(0..30).map(|review| review.day).collect();
            assert!(days.is_sorted_by(|a, b| a >= b));
        }
        assert!(spread.iter().all(|count| *count > 0), "{spread:?}");
    }
}
