//! Countries by their ISO 3166 alpha-2 code.

use super::Currency;
use std::fmt;
use std::str::FromStr;

/// A two-letter country code in lower case: `de`, `gb`.
///
/// Rule from: ISO 3166-1 alpha-2; `uk` is read as `gb`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Country([u8; 2]);

/// The text is no two-letter country code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a country is a two-letter code such as de or gb")]
pub struct InvalidCountry;

impl Country {
    /// The country of examples.
    pub const GERMANY: Country = Country(*b"de");

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The currency prices are printed in there, where ISO 4217 names one.
    pub fn currency(self) -> Option<Currency> {
        // Not `Currency::from(country)`: that panics for a country without an ordinary currency (aq, gs).
        Currency::from_country(self.iso()?).into_iter().find(|currency| currency.flags().is_empty())
    }

    /// Every country that has a currency, by code.
    pub fn all() -> impl Iterator<Item = Country> {
        let letters = b'a'..=b'z';
        letters
            .clone()
            .flat_map(move |a| letters.clone().map(move |b| Country([a, b])))
            .filter(|country| *country != Country(*b"uk") && country.currency().is_some())
    }

    fn iso(self) -> Option<iso_currency::Country> {
        self.as_str().to_ascii_uppercase().parse().ok()
    }
}

impl FromStr for Country {
    type Err = InvalidCountry;

    fn from_str(text: &str) -> Result<Country, InvalidCountry> {
        let [a, b] = text.trim().as_bytes() else { return Err(InvalidCountry) };
        let code = [a.to_ascii_lowercase(), b.to_ascii_lowercase()];
        if !code.iter().all(u8::is_ascii_lowercase) {
            return Err(InvalidCountry);
        }
        Ok(if &code == b"uk" { Country(*b"gb") } else { Country(code) })
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Country({})", self.as_str())
    }
}

impl serde::Serialize for Country {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for Country {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_letter_case_and_uk() {
        assert_eq!("DE".parse::<Country>().unwrap().as_str(), "de");
        assert_eq!("Uk".parse::<Country>().unwrap().as_str(), "gb");
        for text in ["", "d", "deu", "d1", "ß"] {
            assert!(text.parse::<Country>().is_err(), "{text}");
        }
    }

    #[test]
    fn knows_currencies() {
        for (country, currency) in
            [("de", Currency::EUR), ("gb", Currency::GBP), ("ua", Currency::UAH), ("br", Currency::BRL)]
        {
            assert_eq!(country.parse::<Country>().unwrap().currency(), Some(currency));
        }
        for none in ["zz", "aq", "gs"] {
            assert_eq!(none.parse::<Country>().unwrap().currency(), None);
        }
        assert!((240..250).contains(&Country::all().count()), "{}", Country::all().count());
    }
}
