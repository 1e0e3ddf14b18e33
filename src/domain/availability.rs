//! Whether an offer can be had, and in what state the thing is.

use serde::{Deserialize, Serialize};

/// Stock state of an offer, in the four classes the API answers.
///
/// Rule from: schema.org `ItemAvailability`, folded: InStock, OnlineOnly and InStoreOnly → `in_stock`;
/// LimitedAvailability → `limited`; PreOrder, PreSale and BackOrder → `preorder`; OutOfStock, SoldOut and Discontinued →
/// `out_of_stock`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    InStock,
    Limited,
    Preorder,
    OutOfStock,
}

impl Availability {
    pub const ALL: [Availability; 4] =
        [Availability::InStock, Availability::Limited, Availability::Preorder, Availability::OutOfStock];

    /// The code the API answers.
    pub fn code(self) -> &'static str {
        match self {
            Availability::InStock => "in_stock",
            Availability::Limited => "limited",
            Availability::Preorder => "preorder",
            Availability::OutOfStock => "out_of_stock",
        }
    }

    /// The schema.org name of the side the state falls on: what can be ordered now or ahead is `InStock`.
    pub fn schema_org(self) -> &'static str {
        match self {
            Availability::InStock | Availability::Limited | Availability::Preorder => "InStock",
            Availability::OutOfStock => "OutOfStock",
        }
    }
}

/// State of the thing sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    New,
    Used,
    Refurbished,
}

impl Condition {
    pub const ALL: [Condition; 3] = [Condition::New, Condition::Used, Condition::Refurbished];

    pub fn code(self) -> &'static str {
        match self {
            Condition::New => "new",
            Condition::Used => "used",
            Condition::Refurbished => "refurbished",
        }
    }
}
