//! What this server can be asked, as far as the document tells it.

use crate::sources::Registry;
use std::collections::BTreeSet;

/// Sources and countries of one server.
pub struct Known {
    /// As v1 spells them.
    pub sources_v1: Vec<String>,
    /// As v2 spells them.
    pub sources_v2: Vec<String>,
    /// Of any source, ascending.
    pub countries: Vec<String>,
    /// How many hours of a source's health are kept.
    pub health_hours: u32,
}

impl Known {
    pub fn of(registry: &Registry, health_hours: u32) -> Known {
        let countries: BTreeSet<String> =
            registry.iter().flat_map(|source| source.countries.keys()).map(ToString::to_string).collect();
        Known {
            sources_v1: registry.iter().map(|source| source.name.to_string()).collect(),
            sources_v2: registry.iter().map(|source| source.name.v2()).collect(),
            health_hours,
            countries: countries.into_iter().collect(),
        }
    }
}
