//! What each rule of a recipe did on a page.

use super::compile::{CompiledList, CompiledRule, Named};
use super::explanation::{
    Dropped, EntryExplained, FieldExplained, ListExplained, Loser, Origin, RuleOutcome, RuleTried, Why,
};
use super::extracted::Evidence;
use super::merge::clean;
use super::origin;
use super::rules::{self, Hit};
use super::selectors::Caught;

/// Later matches of a rule that are told.
const MAX_LATER: usize = 3;

/// The fields that a recipe names, each with what its rules did. `value` is what the answer has.
pub(super) fn fields<F: Copy + Named>(
    fields: &[(F, Vec<CompiledRule>)],
    caught: &Caught,
    trail: &[Hit],
    value: impl Fn(F) -> Option<String>,
) -> Vec<FieldExplained> {
    fields.iter().map(|(name, rules)| field(name.name(), rules, caught, trail, value(*name))).collect()
}

/// One field.
pub(super) fn field(
    name: &'static str,
    rules: &[CompiledRule],
    caught: &Caught,
    trail: &[Hit],
    value: Option<String>,
) -> FieldExplained {
    let mut explained = FieldExplained { field: name, value, ..FieldExplained::default() };
    let used = trail.iter().find(|hit| rules.iter().any(|rule| rule.slot == hit.slot));
    let used = used.filter(|_| explained.value.is_some());
    let winner = used.and_then(|hit| rules.iter().position(|rule| rule.slot == hit.slot));
    for (index, rule) in rules.iter().enumerate() {
        let values = caught.values(rule.slot);
        explained.rules.push(RuleTried {
            rule: rule.text.clone(),
            outcome: outcome(rule, values, index, winner),
            matches: values.len(),
            raw: values.first().and_then(|raw| origin::raw(raw, "")),
        });
    }
    if let (Some(index), Some(hit), Some(value)) = (winner, used, explained.value.clone()) {
        let rule = &rules[index];
        let place = match rules.len() {
            1 => rule.text.clone(),
            many => format!("{} (rule {} of {many})", rule.text, index + 1),
        };
        explained.origin = Some(Origin { evidence: Evidence::Rule, place, raw: origin::raw(&hit.kept, &value) });
        if !rule.all {
            later_matches(rule, caught.values(rule.slot), hit, &mut explained);
        }
    }
    explained
}

fn outcome(rule: &CompiledRule, values: &[String], index: usize, winner: Option<usize>) -> RuleOutcome {
    match winner {
        Some(winner) if winner == index => RuleOutcome::Used,
        _ if values.is_empty() => RuleOutcome::NoMatch,
        Some(winner) if winner < index => RuleOutcome::NotNeeded,
        _ if values.iter().all(|value| rules::kept(rule, value).is_none()) => RuleOutcome::RegexFailed,
        _ => RuleOutcome::Unreadable,
    }
}

/// What else the rule matched, where it says something else.
fn later_matches(rule: &CompiledRule, values: &[String], hit: &Hit, explained: &mut FieldExplained) {
    let mut told = vec![clean(&hit.kept)];
    for value in values.iter().filter_map(|value| rules::kept(rule, value)).map(|value| clean(&value)) {
        if value.is_empty() || told.contains(&value) {
            continue;
        }
        if told.len() > MAX_LATER {
            explained.more_losers += 1;
            continue;
        }
        told.push(value.clone());
        let origin = origin::bare(Evidence::Rule, rule.text.clone());
        explained.losers.push(Loser { value, origin, why: Why::LaterMatch });
    }
}

/// A list that a recipe names. `read` gives an entry's fields, or why it is not taken.
pub(super) fn list<F>(
    name: &'static str,
    list: &CompiledList<F>,
    entries: &[Caught],
    mut read: impl FnMut(&Caught) -> Result<Vec<FieldExplained>, &'static str>,
) -> ListExplained {
    let mut explained =
        ListExplained { list: name, item: list.item_text.clone(), matched: entries.len(), ..ListExplained::default() };
    for (caught, entry) in entries.iter().zip(1..) {
        match read(caught) {
            Ok(fields) => explained.entries.push(EntryExplained { entry, fields }),
            Err(why) => explained.dropped.push(Dropped { entry, why }),
        }
    }
    explained
}
