//! How much slower than configured a host is asked: slower at once when it refuses us, fails or answers ever later,
//! faster again step by step. Never faster than configured, since what is kept here is only added.
//!
//! The rule is that of congestion control (additive increase of speed, multiplicative decrease): a failure doubles the
//! extra gap between two starts, each answer in time takes a part of it away, and failures of requests that were already
//! under way when it was last doubled do not double it again. Answers that come late count like failures, but only until
//! the host is asked half as often as its places allow: a host that is merely busy, perhaps with us, still answers.

use super::SlowdownSettings;
use std::time::{Duration, Instant};

/// Each answer in time shortens the gap by this part of it…
const RECOVERED: u32 = 4;
/// …and by at least so much.
const LEAST_RECOVERED: Duration = Duration::from_millis(10);

/// Answers that take this many times as long as they used to…
const RISE: u32 = 3;
/// …and so much on top are a sign of load: small answers may well take three times as long as the smallest.
const LEAST_RISE: Duration = Duration::from_millis(200);

/// One host's slowdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tempo {
    /// Added to the configured gap between two starts.
    extra: Duration,
    /// When it last grew.
    slowed_at: Option<Instant>,
    /// How long answers take, by the last few; zero before the first.
    recent: Duration,
    /// How long they take when all is well: follows faster answers soon and slower ones late.
    usual: Duration,
}

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// It was answered, after so long.
    Answered(Duration),
    /// It failed, was refused, or was told to come later.
    Failed,
}

impl Tempo {
    /// What is added to the configured gap between two starts.
    pub(super) fn extra(&self) -> Duration {
        self.extra
    }

    /// The tempo after a request that began and ended at these moments, at a host with so many places.
    pub(super) fn after(
        self,
        sign: Sign,
        [began, ended]: [Instant; 2],
        places: u32,
        settings: &SlowdownSettings,
    ) -> Tempo {
        // Requests side by side fail together; that is one sign, not four.
        let is_new = self.slowed_at.is_none_or(|slowed_at| began >= slowed_at);
        let most = Duration::from_millis(settings.most_ms);
        let doubled = (self.extra * 2).max(Duration::from_millis(settings.first_ms)).min(most);
        match sign {
            Sign::Failed if is_new => Tempo { extra: doubled, slowed_at: Some(ended), ..self },
            Sign::Failed => self,
            Sign::Answered(latency) => {
                let learned = self.learn(latency);
                let is_late = learned.recent > learned.usual * RISE + LEAST_RISE;
                let half_speed = learned.recent * 2 / places.max(1);
                match (is_late, is_new && learned.extra < half_speed) {
                    (true, true) => Tempo { extra: doubled.min(half_speed), slowed_at: Some(ended), ..learned },
                    (true, false) => learned,
                    (false, _) => learned.recovered(),
                }
            }
        }
    }

    fn recovered(self) -> Tempo {
        let step = (self.extra / RECOVERED).max(LEAST_RECOVERED);
        Tempo { extra: self.extra.saturating_sub(step), ..self }
    }

    fn learn(self, latency: Duration) -> Tempo {
        if self.usual.is_zero() {
            return Tempo { recent: latency, usual: latency, ..self };
        }
        let weight = if latency < self.usual { 4 } else { 64 };
        let usual = (self.usual * (weight - 1) + latency) / weight;
        Tempo { recent: (self.recent * 3 + latency) / 4, usual, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SETTINGS: SlowdownSettings = SlowdownSettings { first_ms: 100, most_ms: 1_000 };

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// The extra gaps after these signs, one after the other.
    fn extras(signs: &[Sign]) -> Vec<u64> {
        let (mut tempo, mut now) = (Tempo::default(), Instant::now());
        let mut extras = Vec::new();
        for sign in signs {
            tempo = tempo.after(*sign, [now, now + ms(1)], 4, &SETTINGS);
            now += ms(1);
            extras.push(u64::try_from(tempo.extra().as_millis()).unwrap());
        }
        extras
    }

    #[test]
    fn failures_double_the_gap_up_to_the_most_and_answers_shorten_it_step_by_step() {
        assert_eq!(extras(&[Sign::Failed; 6]), [100, 200, 400, 800, 1_000, 1_000]);
        let quick = Sign::Answered(ms(50));
        assert_eq!(extras(&[Sign::Failed, quick, quick, quick, Sign::Failed]), [100, 75, 56, 42, 100]);
        let mut signs = vec![Sign::Failed; 5];
        signs.extend([quick; 30]);
        let extras = extras(&signs);
        assert!(extras[5..].is_sorted_by(|a, b| a >= b) && extras[10] > 0 && extras.ends_with(&[0]), "{extras:?}");
    }

    #[test]
    fn failures_side_by_side_are_one_sign() {
        let now = Instant::now();
        let failed = |tempo: Tempo, began, ended| tempo.after(Sign::Failed, [now + began, now + ended], 4, &SETTINGS);
        let first = failed(Tempo::default(), ms(0), ms(20));
        let second = failed(first, ms(10), ms(30));
        assert_eq!(second, first);
        assert_eq!(failed(second, ms(20), ms(40)).extra(), ms(200));
    }

    #[test]
    fn answers_that_come_ever_later_slow_down_and_ordinary_spread_does_not() {
        let spread: Vec<Sign> = (0..200).map(|n| Sign::Answered(ms(40 + n * 37 % 120))).collect();
        assert!(extras(&spread).iter().all(|extra| *extra == 0));
        let mut rising = vec![Sign::Answered(ms(100)); 5];
        rising.extend([Sign::Answered(ms(2_000)); 4]);
        let slowed = extras(&rising);
        assert!(slowed.last().unwrap() >= &100, "{slowed:?}");
        // Two seconds an answer at four places are two answers a second: half of that is one a second.
        rising.extend([Sign::Answered(ms(2_000)); 3]);
        assert!(extras(&rising).iter().all(|extra| *extra <= 1_000));
        rising.extend([Sign::Answered(ms(100)); 60]);
        assert_eq!(extras(&rising).last(), Some(&0));
    }

    #[test]
    fn a_host_with_many_places_that_answers_late_is_asked_half_as_often_and_no_less() {
        let (mut tempo, now) = (Tempo::default(), Instant::now());
        for (n, latency) in [100, 100, 2_000, 2_000, 2_000, 2_000].into_iter().enumerate() {
            let at = now + ms(n as u64);
            tempo = tempo.after(Sign::Answered(ms(latency)), [at, at + ms(1)], 64, &SETTINGS);
        }
        assert!(tempo.extra() > ms(20) && tempo.extra() <= ms(2_000 * 2 / 64), "{:?}", tempo.extra());
    }

    #[test]
    fn a_most_of_zero_switches_it_off() {
        let (off, now) = (SlowdownSettings { first_ms: 100, most_ms: 0 }, Instant::now());
        assert_eq!(Tempo::default().after(Sign::Failed, [now, now], 4, &off).extra(), Duration::ZERO);
    }

    proptest! {
        #[test]
        fn it_is_never_below_zero_nor_above_the_most(signs in proptest::collection::vec(0_u64..20_000, 0..200)) {
            let signs: Vec<Sign> =
                signs.into_iter().map(|n| if n % 3 == 0 { Sign::Failed } else { Sign::Answered(ms(n)) }).collect();
            prop_assert!(extras(&signs).iter().all(|extra| *extra <= SETTINGS.most_ms));
        }
    }
}
