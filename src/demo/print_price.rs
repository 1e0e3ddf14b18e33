//! Prices as people of a country print them.

use super::locale::Locale;

/// How a currency and a number stand together.
struct Style {
    group: &'static str,
    decimal: &'static str,
    before: &'static str,
    after: &'static str,
    /// Thousands, then pairs: 1,23,456.
    by_pairs: bool,
}

const fn style(before: &'static str, group: &'static str, decimal: &'static str, after: &'static str) -> Style {
    Style { group, decimal, before, after, by_pairs: false }
}

/// Minor units → `1.234,56 €`, `£1,234.56`, `₹1,23,456.00` …; a country without a style of its own: `CHF 1,234.56`.
pub(super) fn print_price(minor: i64, locale: &Locale) -> String {
    let code = locale.currency.code();
    let style = match locale.country.as_str() {
        "de" | "it" => style("", ".", ",", "\u{a0}€"),
        "at" | "nl" => style("€\u{a0}", ".", ",", ""),
        "fr" => style("", "\u{202f}", ",", "\u{a0}€"),
        "gb" => style("£", ",", ".", ""),
        "us" | "au" => style("$", ",", ".", ""),
        "pl" => style("", "\u{a0}", ",", "\u{a0}zł"),
        "in" => Style { by_pairs: true, ..style("₹", ",", ".", "") },
        "br" => style("R$\u{a0}", ".", ",", ""),
        "ua" => style("", "\u{a0}", ",", "\u{a0}₴"),
        _ => return format!("{code}\u{a0}{}", number(minor, decimals(locale), &style("", ",", ".", ""))),
    };
    format!("{}{}{}", style.before, number(minor, decimals(locale), &style), style.after)
}

fn decimals(locale: &Locale) -> u32 {
    u32::from(locale.currency.exponent().unwrap_or(2)).min(3)
}

fn number(minor: i64, decimals: u32, style: &Style) -> String {
    let unit = 10u64.pow(decimals);
    let (whole, rest) = (minor.unsigned_abs() / unit, minor.unsigned_abs() % unit);
    let mut text = grouped(&whole.to_string(), style);
    if decimals > 0 {
        text.push_str(style.decimal);
        text.push_str(&format!("{rest:0width$}", width = decimals as usize));
    }
    text
}

fn grouped(digits: &str, style: &Style) -> String {
    let mut text = String::with_capacity(digits.len() + 8);
    for (i, digit) in digits.chars().enumerate() {
        let left = digits.len() - i;
        let starts_group =
            if style.by_pairs { left == 3 || (left > 3 && left % 2 == 1) } else { left.is_multiple_of(3) };
        if i > 0 && starts_group {
            text.push_str(style.group);
        }
        text.push(digit);
    }
    text
}

/// Tenths of a star on a scale to 5, as people write it there: 45 → `4,5` or `4.5`.
pub(super) fn print_stars(tenths: u8, locale: &Locale) -> String {
    let point = if locale.words.lang == "en" { '.' } else { ',' };
    format!("{}{point}{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_country_prints_its_way() {
        for (country, minor, printed) in [
            ("de", 123_456, "1.234,56 €"),
            ("at", 123_456, "€ 1.234,56"),
            ("gb", 123_456, "£1,234.56"),
            ("us", 123_456_789, "$1,234,567.89"),
            ("fr", 123_456, "1 234,56 €"),
            ("pl", 123_456, "1 234,56 zł"),
            ("in", 12_345_600, "₹1,23,456.00"),
            ("in", 1_234_567_800, "₹1,23,45,678.00"),
            ("br", 123_456, "R$ 1.234,56"),
            ("au", 99, "$0.99"),
            ("ua", 123_450, "1 234,50 ₴"),
            ("ch", 123_456, "CHF 1,234.56"),
            ("jp", 12_345, "JPY 12,345"),
        ] {
            let locale = Locale::of(country.parse().unwrap()).unwrap();
            let got = print_price(minor, &locale).replace(['\u{a0}', '\u{202f}'], " ");
            assert_eq!(got, printed, "{country}");
        }
    }
}
