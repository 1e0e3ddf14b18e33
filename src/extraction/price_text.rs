//! Printed prices: what a person reads as a price, and what a machine wrote as one. Two grammars, two functions: to a person
//! `1.234` is a thousand and more, to a machine it is one and a bit.

use super::price_number::{MAX_DIGITS, Number, number_end};
pub use super::price_symbols::CurrencyHint;
use super::price_symbols::{BY_FIRST, Form, SYMBOLS, WORDLIKE_CODES, fold};
use crate::domain::{Amount, Currency};

/// Stands between two text runs of different inline elements: `19` + `99` is then 19.99, never 1999.
pub(super) const RUN_BREAK: char = '\u{1f}';

/// Longer texts hold more than a price; the rest is not read.
const MAX_CHARS: usize = 400;
/// A price as printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrintedPrice {
    pub amount: Amount,
    /// `None` when nothing names it, or the name fits several currencies and no hint decides.
    pub currency: Option<Currency>,
    /// Whether any currency token stands with the number, decided or not.
    pub has_token: bool,
}

/// What helps to read a printed price.
#[derive(Debug, Clone, Copy, Default)]
pub struct PriceHint<'a> {
    pub currency: CurrencyHint,
    /// Text printed beside the price, which may name the currency.
    pub beside: Option<&'a str>,
    /// The decimal mark, where it is known: a dot, a comma, or a currency sign (`12€50`).
    pub decimal: Option<char>,
}

/// Reads a printed price: the first number that is a price, by the marks people use.
///
/// A dot or comma before exactly three digits separates thousands; before one, two or more than three digits it is the
/// decimal mark. Blanks of any width, apostrophes and Indian groups are understood, so are Arabic-Indic, Devanagari and
/// full-width digits. Percentages are no prices. `None` when there is no number.
pub fn parse(text: &str, hint: PriceHint<'_>) -> Option<PrintedPrice> {
    let chars = normalize(text);
    let tokens = currency_tokens(&chars, hint.currency);
    let numbers = numbers(&chars, hint.decimal);
    let chosen = choose_number(&chars, &numbers, &tokens)?;
    let near = nearest_token(&chars, chosen, &tokens);
    let mut currency = near.and_then(|t| t.currency);
    if currency.is_none() {
        currency = only_currency(tokens.iter().filter(|t| !t.must_touch));
    }
    let mut has_token = near.is_some();
    if currency.is_none()
        && let Some(beside) = hint.beside
    {
        let beside = normalize(beside);
        let tokens = currency_tokens(&beside, hint.currency);
        currency = only_currency(tokens.iter().filter(|t| !t.must_touch || beside.len() == t.end - t.start));
        has_token |= !tokens.is_empty();
    }
    let exponent = currency.or(hint.currency.currency).and_then(Currency::exponent);
    Some(PrintedPrice { amount: chosen.amount(&chars, hint.decimal, exponent)?, currency, has_token })
}

/// Reads a price a machine wrote (`content="224.904"`, JSON-LD `price`): a dot is always the decimal mark, a comma separates
/// thousands when a dot follows it or three digits do. Currency tokens around the number are read and dropped.
pub fn parse_machine(text: &str, hint: CurrencyHint) -> Option<PrintedPrice> {
    let chars = normalize(text);
    let tokens = currency_tokens(&chars, hint);
    let currency = only_currency(tokens.iter());
    let first = chars.iter().position(char::is_ascii_digit)?;
    let start = if first > 0 && chars[first - 1] == '.' { first - 1 } else { first };
    let last = chars.iter().rposition(char::is_ascii_digit)?;
    let body: String = chars[start..=last].iter().filter(|c| **c != ' ').collect();
    // `1.5e3`: a machine's number that nobody prints; read as 1.5 it would be off by powers of ten.
    let of_exponent = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-');
    if body.contains(['e', 'E']) && body.chars().all(of_exponent) {
        return None;
    }
    if !body.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'')) {
        return parse(text, PriceHint { currency: hint, ..PriceHint::default() });
    }
    if start > 0 && chars[..start].contains(&'-') {
        return None;
    }
    let number = if body.matches('.').count() <= 1 && !body.contains(',') {
        let (whole, fraction) = body.split_once('.').unwrap_or((&body, ""));
        // A currency without minor units cannot have three decimals: the dot is a thousands mark there.
        let exponent = currency.or(hint.currency).and_then(Currency::exponent);
        if exponent == Some(0) && fraction.len() == 3 && whole != "0" { body.replace('.', "") } else { body }
    } else if body.matches('.').count() == 1 && body.rfind(',') < body.rfind('.') {
        body.replace(',', "")
    } else {
        let number = Number { start, end: last + 1 };
        return Some(PrintedPrice {
            amount: number.amount(&chars, None, None)?,
            currency,
            has_token: !tokens.is_empty(),
        });
    };
    if number.bytes().filter(u8::is_ascii_digit).count() > MAX_DIGITS + usize::from(Amount::MAX_SCALE) {
        return None;
    }
    let amount = number.replace('\'', "").parse().ok()?;
    Some(PrintedPrice { amount, currency, has_token: !tokens.is_empty() })
}

/// The currency a text names by code, sign or word (`EUR`, `€`, `kr` with a hint); `None` when it names none or several.
pub fn parse_currency(text: &str, hint: CurrencyHint) -> Option<Currency> {
    only_currency(currency_tokens(&normalize(text), hint).iter())
}

/// Whether a text holds a digit of any script that [`parse`] reads.
pub(super) fn has_digit(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit())
        || (!text.is_ascii() && text.chars().any(|c| !c.is_ascii() && c.is_numeric()))
}

/// How many numbers a text holds, percentages and parts of words aside.
pub(super) fn count_numbers(text: &str) -> usize {
    let chars = normalize(text);
    numbers(&chars, None).into_iter().filter(|n| !is_percent(&chars, *n)).count()
}

/// Digits of other scripts to ASCII, blanks of any width to a space, look-alike marks to the common one.
fn normalize(text: &str) -> Vec<char> {
    let mut out = Vec::with_capacity(text.len().min(MAX_CHARS));
    for c in text.chars().take(MAX_CHARS) {
        let c = match c {
            '\u{660}'..='\u{669}' => digit(c, 0x660),
            '\u{6f0}'..='\u{6f9}' => digit(c, 0x6f0),
            '\u{966}'..='\u{96f}' => digit(c, 0x966),
            '\u{ff10}'..='\u{ff19}' => digit(c, 0xff10),
            '٫' | '．' => '.',
            '٬' | '，' => ',',
            '’' | '‘' | '`' | '´' | 'ʼ' | '′' => '\'',
            '–' | '—' | '−' | '‒' | '―' => '-',
            '＄' => '$',
            '￥' => '¥',
            '￡' => '£',
            '￦' => '₩',
            '€' | '₠' => '€',
            '％' => '%',
            '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}' | '\u{ad}' => continue,
            RUN_BREAK => RUN_BREAK,
            c if c.is_whitespace() => ' ',
            c => c,
        };
        if c == ' ' && out.last() == Some(&' ') {
            continue;
        }
        out.push(c);
    }
    let end = out.iter().rposition(|c| *c != ' ').map_or(0, |i| i + 1);
    out.truncate(end);
    if out.first() == Some(&' ') {
        out.remove(0);
    }
    out
}

fn digit(c: char, zero: u32) -> char {
    char::from_digit(c as u32 - zero, 10).unwrap_or(c)
}

/// A currency token found in a text.
#[derive(Debug, Clone, Copy)]
struct Token {
    start: usize,
    end: usize,
    currency: Option<Currency>,
    /// Believed only right beside a number.
    must_touch: bool,
}

fn currency_tokens(chars: &[char], hint: CurrencyHint) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        match token_at(chars, at, hint) {
            Some(token) => {
                at = token.end;
                tokens.push(token);
            }
            None => at += 1,
        }
    }
    tokens
}

fn token_at(chars: &[char], at: usize, hint: CurrencyHint) -> Option<Token> {
    let c = chars[at];
    if c.is_ascii_digit() || matches!(c, ' ' | '.' | ',' | '-') {
        return None;
    }
    let letter_before = at > 0 && chars[at - 1].is_alphabetic();
    if let Some(code) = iso_code_at(chars, at, letter_before) {
        return Some(code);
    }
    for symbol in BY_FIRST.symbols(c).iter().map(|index| &SYMBOLS[*index]) {
        let Some(end) = matches_at(chars, at, symbol.text, symbol.form) else { continue };
        let letter_after = chars.get(end).is_some_and(|c| c.is_alphabetic());
        let fits = match symbol.form {
            // `A$` inside `USA$` would be a lie; signs that begin with a letter need a boundary before it.
            Form::Sign | Form::UsualSign => !(letter_before && c.is_ascii_alphabetic()),
            Form::Word | Form::Usual => !letter_before && !letter_after,
            Form::Exact => {
                !letter_before && !letter_after && (touches_digit_before(chars, at) || touches_digit_after(chars, end))
            }
        };
        if fits {
            let must_touch =
                symbol.form == Form::Exact || (symbol.form == Form::Word && symbol.text.chars().count() <= 2);
            return Some(Token { start: at, end, currency: hint.choose(symbol), must_touch });
        }
    }
    None
}

fn iso_code_at(chars: &[char], at: usize, letter_before: bool) -> Option<Token> {
    let end = at + 3;
    if letter_before || chars.len() < end || chars.get(end).is_some_and(|c| c.is_alphabetic() || *c == '$') {
        return None;
    }
    if !chars[at..end].iter().all(char::is_ascii_uppercase) {
        return None;
    }
    let code: String = chars[at..end].iter().collect();
    let currency = Currency::from_code(&code)?;
    let wordlike = WORDLIKE_CODES.contains(&code.as_str());
    Some(Token { start: at, end, currency: Some(currency), must_touch: wordlike })
}

fn matches_at(chars: &[char], at: usize, text: &str, form: Form) -> Option<usize> {
    let mut end = at;
    for wanted in text.chars() {
        let c = *chars.get(end)?;
        let same = c == wanted || (matches!(form, Form::Word | Form::Usual) && fold(c) == fold(wanted));
        if !same {
            return None;
        }
        end += 1;
    }
    Some(end)
}

fn touches_digit_before(chars: &[char], at: usize) -> bool {
    chars[..at].iter().rev().find(|c| !matches!(**c, ' ' | RUN_BREAK)).is_some_and(char::is_ascii_digit)
}

fn touches_digit_after(chars: &[char], end: usize) -> bool {
    chars[end..].iter().find(|c| !matches!(**c, ' ' | RUN_BREAK)).is_some_and(char::is_ascii_digit)
}

/// The one currency that decided tokens name.
fn only_currency<'a>(tokens: impl Iterator<Item = &'a Token>) -> Option<Currency> {
    let mut found = None;
    for currency in tokens.filter_map(|t| t.currency) {
        if found.is_some_and(|f| f != currency) {
            return None;
        }
        found = Some(currency);
    }
    found
}

fn numbers(chars: &[char], decimal: Option<char>) -> Vec<Number> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !chars[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let touches_word = at > 0 && chars[at - 1].is_alphabetic() && !ends_currency(chars, at);
        let mut start = at;
        if start > 0 && matches!(chars[start - 1], '.' | ',') {
            start -= 1;
        }
        let end = number_end(chars, at, decimal);
        let touches_word = touches_word
            || chars.get(end).is_some_and(|c| c.is_alphabetic()) && {
                // `27IPS` is a name; `12kr` and `5шт` are not told apart here: only Latin letters glued on both sides count.
                at > 0 && chars[at - 1].is_alphabetic()
            };
        if !touches_word {
            found.push(Number { start, end });
        }
        at = end;
    }
    found
}

/// Whether a currency token ends right before this place (`SGD4.90`, `Rp31`).
fn ends_currency(chars: &[char], at: usize) -> bool {
    let begin = chars[..at].iter().rposition(|c| !c.is_alphabetic()).map_or(0, |i| i + 1);
    token_at(chars, begin, CurrencyHint::default()).is_some_and(|t| t.end == at)
        || chars[begin..at].iter().any(|c| !c.is_ascii())
}

/// The number that is the price: the first beside a currency token, else the first; the first of a range (`26 to 50 €`);
/// never a percentage.
fn choose_number(chars: &[char], numbers: &[Number], tokens: &[Token]) -> Option<Number> {
    let candidates: Vec<Number> = numbers.iter().copied().filter(|n| !is_percent(chars, *n)).collect();
    let beside = candidates.iter().position(|n| {
        tokens.iter().any(|t| {
            (t.end <= n.start && gap_is_small(&chars[t.end..n.start]))
                || (t.start >= n.end && gap_is_small(&chars[n.end..t.start]))
        })
    });
    let Some(index) = beside else { return candidates.first().copied() };
    let chosen = candidates[index];
    if index > 0 {
        let before = candidates[index - 1];
        let token_between = tokens.iter().any(|t| t.start >= before.end && t.end <= chosen.start);
        if !token_between && is_range_mark(&chars[before.end..chosen.start]) {
            return Some(before);
        }
    }
    Some(chosen)
}

/// `40%`, `40 %`, and the Turkish `%40`.
fn is_percent(chars: &[char], number: Number) -> bool {
    let before = &chars[..number.start];
    let leads = matches!(before, [rest @ .., '%'] if !rest.last().is_some_and(char::is_ascii_digit));
    leads || chars[number.end..].iter().find(|c| **c != ' ').is_some_and(|c| *c == '%')
}

fn gap_is_small(gap: &[char]) -> bool {
    gap.iter().all(|c| matches!(c, ' ' | '.' | ',' | '-' | ':' | '*' | '=' | '+' | '(' | ')' | &RUN_BREAK))
}

fn is_range_mark(gap: &[char]) -> bool {
    let word: String = gap.iter().filter(|c| **c != ' ').collect();
    matches!(word.to_lowercase().as_str(), "-" | "to" | "bis" | "a" | "à" | "do" | "до" | "til" | "tot" | "al" | "~")
}

fn nearest_token(chars: &[char], number: Number, tokens: &[Token]) -> Option<Token> {
    let after = tokens.iter().find(|t| t.start >= number.end && gap_is_small(&chars[number.end..t.start]));
    let before = tokens.iter().rev().find(|t| t.end <= number.start && gap_is_small(&chars[t.end..number.start]));
    // `$ SGD4.90`: of two tokens before the number the decided one counts.
    let decided = before.filter(|t| t.currency.is_some()).or(after.filter(|t| t.currency.is_some()));
    decided.or(before).or(after).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Country;
    use proptest::prelude::*;

    fn read(text: &str) -> Option<(String, Option<&'static str>)> {
        let price = parse(text, PriceHint::default())?;
        Some((price.amount.to_string(), price.currency.map(|c| c.code())))
    }

    fn amount(text: &str) -> Option<String> {
        read(text).map(|(amount, _)| amount)
    }

    fn machine(text: &str) -> Option<String> {
        parse_machine(text, CurrencyHint::default()).map(|p| p.amount.to_string())
    }

    #[test]
    fn marks_of_thousands_and_decimals() {
        for (text, want) in [
            ("1.234", "1234"),
            ("1,234", "1234"),
            ("1.234,56", "1234.56"),
            ("1,234.56", "1234.56"),
            ("1.234.567", "1234567"),
            ("1 234 567,8", "1234567.8"),
            ("1\u{a0}298,00 €", "1298.00"),
            ("1\u{202f}298\u{202f}000", "1298000"),
            ("CHF 1'049.95", "1049.95"),
            ("CHF 1’049,95", "1049.95"),
            ("₹ 1,00,000", "100000"),
            ("0.123", "0.123"),
            ("1234.567", "1234.567"),
            ("$.75", "0.75"),
            ("1.899,-", "1899"),
            ("105. –", "105"),
            ("392. 00", "392.00"),
            ("118, 99 TL", "118.99"),
            ("٢٩٩٫٥٠ ريال", "299.50"),
            ("१,२३४ र", "1234"),
            ("￥１，２９９", "1299"),
            ("19\u{1f}99 €", "19.99"),
            ("1\u{1f}299 €", "1299"),
            ("1.299\u{1f}99 €", "1299.99"),
        ] {
            assert_eq!(amount(text).as_deref(), Some(want), "{text:?}");
        }
    }

    #[test]
    fn the_price_among_other_numbers() {
        for (text, want) in [
            ("40% OFF", None),
            ("-15% 29,90 €", Some("29.90")),
            ("Set of 4: 19.99 €", Some("19.99")),
            ("From 26 to 50 €", Some("26")),
            ("€ 10.00 – € 20.00", Some("10.00")),
            ("GB2470HSU", None),
            ("no price", None),
            ("", None),
        ] {
            assert_eq!(amount(text).as_deref(), want, "{text:?}");
        }
    }

    #[test]
    fn currencies_are_named_or_left_open() {
        for (text, want) in [
            ("12 €", Some("EUR")),
            ("EUR 12", Some("EUR")),
            ("12 Euro", Some("EUR")),
            ("$ SGD4.90", Some("SGD")),
            ("US $12", Some("USD")),
            ("A$12", Some("AUD")),
            ("12 zł", Some("PLN")),
            ("12 лв.", Some("BGN")),
            ("12 lei", Some("RON")),
            ("12 $", None),
            ("12 kr", None),
            ("¥12", None),
            ("Rs 12", None),
            ("12", None),
            ("OK 12", None),
        ] {
            assert_eq!(read(text).unwrap().1, want, "{text:?}");
        }
    }

    #[test]
    fn a_hint_decides_between_currencies_of_one_sign_and_never_overrules() {
        let country = |c: &str| CurrencyHint { currency: None, country: c.parse::<Country>().ok() };
        let read = |text: &str, c: &str| {
            parse(text, PriceHint { currency: country(c), ..PriceHint::default() }).unwrap().currency
        };
        assert_eq!(read("12 $", "us"), Some(Currency::USD));
        assert_eq!(read("12 $", "tw"), Some(Currency::TWD));
        assert_eq!(read("12 $", "de"), None);
        assert_eq!(read("12 kr", "se"), Some(Currency::SEK));
        assert_eq!(read("¥12", "jp"), Some(Currency::JPY));
        assert_eq!(read("Rs 12", "in"), Some(Currency::INR));
        assert_eq!(read("12 lei", "md"), Some(Currency::MDL));
        assert_eq!(read("12 €", "us"), Some(Currency::EUR));
    }

    #[test]
    fn text_beside_may_name_the_currency_and_a_forced_mark_decides() {
        let hint = |beside| PriceHint { beside: Some(beside), ..PriceHint::default() };
        assert_eq!(parse("23,40", hint("DKK/stk")).unwrap().currency, Some(Currency::DKK));
        assert_eq!(parse("23,40", hint("€ or $")).unwrap().currency, Some(Currency::EUR));
        let forced = |c| PriceHint { decimal: Some(c), ..PriceHint::default() };
        assert_eq!(parse("423.923 KD", forced('.')).unwrap().amount.to_string(), "423.923");
        assert_eq!(parse("12€50", forced('€')).unwrap().amount.to_string(), "12.50");
    }

    #[test]
    fn three_decimals_where_the_currency_has_them() {
        assert_eq!(read("1.234 KWD"), Some(("1.234".into(), Some("KWD"))));
        assert_eq!(read("1.234 EUR"), Some(("1234".into(), Some("EUR"))));
    }

    #[test]
    fn machines_write_dots_for_decimals() {
        for (text, want) in [
            ("224.904", Some("224.904")),
            ("1.234", Some("1.234")),
            ("1234", Some("1234")),
            ("1,234.50", Some("1234.50")),
            ("1.234,50", Some("1234.50")),
            ("12,50", Some("12.50")),
            ("1,234", Some("1234")),
            ("EUR 12.50", Some("12.50")),
            (".5", Some("0.5")),
            ("-5", None),
            ("", None),
            ("free", None),
        ] {
            assert_eq!(machine(text).as_deref(), want, "{text:?}");
        }
        let pesos = CurrencyHint { currency: Some(Currency::CLP), country: None };
        assert_eq!(parse_machine("3.340", pesos).unwrap().amount.to_string(), "3340");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = parse(&text, PriceHint::default());
            let _ = parse_machine(&text, CurrencyHint::default());
            let _ = parse_currency(&text, CurrencyHint::default());
        }

        #[test]
        fn no_marks_panic(text in "[0-9., '\u{1f}€$%-]{0,30}") {
            let _ = parse(&text, PriceHint { decimal: Some('€'), ..PriceHint::default() });
            let _ = parse_machine(&text, CurrencyHint::default());
        }

        #[test]
        fn what_people_print_is_read_back(units in 0i64..99_999_999_999, thousands in prop::sample::select(vec![".", "\u{a0}", "'", ""])) {
            let whole = (units / 100).to_string();
            let mut grouped = String::new();
            for (i, digit) in whole.chars().enumerate() {
                if i > 0 && (whole.len() - i) % 3 == 0 {
                    grouped.push_str(thousands);
                }
                grouped.push(digit);
            }
            let text = format!("{grouped},{:02} €", units % 100);
            let price = parse(&text, PriceHint::default()).unwrap();
            prop_assert_eq!(price.amount, Amount::new(units, 2).unwrap());
            prop_assert_eq!(price.currency, Some(Currency::EUR));
        }
    }
}
