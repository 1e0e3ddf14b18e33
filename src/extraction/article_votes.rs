//! Which of the numbers on a page is the product's own article number: shops have several (the printed one, the database's,
//! each size's), so the evidence votes and what agrees wins.

use super::extracted::Evidence;
use super::identifiers;
use super::identity::PageIdentity;

/// In the product's own markup.
pub(super) const IN_MARKUP: i32 = 50;
/// In the markup of one of several sizes or colours of which the page chooses none.
pub(super) const IN_MARKUP_OF_ONE: i32 = 30;
/// Printed behind a word for article number.
pub(super) const LABELLED: i32 = 40;
/// Printed in an element that is named for it.
pub(super) const NAMED: i32 = 35;
/// Printed near the title: added to the two above.
pub(super) const NEAR_TITLE: i32 = 25;
/// Printed behind a word that as often means the manufacturer's number.
pub(super) const LABELLED_MODEL: i32 = 25;
pub(super) const IN_META: i32 = 30;
/// In the page's scripts, named as the article's number.
pub(super) const IN_STATE: i32 = 25;
/// In the page's scripts or forms, as a number of the shop's database.
pub(super) const DATABASE_ID: i32 = 10;
/// Its place in the page's address says that it is a number of the product.
pub(super) const PLACED_IN_ADDRESS: i32 = 10;
/// The page's address holds it.
const IN_ADDRESS: i32 = 20;
/// Less is guessing.
const MIN_POINTS: i32 = 25;
/// Values told apart; more are a list of other products.
const MAX_VALUES: usize = 100;

#[derive(Debug)]
struct Candidate {
    value: String,
    /// The best of each kind of evidence.
    points: Vec<(Evidence, i32)>,
}

/// The numbers found so far.
#[derive(Debug, Default)]
pub(super) struct ArticleVotes {
    candidates: Vec<Candidate>,
}

impl ArticleVotes {
    /// Adds a vote; one kind of evidence counts once for a number, with its best points.
    pub fn add(&mut self, value: &str, points: i32, evidence: Evidence) {
        let value = article_number(value);
        if value.is_empty() || value.len() > 80 {
            return;
        }
        let known = self.candidates.iter().position(|c| c.value.eq_ignore_ascii_case(value));
        let candidate = match known {
            Some(index) => self.candidates.get_mut(index),
            None if self.candidates.len() < MAX_VALUES => {
                self.candidates.push(Candidate { value: value.to_owned(), points: Vec::new() });
                self.candidates.last_mut()
            }
            None => None,
        };
        let Some(candidate) = candidate else { return };
        match candidate.points.iter_mut().find(|(known, _)| *known == evidence) {
            Some((_, best)) => *best = points.max(*best),
            None => candidate.points.push((evidence, points)),
        }
    }

    /// Adds the numbers whose place in the page's address says what they are.
    pub fn add_address(&mut self, page: &PageIdentity<'_>) {
        for number in page.numbers() {
            self.add(&number, PLACED_IN_ADDRESS, Evidence::Address);
        }
    }

    /// Every number with a vote.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.candidates.iter().map(|c| c.value.as_str())
    }

    /// The number with the most points and its strongest evidence; of equal ones the one that was found first.
    pub fn decide(self, page: &PageIdentity<'_>) -> Option<(String, Evidence)> {
        let total = |candidate: &Candidate| {
            let in_address = candidate.value.len() >= 4
                && candidate.value.bytes().any(|b| b.is_ascii_digit())
                && page.url_names(&candidate.value);
            candidate.points.iter().map(|(_, points)| points).sum::<i32>() + i32::from(in_address) * IN_ADDRESS
        };
        let mut best: Option<(i32, Candidate)> = None;
        for candidate in self.candidates {
            let points = total(&candidate);
            if points >= MIN_POINTS && best.as_ref().is_none_or(|(most, _)| points > *most) {
                best = Some((points, candidate));
            }
        }
        let (_, winner) = best?;
        let evidence = winner.points.iter().max_by_key(|(evidence, points)| (*points, std::cmp::Reverse(*evidence)))?.0;
        Some((winner.value, evidence))
    }
}

/// An article number without the words some shops print behind it.
fn article_number(text: &str) -> &str {
    let text = text.trim();
    match text.split_once(char::is_whitespace) {
        Some((number, words))
            if identifiers::is_article_number(number) && !words.bytes().any(|b| b.is_ascii_digit()) =>
        {
            number
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use url::Url;

    fn decide(url: &str, votes: &[(&str, i32, Evidence)]) -> Option<String> {
        let mut all = ArticleVotes::default();
        for (value, points, evidence) in votes {
            all.add(value, *points, *evidence);
        }
        let url = Url::parse(url).unwrap();
        let page = PageIdentity::new(Some(&url), None, std::iter::empty());
        all.add_address(&page);
        all.decide(&page).map(|(value, _)| value)
    }

    #[test]
    fn what_agrees_wins() {
        let markup = ("10134622", IN_MARKUP, Evidence::JsonLd);
        let printed = ("141677", LABELLED + NEAR_TITLE, Evidence::Visible);
        let state = ("141677", IN_STATE, Evidence::State);
        assert_eq!(decide("https://s.test/p/tea", &[markup]).as_deref(), Some("10134622"));
        assert_eq!(decide("https://s.test/p/tea-10134622", &[markup, printed]).as_deref(), Some("10134622"));
        assert_eq!(decide("https://s.test/p/tea-10134622", &[markup, printed, state]).as_deref(), Some("141677"));
    }

    #[test]
    fn a_database_id_alone_is_no_article_number_unless_the_address_says_it() {
        let id = ("260591", DATABASE_ID, Evidence::State);
        assert_eq!(decide("https://s.test/tea", &[id]), None);
        assert_eq!(decide("https://s.test/tea?pid=260591", &[id]).as_deref(), Some("260591"));
        assert_eq!(decide("https://s.test/tea?x=2605911", &[id]), None);
    }

    #[test]
    fn the_address_is_the_last_resort() {
        assert_eq!(decide("https://s.test/itm/293565036718", &[]).as_deref(), Some("293565036718"));
        assert_eq!(decide("https://s.test/x/M14876706.htm", &[]).as_deref(), Some("M14876706"));
        assert_eq!(decide("https://s.test/ad/old-calculator_36029524", &[]).as_deref(), Some("36029524"));
        assert_eq!(decide("https://s.test/p?cat=27&sku=A-77&page=123456", &[]).as_deref(), Some("A-77"));
        let printed = ("TP-77", LABELLED, Evidence::Visible);
        assert_eq!(decide("https://s.test/itm/293565036718", &[printed]).as_deref(), Some("TP-77"));
        for none in ["https://s.test/tea-pot-2021", "https://s.test/12", "https://s.test/", "https://s.test/a?q=123456"]
        {
            assert_eq!(decide(none, &[]), None, "{none}");
        }
    }

    #[test]
    fn words_behind_the_number_are_dropped_and_one_kind_counts_once() {
        let label = |v| (v, LABELLED, Evidence::Visible);
        assert_eq!(decide("https://s.test/", &[label("TP-77 in stock")]).as_deref(), Some("TP-77"));
        let votes = [label("A1"), label("A1"), ("B2", IN_MARKUP, Evidence::JsonLd)];
        assert_eq!(decide("https://s.test/", &votes).as_deref(), Some("B2"));
    }
}
