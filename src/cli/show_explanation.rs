//! Explanations for people: a line a field, with where it stands and what lost.

use crate::extraction::{
    EntryExplained, Evidence, Explanation, FieldExplained, ListExplained, Origin, PricePlace, RuleOutcome, RuleTried,
};
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
    let columns = Columns::of(&fields, indent);
    for field in fields {
        columns.show(out, field)?;
    }
    for list in &explanation.lists {
        show_list(out, list, indent)?;
    }
    if let Some(next) = &explanation.next_page {
        match &next.value {
            // The last page has none.
            None => writeln!(out, "{indent}○ next  {}", tried(&next.rules))?,
            Some(_) => Columns::of(&[next], indent).show(out, next)?,
        }
    }
    if !explanation.prices_stand_in.is_empty() {
        let place = |place: &PricePlace| format!("{} ({}×, “{}”)", place.element, place.count, cut(&place.first, 20));
        let places: Vec<String> = explanation.prices_stand_in.iter().map(place).collect();
        writeln!(out, "{indent}prices stand in  {}", places.join(" · "))?;
    }
    Ok(())
}

/// Where a field's name and value end.
struct Columns<'a> {
    indent: &'a str,
    name: usize,
    value: usize,
}

impl<'a> Columns<'a> {
    fn of(fields: &[&FieldExplained], indent: &'a str) -> Columns<'a> {
        let values = fields.iter().filter_map(|f| f.value.as_ref()).map(|value| value.chars().count());
        Columns {
            indent,
            name: fields.iter().map(|f| f.field.len()).max().unwrap_or(0),
            value: values.max().unwrap_or(0).min(VALUE_WIDTH),
        }
    }

    fn show(&self, out: &mut impl Write, field: &FieldExplained) -> io::Result<()> {
        let (indent, name, width) = (self.indent, self.name, self.value);
        let Some(value) = &field.value else {
            return writeln!(out, "{indent}✗ {:name$}  {}", field.field, tried(&field.rules));
        };
        let mut from = field.origin.as_ref().map_or_else(|| "?".to_owned(), origin);
        for same in &field.agrees {
            from += &format!(" · also {}", origin(&Origin { raw: None, ..same.clone() }));
        }
        writeln!(out, "{indent}✓ {:name$}  {:width$}  {from}", field.field, cut(value, width))?;
        let pad = " ".repeat(name + 4);
        if let Some(failed) = failed_before(&field.rules) {
            writeln!(out, "{indent}{pad}after {failed}")?;
        }
        let width = width.saturating_sub(4);
        for loser in &field.losers {
            let (value, why) = (cut(&loser.value, width), loser.why.words());
            writeln!(out, "{indent}{pad}not {value:width$}  {}: {why}", origin(&loser.origin))?;
        }
        if field.more_losers > 0 {
            writeln!(out, "{indent}{pad}and {} others", field.more_losers)?;
        }
        Ok(())
    }
}

fn show_list(out: &mut impl Write, list: &ListExplained, indent: &str) -> io::Result<()> {
    let taken = list.entries.len();
    let mark = if taken == 0 { '✗' } else { '✓' };
    writeln!(out, "{indent}{mark} {}: {} matched {}, {taken} taken", list.list, list.item, list.matched)?;
    for dropped in list.dropped.iter().take(MAX_DROPPED) {
        writeln!(out, "{indent}    entry {} dropped: {}", dropped.entry, dropped.why)?;
    }
    if list.dropped.len() > MAX_DROPPED {
        writeln!(out, "{indent}    and {} others dropped", list.dropped.len() - MAX_DROPPED)?;
    }
    let rows: Vec<Row<'_>> = field_names(list).into_iter().map(|name| Row::of(list, name)).collect();
    let name = rows.iter().map(|row| row.name.len()).max().unwrap_or(0);
    let value = rows.iter().filter_map(Row::value).map(|value| value.chars().count()).max();
    let value = value.unwrap_or(0).min(VALUE_WIDTH);
    let count = 2 * taken.to_string().len() + 1;
    for row in rows {
        let filled = format!("{}/{taken}", row.filled);
        match row.value() {
            Some(text) => {
                let from = row.first.and_then(|f| f.origin.as_ref()).map_or_else(|| "?".to_owned(), origin);
                let text = cut(text, value);
                writeln!(out, "{indent}  ✓ {:name$}  {filled:>count$}  {text:value$}  {from}", row.name)?;
            }
            None => {
                let rules = row.first.map_or_else(String::new, |f| tried(&f.rules));
                writeln!(out, "{indent}  ✗ {:name$}  {filled:>count$}  {rules}", row.name)?;
            }
        }
        if let Some((entry, field)) = row.failed {
            let pad = " ".repeat(name + count + 8);
            writeln!(out, "{indent}{pad}entry {entry}: {}", tried(&field.rules))?;
        }
    }
    Ok(())
}

/// One field over all entries of a list.
struct Row<'e> {
    name: &'static str,
    /// Entries that have it.
    filled: usize,
    /// The first entry that has it, else the first.
    first: Option<&'e FieldExplained>,
    /// An entry with a text there that was not understood; an empty place is nothing to tell of.
    failed: Option<(usize, &'e FieldExplained)>,
}

impl<'e> Row<'e> {
    fn of(list: &'e ListExplained, name: &'static str) -> Row<'e> {
        let field = |entry: &'e EntryExplained| Some((entry.entry, entry.fields.iter().find(|f| f.field == name)?));
        let all: Vec<(usize, &FieldExplained)> = list.entries.iter().filter_map(field).collect();
        let has_value = |(_, field): &&(usize, &FieldExplained)| field.value.is_some();
        let is_unread = |field: &FieldExplained| field.value.is_none() && field.rules.iter().any(|r| r.matches > 0);
        let first = all.iter().find(has_value).or(all.first()).map(|(_, field)| *field);
        let failed = all.iter().find(|(_, field)| is_unread(field)).copied();
        let filled = all.iter().filter(has_value).count();
        Row { name, filled, first, failed: failed.filter(|_| filled > 0) }
    }

    fn value(&self) -> Option<&'e String> {
        self.first.and_then(|field| field.value.as_ref())
    }
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
        Evidence::Rule | Evidence::Default | Evidence::Address => format!("{}{raw}", origin.place),
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
