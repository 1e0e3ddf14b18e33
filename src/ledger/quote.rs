//! What a job costs at least.

use crate::domain::{Credits, Multiplier};

/// The least a job can cost: a page for each value that can exist.
pub fn least_cost(valid_values: usize, multiplier: Multiplier) -> Credits {
    valid_values as Credits * Credits::from(multiplier.0)
}
