//! Global Trade Item Numbers.

use std::fmt;
use std::str::FromStr;

/// A GTIN in its 14-digit form, check digit verified; `0088590966966` and `00885909666966` are one number.
///
/// Rule from: GS1 General Specifications, section 7.9 (check digit), section 2.1 (GTIN-8, -12, -13 and -14 are one data
/// field, right-aligned and filled with zeros).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Gtin([u8; Gtin::DIGITS]);

/// Why a text is no GTIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidGtin {
    #[error("a GTIN has only digits, besides blanks and hyphens")]
    NotDigits,
    #[error("a GTIN has 8 to 14 digits")]
    Length,
    #[error("the check digit does not match")]
    CheckDigit,
    #[error("a GTIN is not all zeros")]
    AllZeros,
}

impl Gtin {
    /// Digits of the padded form.
    pub const DIGITS: usize = 14;
    /// Fewest digits accepted; shorter ones lost more than leading zeros.
    pub const MIN_DIGITS: usize = 8;

    /// The 14 digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The 13-digit EAN, if the number has one (its first digit, the packaging level, is 0).
    pub fn ean(&self) -> Option<&str> {
        self.as_str().strip_prefix('0')
    }

    /// Whether the number is reserved for use inside one company (GS1 prefixes 02, 04 and 20–29): it names different
    /// products in different shops and never identifies a product across them.
    pub fn is_restricted(&self) -> bool {
        self.0[0] == b'0' && (self.0[1] == b'2' || (self.0[1] == b'0' && matches!(self.0[2], b'2' | b'4')))
    }

    /// The check digit for the first thirteen digits: weights 3 and 1 alternate from the left.
    pub fn check_digit(first13: &[u8]) -> u8 {
        let sum: u32 =
            first13.iter().enumerate().map(|(i, d)| u32::from(d - b'0') * if i % 2 == 0 { 3 } else { 1 }).sum();
        b'0' + ((10 - sum % 10) % 10) as u8
    }
}

impl FromStr for Gtin {
    type Err = InvalidGtin;

    /// Accepts 8–14 digits with blanks and hyphens between them and pads with zeros on the left, since spreadsheets drop
    /// leading zeros.
    fn from_str(text: &str) -> Result<Gtin, InvalidGtin> {
        let mut digits = [0u8; Gtin::DIGITS];
        let mut len = 0;
        for c in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            if !c.is_ascii_digit() {
                return Err(InvalidGtin::NotDigits);
            }
            if len == Gtin::DIGITS {
                return Err(InvalidGtin::Length);
            }
            digits[len] = c as u8;
            len += 1;
        }
        if len < Gtin::MIN_DIGITS {
            return Err(InvalidGtin::Length);
        }
        let mut padded = [b'0'; Gtin::DIGITS];
        padded[Gtin::DIGITS - len..].copy_from_slice(&digits[..len]);
        if padded == [b'0'; Gtin::DIGITS] {
            return Err(InvalidGtin::AllZeros);
        }
        if Gtin::check_digit(&padded[..13]) != padded[13] {
            return Err(InvalidGtin::CheckDigit);
        }
        Ok(Gtin(padded))
    }
}

impl fmt::Display for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gtin({})", self.as_str())
    }
}

impl serde::Serialize for Gtin {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for Gtin {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_number_are_equal() {
        let full: Gtin = "00885909666966".parse().unwrap();
        for spelling in ["885909666966", "0885909666966", "0 885909 666966", "885-909-666-966", " 00885909666966 "] {
            assert_eq!(spelling.parse::<Gtin>(), Ok(full), "{spelling}");
        }
        assert_eq!(full.ean(), Some("0885909666966"));
    }

    #[test]
    fn refusals_name_their_cause() {
        assert_eq!("".parse::<Gtin>(), Err(InvalidGtin::Length));
        assert_eq!("1234567".parse::<Gtin>(), Err(InvalidGtin::Length));
        assert_eq!("123456789012345".parse::<Gtin>(), Err(InvalidGtin::Length));
        assert_eq!("00885909666967".parse::<Gtin>(), Err(InvalidGtin::CheckDigit));
        assert_eq!("00000000000000".parse::<Gtin>(), Err(InvalidGtin::AllZeros));
        assert_eq!("٠٠885909666966".parse::<Gtin>(), Err(InvalidGtin::NotDigits));
        assert_eq!("B0080DJ6CM".parse::<Gtin>(), Err(InvalidGtin::NotDigits));
    }

    #[test]
    fn restricted_numbers_are_known() {
        assert!("2000000000008".parse::<Gtin>().unwrap().is_restricted());
        assert!("0200000000004".parse::<Gtin>().unwrap().is_restricted());
        assert!("0400000000008".parse::<Gtin>().unwrap().is_restricted());
        assert!(!"4006381333931".parse::<Gtin>().unwrap().is_restricted());
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_noticed(n in 1u64..9_999_999_999_999, place in 0usize..14, add in 1u8..10) {
            let mut digits = format!("{n:013}").into_bytes();
            digits.push(Gtin::check_digit(&digits));
            let right = String::from_utf8(digits.clone()).unwrap();
            prop_assert!(right.parse::<Gtin>().is_ok());
            digits[place] = b'0' + (digits[place] - b'0' + add) % 10;
            prop_assert!(String::from_utf8(digits).unwrap().parse::<Gtin>().is_err());
        }
    }
}
