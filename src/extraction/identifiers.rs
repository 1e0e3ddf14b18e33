//! Numbers and names that identify a product, read from the texts in which pages print them.

use super::label_words::LABELS;
pub(super) use super::label_words::Label;
use crate::domain::Gtin;
use std::collections::HashMap;
use std::sync::LazyLock;

static BY_NAME: LazyLock<HashMap<&'static str, Label>> =
    LazyLock::new(|| LABELS.iter().flat_map(|(label, names)| names.iter().map(move |name| (*name, *label))).collect());

/// Longer labels than any in the table are prose.
const MAX_LABEL_CHARS: usize = 40;
/// Longer values are prose.
const MAX_VALUE_CHARS: usize = 80;

/// The label in a text, and the value when both stand in it (`EAN: 4006381333931`).
pub(super) fn label(text: &str) -> Option<(Label, Option<&str>)> {
    let text = text.trim().trim_start_matches('(').trim_end_matches(')');
    let (name, value) = match text.split_once([':', '：']) {
        Some((name, value)) => (name, Some(value.trim()).filter(|v| !v.is_empty())),
        None => (text, None),
    };
    if value.is_none()
        && let Some(found) = label_before_number(text)
    {
        return Some(found);
    }
    if name.chars().take(MAX_LABEL_CHARS + 1).count() > MAX_LABEL_CHARS {
        return None;
    }
    let name = name.trim().trim_end_matches(['.', '#', ' ']).to_lowercase();
    let found = *BY_NAME.get(name.as_str())?;
    Some((found, value.filter(|v| v.chars().count() <= MAX_VALUE_CHARS)))
}

/// `Art.-Nr. 12345`, `SKU 12345`: a label without a colon, and nothing else behind it than a number.
fn label_before_number(text: &str) -> Option<(Label, Option<&str>)> {
    if text.len() > MAX_LABEL_CHARS + MAX_VALUE_CHARS || !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let (at, _) = text.char_indices().rev().find(|(_, c)| c.is_whitespace())?;
    let (name, value) = (text.get(..at)?, text.get(at..)?.trim());
    if name.chars().take(MAX_LABEL_CHARS + 1).count() > MAX_LABEL_CHARS || !is_article_number(value) {
        return None;
    }
    let name = name.trim().trim_end_matches(['.', '#', ' ']).to_lowercase();
    let label = *BY_NAME.get(name.as_str())?;
    matches!(label, Label::Sku | Label::Gtin | Label::Mpn).then_some((label, Some(value)))
}

/// Words that shops print around a brand's name, before and behind it.
const AROUND_BRAND: &[(&str, &str)] = &[
    ("visit the ", " store"),
    ("visit the ", ""),
    ("besuche den ", "-store"),
    ("besuchen sie den ", "-store"),
    ("besuchen sie den ", "-shop"),
    ("visiter la boutique ", ""),
    ("visitez la boutique ", ""),
    ("visita lo store di ", ""),
    ("visita la tienda de ", ""),
    ("visite a loja ", ""),
    ("bezoek de ", "-store"),
    ("besök ", "-butiken"),
    ("odwiedź sklep ", ""),
    ("shop all ", ""),
    ("see all ", ""),
    ("more from ", ""),
    ("mehr von ", ""),
    ("alles von ", ""),
    ("plus de ", ""),
    ("brand ", ""),
    ("marke ", ""),
    ("by ", ""),
    ("von ", ""),
    ("par ", ""),
];

/// A brand's name without the words around it: `Brand: Acme`, `Visit the Acme Store`, `by Acme` → `Acme`.
pub(super) fn brand_name(text: &str) -> &str {
    let text = text.rsplit_once(':').map_or(text, |(_, name)| name).trim();
    AROUND_BRAND.iter().find_map(|(before, behind)| between(text, before, behind)).unwrap_or(text)
}

/// What stands between two texts, whatever their case.
fn between<'t>(text: &'t str, before: &str, behind: &str) -> Option<&'t str> {
    let head = text.get(..before.len())?;
    let rest = text.get(before.len()..)?;
    let cut = rest.len().checked_sub(behind.len())?;
    let (name, tail) = (rest.get(..cut)?, rest.get(cut..)?);
    let same = head.to_lowercase() == before && tail.to_lowercase() == behind;
    (same && !name.trim().is_empty()).then_some(name.trim())
}

/// Whether a text can be the value of a label: short, and not another label.
pub(super) fn is_value(text: &str) -> bool {
    text.chars().count() <= MAX_VALUE_CHARS && text.chars().any(char::is_alphanumeric) && !text.ends_with(':')
}

/// Whether a text looks like an article number: it holds a digit, and at most one blank.
pub(super) fn is_article_number(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit())
        && text.split_whitespace().count() <= 2
        && text.len() <= 40
        && !text.contains(['%', '€', '$', '£', '¥', ','])
}

/// A GTIN from the text of a place that says it is one. Numbers that only mean something inside one company are kept as
/// found: who compares shops leaves them out ([`Gtin::is_restricted`]).
pub(super) fn gtin(text: &str) -> Option<Gtin> {
    let text = text.trim();
    let text = text.rsplit_once(':').map_or(text, |(_, number)| number);
    text.parse::<Gtin>().ok().or_else(|| isbn10(text))
}

/// An ISBN-10 as its 13-digit number.
///
/// Rule from: ISO 2108, ISBN-10 → `978` + nine digits + a new check digit.
fn isbn10(text: &str) -> Option<Gtin> {
    let kept: Vec<char> = text.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
    let [first @ .., check] = kept.as_slice() else { return None };
    if first.len() != 9 || !first.iter().all(char::is_ascii_digit) {
        return None;
    }
    let check = if check.eq_ignore_ascii_case(&'x') { 10 } else { check.to_digit(10)? };
    let sum: u32 = first.iter().zip((2..=10).rev()).map(|(c, weight)| c.to_digit(10).unwrap_or(0) * weight).sum();
    if !(sum + check).is_multiple_of(11) {
        return None;
    }
    let mut digits = b"0978".to_vec();
    digits.extend(first.iter().map(|c| *c as u8));
    digits.push(Gtin::check_digit(&digits));
    String::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_with_and_without_their_value() {
        assert_eq!(label("EAN: 4006381333931"), Some((Label::Gtin, Some("4006381333931"))));
        assert_eq!(label("Art.-Nr.:"), Some((Label::Sku, None)));
        assert_eq!(label("Marke"), Some((Label::Brand, None)));
        assert_eq!(label("Our brand is great"), None);
    }

    #[test]
    fn labels_before_a_number_without_a_colon() {
        assert_eq!(label("Art.-Nr. 12345"), Some((Label::Sku, Some("12345"))));
        assert_eq!(label("(SKU# TP-77)"), Some((Label::Sku, Some("TP-77"))));
        assert_eq!(label("Réf. : 304103"), Some((Label::Sku, Some("304103"))));
        assert_eq!(label("Reference guide 2"), None);
        assert_eq!(label("Article of the day"), None);
    }

    #[test]
    fn brands_without_the_words_around_them() {
        for text in [
            "Acme",
            "Brand: Acme",
            "Visit the Acme Store",
            "Visiter la boutique Acme",
            "by Acme",
            "BESUCHE DEN Acme-STORE",
        ] {
            assert_eq!(brand_name(text), "Acme", "{text}");
        }
        assert_eq!(brand_name("Byron"), "Byron");
    }

    #[test]
    fn gtins_need_a_right_check_digit() {
        assert!(gtin("gtin13:4006381333931").is_some());
        assert!(gtin("4006381333932").is_none());
        assert!(gtin("2000000000008").is_some_and(|g| g.is_restricted()));
        assert_eq!(gtin("0-306-40615-2").map(|g| g.to_string()), Some("09780306406157".to_owned()));
    }
}
