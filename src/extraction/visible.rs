//! What a person sees: prices, buy buttons, stock phrases and labelled values, each with its place in the page's text.
//!
//! The pass feeds this collector; `visible_rank` decides afterwards, when the whole page is known.

use super::hints::Hints;
use super::identifiers::{self, Label};
use super::price_text::{self, PriceHint, RUN_BREAK};
use super::script_words::{self, Key};
use super::{availability, visible_words};
use crate::domain::{Amount, Availability};

/// Text kept of a page.
const MAX_TEXT_BYTES: usize = 4 << 20;
/// Longer texts are no price tags.
const MAX_PRICE_BYTES: usize = 90;
/// Longer texts are prose that happens to name a price.
const MAX_PRICE_NODE_BYTES: usize = 160;
/// Longer texts outside places named for the stock are prose.
const MAX_PHRASE_BYTES: usize = 120;
const MAX_CANDIDATES: usize = 3_000;
/// Texts with digits that are read for a price; elements around one text each read it again.
pub(super) const MAX_READS: usize = 50_000;
const MAX_NOTES: usize = 500;
/// Longer texts in an element named for the brand are prose.
const MAX_BRAND_WORDS: usize = 6;

/// A price somewhere on the page.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub start: usize,
    pub end: usize,
    pub amount: Amount,
    /// A currency token stands with it.
    pub has_token: bool,
    /// From the names of its elements.
    pub hints: Hints,
    /// From the elements around it.
    pub region: Hints,
    /// Prices in elements of the same kind have the same signature.
    pub signature: u64,
    /// `span.price`, when elements are named.
    pub element: Option<Box<str>>,
}

/// A place in the text, with what was seen there.
#[derive(Debug, Clone)]
pub(super) struct Note<T> {
    pub at: usize,
    pub region: Hints,
    pub value: T,
}

#[derive(Debug, Default)]
pub(super) struct Visible {
    /// All text a person can read, blanks folded.
    pub text: String,
    gap: Gap,
    pub candidates: Vec<Candidate>,
    pub headings: Vec<Note<String>>,
    /// Texts in elements named like a product title.
    pub titles: Vec<Note<String>>,
    pub buy_buttons: Vec<Note<()>>,
    pub stock: Vec<Note<Availability>>,
    pub labels: Vec<Note<(Label, String)>>,
    /// Texts of elements named for the brand.
    pub brands: Vec<Note<String>>,
    /// Numbers of the shop's database in forms.
    pub form_ids: Vec<Note<(Key, String)>>,
    awaited: Option<(Label, u8)>,
    /// Where the last choice of a drop-down ends: what an element around it shows is not one price.
    options_end: usize,
    /// Texts read for a price.
    pub reads: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Gap {
    #[default]
    None,
    /// Another inline element began or ended.
    Inline,
    Blank,
}

impl Visible {
    /// An element begins or ends here.
    pub fn boundary(&mut self, is_block: bool) {
        self.gap = self.gap.max(if is_block { Gap::Blank } else { Gap::Inline });
    }

    /// Appends a text node; `is_cents` when its element is named for the decimals of a price.
    pub fn push(&mut self, text: &str, is_cents: bool) {
        if self.text.len() + text.len() > MAX_TEXT_BYTES {
            return;
        }
        if text.starts_with(char::is_whitespace) {
            self.gap = Gap::Blank;
        }
        for word in text.split_whitespace() {
            let numeric = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
            let joins = self.text.ends_with(numeric) && word.starts_with(numeric);
            let is_split = match self.gap {
                Gap::None => false,
                Gap::Inline => joins,
                Gap::Blank => joins && is_cents,
            };
            if is_split {
                self.text.push(RUN_BREAK);
            } else if self.gap == Gap::Blank && !self.text.is_empty() {
                self.text.push(' ');
            }
            self.text.push_str(word);
            self.gap = Gap::Blank;
        }
        if !text.ends_with(char::is_whitespace) && !text.is_empty() {
            self.gap = Gap::None;
        }
    }

    /// Whether the page shows an amount anywhere outside recommendations.
    pub fn shows(&self, amount: Amount) -> bool {
        let not_paid = Hints::SAVING | Hints::SHIPPING | Hints::INSTALMENT;
        let is_it = |c: &Candidate| c.amount == amount && !c.region.has(Hints::RELATED) && !c.hints.has(not_paid);
        self.candidates.iter().any(is_it)
    }

    /// Whether the page shows any price outside recommendations.
    pub fn shows_any_price(&self) -> bool {
        self.candidates
            .iter()
            .any(|c| c.has_token && c.amount.is_positive() && !c.region.has(Hints::RELATED | Hints::FOOTER))
    }

    /// The text so far ends with a choice of a drop-down.
    pub fn end_option(&mut self) {
        self.options_end = self.text.len();
    }

    /// The text since a place, without the marks this collector puts between runs.
    pub fn since(&self, start: usize, max_bytes: usize) -> String {
        self.since_raw(start, max_bytes).replace(RUN_BREAK, "")
    }

    /// The text since a place, with [`RUN_BREAK`] where digits of different elements meet: prices are read from it.
    pub fn since_raw(&self, start: usize, max_bytes: usize) -> String {
        let mut text = self.text.get(start..).unwrap_or_default();
        if text.len() > max_bytes {
            let end = (0..=max_bytes).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
            text = &text[..end];
        }
        text.trim_matches(|c: char| c.is_whitespace() || c == RUN_BREAK).to_owned()
    }

    /// Looks for a price in what an element or text node added to the page.
    pub fn consider_price(&mut self, start: usize, hints: Hints, region: Hints, signature: u64, is_node: bool) {
        let end = self.text.len();
        let max = if is_node { MAX_PRICE_NODE_BYTES } else { MAX_PRICE_BYTES };
        if end <= start || start < self.options_end || end - start > max || self.candidates.len() >= MAX_CANDIDATES {
            return;
        }
        let slice = self.text[start..].trim_matches(|c: char| c == ' ' || c == RUN_BREAK);
        if !price_text::has_digit(slice) || self.reads >= MAX_READS {
            return;
        }
        self.reads += 1;
        if slice.starts_with(['.', ',']) {
            return;
        }
        let inside = self.candidates.iter().rposition(|c| c.start < start).map_or(0, |i| i + 1);
        let known = self.candidates.len() - inside;
        if known > 1 {
            // `12` + `50` + `€` in elements of their own are one price, several prices are none of this element's.
            if price_text::count_numbers(slice) != 1 {
                return;
            }
            self.candidates.truncate(inside);
        }
        let Some(price) = price_text::parse(slice, PriceHint::default()) else { return };
        if self.candidates.len() > inside {
            let same = self.candidates[inside].amount == price.amount;
            if price_text::count_numbers(slice) == 1 || same {
                let candidate = &mut self.candidates[inside];
                if !same {
                    candidate.amount = price.amount;
                    candidate.start = start;
                }
                candidate.has_token |= price.has_token;
                candidate.hints |= hints;
                candidate.end = end;
            }
            return;
        }
        let is_bare = !slice.contains(char::is_alphabetic) && price_text::count_numbers(slice) == 1;
        if !price.has_token && (is_node || !hints.has(Hints::PRICE) || !is_bare) {
            return;
        }
        let before_start = (0..=start).rev().filter(|i| self.text.is_char_boundary(*i)).nth(24).unwrap_or(0);
        let words = visible_words::around_price(&self.text[before_start..start], slice);
        self.candidates.push(Candidate {
            start,
            end,
            amount: price.amount,
            has_token: price.has_token,
            hints: hints | words,
            region,
            signature,
            element: None,
        });
    }

    /// Prices found last stand in this element.
    pub fn name_prices(&mut self, element: Option<&str>) {
        let Some(element) = element else { return };
        for candidate in self.candidates.iter_mut().rev().take_while(|c| c.element.is_none()) {
            candidate.element = Some(element.into());
        }
    }

    /// Looks for stock phrases and labelled values in one text node.
    pub fn note_text(&mut self, text: &str, at: usize, hints: Hints, region: Hints) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let is_short = text.len() <= MAX_PHRASE_BYTES || hints.has(Hints::STOCK);
        if self.stock.len() < MAX_NOTES
            && is_short
            && let Some(value) = availability::from_text(text)
        {
            self.stock.push(Note { at, region: region | hints, value });
        }
        if self.labels.len() >= MAX_NOTES {
            return;
        }
        let mut is_labelled = false;
        for part in text.split(['|', '•', '·']) {
            if let Some((label, value)) = identifiers::label(part) {
                is_labelled = true;
                match value {
                    Some(value) => self.labels.push(Note { at, region, value: (label, value.to_owned()) }),
                    None => self.awaited = Some((label, 2)),
                }
            }
        }
        if is_labelled {
            return;
        }
        if let Some((label, left)) = self.awaited.take() {
            let value = text.trim_start_matches([':', '：']).trim();
            if value.is_empty() {
                self.awaited = left.checked_sub(1).map(|left| (label, left));
            } else if identifiers::is_value(value) {
                self.labels.push(Note { at, region, value: (label, value.to_owned()) });
            }
        }
    }

    /// Looks at a button or link: does it buy?
    pub fn note_button(&mut self, text: &str, at: usize, hints: Hints, region: Hints) {
        if self.buy_buttons.len() < MAX_NOTES && (hints.has(Hints::BUY) || visible_words::is_buy_button(text)) {
            self.buy_buttons.push(Note { at, region, value: () });
        }
    }

    /// Looks at an element that is named for an article number.
    pub fn note_code(&mut self, start: usize, region: Hints) {
        let text = self.since(start, 60);
        if identifiers::is_article_number(&text) && !text.contains(':') && self.labels.len() < MAX_NOTES {
            self.labels.push(Note { at: start, region, value: (Label::Code, text) });
        }
    }

    /// Looks at a form's value: which number does it send to the shop?
    pub fn note_form_value(&mut self, name: &str, value: &str, at: usize, region: Hints) {
        let key = script_words::key(name).filter(|key| matches!(key, Key::Sku | Key::Id));
        if let Some(key) = key
            && identifiers::is_article_number(value)
            && self.form_ids.len() < MAX_NOTES
        {
            self.form_ids.push(Note { at, region, value: (key, value.to_owned()) });
        }
    }

    /// Looks at an element that is named for the brand.
    pub fn note_brand(&mut self, start: usize, region: Hints) {
        let text = self.since(start, 60);
        let is_name = identifiers::is_value(&text) && text.chars().any(char::is_alphabetic);
        if is_name && text.split_whitespace().count() <= MAX_BRAND_WORDS && self.brands.len() < MAX_NOTES {
            self.brands.push(Note { at: start, region, value: text });
        }
    }

    pub fn note_heading(&mut self, start: usize, region: Hints) {
        let text = self.since(start, 500);
        if !text.is_empty() && self.headings.len() < MAX_NOTES {
            self.headings.push(Note { at: start, region, value: text });
        }
    }

    pub fn note_title(&mut self, start: usize, region: Hints) {
        let text = self.since(start, 500);
        if text.len() > 3 && text.len() < 400 && self.titles.len() < MAX_NOTES {
            self.titles.push(Note { at: start, region, value: text });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_one_number_are_never_glued() {
        let mut v = Visible::default();
        v.push("19", false);
        v.boundary(false);
        v.push("99", false);
        v.boundary(false);
        v.push("€", false);
        v.consider_price(0, Hints::PRICE, Hints::NONE, 0, false);
        assert_eq!(v.candidates[0].amount, "19.99".parse().unwrap());
        assert_eq!(v.since(0, 100), "1999€");
    }

    #[test]
    fn an_element_around_a_price_adds_its_hints() {
        let mut v = Visible::default();
        v.push("19,99 €", false);
        v.consider_price(0, Hints::NONE, Hints::NONE, 0, true);
        v.consider_price(0, Hints::OLD, Hints::NONE, 0, false);
        assert_eq!(v.candidates.len(), 1);
        assert!(v.candidates[0].hints.has(Hints::OLD));
    }

    #[test]
    fn a_label_waits_for_its_value() {
        let mut v = Visible::default();
        for text in ["EAN", ":", "4006381333931", "other"] {
            v.note_text(text, 0, Hints::NONE, Hints::NONE);
        }
        assert_eq!(v.labels.len(), 1);
        assert_eq!(v.labels[0].value, (Label::Gtin, "4006381333931".to_owned()));
    }
}
