//! How long results are in bytes, once counted: whoever gets them in parts asks for many.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Lengths remembered; beyond it they are counted anew.
const MAX_LENGTHS: usize = 10_000;

/// By the name of the bytes (their entity tag).
#[derive(Debug, Default)]
pub struct ResultLengths(Mutex<HashMap<String, u64>>);

impl ResultLengths {
    pub fn get(&self, tag: &str) -> Option<u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(tag).copied()
    }

    pub fn keep(&self, tag: &str, length: u64) {
        let mut lengths = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lengths.len() >= MAX_LENGTHS {
            lengths.clear();
        }
        lengths.insert(tag.to_owned(), length);
    }
}
