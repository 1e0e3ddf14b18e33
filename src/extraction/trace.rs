//! What the merge saw, in its order; kept only when someone asks why.

use super::explanation::Loser;
use super::extracted::Evidence;
use super::recipe::ProductField;
use super::schema_org::ProductFacts;

/// Values kept of one page.
const MAX_SEEN: usize = 1_000;

/// A notebook that is closed unless someone asks: writing into a closed one costs a comparison.
#[derive(Debug, Default)]
pub(super) struct Trace(Option<Box<Seen>>);

/// What a notebook holds.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub values: Vec<SeenValue>,
    /// The page's own products, as the merge read them.
    pub products: Vec<ProductFacts>,
    /// Prices of other offers, other products and other places.
    pub other_prices: Vec<Loser>,
}

/// A value that evidence gave for a field.
#[derive(Debug)]
pub(super) struct SeenValue {
    pub field: ProductField,
    pub evidence: Evidence,
    pub value: String,
    pub is_taken: bool,
}

impl Trace {
    /// An open notebook.
    pub fn open() -> Trace {
        Trace(Some(Box::default()))
    }

    /// Notes a value; it is made into text only if the notebook is open.
    pub fn saw(&mut self, field: ProductField, evidence: Evidence, is_taken: bool, value: impl FnOnce() -> String) {
        if let Some(seen) = &mut self.0
            && seen.values.len() < MAX_SEEN
        {
            seen.values.push(SeenValue { field, evidence, value: value(), is_taken });
        }
    }

    /// Keeps what was read on the way to the price.
    pub fn keep(&mut self, products: Vec<ProductFacts>, other_prices: impl FnOnce(&[ProductFacts]) -> Vec<Loser>) {
        if let Some(seen) = &mut self.0 {
            seen.other_prices = other_prices(&products);
            seen.products = products;
        }
    }

    pub fn into_seen(self) -> Seen {
        self.0.map(|seen| *seen).unwrap_or_default()
    }
}
