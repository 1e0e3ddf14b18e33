//! Why a page's answer is what it is: the shape of an explanation.

use super::extracted::Evidence;
use serde::Serialize;

/// Where everything an answer says comes from, and what lost against it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Explanation {
    /// Product fields that have a value or a rule, in the order of [`ProductField`](super::recipe::ProductField).
    pub fields: Vec<FieldExplained>,
    /// `offers`, `results`: lists that the recipe names or the page tells by itself.
    pub lists: Vec<ListExplained>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_page: Option<FieldExplained>,
    /// The sign by which the page says that there is nothing, as the definition writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_result: Option<String>,
    /// Where prices stand, when a rule for a price yielded nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub prices_stand_in: Vec<PricePlace>,
}

/// A kind of element with prices in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PricePlace {
    /// `td.amount`
    pub element: String,
    pub count: usize,
    /// The first such price, as printed.
    pub first: String,
}

/// One field: what it is, why, and what it could have been.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct FieldExplained {
    /// Its name in definition files.
    pub field: &'static str,
    /// As the answer has it, written as text; `None`: nothing was found.
    pub value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Other places that say the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub agrees: Vec<Origin>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub losers: Vec<Loser>,
    /// Losers beyond those told.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_losers: usize,
    /// The recipe's rules for it, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleTried>,
}

/// A place on a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    pub evidence: Evidence,
    /// Selector or path of a rule, `Product.offers[1].price`, the name of a meta tag, or an element such as `span.price`.
    /// Empty where only the kind is known.
    pub place: String,
    /// What stands there, before it was read; `None` where that is the value itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
}

/// A value that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Loser {
    pub value: String,
    pub origin: Origin,
    pub why: Why,
}

/// Why a value was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Stronger evidence said something else.
    WeakerEvidence,
    /// Another offer of the same product.
    AnotherOffer,
    /// Another product that the page recommends or lists.
    Recommendation,
    /// Another product of the page.
    AnotherProduct,
    StruckThrough,
    OldPrice,
    UnitPrice,
    Instalment,
    Shipping,
    Saving,
    Accessory,
    /// Several prices in elements of one kind: a list.
    InAList,
    /// Header, footer or navigation.
    PageFrame,
    Hidden,
    /// Less speaks for it: farther from title and buy button, or in words only.
    FartherAway,
    /// The rule matched more elements and keeps the first.
    LaterMatch,
    /// A rule before it yielded a value.
    LaterRule,
}

impl Why {
    /// In a person's words.
    pub fn words(self) -> &'static str {
        match self {
            Why::WeakerEvidence => "weaker evidence",
            Why::AnotherOffer => "another offer",
            Why::Recommendation => "a recommendation, or in a list of others",
            Why::AnotherProduct => "another product",
            Why::StruckThrough => "struck through",
            Why::OldPrice => "named as an old or list price",
            Why::UnitPrice => "price of a unit",
            Why::Instalment => "instalment",
            Why::Shipping => "shipping",
            Why::Saving => "saving",
            Why::Accessory => "accessory",
            Why::InAList => "one of a list of prices",
            Why::PageFrame => "in header, footer or navigation",
            Why::Hidden => "hidden",
            Why::FartherAway => "less near title and buy button",
            Why::LaterMatch => "a later match of the rule",
            Why::LaterRule => "a later rule",
        }
    }
}

/// One rule of a field, and what it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleTried {
    /// As the definition writes it: `h1.title`, `td.price @data-amount`, `data.items.0.price`.
    pub rule: String,
    pub outcome: RuleOutcome,
    /// Elements or values it matched.
    pub matches: usize,
    /// The first text it matched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
}

/// What a rule did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleOutcome {
    Used,
    /// It matched, and was not needed: a rule before it yielded a value.
    NotNeeded,
    NoMatch,
    /// It matched, but its regex did not match what stands there.
    RegexFailed,
    /// It matched a text that is empty, or cannot be read as such a field.
    Unreadable,
}

/// A list on the page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ListExplained {
    /// `offers` or `results`.
    pub list: &'static str,
    /// Selector or path of an entry, or what the page itself calls the list (`json-ld ItemList`).
    pub item: String,
    /// Entries that `item` matched.
    pub matched: usize,
    pub entries: Vec<EntryExplained>,
    /// Entries that were not taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<Dropped>,
}

/// One entry of a list that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryExplained {
    /// Its place among the matched entries, from 1.
    pub entry: usize,
    pub fields: Vec<FieldExplained>,
}

/// An entry that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dropped {
    /// Its place among the matched entries, from 1.
    pub entry: usize,
    pub why: &'static str,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}
