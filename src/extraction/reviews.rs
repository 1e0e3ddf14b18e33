//! What a recipe's rules caught of reviews, of their spread over the stars, and of a product's data sheet.

use super::compile::{CompiledList, CompiledRecipe, CompiledRule};
use super::extracted::PageContext;
use super::recipe::{ReviewField, SpecificationField, StarField};
use super::rules::{Money, Reader, Seen};
use super::selectors::Caught;
use super::{date_text, rating};
use crate::domain::{RatingDistribution, Review, Specification};

/// Lines kept of a data sheet.
pub(super) const MAX_SPECIFICATIONS: usize = 300;
/// Values kept of one line.
const MAX_VALUES_OF_LINE: usize = 50;

/// The reviews that a list's rules read, in the page's order; entries that say nothing are dropped.
pub(super) fn reviews(
    list: &CompiledList<ReviewField>,
    entries: &[Caught],
    money: Money,
    context: PageContext<'_>,
) -> Vec<Review> {
    let mut seen = Seen::new(list.unique);
    entries
        .iter()
        .map(|caught| Reader { caught, money, context, trail: None })
        .filter(|read| read.is_complete(list))
        .map(|read| review(list, &read))
        .filter(|r| says_something(r) && seen.is_new(r.id.as_deref(), r.url.as_deref()))
        .collect()
}

/// Nobody bought what nobody wrote: that a purchase is not verified makes no review.
pub(super) fn says_something(review: &Review) -> bool {
    *review != Review { verified_purchase: review.verified_purchase, ..Review::default() }
}

pub(super) fn review(list: &CompiledList<ReviewField>, read: &Reader<'_>) -> Review {
    let mut r = Review::default();
    for (field, rules) in &list.fields {
        match field {
            ReviewField::Id => r.id = read.text(rules),
            ReviewField::Url => r.url = read.link(rules),
            ReviewField::Date => r.date = read.first(rules, |text, _| date_text::parse(text, read.country())),
            ReviewField::Rating => r.rating = read.rating(rules),
            ReviewField::Title => r.title = read.text(rules),
            ReviewField::Comment => r.comment = read.text(rules),
            ReviewField::HelpfulCount => r.helpful_count = read.first(rules, |text, _| helpful(text)),
            ReviewField::VerifiedPurchase => {
                r.verified_purchase = Some(read.first(rules, |text, _| flag(text)) == Some(true))
            }
        }
    }
    r
}

/// `12 people found this helpful`, `Eine Person fand das hilfreich`.
fn helpful(text: &str) -> Option<u32> {
    const ONE: [&str; 12] = ["one", "eine", "ein", "una", "un", "une", "uma", "een", "jedna", "en", "одна", "один"];
    rating::count(text).or_else(|| {
        let word = text.split_whitespace().next()?.to_lowercase();
        ONE.contains(&word.as_str()).then_some(1)
    })
}

/// A mark that stands there says yes, a flag what it says.
fn flag(text: &str) -> Option<bool> {
    let text = text.trim();
    let is_no = ["false", "0", "no"].iter().any(|no| text.eq_ignore_ascii_case(no));
    (!text.is_empty()).then_some(!is_no)
}

/// How many reviews gave each number of stars. Shares in percent become counts where it is known how many reviews there are.
pub(super) fn distribution(
    recipe: &CompiledRecipe,
    read: &Reader<'_>,
    review_count: Option<u32>,
) -> Option<RatingDistribution> {
    let mut distribution = RatingDistribution::default();
    let mut is_told = false;
    for (star, rules) in &recipe.stars {
        let Some(count) = star_count(rules, read, review_count) else { continue };
        distribution.stars[*star as usize] = count;
        is_told = true;
    }
    is_told.then_some(distribution)
}

fn star_count(rules: &[CompiledRule], read: &Reader<'_>, review_count: Option<u32>) -> Option<u32> {
    read.first(rules, |text, _| {
        let count = rating::count(text)?;
        if !text.contains('%') {
            return Some(count);
        }
        // `(5,0 %)` and the like would need decimals that no source writes here.
        let of_all = u64::from(review_count?) * u64::from(count.min(100));
        u32::try_from((of_all + 50) / 100).ok()
    })
}

/// The lines of a data sheet, in the page's order; a line without a label or without a value is none.
pub(super) fn specifications(
    list: &CompiledList<SpecificationField>,
    entries: &[Caught],
    money: Money,
    context: PageContext<'_>,
) -> Vec<Specification> {
    let read = entries.iter().map(|caught| specification(list, &Reader { caught, money, context, trail: None }));
    read.filter(|line| !line.label.is_empty() && !line.values.is_empty()).take(MAX_SPECIFICATIONS).collect()
}

pub(super) fn specification(list: &CompiledList<SpecificationField>, read: &Reader<'_>) -> Specification {
    let mut line = Specification::default();
    for (field, rules) in &list.fields {
        match field {
            SpecificationField::Label => {
                line.label =
                    read.text(rules).map(|label| label.trim_end_matches([':', ' ']).to_owned()).unwrap_or_default();
            }
            SpecificationField::Values => {
                line.values = read.all(rules);
                line.values.truncate(MAX_VALUES_OF_LINE);
            }
        }
    }
    line
}

impl StarField {
    /// As the answer tells it.
    pub(super) fn of(self, distribution: &RatingDistribution) -> String {
        distribution.stars[self as usize].to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_and_marks() {
        for (text, is) in [("Verified purchase", Some(true)), ("false", Some(false)), ("1", Some(true)), (" ", None)] {
            assert_eq!(flag(text), is, "{text}");
        }
        assert_eq!(helpful("1.204 Personen fanden diese Informationen hilfreich"), Some(1204));
        assert_eq!((helpful("Eine Person fand das hilfreich"), helpful("Helpful")), (Some(1), None));
    }
}
