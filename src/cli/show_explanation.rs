//! Explanations for people: a line a field, with where it stands and what lost.

use crate::extraction::{Evidence, Explanation, FieldExplained, ListExplained, Origin, RuleOutcome, RuleTried};
use std::io::{self, Write};

/// Columns of a value; longer ones are cut.
const VALUE_WIDTH: usize = 34;
/// Columns of what stands on the page; longer texts are cut.
const RAW_WIDTH: usize = 48;
/// Dropped entries that are told one by one.
const MAX_DROPPED: usize = 3;
/// Failing rules that are told of one field.
const MAX_RULES: usize = 4;

/// Writes every field of a page, then its lists.
pub(super) fn show(out: &mut impl Write, explanation: &Explanation, indent: &str) -> io::Result<()> {
    let fields: Vec<&FieldExplained> = explanation.fields.iter().collect();
    let width = fields.iter().map(|f| f.field.len()).max().unwrap_or(0);
    for field in fields {
        show_field(out, field, indent, width)?;
    }
    for list in &explanation.lists {
        show_list(out, list, indent)?;
    }
    if let Some(next) = &explanation.next_page {
        show_field(out, next, indent, "next".len())?;
    }
    Ok(())
}

fn show_field(out: &mut impl Write, field: &FieldExplained, indent: &str, width: usize) -> io::Result<()> {
    let pad = " ".repeat(width + 2);
    let Some(value) = &field.value else {
        writeln!(out, "{indent}✗ {:width$}  {}", field.field, tried(&field.rules))?;
        return Ok(());
    };
    let origin = field.origin.as_ref().map_or_else(|| "?".to_owned(), origin);
    writeln!(out, "{indent}✓ {:width$}  {}  {origin}", field.field, column(value))?;
    if let Some(failed) = failed_before(&field.rules) {
        writeln!(out, "{indent}  {pad}after {failed}")?;
    }
    for same in &field.agrees {
        writeln!(out, "{indent}  {pad}  so says {}", self::origin(same))?;
    }
    for loser in &field.losers {
        let why = loser.why.words();
        writeln!(out, "{indent}  {pad}  not {:30}  {}: {why}", cut(&loser.value, 30), self::origin(&loser.origin))?;
    }
    if field.more_losers > 0 {
        writeln!(out, "{indent}  {pad}  and {} others", field.more_losers)?;
    }
    Ok(())
}

fn show_list(out: &mut impl Write, list: &ListExplained, indent: &str) -> io::Result<()> {
    let taken = list.entries.len();
    let mark = if taken == 0 { '✗' } else { '✓' };
    writeln!(out, "{indent}{mark} {}  {} matched {}, {taken} taken", list.list, list.item, list.matched)?;
    for dropped in list.dropped.iter().take(MAX_DROPPED) {
        writeln!(out, "{indent}    entry {} dropped: {}", dropped.entry, dropped.why)?;
    }
    if list.dropped.len() > MAX_DROPPED {
        writeln!(out, "{indent}    and {} others dropped", list.dropped.len() - MAX_DROPPED)?;
    }
    let names = field_names(list);
    let width = names.iter().map(|name| name.len()).max().unwrap_or(0);
    for name in names {
        let all: Vec<(usize, &FieldExplained)> = list
            .entries
            .iter()
            .filter_map(|entry| Some((entry.entry, entry.fields.iter().find(|f| f.field == name)?)))
            .collect();
        let filled: Vec<&FieldExplained> = all.iter().map(|(_, f)| *f).filter(|f| f.value.is_some()).collect();
        let count = format!("{}/{taken}", filled.len());
        match filled.first().and_then(|f| Some((f.value.as_ref()?, f.origin.as_ref()))) {
            Some((value, from)) => {
                let from = from.map_or_else(|| "?".to_owned(), origin);
                writeln!(out, "{indent}  ✓ {name:width$}  {count:>7}  {}  {from}", column(value))?;
            }
            None => {
                let rules = all.first().map_or("", |_| "nothing: ").to_owned();
                let rules = rules + &all.first().map_or_else(String::new, |(_, f)| tried(&f.rules));
                writeln!(out, "{indent}  ✗ {name:width$}  {count:>7}  {rules}")?;
                continue;
            }
        }
        // An empty place is nothing to tell of; a text that was not understood is.
        let failed = all.iter().find(|(_, f)| f.value.is_none() && f.rules.iter().any(|rule| rule.matches > 0));
        if let Some((entry, field)) = failed {
            let pad = " ".repeat(width);
            writeln!(out, "{indent}    {pad}           entry {entry}: {}", tried(&field.rules))?;
        }
    }
    Ok(())
}

/// The fields of a list's entries, in the order of the first entry, those that only later ones have behind.
pub(super) fn field_names(list: &ListExplained) -> Vec<&'static str> {
    let mut names = Vec::new();
    for field in list.entries.iter().flat_map(|entry| &entry.fields) {
        if !names.contains(&field.field) {
            names.push(field.field);
        }
    }
    names
}

/// Evidence, place and text of an origin: `json-ld Product.name`, `td.price “12,50 €”`.
pub(super) fn origin(origin: &Origin) -> String {
    let raw = origin.raw.as_deref().map_or_else(String::new, |raw| format!(" “{}”", cut(raw, RAW_WIDTH)));
    match origin.evidence {
        Evidence::Rule | Evidence::Default => format!("{}{raw}", origin.place),
        other if origin.place.is_empty() => format!("{}{raw}", other.as_str()),
        other => format!("{} {}{raw}", other.as_str(), origin.place),
    }
}

/// What each rule of a field did that yielded nothing.
fn tried(rules: &[RuleTried]) -> String {
    let mut told: Vec<String> = rules.iter().take(MAX_RULES).map(rule).collect();
    if rules.len() > MAX_RULES {
        told.push(format!("{} more", rules.len() - MAX_RULES));
    }
    if told.is_empty() { "not on the page".to_owned() } else { told.join(" · ") }
}

fn failed_before(rules: &[RuleTried]) -> Option<String> {
    let used = rules.iter().position(|rule| rule.outcome == RuleOutcome::Used)?;
    (used > 0).then(|| tried(&rules[..used]))
}

fn rule(rule: &RuleTried) -> String {
    let raw = cut(rule.raw.as_deref().unwrap_or_default(), RAW_WIDTH);
    match rule.outcome {
        RuleOutcome::NoMatch => format!("{}: no match", rule.rule),
        RuleOutcome::RegexFailed => format!("{}: its regex does not match “{raw}”", rule.rule),
        RuleOutcome::Unreadable if raw.is_empty() => format!("{}: empty", rule.rule),
        RuleOutcome::Unreadable => format!("{}: cannot be read: “{raw}”", rule.rule),
        RuleOutcome::Used | RuleOutcome::NotNeeded => rule.rule.clone(),
    }
}

fn column(value: &str) -> String {
    format!("{:VALUE_WIDTH$}", cut(value, VALUE_WIDTH))
}

/// A text of one line, cut to so many characters.
pub(super) fn cut(text: &str, max: usize) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(max + 1).collect();
    if line.chars().count() <= max {
        return line;
    }
    line.chars().take(max.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_to_one_line() {
        assert_eq!(cut("a\nb", 3), "a b");
        assert_eq!(cut("äöüß", 4), "äöüß");
        assert_eq!(cut("äöüßx", 4), "äöü…");
    }
}
