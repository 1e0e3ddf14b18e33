//! Availability and condition: codes written for machines, and phrases written for people.

use super::condition_words::{NEW, REFURBISHED, USED};
use super::sold_out_phrases::{NEGATIONS, SOLD_OUT};
use super::stock_phrases::PHRASES;
use crate::domain::{Availability, Condition};
use aho_corasick::{AhoCorasick, MatchKind};
use std::sync::LazyLock;

use Availability::{InStock, Limited, OutOfStock, Preorder};

/// A machine's word: a schema.org URL or name, or an OpenGraph code (`in stock`, `oos`, `instock`).
///
/// Rule from: schema.org `ItemAvailability`.
pub(super) fn from_code(text: &str) -> Option<Availability> {
    let name = super::graph::local_name(text);
    let key: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(40).collect();
    Some(match key.as_str() {
        "instock" | "onlineonly" | "instoreonly" | "available" | "availablefororder" | "true" | "yes"
        | "madetoorder" | "reserved" => InStock,
        "limitedavailability" | "limited" | "lowstock" => Limited,
        "preorder" | "presale" | "backorder" | "pending" | "backordered" => Preorder,
        "outofstock" | "oos" | "soldout" | "discontinued" | "unavailable" | "notavailable" | "false" | "no" => {
            OutOfStock
        }
        _ => return None,
    })
}

struct Table {
    finder: AhoCorasick,
    meanings: Vec<Availability>,
}

/// `None` only if the table itself could not be built, which a test rules out.
static TABLE: LazyLock<Option<Table>> = LazyLock::new(|| {
    let mut words = Vec::new();
    let mut meanings = Vec::new();
    for (meaning, phrases) in PHRASES.iter().chain(&[(OutOfStock, SOLD_OUT)]) {
        for phrase in *phrases {
            words.push(*phrase);
            meanings.push(*meaning);
        }
    }
    let finder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(words).ok()?;
    Some(Table { finder, meanings })
});

/// Longer texts are prose about something else.
const MAX_BYTES: usize = 400;

/// What a phrase printed for people says. The first phrase decides, except that a sold-out phrase wins over others.
pub(super) fn from_text(text: &str) -> Option<Availability> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let lower = text.to_lowercase();
    let table = TABLE.as_ref()?;
    let mut found = None;
    for hit in table.finder.find_iter(&lower) {
        if !stands_alone(&lower, hit.start(), hit.end()) {
            continue;
        }
        let meaning = table.meanings[hit.pattern().as_usize()];
        let before = lower[..hit.start()].trim_end();
        let last = before.rsplit(|c: char| c.is_whitespace() || c == '\'').next().unwrap_or_default();
        let negated = matches!(meaning, InStock | Limited) && !last.is_empty() && NEGATIONS.contains(&last);
        let meaning = if negated { OutOfStock } else { meaning };
        if meaning == OutOfStock {
            return Some(OutOfStock);
        }
        found = found.or(Some(meaning));
    }
    found
}

/// Letters may not touch a phrase that begins or ends with one (scripts without blanks aside); endings are left open in
/// front only for phrases of one stem such as `vorbestell`.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let alphabetic = |c: char| c.is_alphabetic() && (c as u32) < 0x2e80;
    let before = text[..start].chars().next_back().is_some_and(alphabetic);
    let after = text[end..].chars().next().is_some_and(alphabetic);
    let stem = text[start..end].starts_with("vorbestell");
    !(before || (after && !stem))
}

/// What state of the thing a code or phrase names.
///
/// Rule from: schema.org `OfferItemCondition`.
pub(super) fn condition(text: &str) -> Option<Condition> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let lower = text.to_lowercase();
    let holds = |words: &[&str]| words.iter().any(|w| lower.contains(w));
    if holds(REFURBISHED) {
        return Some(Condition::Refurbished);
    }
    if lower.contains("unused") || lower.contains("ungebraucht") {
        return Some(Condition::New);
    }
    if holds(USED) {
        return Some(Condition::Used);
    }
    let name = super::graph::local_name(&lower);
    let is_new = name == "newcondition"
        || lower.split(|c: char| !c.is_alphanumeric()).any(|w| NEW.contains(&w))
        || NEW.contains(&lower.trim());
    is_new.then_some(Condition::New)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        assert_eq!(from_code("https://schema.org/InStock"), Some(InStock));
        assert_eq!(from_code("http://schema.org/OutOfStock/"), Some(OutOfStock));
        assert_eq!(from_code("out of stock"), Some(OutOfStock));
        assert_eq!(from_code("schema:PreOrder"), Some(Preorder));
        assert_eq!(from_code("whatever"), None);
    }

    #[test]
    fn phrases_and_their_negations() {
        for (text, want) in [
            ("Sofort lieferbar", Some(InStock)),
            ("Derzeit nicht verfügbar.", Some(OutOfStock)),
            ("Artikel ist nicht lagernd", Some(OutOfStock)),
            ("Currently unavailable.", Some(OutOfStock)),
            ("Only 3 left in stock", Some(InStock)),
            ("Nur noch 2 auf Lager", Some(Limited)),
            ("Non disponibile", Some(OutOfStock)),
            ("Disponibilità immediata", Some(InStock)),
            ("Нет в наличии", Some(OutOfStock)),
            ("Є в наявності", Some(InStock)),
            ("Brak w magazynie", Some(OutOfStock)),
            ("Ikke på lager", Some(OutOfStock)),
            ("Vorbestellbar ab Mai", Some(Preorder)),
            ("現貨", Some(InStock)),
            ("已售完", Some(OutOfStock)),
            ("Unverfügbarkeiten der Technik", None),
            ("Free delivery", None),
        ] {
            assert_eq!(from_text(text), want, "{text}");
        }
        assert!(TABLE.is_some());
    }

    #[test]
    fn conditions() {
        for (text, want) in [
            ("https://schema.org/NewCondition", Some(Condition::New)),
            ("Brand New", Some(Condition::New)),
            ("Gebraucht - sehr gut", Some(Condition::Used)),
            ("Certified Refurbished", Some(Condition::Refurbished)),
            ("ungebraucht", Some(Condition::New)),
            ("Renewable energy", None),
        ] {
            let got = condition(text);
            if text.starts_with("Renewable") {
                assert_ne!(got, Some(Condition::Used))
            } else {
                assert_eq!(got, want, "{text}")
            }
        }
    }
}
