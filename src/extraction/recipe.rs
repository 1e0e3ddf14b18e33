//! What a source definition says about reading one kind of page.

use serde::Deserialize;
use std::collections::BTreeMap;

/// How to read one page: the embedded data to trust, a rule list for each field, the lists on the page, and the signs by
/// which a page that is not a result is known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recipe {
    pub format: Format,
    /// Evidence read beside the rules below; a rule that matches always wins over it.
    pub embedded: Vec<Embedded>,
    /// Product fields; of the rules of a field the first that yields a value wins.
    pub fields: BTreeMap<ProductField, Rules>,
    /// The offers listed on the page.
    pub offers: Option<ListRecipe<OfferField>>,
    /// The search results listed on the page.
    pub results: Option<ListRecipe<ResultField>>,
    /// What buyers say, as listed on the page.
    pub reviews: Option<ListRecipe<ReviewField>>,
    /// The lines of the product's data sheet.
    pub specifications: Option<ListRecipe<SpecificationField>>,
    /// How many reviews gave each number of stars: counts, or shares of all reviews in percent.
    pub rating_distribution: BTreeMap<StarField, Rules>,
    /// How many entries the list has over all pages.
    pub total: Option<Rules>,
    /// The best-selling products listed on the page, by their rank.
    pub bestsellers: Option<ListRecipe<ResultField>>,
    /// Where the link to the next page of the list stands.
    pub next: Option<Rules>,
    /// Where it stands how many decimals the page's amounts in minor units have (`number = "minor"`).
    pub minor_unit: Option<Rules>,
    /// Any of these on the page: the source has no such product.
    pub no_result: Vec<Sign>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    #[default]
    Html,
    Json,
}

/// Kinds of evidence a page may hold about its own product, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Embedded {
    JsonLd,
    Microdata,
    Meta,
    /// Product data in scripts: Next.js, Nuxt and Redux state, Shopify's product JSON, data layers.
    State,
    /// Prices a person sees near the title or the buy button.
    Visible,
}

/// A list: each element that matches `item` is an entry, whose fields are read inside it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "F: Ord + Deserialize<'de>"))]
pub struct ListRecipe<F: Ord> {
    /// CSS selector of an entry; for `format = "json"` the path of the array.
    pub item: String,
    pub fields: BTreeMap<F, Rules>,
    /// Fields without which an element is no entry: placeholders and advertisements are known by what they lack.
    #[serde(default = "Vec::new")]
    pub required: Vec<F>,
    /// An entry with the id (or, without one, the URL) of an earlier entry is that entry again.
    #[serde(default)]
    pub unique: bool,
}

/// One rule, or several of which the first that yields a value wins.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Rules {
    One(Rule),
    Many(Vec<Rule>),
}

impl Rules {
    pub fn iter(&self) -> std::slice::Iter<'_, Rule> {
        match self {
            Rules::One(rule) => std::slice::from_ref(rule).iter(),
            Rules::Many(rules) => rules.iter(),
        }
    }
}

/// Where one value stands and what to keep of it. Exactly one of `selector` and `path` is given, or neither together
/// with `attribute` (the entry's own attribute, inside a list).
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    /// CSS selector (HTML).
    pub selector: Option<String>,
    /// Attribute whose value is kept; without it the text of the element.
    pub attribute: Option<String>,
    /// Dotted path (JSON): `data.items.0.price`; `*` stands for every item of an array.
    pub path: Option<String>,
    /// Keeps the first group, or the whole match when the pattern has no group.
    pub regex: Option<String>,
    /// How a number is written here: `human` (1.234,56 €), `machine` (1234.56) or `minor` (123456). Default: `machine` for
    /// JSON paths and `content`/`data-*` attributes, else `human`.
    pub number: Option<NumberStyle>,
    /// Decimals of an amount in minor units, where the page does not tell them; default: those of its currency.
    pub decimals: Option<u8>,
    /// Ratings: the best possible value on this page's scale (default 5).
    pub best: Option<u32>,
    /// Several elements match and all are kept; default for the fields that are lists, else the first only.
    pub all: bool,
}

impl std::fmt::Display for Rule {
    /// The place in short: `td.price @data-amount`, `data.items.0.price`, `(entry) @data-id`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.selector.as_deref().or(self.path.as_deref()).unwrap_or("(entry)"))?;
        self.attribute.iter().try_for_each(|attribute| write!(f, " @{attribute}"))?;
        self.regex.iter().try_for_each(|regex| write!(f, " /{regex}/"))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberStyle {
    Human,
    Machine,
    /// A whole number of the currency's smallest unit (cents).
    Minor,
}

/// A mark on a page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sign {
    /// An element matches.
    pub selector: Option<String>,
    /// The page's source holds this text, in any letter case.
    pub text: Option<String>,
    /// JSON: the value at this path is absent, null, or an empty list.
    pub empty_path: Option<String>,
}

macro_rules! fields {
    ($(#[$doc:meta])* $name:ident { $($variant:ident => $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        pub enum $name { $(#[serde(rename = $text)] $variant),+ }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The name in definition files.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }
        }
    };
}

fields! {
    /// Fields of a product.
    ProductField {
        Id => "id", Name => "name", Url => "url", ImageUrl => "image_url", Description => "description",
        BrandName => "brand_name", CategoryName => "category_name", CategoryPath => "category_path",
        ReviewCount => "review_count", ReviewRating => "review_rating", Gtins => "gtins", Mpns => "mpns", Sku => "sku",
        Price => "price", ListPrice => "list_price", Currency => "currency", Availability => "availability_text",
        Condition => "condition_text", Dimensions => "dimensions", OfferCount => "offer_count",
        OffersUrl => "offers_url", SellerName => "seller_name", ShippingCosts => "shipping_costs",
        FeatureBullets => "feature_bullets",
    }
}

fields! {
    /// Fields of a review.
    ReviewField {
        Id => "id", Url => "url", Date => "date", Rating => "rating", Title => "title", Comment => "comment",
        HelpfulCount => "helpful_count", VerifiedPurchase => "verified_purchase",
    }
}

fields! {
    /// Fields of a line of a data sheet.
    SpecificationField { Label => "label", Values => "values" }
}

fields! {
    /// Numbers of stars.
    StarField { One => "star_1", Two => "star_2", Three => "star_3", Four => "star_4", Five => "star_5" }
}

fields! {
    /// Fields of an offer.
    OfferField {
        Id => "id", ShopName => "shop_name", ShopId => "shop_id", ShopUrl => "shop_url",
        ShopReviewCount => "shop_review_count", ShopReviewRating => "shop_review_rating", Price => "price",
        ShippingCosts => "shipping_costs", PriceWithShipping => "price_with_shipping", Currency => "currency",
        Url => "url", Name => "name", Availability => "availability_text", Condition => "condition_text",
        Details => "details",
    }
}

fields! {
    /// Fields of a search result.
    ResultField {
        Id => "id", Name => "name", Url => "url", ImageUrl => "image_url", Price => "price", MinPrice => "min_price",
        MaxPrice => "max_price", ShippingCosts => "shipping_costs", Currency => "currency", ShopName => "shop_name",
        ShopUrl => "shop_url", Condition => "condition_text", ReviewCount => "review_count",
        ReviewRating => "review_rating", Gtin => "gtin", Position => "position",
    }
}
