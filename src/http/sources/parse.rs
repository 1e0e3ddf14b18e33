//! Requests of v2 as domain values.

use crate::domain::Country;
use crate::http::codes::{Refusal, RefusalKind};
use crate::http::param_values::{bounded, parse_country, unsupported};
use crate::http::params::Params;
use crate::sources::{Definition, Registry};
use std::sync::Arc;

/// Hours of a source's health told when the caller does not say.
pub const DEFAULT_HOURS: u32 = 24;

/// What `GET /v2/sources/{name}/health` is asked.
pub struct HealthQuestion {
    pub definition: Arc<Definition>,
    /// `None` = all of its countries.
    pub country: Option<Country>,
    pub hours: u32,
}

/// Source, country, hours: the first mistake is answered. `most_hours` are kept.
pub fn parse_health(
    params: &Params,
    registry: &Registry,
    source: &str,
    most_hours: u32,
) -> Result<HealthQuestion, Refusal> {
    let definition = registry.find(source).cloned().ok_or_else(|| {
        let names: Vec<String> = registry.iter().map(|definition| definition.name.v2()).collect();
        unsupported(RefusalKind::UnsupportedSource, "source", names.iter().map(String::as_str))
    })?;
    let countries: Vec<Country> = definition.countries.keys().copied().collect();
    let country = params.get("country").map(|text| parse_country(text, &countries)).transpose()?;
    let hours = bounded(params, "hours", 1..=u64::from(most_hours))?.and_then(|hours| u32::try_from(hours).ok());
    let hours = hours.unwrap_or(DEFAULT_HOURS.min(most_hours));
    Ok(HealthQuestion { definition, country, hours })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(source: &str, query: &str) -> Result<(String, Option<Country>, u32), Refusal> {
        let registry = Registry::load(None, &[]).unwrap();
        let params = Params::from_parts(query, "", b"").unwrap();
        let question = parse_health(&params, &registry, source, 720)?;
        Ok((question.definition.name.to_string(), question.country, question.hours))
    }

    #[test]
    fn the_first_mistake_is_answered() {
        assert_eq!(parse("TEST", "").unwrap(), ("test".into(), None, 24));
        let gb = "gb".parse().unwrap();
        assert_eq!(parse("test", "country=UK&hours=720").unwrap(), ("test".into(), Some(gb), 720));
        let refused = |source: &str, query: &str| parse(source, query).unwrap_err();
        let unknown = refused("nile", "country=x&hours=x");
        assert_eq!(unknown.kind, RefusalKind::UnsupportedSource);
        assert!(unknown.valid_values.contains(&"test".to_owned()));
        assert_eq!(refused("test", "country=xx&hours=x").kind, RefusalKind::UnsupportedCountry);
        for hours in ["0", "721", "-1", "x", "1.5", "99999999999999"] {
            let refusal = refused("test", &format!("hours={hours}"));
            assert_eq!(refusal.kind, RefusalKind::ParameterValueInvalid);
            assert!(refusal.comment.unwrap().contains("1 to 720"));
        }
    }
}
