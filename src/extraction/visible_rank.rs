//! Which of the things seen on a page belong to its own product: the price beside the title or the buy button, not the one
//! of a recommendation, a list price, an instalment or the postage.

use super::article_votes::{self, ArticleVotes};
use super::explanation::Why;
use super::extracted::Evidence;
use super::hints::Hints;
use super::identifiers::{self, Label};
use super::identity::fold;
use super::meta::Head;
use super::price_text::{self, CurrencyHint, PriceHint};
use super::script_words::Key;
use super::visible::{Candidate, Note, Visible};
use crate::domain::{Amount, Availability, Currency};
use std::collections::{BTreeMap, BTreeSet};

/// Points a price needs to be believed.
const MIN_SCORE: i32 = 42;
/// A price tag with more letters is prose.
const MAX_TAG_LETTERS: usize = 20;
/// Elements of one kind with at least this many different prices are a list of other products.
const LIST_PRICES: usize = 3;

/// The page's own product as a person sees it.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub name: Option<String>,
    pub price: Option<Amount>,
    pub currency: Option<Currency>,
    pub score: i32,
    pub list_price: Option<Amount>,
    /// Where bidding began, beside the price that is bid now.
    pub start_price: Option<Amount>,
    pub availability: Option<Availability>,
    pub has_buy_button: bool,
    /// The one currency that all prices on the page name.
    pub page_currency: Option<Currency>,
}

/// Shorter printed numbers count things.
const MIN_NUMBER_CHARS: usize = 3;
/// How far behind the title an article number is surely the product's.
const NEAR_TITLE_BYTES: usize = 2_000;
/// How far from the title the brand stands.
const NEAR_BRAND_BYTES: usize = 400;

/// Regions that never show the page's own product.
const ELSEWHERE: Hints = Hints::RELATED;

pub(super) fn rank(visible: &Visible, head: &Head, hint: CurrencyHint) -> Shown {
    let heading = main_heading(visible, head);
    let name_at = heading.map(|h| h.at);
    let mut shown = Shown { name: heading.map(|h| h.value.clone()), ..Shown::default() };
    let scored = scored(visible, name_at);
    let best = scored.iter().copied().max_by_key(|(score, c)| (*score, std::cmp::Reverse(c.start)));
    if let Some((score, candidate)) = best
        && score >= MIN_SCORE
    {
        let text = visible.text.get(candidate.start..candidate.end).unwrap_or_default();
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == price_text::RUN_BREAK);
        if let Some(price) = price_text::parse(text, PriceHint { currency: hint, ..PriceHint::default() }) {
            shown.price = Some(price.amount);
            shown.currency = price.currency;
            shown.score = score;
            shown.list_price = list_price(&scored, candidate);
            shown.start_price = start_price(&scored, candidate);
        }
    }
    let buttons = || visible.buy_buttons.iter().filter(|b| !b.region.has(ELSEWHERE | Hints::HEADER | Hints::FOOTER));
    shown.has_buy_button = buttons().next().is_some();
    shown.availability = stock(visible, name_at);
    shown.page_currency = page_currency(visible, hint);
    shown
}

/// The points of every price, in the page's order.
fn scored(visible: &Visible, name_at: Option<usize>) -> Vec<(i32, &Candidate)> {
    let lists = list_signatures(&visible.candidates);
    let mut repeats: BTreeMap<Amount, i32> = BTreeMap::new();
    for candidate in &visible.candidates {
        *repeats.entry(candidate.amount).or_default() += 1;
    }
    visible
        .candidates
        .iter()
        .filter(|c| c.amount.is_positive())
        .map(|c| {
            let repeated = repeats.get(&c.amount).copied().unwrap_or(1).min(4);
            (score(c, visible, name_at, lists.contains(&c.signature)) + (repeated - 1) * 3, c)
        })
        .collect()
}

/// Every price on the page, the likeliest first, and what speaks against it.
pub(super) fn explained<'v>(visible: &'v Visible, head: &Head) -> Vec<(&'v Candidate, Why)> {
    let lists = list_signatures(&visible.candidates);
    let mut scored = scored(visible, main_heading(visible, head).map(|h| h.at));
    scored.sort_by_key(|(score, c)| (std::cmp::Reverse(*score), c.start));
    scored.into_iter().map(|(_, c)| (c, against(c, lists.contains(&c.signature)))).collect()
}

/// The strongest thing that speaks against a price.
fn against(c: &Candidate, in_list: bool) -> Why {
    let has = |hints: Hints| c.hints.has(hints) || c.region.has(hints);
    let reasons = [
        (Hints::STRUCK, Why::StruckThrough),
        (Hints::OLD, Why::OldPrice),
        (Hints::RELATED, Why::Recommendation),
        (Hints::SHIPPING, Why::Shipping),
        (Hints::UNIT, Why::UnitPrice),
        (Hints::INSTALMENT, Why::Instalment),
        (Hints::SAVING, Why::Saving),
        (Hints::ACCESSORY, Why::Accessory),
        (Hints::FOOTER | Hints::NAVIGATION | Hints::HEADER, Why::PageFrame),
        (Hints::HIDDEN, Why::Hidden),
    ];
    let told = reasons.into_iter().find(|(hints, _)| has(*hints)).map(|(_, why)| why);
    told.unwrap_or(if in_list { Why::InAList } else { Why::FartherAway })
}

fn page_currency(visible: &Visible, hint: CurrencyHint) -> Option<Currency> {
    let mut found = None;
    for candidate in visible.candidates.iter().filter(|c| c.has_token) {
        let text = visible.text.get(candidate.start..candidate.end).unwrap_or_default();
        let Some(currency) = price_text::parse_currency(text, hint) else { continue };
        if found.is_some_and(|f| f != currency) {
            return None;
        }
        found = Some(currency);
    }
    found
}

/// The heading that names the product: the `h1` that the title or OpenGraph title also says, else the first; without an
/// `h1`, an element named like a product title which the title says too.
pub(super) fn main_heading<'a>(visible: &'a Visible, head: &Head) -> Option<&'a Note<String>> {
    let titles: Vec<String> = [head.name(), head.title.as_deref()].into_iter().flatten().map(fold).collect();
    let is_told = |note: &&Note<String>| {
        let name = fold(&note.value);
        name.chars().count() >= 4 && titles.iter().any(|t| t.contains(&name) || name.contains(t.as_str()))
    };
    let seen = |note: &&Note<String>| !note.region.has(Hints::HIDDEN | Hints::FOOTER);
    visible
        .headings
        .iter()
        .filter(seen)
        .find(is_told)
        .or_else(|| visible.titles.iter().filter(|n| !n.region.has(ELSEWHERE | Hints::HIDDEN)).find(is_told))
        .or_else(|| visible.headings.iter().find(seen))
}

/// Kinds of elements whose prices are those of several products.
fn list_signatures(candidates: &[Candidate]) -> BTreeSet<u64> {
    let mut amounts: BTreeMap<u64, BTreeSet<Amount>> = BTreeMap::new();
    for candidate in candidates {
        amounts.entry(candidate.signature).or_default().insert(candidate.amount);
    }
    amounts.into_iter().filter(|(_, amounts)| amounts.len() >= LIST_PRICES).map(|(signature, _)| signature).collect()
}

fn score(c: &Candidate, visible: &Visible, name_at: Option<usize>, in_list: bool) -> i32 {
    let mut score = 0;
    let mut add = |hints: Hints, own: i32, around: i32| {
        if c.hints.has(hints) {
            score += own;
        }
        if c.region.has(hints) {
            score += around;
        }
    };
    add(Hints::PRICE, 35, 0);
    add(Hints::CURRENT, 15, 0);
    add(Hints::OLD, -60, 0);
    add(Hints::UNIT, -40, 0);
    add(Hints::SHIPPING, -60, 0);
    add(Hints::SAVING, -45, 0);
    add(Hints::INSTALMENT, -50, 0);
    add(Hints::RANGE, -10, 0);
    add(Hints::START, -60, 0);
    add(Hints::STRUCK, -80, -80);
    add(Hints::RELATED, -80, -120);
    add(Hints::FOOTER, -80, -100);
    add(Hints::HEADER, 0, -40);
    add(Hints::NAVIGATION, 0, -60);
    add(Hints::ASIDE, 0, -10);
    add(Hints::LINK, 0, -15);
    add(Hints::HIDDEN, 0, -25);
    add(Hints::REVIEW, -40, -60);
    add(Hints::ACCESSORY, -40, -50);
    add(Hints::VARIANT, -15, -20);
    if c.has_token {
        score += 15;
    }
    if in_list {
        score -= 40;
    }
    match name_at {
        Some(at) if c.start >= at => {
            score += match c.start - at {
                0..=600 => 35,
                601..=2_000 => 25,
                2_001..=5_000 => 10,
                5_001..=12_000 => 0,
                _ => -25,
            };
        }
        Some(at) => score += if at - c.start <= 600 { 5 } else { -20 },
        None => {}
    }
    let button = visible
        .buy_buttons
        .iter()
        .filter(|b| !b.region.has(ELSEWHERE | Hints::HEADER | Hints::FOOTER))
        .map(|b| b.at.abs_diff(c.start))
        .min();
    score += match button {
        Some(0..=60) => 30,
        Some(61..=400) => 20,
        _ => 0,
    };
    // Prose that happens to name a sum.
    let letters = visible.text.get(c.start..c.end).unwrap_or_default().chars().filter(|c| c.is_alphabetic()).count();
    if letters > MAX_TAG_LETTERS && !c.hints.has(Hints::PRICE) {
        score -= 20;
    }
    score
}

/// A higher price that is struck or named as the old one, near the price to pay.
fn list_price(scored: &[(i32, &Candidate)], price: &Candidate) -> Option<Amount> {
    scored
        .iter()
        .map(|(_, c)| *c)
        .filter(|c| {
            (c.hints.has(Hints::OLD | Hints::STRUCK) || c.region.has(Hints::STRUCK)) && !c.region.has(ELSEWHERE)
        })
        .filter(|c| c.amount > price.amount && c.start.abs_diff(price.start) <= 400)
        .min_by_key(|c| c.start.abs_diff(price.start))
        .map(|c| c.amount)
}

/// A lower price that is named as the one bidding began at.
fn start_price(scored: &[(i32, &Candidate)], price: &Candidate) -> Option<Amount> {
    scored
        .iter()
        .map(|(_, c)| *c)
        .find(|c| c.hints.has(Hints::START) && !c.region.has(ELSEWHERE) && c.amount < price.amount)
        .map(|c| c.amount)
}

/// What the page's own product's stock line says: the phrase in a place named for it, near the title; a phrase elsewhere near
/// the title counts less.
fn stock(visible: &Visible, name_at: Option<usize>) -> Option<Availability> {
    let outside =
        ELSEWHERE | Hints::FOOTER | Hints::NAVIGATION | Hints::HIDDEN | Hints::REVIEW | Hints::OPTION | Hints::HEADER;
    visible
        .stock
        .iter()
        .filter(|n| !n.region.has(outside) && (n.region.has(Hints::STOCK) || !n.region.has(Hints::VARIANT)))
        .filter_map(|n| {
            let distance = name_at.map_or(1_000, |at| if n.at >= at { n.at - at } else { (at - n.at) * 2 });
            let mut points = if n.region.has(Hints::STOCK) { 40 } else { 0 };
            points += match distance {
                0..=1_500 => 30,
                1_501..=4_000 => 15,
                _ => -20,
            };
            (points >= 15).then_some((points, n))
        })
        .max_by_key(|(points, n)| (*points, std::cmp::Reverse(n.at)))
        .map(|(_, n)| n.value)
}

/// The values printed under a label, in the page's own part.
pub(super) fn labelled(visible: &Visible, label: Label) -> impl Iterator<Item = &str> {
    own_labels(visible).filter(move |n| n.value.0 == label).map(|n| n.value.1.as_str())
}

/// The labelled values in the page's own part.
fn own_labels(visible: &Visible) -> impl Iterator<Item = &Note<(Label, String)>> {
    visible.labels.iter().filter(|n| !n.region.has(ELSEWHERE | Hints::FOOTER | Hints::OPTION))
}

/// The numbers a person sees named as the article's, and those that forms send to the shop.
pub(super) fn vote_for_articles(visible: &Visible, head: &Head, votes: &mut ArticleVotes) {
    let name_at = main_heading(visible, head).map(|h| h.at);
    let is_number =
        |n: &&Note<(Label, String)>| n.value.1.len() >= MIN_NUMBER_CHARS && identifiers::is_article_number(&n.value.1);
    let named: BTreeSet<&str> = own_labels(visible)
        .filter(is_number)
        .filter(|n| n.value.0 == Label::Code)
        .map(|n| n.value.1.as_str())
        .collect();
    for note in own_labels(visible).filter(is_number) {
        // Elements of one kind with several numbers are those of several things.
        if note.value.0 == Label::Code && named.len() >= LIST_PRICES {
            continue;
        }
        let points = match note.value.0 {
            Label::Sku => article_votes::LABELLED,
            Label::Code => article_votes::NAMED,
            Label::Model => article_votes::LABELLED_MODEL,
            Label::Gtin | Label::Mpn | Label::Brand => continue,
        };
        let is_near = name_at.is_some_and(|at| note.at >= at && note.at - at <= NEAR_TITLE_BYTES);
        let near = if is_near && note.value.0 != Label::Model { article_votes::NEAR_TITLE } else { 0 };
        votes.add(&note.value.1, points + near, Evidence::Visible);
    }
    let own = |n: &&Note<(Key, String)>| !n.region.has(ELSEWHERE | Hints::HEADER | Hints::FOOTER);
    let skus: BTreeSet<&str> =
        visible.form_ids.iter().filter(own).filter(|n| n.value.0 == Key::Sku).map(|n| n.value.1.as_str()).collect();
    for note in visible.form_ids.iter().filter(own) {
        // Forms that send different numbers are those of several products.
        let points = if note.value.0 == Key::Sku && skus.len() == 1 {
            article_votes::IN_STATE
        } else {
            article_votes::DATABASE_ID
        };
        votes.add(&note.value.1, points, Evidence::State);
    }
}

/// The brand that an element near the title is named for.
pub(super) fn named_brand<'a>(visible: &'a Visible, head: &Head) -> Option<&'a str> {
    let name_at = main_heading(visible, head)?.at;
    visible
        .brands
        .iter()
        .filter(|n| !n.region.has(ELSEWHERE | Hints::FOOTER | Hints::HEADER | Hints::NAVIGATION | Hints::OPTION))
        .filter(|n| n.at.abs_diff(name_at) <= NEAR_BRAND_BYTES)
        .min_by_key(|n| n.at.abs_diff(name_at))
        .map(|n| n.value.as_str())
}
