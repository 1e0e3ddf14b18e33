//! A recipe's selectors in the order in which their handlers run.

use super::compile::{CompiledMark, CompiledRecipe, Place};

/// What an element that a selector matched is for.
pub(super) enum Target {
    Item { list: usize, own: Vec<(usize, Option<String>)> },
    Value { list: Option<usize>, slot: usize, attribute: Option<String> },
    NoResult(usize),
}

/// The recipe's selectors, entries before the fields inside them.
pub(super) fn targets(recipe: &CompiledRecipe) -> Vec<(&lol_html::Selector, Target)> {
    let mut targets = Vec::new();
    let lists = recipe.lists();
    for (list, entry) in lists.iter().enumerate() {
        let Some((Place::Selector(item), rules)) = entry else { continue };
        let own =
            rules.iter().filter(|r| matches!(r.place, Place::Entry)).map(|r| (r.slot, r.attribute.clone())).collect();
        targets.push((item, Target::Item { list, own }));
    }
    let page = recipe.page_rules().map(|rule| (None, rule));
    let inside = lists
        .iter()
        .enumerate()
        .flat_map(|(list, l)| l.iter().flat_map(move |(_, rules)| rules.iter().map(move |r| (Some(list), *r))));
    for (list, rule) in page.chain(inside) {
        if let Place::Selector(selector) = &rule.place {
            targets.push((selector, Target::Value { list, slot: rule.slot, attribute: rule.attribute.clone() }));
        }
    }
    for (index, sign) in recipe.no_result.iter().enumerate() {
        if let CompiledMark::Selector(selector) = &sign.mark {
            targets.push((selector, Target::NoResult(index)));
        }
    }
    targets
}
