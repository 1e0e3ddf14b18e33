//! Printed prices, by both grammars. The first byte chooses what is known besides the text.

use super::invariants::{is_sum, text};
use pricemill::domain::{Amount, Country, Currency};
use pricemill::extraction::price_text::{CurrencyHint, PriceHint, parse, parse_currency, parse_machine};

const COUNTRIES: [&str; 6] = ["de", "us", "jp", "kw", "se", "in"];
const CURRENCIES: [Option<Currency>; 4] = [None, Some(Currency::EUR), Some(Currency::JPY), Some(Currency::KWD)];
const DECIMALS: [Option<char>; 4] = [None, Some('.'), Some(','), Some('€')];
/// Longer texts are cut, and blanks around them count.
const MAX_PADDED_CHARS: usize = 390;

/// Longer numbers are not read back: a price has 15 digits at most.
const MAX_WRITTEN_BYTES: usize = 12;

/// A byte that says which hint to give, then the text.
pub fn run(data: &[u8]) {
    let (first, rest) = data.split_first().unwrap_or((&0, &[]));
    let text = text(rest);
    let choice = usize::from(*first);
    let country: Option<Country> = COUNTRIES.get(choice % 7).and_then(|c| c.parse().ok());
    let currency = CurrencyHint { currency: CURRENCIES[choice / 7 % 4], country };
    let decimal = DECIMALS[choice / 28 % 4];
    let hint = PriceHint { currency, beside: (choice >= 128).then_some("EUR"), decimal };

    let printed = parse(&text, hint);
    let machine = parse_machine(&text, currency);
    for price in [printed, machine].into_iter().flatten() {
        is_sum(Some(price.amount));
        reads_again(price.amount);
        if let Some(currency) = price.currency {
            assert_eq!(parse_currency(currency.code(), CurrencyHint::default()), Some(currency));
        }
    }
    if text.chars().count() < MAX_PADDED_CHARS {
        assert_eq!(parse(&format!(" {text}\u{a0}\n"), hint), printed, "blanks around a price mean nothing");
    }
}

/// What we write ourselves is read back by both grammars.
fn reads_again(amount: Amount) {
    let written = amount.to_string();
    // With two decimals more than a price has digits.
    if written.len() > MAX_WRITTEN_BYTES {
        return;
    }
    assert_eq!(parse_machine(&written, CurrencyHint::default()).map(|p| p.amount), Some(amount), "machine {written}");
    let tag = format!("{} €", amount.rounded_to(Some(Currency::EUR)));
    let price = parse(&tag, PriceHint::default());
    assert_eq!(price.map(|p| p.amount), Some(amount.rounded_to(Some(Currency::EUR))), "printed {tag}");
    assert_eq!(price.and_then(|p| p.currency), Some(Currency::EUR));
}
