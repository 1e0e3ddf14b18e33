//! One definition file as it is written. Everything is optional here: what is missing is reported together with
//! everything else that is wrong, not as the first error of a reader that then stops.

use super::Kind;
use crate::extraction::Recipe;
use crate::fetching::{FetchPolicy, Means};
use serde::Deserialize;
use serde::de::{MapAccess, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct DefinitionFile {
    pub name: Option<String>,
    pub aliases: Vec<String>,
    pub title: Option<String>,
    pub kind: Option<Kind>,
    pub topics: Vec<String>,
    pub base_url: Option<String>,
    pub hosts: Vec<String>,
    pub shop_name: Option<String>,
    pub countries: CountriesFile,
    pub keys: BTreeMap<String, KeyFile>,
    pub fetch: FetchPolicy,
    pub steps: StepsFile,
}

/// `"*"`, a list of codes, or a table a country (where `"*"` stands for every country without one of its own).
#[derive(Debug, Default)]
pub(super) struct CountriesFile(pub BTreeMap<String, CountryFile>);

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct CountryFile {
    pub base_url: Option<String>,
    pub currency: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct KeyFile {
    pub pattern: Option<String>,
    pub form: Option<FormFile>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FormFile {
    Text,
    Url,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct StepsFile {
    pub search: Option<StepFile>,
    pub product: Option<StepFile>,
    pub offers: Option<StepFile>,
    pub reviews: Option<StepFile>,
    pub bestsellers: Option<StepFile>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct StepFile {
    /// Of the step `search` alone.
    pub keys: Option<Vec<String>>,
    /// Of the step `search` alone.
    pub listed_keys: Vec<String>,
    pub url: Option<String>,
    pub matches: Vec<String>,
    pub fetch: Option<Means>,
    pub wait_for: Option<String>,
    pub page: Option<Recipe>,
    pub first_page: Option<u32>,
    pub page_step: Option<u32>,
    pub max_pages: Option<u32>,
}

impl<'de> Deserialize<'de> for CountriesFile {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<CountriesFile, D::Error> {
        deserializer.deserialize_any(CountriesVisitor)
    }
}

/// Written out, since an untagged enum would hide which key or value is wrong.
struct CountriesVisitor;

impl<'de> Visitor<'de> for CountriesVisitor {
    type Value = CountriesFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"*\", a list of country codes, or a table for each country")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<CountriesFile, E> {
        Ok(CountriesFile(BTreeMap::from([(text.to_owned(), CountryFile::default())])))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<CountriesFile, A::Error> {
        let mut countries = BTreeMap::new();
        while let Some(code) = seq.next_element::<String>()? {
            countries.insert(code, CountryFile::default());
        }
        Ok(CountriesFile(countries))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<CountriesFile, A::Error> {
        let mut countries = BTreeMap::new();
        while let Some((code, country)) = map.next_entry::<String, CountryFile>()? {
            countries.insert(code, country);
        }
        Ok(CountriesFile(countries))
    }
}
