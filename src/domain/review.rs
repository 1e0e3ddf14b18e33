//! What buyers say about a product.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// One review. Unknown is `None`, never 0 or an empty text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Review {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When it was written; sources mostly tell the day, which then begins at midnight UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Timestamp>,
    /// 0–100, whatever the scale on the page was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub helpful_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified_purchase: Option<bool>,
}

/// How many reviews gave each number of stars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RatingDistribution {
    /// Of one star first, of five last.
    pub stars: [u32; 5],
}
