//! What a job may cost, as its source's definition has it.

use crate::domain::{JobSpec, PageLimit, Quote};
use crate::sources::{Definition, Registry};

/// What a job with so many values that can exist may cost.
pub(super) fn quote(registry: &Registry, spec: &JobSpec, valid_values: usize) -> Quote {
    let page_cap = registry.get(&spec.source).map_or(1, |definition| page_cap(definition, spec));
    Quote::of(valid_values, page_cap, spec.multiplier, spec.terms.max_credits)
}

/// Most pages a value can have.
fn page_cap(definition: &Definition, spec: &JobSpec) -> u32 {
    let most = definition.max_pages(spec.topic);
    match spec.options.page_limit {
        PageLimit::Pages(wanted) => wanted.max(1).min(most),
        PageLimit::All | PageLimit::UntilTwoShops => most,
    }
}
