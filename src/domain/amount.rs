//! Exact decimal amounts. No float comes near a price.

use super::Currency;
use std::fmt;
use std::str::FromStr;

/// A decimal number as an integer and a count of decimals: 284.99 is `units` 28499, `scale` 2.
///
/// A price stays an `Amount` until its currency is known, since only the currency says how many decimals it has.
#[derive(Debug, Clone, Copy)]
pub struct Amount {
    units: i64,
    scale: u8,
}

/// The text is not a plain decimal number, or too long for an exact one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a plain decimal number")]
pub struct InvalidAmount;

impl Amount {
    /// Most decimals kept; longer fractions are rounded half up when read.
    pub const MAX_SCALE: u8 = 6;
    pub const ZERO: Amount = Amount { units: 0, scale: 0 };

    /// `units` × 10^-`scale`.
    pub fn new(units: i64, scale: u8) -> Result<Amount, InvalidAmount> {
        if scale > Amount::MAX_SCALE { Err(InvalidAmount) } else { Ok(Amount { units, scale }) }
    }

    /// An amount of minor units (cents) of a currency.
    pub fn from_minor(minor: i64, currency: Currency) -> Amount {
        Amount { units: minor, scale: minor_digits(currency) }
    }

    /// Minor units of a currency, rounded half up (away from zero below it); `None` where an `i64` cannot hold them.
    ///
    /// Rule from: ISO 4217, column "minor unit".
    pub fn to_minor(self, currency: Currency) -> Option<i64> {
        self.rescale(minor_digits(currency))
    }

    /// The number with the currency's own count of decimals, or as it was printed when the currency is unknown.
    pub fn rounded_to(self, currency: Option<Currency>) -> Amount {
        let Some(currency) = currency else { return self };
        let scale = minor_digits(currency);
        self.rescale(scale).map_or(self, |units| Amount { units, scale })
    }

    /// The exact sum; `None` on overflow.
    pub fn checked_add(self, other: Amount) -> Option<Amount> {
        let scale = self.scale.max(other.scale);
        Some(Amount { units: self.rescale(scale)?.checked_add(other.rescale(scale)?)?, scale })
    }

    pub fn is_zero(self) -> bool {
        self.units == 0
    }

    pub fn is_positive(self) -> bool {
        self.units > 0
    }

    pub fn scale(self) -> u8 {
        self.scale
    }

    pub fn units(self) -> i64 {
        self.units
    }

    fn rescale(self, scale: u8) -> Option<i64> {
        if scale >= self.scale {
            return self.units.checked_mul(10i64.checked_pow(u32::from(scale - self.scale))?);
        }
        let divisor = 10i64.pow(u32::from(self.scale - scale));
        let (quotient, rest) = (self.units / divisor, self.units % divisor);
        let half_up = if rest.abs() * 2 >= divisor { rest.signum() } else { 0 };
        quotient.checked_add(half_up)
    }

    fn widened(self) -> i128 {
        i128::from(self.units) * 10i128.pow(u32::from(Amount::MAX_SCALE - self.scale))
    }
}

/// Decimals of a currency: 2 for EUR, 0 for JPY, 3 for KWD.
fn minor_digits(currency: Currency) -> u8 {
    currency.exponent().map_or(2, |digits| digits.min(u16::from(Amount::MAX_SCALE)) as u8)
}

impl FromStr for Amount {
    type Err = InvalidAmount;

    /// Reads the machine form: an optional sign, digits, at most one dot. `1.234` is one and a bit, never a thousand.
    fn from_str(text: &str) -> Result<Amount, InvalidAmount> {
        let text = text.trim();
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
            return Err(InvalidAmount);
        }
        let kept = fraction.len().min(usize::from(Amount::MAX_SCALE));
        let mut units: i64 = 0;
        for digit in whole.bytes().chain(fraction.bytes().take(kept)) {
            units = units.checked_mul(10).and_then(|u| u.checked_add(i64::from(digit - b'0'))).ok_or(InvalidAmount)?;
        }
        if fraction.as_bytes().get(kept).is_some_and(|digit| *digit >= b'5') {
            units = units.checked_add(1).ok_or(InvalidAmount)?;
        }
        Ok(Amount { units: if negative { -units } else { units }, scale: kept as u8 })
    }
}

impl fmt::Display for Amount {
    /// The machine form again: a dot, no thousands mark, as many decimals as the scale.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let digits = self.units.unsigned_abs();
        if self.scale == 0 {
            return write!(f, "{sign}{digits}");
        }
        let divisor = 10u64.pow(u32::from(self.scale));
        write!(f, "{sign}{}.{:0width$}", digits / divisor, digits % divisor, width = usize::from(self.scale))
    }
}

impl PartialEq for Amount {
    fn eq(&self, other: &Amount) -> bool {
        self.widened() == other.widened()
    }
}

impl Eq for Amount {}

impl std::hash::Hash for Amount {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.widened().hash(state);
    }
}

impl PartialOrd for Amount {
    fn partial_cmp(&self, other: &Amount) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Amount {
    fn cmp(&self, other: &Amount) -> std::cmp::Ordering {
        self.widened().cmp(&other.widened())
    }
}

impl serde::Serialize for Amount {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Amount {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    #[test]
    fn reads_and_writes_the_machine_form() {
        for text in ["0", "0.00", "284.99", "1299", "-3.50", "0.000001", "92233720368547758.07"] {
            assert_eq!(amount(text).to_string(), text);
        }
        assert_eq!(amount(".5").to_string(), "0.5");
        assert_eq!(amount("12.").to_string(), "12");
        for text in ["", ".", "1,5", "1.2.3", "1e3", "NaN", "٣", "99999999999999999999"] {
            assert!(text.parse::<Amount>().is_err(), "{text}");
        }
    }

    #[test]
    fn rounds_half_up_to_the_currencys_decimals() {
        assert_eq!(amount("224.904").to_minor(Currency::EUR), Some(22490));
        assert_eq!(amount("224.905").to_minor(Currency::EUR), Some(22491));
        assert_eq!(amount("1299.5").to_minor(Currency::JPY), Some(1300));
        assert_eq!(amount("423.923").to_minor(Currency::KWD), Some(423_923));
        assert_eq!(amount("-0.005").to_minor(Currency::EUR), Some(-1));
        assert_eq!(amount("1299").rounded_to(Some(Currency::EUR)).to_string(), "1299.00");
        assert_eq!(amount("5.0000005").to_string(), "5.000001");
    }

    #[test]
    fn equal_numbers_are_equal_at_any_scale() {
        assert_eq!(amount("12.9"), amount("12.900"));
        assert!(amount("12.89") < amount("12.9"));
        assert_eq!(amount("0.1").checked_add(amount("0.25")), Some(amount("0.35")));
        assert_eq!(Amount { units: i64::MAX, scale: 0 }.checked_add(amount("1")), None);
    }

    proptest! {
        #[test]
        fn text_round_trips(units in any::<i64>(), scale in 0u8..=6) {
            prop_assume!(units != i64::MIN);
            let a = Amount::new(units, scale).unwrap();
            prop_assert_eq!(a.to_string().parse::<Amount>().unwrap(), a);
        }
    }
}
