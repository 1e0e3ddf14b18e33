//! Whether a source answers what a job asks, at the moment the job is created: definitions and switches change.

use crate::domain::{Disabled, JobSpec, Switch};
use crate::sources::Registry;

/// Why a source does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Unanswered {
    #[error("the source is not known")]
    UnknownSource,
    #[error("the source does not answer for the country")]
    UnsupportedCountry,
    #[error("the source is switched off")]
    SourceDisabled,
    #[error("the source cannot be asked by the key")]
    UnsupportedKey,
    #[error("the key is switched off")]
    KeyDisabled,
    #[error("the source does not answer the topic")]
    UnsupportedTopic,
}

/// In the order in which a request's parameters are checked.
pub(super) fn check_answered(registry: &Registry, spec: &JobSpec, switches: &[Switch]) -> Result<(), Unanswered> {
    let definition = registry.get(&spec.source).ok_or(Unanswered::UnknownSource)?;
    if !definition.countries.contains_key(&spec.country) {
        return Err(Unanswered::UnsupportedCountry);
    }
    match Disabled::for_request(switches, &spec.source, spec.country, spec.key) {
        Some(Disabled::Source) => return Err(Unanswered::SourceDisabled),
        Some(Disabled::Key) => return Err(Unanswered::KeyDisabled),
        Some(Disabled::Value) | None => {}
    }
    if !definition.topics.contains(&spec.topic) {
        return Err(Unanswered::UnsupportedTopic);
    }
    if !definition.keys_of(spec.topic).contains(&spec.key) {
        return Err(Unanswered::UnsupportedKey);
    }
    Ok(())
}
