//! Printed prices of the whole world: digits, marks, currencies, and what stays open.

use pricemill::domain::{Country, Currency};
use pricemill::extraction::price_text::{CurrencyHint, PriceHint, parse, parse_machine};

/// `amount currency`, with `-` for a currency that stays open.
fn read(text: &str, country: Option<&str>) -> String {
    let currency = CurrencyHint { currency: None, country: country.and_then(|c| c.parse::<Country>().ok()) };
    match parse(text, PriceHint { currency, ..PriceHint::default() }) {
        Some(price) => format!("{} {}", price.amount, price.currency.map_or("-", |c| c.code())),
        None => "-".to_owned(),
    }
}

#[test]
fn digits_and_blanks_of_every_script() {
    for (text, want) in [
        ("١٬٢٣٤٫٥٠ ر.س", "1234.50 SAR"),
        ("۱۲۳۴ تومان", "1234 IRR"),
        ("１，２９９円", "1299 JPY"),
        ("₹ १,२३४", "1234 INR"),
        ("1\u{2009}234,50 €", "1234.50 EUR"),
        ("1\u{202f}234,50 €", "1234.50 EUR"),
        ("1\u{a0}234,50 €", "1234.50 EUR"),
        ("CHF 1'234.50", "1234.50 CHF"),
        ("CHF 1\u{2019}234.50", "1234.50 CHF"),
        ("₹ 12,34,567.50", "1234567.50 INR"),
        ("₹1,00,000", "100000 INR"),
    ] {
        assert_eq!(read(text, None), want, "{text:?}");
    }
}

#[test]
fn currencies_without_and_with_three_decimals() {
    for (text, want) in [
        ("¥1,299", "1299 JPY"),
        ("￥12,999", "12999 JPY"),
        ("₩1.299.000", "1299000 KRW"),
        ("1.299.000 ₫", "1299000 VND"),
        ("KD 1.250", "1.250 KWD"),
        ("12.345 BHD", "12.345 BHD"),
        ("12.345 EUR", "12345 EUR"),
    ] {
        assert_eq!(read(text, Some("jp")), want, "{text:?}");
    }
    let yen = CurrencyHint { currency: Some(Currency::JPY), country: None };
    assert_eq!(parse_machine("1299", yen).unwrap().amount.to_string(), "1299");
}

#[test]
fn a_sign_of_many_currencies_is_decided_by_the_country_or_not_at_all() {
    for (text, country, want) in [
        ("$12.50", None, "12.50 -"),
        ("$12.50", Some("ca"), "12.50 CAD"),
        ("129 kr", None, "129 -"),
        ("129 kr", Some("dk"), "129 DKK"),
        ("¥129", None, "129 -"),
        ("¥129", Some("cn"), "129 CNY"),
        ("Rs. 129", None, "129 -"),
        ("Rs. 129", Some("pk"), "129 PKR"),
        ("129 元", None, "129 -"),
        ("129 元", Some("tw"), "129 TWD"),
        // The pound is the British one unless the country has its own.
        ("£12.50", None, "12.50 GBP"),
        ("£12.50", Some("eg"), "12.50 EGP"),
        ("£12.50", Some("de"), "12.50 GBP"),
        ("12.50", Some("de"), "12.50 -"),
    ] {
        assert_eq!(read(text, country), want, "{text:?} {country:?}");
    }
}
