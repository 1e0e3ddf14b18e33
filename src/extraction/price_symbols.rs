//! ONE table of the ways a currency is printed: signs, words and abbreviations beside ISO 4217 codes.

use crate::domain::{Country, Currency};
use std::collections::HashMap;
use std::sync::LazyLock;

/// How a token stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A sign: found anywhere, no boundary needed (`€12`, `12€`).
    Sign,
    /// A word or abbreviation: no letter may touch it; letter case does not matter.
    Word,
    /// A word whose first meaning holds unless a hint speaks for another.
    Usual,
    /// A sign whose first meaning holds unless a hint speaks for another.
    UsualSign,
    /// An abbreviation that is also an ordinary letter or word: letter case matters, and it must touch the number.
    Exact,
}

/// A printed token and the currencies it may mean. One currency: it always means that. Several: only a hint decides.
pub(super) struct Symbol {
    pub text: &'static str,
    pub form: Form,
    pub means: &'static [Currency],
}

use Currency as C;
use Form::{Exact, Sign, Usual, UsualSign, Word};

/// Pounds: the British one unless the page's country has its own.
const POUNDS: &[C] = &[C::GBP, C::EGP, C::LBP, C::SYP, C::SDG, C::SSP, C::GIP, C::FKP, C::SHP];
const DOLLARS: &[C] = &[
    C::USD,
    C::CAD,
    C::AUD,
    C::NZD,
    C::SGD,
    C::HKD,
    C::TWD,
    C::MXN,
    C::ARS,
    C::CLP,
    C::COP,
    C::UYU,
    C::BRL,
    C::BBD,
    C::BSD,
    C::BZD,
    C::BMD,
    C::DOP,
    C::FJD,
    C::GYD,
    C::JMD,
    C::KYD,
    C::LRD,
    C::NAD,
    C::SBD,
    C::SRD,
    C::TTD,
    C::XCD,
    C::BND,
    C::CUP,
];
const KRONOR: &[C] = &[C::SEK, C::NOK, C::DKK, C::ISK];
const YUAN_OR_YEN: &[C] = &[C::JPY, C::CNY];
const RUPEES: &[C] = &[C::INR, C::PKR, C::LKR, C::NPR, C::MUR, C::SCR];
const DINARS: &[C] = &[C::KWD, C::JOD, C::BHD, C::IQD, C::LYD, C::TND, C::DZD];
const RIYALS: &[C] = &[C::SAR, C::QAR, C::OMR, C::YER, C::IRR];
const SHILLINGS: &[C] = &[C::KES, C::TZS, C::UGX, C::SOS];

macro_rules! symbols {
    ($($form:ident $text:literal => $means:expr;)+) => { &[$(Symbol { text: $text, form: $form, means: $means }),+] };
}

/// Longer tokens stand before the tokens they contain: the first that matches at a place wins.
pub(super) static SYMBOLS: &[Symbol] = symbols! {
    // dollars that say whose they are
    Sign "US$" => &[C::USD]; Sign "US $" => &[C::USD]; Sign "USD$" => &[C::USD]; Sign "U$S" => &[C::USD];
    Sign "CA$" => &[C::CAD]; Sign "CAN$" => &[C::CAD]; Sign "CAD$" => &[C::CAD]; Sign "CDN$" => &[C::CAD];
    Sign "C$" => &[C::CAD, C::NIO]; Sign "AU$" => &[C::AUD]; Sign "A$" => &[C::AUD]; Sign "NZ$" => &[C::NZD];
    Sign "HK$" => &[C::HKD]; Sign "NT$" => &[C::TWD]; Sign "S$" => &[C::SGD]; Sign "R$" => &[C::BRL];
    Sign "MX$" => &[C::MXN]; Sign "BZ$" => &[C::BZD]; Sign "GY$" => &[C::GYD]; Sign "RD$" => &[C::DOP];
    Sign "J$" => &[C::JMD]; Sign "TT$" => &[C::TTD]; Sign "Z$" => &[C::ZWL]; Sign "N$" => &[C::NAD];
    Sign "$U" => &[C::UYU]; Sign "$b" => &[C::BOB]; Sign "$" => DOLLARS;
    // signs of one currency
    Sign "€" => &[C::EUR]; UsualSign "£" => POUNDS; Sign "₽" => &[C::RUB]; Sign "₹" => &[C::INR]; Sign "₩" => &[C::KRW];
    Sign "₺" => &[C::TRY]; Sign "₴" => &[C::UAH]; Sign "₪" => &[C::ILS]; Sign "₫" => &[C::VND]; Sign "฿" => &[C::THB];
    Sign "₱" => &[C::PHP]; Sign "₦" => &[C::NGN]; Sign "₵" => &[C::GHS]; Sign "₡" => &[C::CRC]; Sign "₲" => &[C::PYG];
    Sign "₸" => &[C::KZT]; Sign "₼" => &[C::AZN]; Sign "₾" => &[C::GEL]; Sign "₮" => &[C::MNT]; Sign "₭" => &[C::LAK];
    Sign "֏" => &[C::AMD]; Sign "៛" => &[C::KHR]; Sign "؋" => &[C::AFN]; Sign "৳" => &[C::BDT]; Sign "﷼" => RIYALS;
    Sign "¥" => YUAN_OR_YEN; Sign "₨" => RUPEES; Sign "円" => &[C::JPY]; Sign "원" => &[C::KRW];
    Sign "元" => &[C::CNY, C::TWD, C::HKD]; Sign "圓" => &[C::TWD, C::HKD]; Sign "圆" => &[C::CNY];
    Sign "บาท" => &[C::THB]; Sign "रु" => &[C::INR, C::NPR]; Sign "र" => &[C::INR, C::NPR]; Sign "ரூ" => &[C::INR, C::LKR];
    Sign "تومان" => &[C::IRR]; Sign "جنيه" => &[C::EGP, C::SDG]; Sign "ريال" => RIYALS; Sign "ر.س" => &[C::SAR];
    Sign "ر.ق" => &[C::QAR]; Sign "ر.ع" => &[C::OMR]; Sign "درهم" => &[C::AED, C::MAD]; Sign "د.إ" => &[C::AED];
    Sign "دينار كويتي" => &[C::KWD]; Sign "دينار" => DINARS; Sign "د.ك" => &[C::KWD]; Sign "د.ا" => &[C::JOD];
    Sign "ل.ل" => &[C::LBP]; Sign "ج.م" => &[C::EGP]; Sign "د.ب" => &[C::BHD]; Sign "د.ت" => &[C::TND];
    Sign "د.م" => &[C::MAD]; Sign "دج" => &[C::DZD]; Sign "ש\"ח" => &[C::ILS]; Sign "ש״ח" => &[C::ILS];
    Sign "ש'ח" => &[C::ILS]; Sign "ლარი" => &[C::GEL]; Sign "ብር" => &[C::ETB];
    // words and abbreviations
    Word "euros" => &[C::EUR]; Word "euro" => &[C::EUR]; Word "eur" => &[C::EUR]; Word "евро" => &[C::EUR];
    Word "ευρώ" => &[C::EUR]; Word "usd" => &[C::USD]; Word "gbp" => &[C::GBP];
    Word "zł" => &[C::PLN]; Word "zl" => &[C::PLN]; Word "złotych" => &[C::PLN]; Word "kč" => &[C::CZK];
    Word "kc" => &[C::CZK]; Word "ft" => &[C::HUF]; Word "forint" => &[C::HUF]; Word "tl" => &[C::TRY];
    Word "лв" => &[C::BGN]; Usual "lei" => &[C::RON, C::MDL]; Usual "leu" => &[C::RON, C::MDL];
    Word "ron" => &[C::RON]; Word "kn" => &[C::HRK]; Word "руб" => &[C::RUB]; Word "рублей" => &[C::RUB];
    Word "рубля" => &[C::RUB]; Word "р" => &[C::RUB]; Word "грн" => &[C::UAH]; Word "hrn" => &[C::UAH];
    Word "тг" => &[C::KZT]; Word "тенге" => &[C::KZT]; Word "сум" => &[C::UZS]; Word "so'm" => &[C::UZS];
    Word "сом" => &[C::KGS]; Word "ман" => &[C::AZN]; Word "ден" => &[C::MKD]; Word "дин" => &[C::RSD];
    Word "din" => &[C::RSD]; Word "dinara" => &[C::RSD]; Word "rsd" => &[C::RSD]; Word "km" => &[C::BAM];
    Word "lek" => &[C::ALL]; Word "lekë" => &[C::ALL]; Word "lari" => &[C::GEL];
    Word "rp" => &[C::IDR]; Word "rm" => &[C::MYR]; Word "php" => &[C::PHP]; Word "vnđ" => &[C::VND];
    Word "đ" => &[C::VND]; Word "rs" => RUPEES; Word "re" => RUPEES; Word "tk" => &[C::BDT]; Word "nis" => &[C::ILS];
    Word "fr" => &[C::CHF, C::XOF, C::XAF, C::XPF]; Word "sfr" => &[C::CHF]; Word "fcfa" => &[C::XOF, C::XAF];
    Word "franken" => &[C::CHF]; Word "kronor" => &[C::SEK]; Word "kroner" => &[C::DKK, C::NOK];
    Word "kr" => KRONOR; Word "dkr" => &[C::DKK]; Word "nkr" => &[C::NOK]; Word "skr" => &[C::SEK];
    Word "isk" => &[C::ISK]; Word "dh" => &[C::AED, C::MAD]; Word "dhs" => &[C::AED, C::MAD]; Word "kd" => &[C::KWD];
    Word "jd" => &[C::JOD]; Word "bd" => &[C::BHD]; Word "sr" => &[C::SAR]; Word "egp" => &[C::EGP];
    Word "ksh" => &[C::KES]; Word "kshs" => &[C::KES]; Word "tsh" => &[C::TZS]; Word "ush" => &[C::UGX];
    Word "sh" => SHILLINGS; Word "zk" => &[C::ZMW]; Word "mk" => &[C::MWK]; Word "mt" => &[C::MZN];
    Word "s/" => &[C::PEN]; Word "bs" => &[C::BOB, C::VES]; Word "gs" => &[C::PYG]; Word "br" => &[C::BYN, C::ETB];
    Word "fdj" => &[C::DJF]; Word "nfk" => &[C::ERN]; Word "vt" => &[C::VUV]; Word "db" => &[C::STN];
    Word "rf" => &[C::MVR, C::RWF]; Word "fbu" => &[C::BIF]; Word "fg" => &[C::GNF]; Word "nu" => &[C::BTN];
    Word "rmb" => &[C::CNY]; Word "yen" => &[C::JPY]; Word "ntd" => &[C::TWD]; Word "pesos" => &[C::MXN, C::ARS, C::CLP, C::COP];
    // a letter that is a currency only right beside the number
    Exact "R" => &[C::ZAR, C::BRL]; Exact "L" => &[C::HNL, C::ALL, C::MDL]; Exact "Q" => &[C::GTQ];
    Exact "K" => &[C::ZMW, C::MMK, C::PGK]; Exact "D" => &[C::GMD]; Exact "G" => &[C::HTG, C::PYG];
    Exact "E" => &[C::SZL]; Exact "P" => &[C::BWP];
};

/// ISO codes that are also ordinary words in capitals: believed only right beside the number.
pub(super) const WORDLIKE_CODES: &[&str] = &[
    "ALL", "TRY", "TOP", "CUP", "PEN", "MAD", "LAK", "MOP", "COP", "BAM", "SOS", "GEL", "AMD", "BOB", "ANG", "MVR",
    "PAB",
];

/// What is known of a page's currency besides the text that is read.
#[derive(Debug, Clone, Copy, Default)]
pub struct CurrencyHint {
    pub currency: Option<Currency>,
    pub country: Option<Country>,
}

impl CurrencyHint {
    /// The one currency of several that the hint speaks for; a token with one meaning needs no hint.
    pub(super) fn choose(self, symbol: &Symbol) -> Option<Currency> {
        let usual =
            if matches!(symbol.form, Form::Usual | Form::UsualSign) { symbol.means.first().copied() } else { None };
        match symbol.means {
            [only] => Some(*only),
            several => [self.currency, self.country.and_then(Country::currency)]
                .into_iter()
                .flatten()
                .find(|c| several.contains(c))
                .or(usual),
        }
    }
}

/// Indexes into [`SYMBOLS`] by the first character in lower case, each list in the table's order.
pub(super) struct FirstChars {
    ascii: [Vec<usize>; 128],
    others: HashMap<char, Vec<usize>>,
}

impl FirstChars {
    /// The symbols that may begin with this character, longest first.
    pub fn symbols(&self, c: char) -> &[usize] {
        let c = fold(c);
        match self.ascii.get(c as usize) {
            Some(list) => list,
            None => self.others.get(&c).map_or(&[], Vec::as_slice),
        }
    }
}

pub(super) static BY_FIRST: LazyLock<FirstChars> = LazyLock::new(|| {
    let mut map = FirstChars { ascii: std::array::from_fn(|_| Vec::new()), others: HashMap::new() };
    for (index, symbol) in SYMBOLS.iter().enumerate() {
        if let Some(first) = symbol.text.chars().next().map(fold) {
            match map.ascii.get_mut(first as usize) {
                Some(list) => list.push(index),
                None => map.others.entry(first).or_default().push(index),
            }
        }
    }
    map
});

/// One character to lower case, where that is one character again.
pub(super) fn fold(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(only), None) => only,
        _ => c,
    }
}
