//! Parameters as numbers, switches and words; what is wrong is refused by the parameter's name.

use super::codes::{Refusal, RefusalKind};
use super::params::Params;
use crate::domain::Country;
use std::fmt::Display;
use std::ops::RangeInclusive;

/// A whole number within bounds; `None` when it is not sent.
pub fn bounded<N>(params: &Params, name: &str, bounds: RangeInclusive<N>) -> Result<Option<N>, Refusal>
where
    N: TryFrom<u64> + PartialOrd + Display,
{
    let Some(text) = params.get(name) else { return Ok(None) };
    let number = whole_number(text).and_then(|number| N::try_from(number).ok());
    let number = number.filter(|number| bounds.contains(number)).ok_or_else(|| {
        let (least, most) = (bounds.start(), bounds.end());
        Refusal::invalid(name, format!("The parameter `{name}` is a whole number from {least} to {most}."))
    })?;
    Ok(Some(number))
}

/// A parameter that turns something on or off; `None` when it is not sent.
pub fn flag(params: &Params, name: &str) -> Result<Option<bool>, Refusal> {
    let Some(text) = params.get(name) else { return Ok(None) };
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" => Ok(Some(true)),
        "false" | "0" => Ok(Some(false)),
        _ => Err(Refusal::not_one_of(name, ["true", "false", "1", "0"])),
    }
}

/// Digits only, as far as 64 bits hold them.
pub fn whole_number(text: &str) -> Option<u64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// A parameter that is one of a few words, in any letter case; `None` when it is not sent.
pub fn one_of<T: Copy>(
    params: &Params,
    name: &str,
    all: &[T],
    word: impl Fn(T) -> &'static str,
) -> Result<Option<T>, Refusal> {
    let Some(text) = params.get(name) else { return Ok(None) };
    match all.iter().find(|one| word(**one).eq_ignore_ascii_case(text)) {
        Some(one) => Ok(Some(*one)),
        None => Err(Refusal::not_one_of(name, all.iter().map(|one| word(*one)))),
    }
}

/// One of the countries a source answers for.
pub fn parse_country(text: &str, known: &[Country]) -> Result<Country, Refusal> {
    text.parse()
        .ok()
        .filter(|country| known.contains(country))
        .ok_or_else(|| unsupported(RefusalKind::UnsupportedCountry, "country", known.iter().map(Country::as_str)))
}

/// The refusal of a word that may be one of these.
pub fn unsupported<'a>(kind: RefusalKind, parameter: &str, allowed: impl IntoIterator<Item = &'a str>) -> Refusal {
    let refusal = Refusal::of(kind).about(parameter).with_valid_values(allowed);
    if refusal.valid_values.is_empty() {
        return refusal;
    }
    let comment = format!("{} It may be one of: {}.", kind.row().comment, refusal.valid_values.join(", "));
    refusal.because(comment)
}
