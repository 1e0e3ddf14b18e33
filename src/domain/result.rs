//! A job's result, value by value, as every format tells it.

use super::{
    Country, Credits, JobId, JobStatus, Key, LookupOptions, Offer, Product, RatingDistribution, Reason, Review,
    SearchResult, SourceName, Timestamp, Topic,
};

/// What stands above the results in every format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobHead {
    pub job_id: JobId,
    pub status: JobStatus,
    pub source: SourceName,
    pub country: Country,
    pub topic: Topic,
    pub key: Key,
    pub options: LookupOptions,
    pub free_credits: Credits,
    pub paid_credits: Credits,
    /// Offers of the product with most of them: how wide a column-per-offer table must be.
    pub widest: u32,
}

/// One value's result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemResult {
    /// Exactly as it was first sent, trimmed.
    pub value: String,
    pub reference: Option<String>,
    pub outcome: ItemOutcome,
    /// What it took to find out.
    pub effort: Effort,
}

/// What it took to answer a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effort {
    /// Delivered pages that were fetched for it; the others came from the store, or with a twin's help.
    pub pages_live: u32,
    /// To the source for it, those in vain included; redirects and `robots.txt` are not counted.
    pub requests: u32,
}

/// Found, or why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemOutcome {
    Found(Box<FoundResult>),
    Failed(Reason),
}

/// A found product with the offers of all delivered pages in the source's order (position is the index + 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundResult {
    pub product: Product,
    pub offers: Vec<Offer>,
    pub search_results: Vec<SearchResult>,
    pub total_search_result_count: Option<u64>,
    pub reviews: Vec<Review>,
    pub rating_distribution: Option<RatingDistribution>,
    pub pages_delivered: u32,
    /// How many entries of the topic's list (offers, search results, reviews) stand on each page, in order.
    pub page_lengths: Vec<u32>,
    /// A later page failed for good or was not paid for; the pages before it are here.
    pub incomplete: bool,
    /// When the oldest delivered page was fetched.
    pub updated_at: Timestamp,
}

impl FoundResult {
    /// Of one page that says nothing but this about a product; the rest is to be filled in.
    pub fn of(product: Product, updated_at: Timestamp) -> FoundResult {
        FoundResult {
            product,
            offers: Vec::new(),
            search_results: Vec::new(),
            total_search_result_count: None,
            reviews: Vec::new(),
            rating_distribution: None,
            pages_delivered: 1,
            page_lengths: Vec::new(),
            incomplete: false,
            updated_at,
        }
    }

    /// On which page the entry at this place of the topic's list (from 0, over all pages) stands, and where on it; both from 1.
    pub fn page_of(&self, place: usize) -> (u32, u32) {
        let mut before = 0;
        for (length, page) in self.page_lengths.iter().zip(1..) {
            let behind = before + *length as usize;
            if place < behind {
                return (page, (place - before) as u32 + 1);
            }
            before = behind;
        }
        (self.pages_delivered.max(1), place.saturating_sub(before) as u32 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_stands_on_a_page() {
        let found = FoundResult { page_lengths: vec![2, 0, 1], ..FoundResult::of(Product::default(), Timestamp(0)) };
        assert_eq!([0, 1, 2].map(|place| found.page_of(place)), [(1, 1), (1, 2), (3, 1)]);
        let one = FoundResult::of(Product::default(), Timestamp(0));
        assert_eq!(one.page_of(3), (1, 4), "a result without lengths is one page");
    }
}
