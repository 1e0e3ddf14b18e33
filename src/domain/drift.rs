//! Whether a source's pages are still what they were: its newest pages against its own past.

use super::source_health::{FieldCounts, PageCounts};
use super::{Country, PageStep, SourceName, Timestamp};

/// What is watched of one kind of page.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Signal {
    /// Refusals, of all pages asked for.
    Blocked,
    /// Pages that did not come, of all asked for.
    Failed,
    /// Pages that no recipe knows, of those that came.
    NotUnderstood,
    /// A field that came out empty, of the things that could have had it.
    Field(String),
}

const FIELD_PREFIX: &str = "field:";

impl Signal {
    /// The signal in texts and rows: `blocked`, `failed`, `not_understood`, `field:price`.
    pub fn as_text(&self) -> String {
        match self {
            Signal::Blocked => "blocked".to_owned(),
            Signal::Failed => "failed".to_owned(),
            Signal::NotUnderstood => "not_understood".to_owned(),
            Signal::Field(name) => format!("{FIELD_PREFIX}{name}"),
        }
    }

    pub fn parse(text: &str) -> Option<Signal> {
        match text {
            "blocked" => Some(Signal::Blocked),
            "failed" => Some(Signal::Failed),
            "not_understood" => Some(Signal::NotUnderstood),
            other => other.strip_prefix(FIELD_PREFIX).map(|name| Signal::Field(name.to_owned())),
        }
    }

    /// The three that are told by the pages' outcomes, each with its share.
    pub fn of_outcomes(counts: &PageCounts) -> [(Signal, Share); 3] {
        let failed = counts.failed.saturating_add(counts.timed_out);
        [
            (Signal::Blocked, Share { pages: counts.total(), missing: counts.blocked }),
            (Signal::Failed, Share { pages: counts.total(), missing: failed }),
            (Signal::NotUnderstood, Share { pages: counts.answered(), missing: counts.not_understood }),
        ]
    }
}

/// How a source, or one thing about it, stands. The worse, the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum DriftState {
    #[default]
    Ok,
    /// Worse than its past, and hardly by chance.
    Suspect,
    /// Worse than its past, and not by chance.
    Drifting,
}

impl DriftState {
    pub const ALL: [DriftState; 3] = [DriftState::Ok, DriftState::Suspect, DriftState::Drifting];

    pub fn as_str(self) -> &'static str {
        match self {
            DriftState::Ok => "ok",
            DriftState::Suspect => "suspect",
            DriftState::Drifting => "drifting",
        }
    }

    pub fn parse(text: &str) -> Option<DriftState> {
        DriftState::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// 0, 1, 2: for metrics.
    pub fn level(self) -> i64 {
        self as i64
    }
}

/// So many of so many pages are bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    pub pages: u64,
    /// At most `pages`.
    pub missing: u64,
}

impl Share {
    /// A field's counts as pages. A page's offers are alike, so that twenty offers without a price on one page are one piece
    /// of evidence and not twenty: the offers' share is taken of the pages.
    pub fn of_field(counts: &FieldCounts) -> Share {
        let (pages, items) = (u128::from(counts.pages), u128::from(counts.items));
        let missing = u128::from(counts.missing.min(counts.items));
        let scaled = (missing * pages + items / 2).checked_div(items).unwrap_or(0);
        Share { pages: counts.pages, missing: u64::try_from(scaled).unwrap_or(counts.pages).min(counts.pages) }
    }

    /// Bad pages of a hundred, rounded; `None` without pages.
    pub fn percent(&self) -> Option<u64> {
        let pages = u128::from(self.pages);
        let percent = (u128::from(self.missing) * 100 + pages / 2).checked_div(pages)?;
        u64::try_from(percent).ok()
    }

    /// The same share of fewer pages, so that the products below stay inside 128 bits. Rounded down: the evidence can only
    /// become weaker.
    fn bounded(self) -> (u128, u128) {
        let (pages, missing) = (u128::from(self.pages), u128::from(self.missing.min(self.pages)));
        if pages <= MOST_PAGES { (pages, missing) } else { (MOST_PAGES, missing * MOST_PAGES / pages) }
    }
}

/// More pages than these change no judgement.
const MOST_PAGES: u128 = 1_000_000;

/// Standard deviations, squared, by which the recent share must lie above the past one: 4 for a suspicion (by chance once in
/// 30,000 looks), 6 for certainty (once in a billion). As many things are looked at every minute, less would cry wolf.
const SUSPICION: u128 = 16;
const CERTAINTY: u128 = 36;

/// When a change counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DriftRules {
    /// Fewer pages than these, recent or past, say nothing.
    pub least_pages: u64,
    /// By so many percentage points the share must have risen. It has to fall back below half of it to be well again, so
    /// that a share near the limit is not reported over and over.
    pub least_rise_percent: u64,
}

/// The next state of one thing, from its state before and its shares.
///
/// Too few recent pages change nothing. With too little of a past there is nothing to be worse than.
pub fn judge(before: DriftState, recent: Share, past: Share, rules: &DriftRules) -> DriftState {
    if past.pages < rules.least_pages.max(1) {
        return DriftState::Ok;
    }
    if recent.pages < rules.least_pages.max(1) {
        return before;
    }
    let has_risen = has_risen_by(recent, past, rules.least_rise_percent);
    match before {
        _ if has_risen && is_beyond_chance(recent, past, CERTAINTY) => DriftState::Drifting,
        DriftState::Ok if has_risen && is_beyond_chance(recent, past, SUSPICION) => DriftState::Suspect,
        DriftState::Ok => DriftState::Ok,
        // Ill already: it stays so until it is clearly better.
        ill if has_risen_by(recent, past, rules.least_rise_percent.div_ceil(2)) => ill,
        _ => DriftState::Ok,
    }
}

/// recent − past ≥ so many hundredths, without division.
fn has_risen_by(recent: Share, past: Share, percent: u64) -> bool {
    let ((n, a), (m, b)) = (recent.bounded(), past.bounded());
    100 * a * m >= 100 * b * n + u128::from(percent.min(100)) * n * m
}

/// Two-proportion z-test, one-sided, with Yates's correction for small counts, squared so that it needs no root:
///
/// z² = (|am − bn| − (n+m)/2)² (n+m) / (nm (a+b) (n+m−a−b)), for a of n recent and b of m past pages.
///
/// With n, m ≤ 10⁶ both sides stay below 2¹¹⁰.
fn is_beyond_chance(recent: Share, past: Share, z_squared: u128) -> bool {
    let ((n, a), (m, b)) = (recent.bounded(), past.bounded());
    // Doubled, so that the correction stays whole; its square is four times too large, and so is the other side then.
    let Some(distance) = (2 * a * m).checked_sub(2 * b * n + n + m) else { return false };
    distance * distance * (n + m) > 4 * z_squared * n * m * (a + b) * (n + m - a - b)
}

/// One thing about a source that is not as it was, or was not for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    pub source: SourceName,
    pub country: Country,
    pub step: PageStep,
    pub signal: Signal,
    pub state: DriftState,
    /// Since when it is in this state.
    pub since: Timestamp,
    /// The past it is compared with ends here, or the drift itself would become the measure; `None` while all is well.
    pub past_until: Option<Timestamp>,
    /// The shares when it came into this state.
    pub recent: Share,
    pub past: Share,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RULES: DriftRules = DriftRules { least_pages: 30, least_rise_percent: 20 };

    fn share(missing: u64, pages: u64) -> Share {
        Share { pages, missing }
    }

    fn first(recent: Share, past: Share) -> DriftState {
        judge(DriftState::Ok, recent, past, &RULES)
    }

    #[test]
    fn a_lost_field_is_seen_and_few_pages_are_not() {
        assert_eq!(first(share(30, 30), share(0, 30)), DriftState::Drifting);
        assert_eq!(first(share(40, 40), share(50, 5_000)), DriftState::Drifting);
        assert_eq!(first(share(29, 29), share(0, 5_000)), DriftState::Ok, "too few recent pages");
        assert_eq!(first(share(50, 50), share(0, 29)), DriftState::Ok, "too little of a past");
        assert_eq!(first(share(0, 0), share(0, 0)), DriftState::Ok);
    }

    #[test]
    fn what_was_always_missing_is_no_drift() {
        assert_eq!(first(share(1_000, 1_000), share(9_000, 9_000)), DriftState::Ok);
        assert_eq!(first(share(70, 100), share(650, 1_000)), DriftState::Ok);
        assert_eq!(first(share(0, 100), share(900, 1_000)), DriftState::Ok, "better than before");
    }

    #[test]
    fn a_rise_must_be_large_and_beyond_chance() {
        // 5 points of a hundred thousand pages are certain, and small.
        assert_eq!(first(share(10_000, 100_000), share(5_000, 100_000)), DriftState::Ok);
        // 25 points of 30 pages: large, but it happens (z = 2.7).
        assert_eq!(first(share(15, 30), share(250, 1_000)), DriftState::Ok);
        // z = 4.9 with the correction.
        assert_eq!(first(share(20, 40), share(200, 1_000)), DriftState::Suspect);
        assert_eq!(first(share(50, 100), share(200, 1_000)), DriftState::Drifting);
    }

    #[test]
    fn it_is_ill_until_it_is_clearly_better() {
        let past = share(10, 1_000);
        for (missing, before, after) in [
            (60, DriftState::Ok, DriftState::Drifting),
            (15, DriftState::Drifting, DriftState::Drifting),
            (15, DriftState::Suspect, DriftState::Suspect),
            (15, DriftState::Ok, DriftState::Ok),
            (5, DriftState::Drifting, DriftState::Ok),
            (5, DriftState::Suspect, DriftState::Ok),
            (60, DriftState::Suspect, DriftState::Drifting),
        ] {
            assert_eq!(judge(before, share(missing, 100), past, &RULES), after, "{missing} {before:?}");
        }
        assert_eq!(
            judge(DriftState::Drifting, share(0, 3), past, &RULES),
            DriftState::Drifting,
            "nothing new is known"
        );
        assert_eq!(judge(DriftState::Drifting, share(50, 50), share(0, 0), &RULES), DriftState::Ok, "no past is left");
    }

    #[test]
    fn the_offers_of_a_page_are_one_piece_of_evidence() {
        let counts = |pages, items, missing| Share::of_field(&FieldCounts { pages, items, missing });
        assert_eq!(counts(2, 40, 20), share(1, 2));
        assert_eq!(counts(10, 10, 3), share(3, 10));
        assert_eq!(counts(5, 0, 0), share(0, 5), "pages without any offer say nothing of the offers' prices");
        assert_eq!(counts(u64::MAX, u64::MAX, u64::MAX), share(u64::MAX, u64::MAX));
        assert_eq!((share(1, 3).percent(), share(2, 3).percent(), share(0, 0).percent()), (Some(33), Some(67), None));
    }

    #[test]
    fn signals_are_written_and_read() {
        for signal in [Signal::Blocked, Signal::Failed, Signal::NotUnderstood, Signal::Field("offer.price".to_owned())]
        {
            assert_eq!(Signal::parse(&signal.as_text()), Some(signal));
        }
        assert_eq!(Signal::parse("price"), None);
        let counts = PageCounts { understood: 5, no_result: 1, not_understood: 4, blocked: 3, failed: 2, timed_out: 1 };
        let shares = Signal::of_outcomes(&counts).map(|(_, share)| (share.missing, share.pages));
        assert_eq!(shares, [(3, 16), (3, 16), (4, 10)]);
    }

    prop_compose! {
        fn any_share(most: u64)(pages in 0..most)(missing in 0..=pages, pages in Just(pages)) -> Share {
            Share { pages, missing }
        }
    }

    fn any_state() -> impl Strategy<Value = DriftState> {
        proptest::sample::select(DriftState::ALL.to_vec())
    }

    proptest! {
        #[test]
        fn no_counts_overflow(before in any_state(), recent in any_share(u64::MAX), past in any_share(u64::MAX)) {
            judge(before, recent, past, &RULES);
        }

        #[test]
        fn no_alarm_without_a_rise(recent in any_share(5_000), more in 0u64..5_000) {
            // The past is as bad or worse.
            let past = Share { pages: recent.pages, missing: (recent.missing + more).min(recent.pages) };
            prop_assert_eq!(first(recent, past), DriftState::Ok);
        }

        #[test]
        fn the_test_is_the_textbook_s(recent in any_share(3_000), past in any_share(3_000)) {
            prop_assume!(recent.pages > 0 && past.pages > 0);
            let [n, a, m, b] = [recent.pages, recent.missing, past.pages, past.missing].map(|count| count as f64);
            let pooled = (a + b) / (n + m);
            let deviation = (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt();
            let z = (a / n - b / m - (1.0 / n + 1.0 / m) / 2.0) / deviation;
            prop_assume!(deviation > 0.0 && (z - 4.0).abs() > 1e-6);
            prop_assert_eq!(is_beyond_chance(recent, past, SUSPICION), z > 4.0, "z = {}", z);
        }

        #[test]
        fn worse_pages_are_never_judged_better(
            before in any_state(), recent in any_share(2_000), past in any_share(2_000), more in 1u64..500
        ) {
            let worse = Share { missing: (recent.missing + more).min(recent.pages), ..recent };
            prop_assert!(judge(before, worse, past, &RULES) >= judge(before, recent, past, &RULES));
        }
    }
}
