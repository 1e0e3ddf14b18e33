//! How well a source's pages can be had and read, counted.

use super::{Country, SourceName, Timestamp};
use std::collections::BTreeMap;
use std::time::Duration;

/// Which page of a lookup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PageStep {
    Search,
    Product,
    Offers,
    Reviews,
}

impl PageStep {
    pub const ALL: [PageStep; 4] = [PageStep::Search, PageStep::Product, PageStep::Offers, PageStep::Reviews];

    pub fn as_str(self) -> &'static str {
        match self {
            PageStep::Search => "search",
            PageStep::Product => "product",
            PageStep::Offers => "offers",
            PageStep::Reviews => "reviews",
        }
    }

    pub fn parse(text: &str) -> Option<PageStep> {
        PageStep::ALL.into_iter().find(|step| step.as_str() == text)
    }
}

/// What became of asking a source for one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PageOutcome {
    /// What the recipe looks for was there.
    Understood,
    /// The source said that it has nothing there.
    NoResult,
    /// A page came, and it was none that the recipe knows.
    NotUnderstood,
    /// The source refused us: by status, by a page that stands in for the real one, or by its robots.txt.
    Blocked,
    /// No page came for another cause.
    Failed,
    TimedOut,
}

impl PageOutcome {
    pub const ALL: [PageOutcome; 6] = [
        PageOutcome::Understood,
        PageOutcome::NoResult,
        PageOutcome::NotUnderstood,
        PageOutcome::Blocked,
        PageOutcome::Failed,
        PageOutcome::TimedOut,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            PageOutcome::Understood => "understood",
            PageOutcome::NoResult => "no_result",
            PageOutcome::NotUnderstood => "not_understood",
            PageOutcome::Blocked => "blocked",
            PageOutcome::Failed => "failed",
            PageOutcome::TimedOut => "timed_out",
        }
    }

    /// Whether a page came that was no refusal, so that its duration says how fast the source answers.
    pub fn is_answer(self) -> bool {
        matches!(self, PageOutcome::Understood | PageOutcome::NoResult | PageOutcome::NotUnderstood)
    }
}

/// What is counted together: one kind of page of a source in a country, during one hour.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HourKey {
    pub source: SourceName,
    pub country: Country,
    pub step: PageStep,
    /// When the hour (UTC) begins.
    pub hour: Timestamp,
}

/// Pages by outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PageCounts {
    pub understood: u64,
    pub no_result: u64,
    pub not_understood: u64,
    pub blocked: u64,
    pub failed: u64,
    pub timed_out: u64,
}

impl PageCounts {
    pub fn get(&self, outcome: PageOutcome) -> u64 {
        match outcome {
            PageOutcome::Understood => self.understood,
            PageOutcome::NoResult => self.no_result,
            PageOutcome::NotUnderstood => self.not_understood,
            PageOutcome::Blocked => self.blocked,
            PageOutcome::Failed => self.failed,
            PageOutcome::TimedOut => self.timed_out,
        }
    }

    pub fn count(&mut self, outcome: PageOutcome) {
        let place = match outcome {
            PageOutcome::Understood => &mut self.understood,
            PageOutcome::NoResult => &mut self.no_result,
            PageOutcome::NotUnderstood => &mut self.not_understood,
            PageOutcome::Blocked => &mut self.blocked,
            PageOutcome::Failed => &mut self.failed,
            PageOutcome::TimedOut => &mut self.timed_out,
        };
        *place = place.saturating_add(1);
    }

    pub fn add(&mut self, other: &PageCounts) {
        self.understood = self.understood.saturating_add(other.understood);
        self.no_result = self.no_result.saturating_add(other.no_result);
        self.not_understood = self.not_understood.saturating_add(other.not_understood);
        self.blocked = self.blocked.saturating_add(other.blocked);
        self.failed = self.failed.saturating_add(other.failed);
        self.timed_out = self.timed_out.saturating_add(other.timed_out);
    }

    pub fn total(&self) -> u64 {
        PageOutcome::ALL.into_iter().fold(0, |sum, outcome| sum.saturating_add(self.get(outcome)))
    }

    /// Pages that came and were no refusal.
    pub fn answered(&self) -> u64 {
        self.understood.saturating_add(self.no_result).saturating_add(self.not_understood)
    }
}

/// Upper bounds of the latency buckets, in milliseconds; one bucket more holds what took longer.
pub const LATENCY_BOUNDS_MS: [u64; 11] = [25, 50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600];

/// Answered pages by how long they took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LatencyCounts(pub [u64; LATENCY_BOUNDS_MS.len() + 1]);

impl LatencyCounts {
    pub fn observe(&mut self, took: Duration) {
        // A bound belongs to the bucket below it.
        let place = LATENCY_BOUNDS_MS.iter().position(|bound| took <= Duration::from_millis(*bound));
        let bucket = &mut self.0[place.unwrap_or(LATENCY_BOUNDS_MS.len())];
        *bucket = bucket.saturating_add(1);
    }

    pub fn add(&mut self, other: &LatencyCounts) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine = mine.saturating_add(theirs);
        }
    }

    /// The duration in milliseconds that so many of a hundred did not exceed, as exactly as the buckets tell: evenly spread
    /// inside a bucket, and the last bound for what lies beyond it. `None` when nothing was observed.
    pub fn percentile_ms(&self, percent: u64) -> Option<u64> {
        let total: u128 = self.0.iter().map(|count| u128::from(*count)).sum();
        if total == 0 {
            return None;
        }
        let rank = (total * u128::from(percent.min(100))).div_ceil(100).max(1);
        let mut before = 0u128;
        for (bucket, count) in self.0.iter().enumerate() {
            let count = u128::from(*count);
            if before + count >= rank {
                let lower = bucket.checked_sub(1).map_or(0, |below| LATENCY_BOUNDS_MS[below]);
                let width = LATENCY_BOUNDS_MS.get(bucket).map_or(0, |upper| upper - lower);
                let inside = u128::from(width) * (rank - before) / count;
                return Some(lower + u64::try_from(inside).unwrap_or(width));
            }
            before += count;
        }
        LATENCY_BOUNDS_MS.last().copied()
    }
}

/// How often a field came out empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FieldCounts {
    /// Understood pages on which the field was looked for.
    pub pages: u64,
    /// Things on them that could have had it: a page has one product, but many offers.
    pub items: u64,
    /// Things without it.
    pub missing: u64,
}

impl FieldCounts {
    pub fn add(&mut self, other: &FieldCounts) {
        self.pages = self.pages.saturating_add(other.pages);
        self.items = self.items.saturating_add(other.items);
        self.missing = self.missing.saturating_add(other.missing);
    }
}

/// Everything that is counted of one kind of page during one hour.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HourCounts {
    pub pages: PageCounts,
    pub latency: LatencyCounts,
    /// By field: a product's own, `offers` (whether there is any), `offer.` and an offer's.
    pub fields: BTreeMap<String, FieldCounts>,
}

impl HourCounts {
    pub fn add(&mut self, other: &HourCounts) {
        self.pages.add(&other.pages);
        self.latency.add(&other.latency);
        for (field, counts) in &other.fields {
            self.fields.entry(field.clone()).or_default().add(counts);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn latencies(ms: &[u64]) -> LatencyCounts {
        let mut counts = LatencyCounts::default();
        ms.iter().for_each(|ms| counts.observe(Duration::from_millis(*ms)));
        counts
    }

    #[test]
    fn outcomes_are_counted_apart_and_together() {
        let mut counts = PageCounts::default();
        for (outcome, times) in PageOutcome::ALL.into_iter().zip(1..) {
            (0..times).for_each(|_| counts.count(outcome));
            assert_eq!(counts.get(outcome), times);
        }
        assert_eq!((counts.total(), counts.answered()), (21, 6));
        let mut twice = counts;
        twice.add(&counts);
        assert_eq!((twice.total(), twice.timed_out), (42, 12));
    }

    #[test]
    fn percentiles_lie_in_the_right_bucket() {
        assert_eq!(latencies(&[]).percentile_ms(50), None);
        assert_eq!(latencies(&[25]).percentile_ms(50), Some(25), "a bound belongs to the bucket below it");
        assert_eq!(latencies(&[26]).percentile_ms(50), Some(50));
        assert_eq!(latencies(&[60_000]).percentile_ms(95), Some(25_600), "beyond the last bound nothing is known");
        let mixed = latencies(&[[150u64; 90].as_slice(), &[3_000; 10]].concat());
        assert_eq!(mixed.percentile_ms(50), Some(155));
        assert_eq!(mixed.percentile_ms(90), Some(200));
        assert_eq!(mixed.percentile_ms(95), Some(2_400));
        assert_eq!(mixed.percentile_ms(100), Some(3_200));
    }

    proptest! {
        #[test]
        fn percentiles_never_fall(ms in proptest::collection::vec(0u64..60_000, 1..200)) {
            let counts = latencies(&ms);
            let all: Vec<u64> = (0..=100).map(|percent| counts.percentile_ms(percent).unwrap()).collect();
            prop_assert!(all.is_sorted());
            let longest = ms.iter().max().unwrap();
            prop_assert!(all[100] >= *longest.min(&25_600));
        }

        #[test]
        fn counting_in_parts_is_counting_at_once(ms in proptest::collection::vec(0u64..60_000, 0..50), at in 0usize..50) {
            let (a, b) = ms.split_at(at.min(ms.len()));
            let mut sum = latencies(a);
            sum.add(&latencies(b));
            prop_assert_eq!(sum, latencies(&ms));
        }
    }
}
