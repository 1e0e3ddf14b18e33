//! Ratings and counts as people and machines write them.

use super::price_text;

/// A rating as 0–100: value and the scale's best as decimal texts (`4,5`, `5`); a percentage is taken as it is. `None` when it
/// is out of its scale.
pub(super) fn of_100(value: &str, best: &str) -> Option<u8> {
    let is_percent = value.trim_end().ends_with('%');
    let (value, own_best) = split_scale(value);
    let thousandths = |text: &str| -> Option<i64> {
        let plain = text.trim().replace(',', ".");
        let number: String =
            plain.chars().skip_while(|c| !c.is_ascii_digit()).take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        price_text::parse_machine(number.trim_end_matches('.'), price_text::CurrencyHint::default())
            .and_then(|p| to_thousandths(p.amount))
    };
    let value = thousandths(value)?;
    let best = if is_percent { 100_000 } else { thousandths(own_best.unwrap_or(best)).filter(|b| *b > 0)? };
    if value < 0 || value > best {
        return None;
    }
    u8::try_from((value.checked_mul(200)? / best + 1) / 2).ok()
}

/// Thousandths, further decimals cut.
fn to_thousandths(amount: crate::domain::Amount) -> Option<i64> {
    let scale = u32::from(amount.scale());
    if scale <= 3 {
        amount.units().checked_mul(10i64.pow(3 - scale))
    } else {
        Some(amount.units() / 10i64.pow(scale - 3))
    }
}

/// `4,5 von 5 Sternen`, `4.5/5`, `4.5 out of 5 stars` → value and scale.
fn split_scale(text: &str) -> (&str, Option<&str>) {
    for word in ["/", " von ", " out of ", " of ", " sur ", " su ", " de ", " van ", " av ", " z ", " из "] {
        if let Some((value, best)) = text.split_once(word)
            && value.bytes().any(|b| b.is_ascii_digit())
            && best.trim_start().starts_with(|c: char| c.is_ascii_digit())
        {
            return (value, Some(best));
        }
    }
    (text, None)
}

/// A count with any thousands marks (`1.234 Bewertungen`, `(1,234)`).
pub(super) fn count(text: &str) -> Option<u32> {
    large_count(text)?.try_into().ok()
}

/// The same for lists that may be longer than any product's.
pub(super) fn large_count(text: &str) -> Option<u64> {
    let digits: String = text
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | '\u{a0}' | '\u{202f}'))
        .filter(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_scale_becomes_0_to_100() {
        for (value, best, want) in [
            ("4.5", "5", Some(90)),
            ("4,55", "5", Some(91)),
            ("87 %", "5", Some(87)),
            ("8.7", "10", Some(87)),
            ("4,4 von 5 Sternen", "5", Some(88)),
            ("0", "5", Some(0)),
            ("6", "5", None),
            ("x", "5", None),
        ] {
            assert_eq!(of_100(value, best), want, "{value}/{best}");
        }
        assert_eq!(count("(1.234 Bewertungen)"), Some(1234));
        assert_eq!(count("none"), None);
    }
}
