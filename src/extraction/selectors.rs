//! CSS selectors that one streaming pass can decide: which are possible, and what they caught on a page.

use lol_html::errors::SelectorError;

/// Values kept of one rule; a page that repeats itself more is cut.
const MAX_VALUES: usize = 200;
/// Entries kept of one list.
pub(super) const MAX_ENTRIES: usize = 2_000;
/// Bytes kept of one value.
pub(super) const MAX_VALUE_BYTES: usize = 64 * 1024;

/// Why a selector cannot run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("selector `{selector}`: {why}")]
pub struct SelectorRefusal {
    pub selector: String,
    pub why: String,
}

/// Checks a selector; the error says in a definition author's words what to write instead.
pub fn check_selector(css: &str) -> Result<(), SelectorRefusal> {
    parse(css).map(|_| ())
}

pub(super) fn parse(css: &str) -> Result<lol_html::Selector, SelectorRefusal> {
    css.parse().map_err(|error| SelectorRefusal { selector: css.to_owned(), why: explain(css, &error) })
}

fn explain(css: &str, error: &SelectorError) -> String {
    match error {
        SelectorError::UnsupportedCombinator(sign) => {
            format!(
                "the combinator `{sign}` needs the elements beside, which a page read once from front to back does not keep; use a blank, `>`, a class or an attribute"
            )
        }
        SelectorError::UnsupportedPseudoClassOrElement | SelectorError::UnsupportedSyntax => {
            let name = css.find(':').map_or("", |at| css[at..].split(['(', ' ', ',']).next().unwrap_or_default());
            format!(
                "`{name}` is not possible while a page is read once from front to back; possible are :not(), :first-child, :nth-child(), :first-of-type and :nth-of-type()"
            )
        }
        SelectorError::EmptySelector => "it is empty".to_owned(),
        other => other.to_string().trim_end_matches('.').to_lowercase(),
    }
}

/// What the rules of a page, or of one list entry, caught: a list of texts a rule.
#[derive(Debug, Clone, Default)]
pub(super) struct Caught {
    slots: Vec<Vec<String>>,
}

impl Caught {
    pub fn new(slots: usize) -> Caught {
        Caught { slots: vec![Vec::new(); slots] }
    }

    pub fn add(&mut self, slot: usize, value: String) {
        if let Some(values) = self.slots.get_mut(slot)
            && values.len() < MAX_VALUES
        {
            values.push(value);
        }
    }

    pub fn values(&self, slot: usize) -> &[String] {
        self.slots.get(slot).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_say_what_is_wrong() {
        for (css, word) in [
            ("a + b", "`+`"),
            ("a ~ b", "`~`"),
            ("a:has(b)", ":has"),
            ("a::before", "::before"),
            ("", "empty"),
            ("a >", "combinator"),
        ] {
            let refusal = check_selector(css).unwrap_err();
            assert!(refusal.why.contains(word), "{css}: {}", refusal.why);
        }
        for css in ["a > b.c", "[data-x^=y]:not(.z)", "li:nth-child(2n+1) #id", "*"] {
            assert_eq!(check_selector(css), Ok(()), "{css}");
        }
    }
}
