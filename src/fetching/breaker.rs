//! A host that fails again and again is left alone for a while.
//!
//! The rule, and why no value waits forever: after so many failed accesses in a row the breaker opens. During this first
//! rest values are put off ([`super::FetchError::Later`]), since many hosts come back. Then one probe is let through. If
//! it succeeds, all is well again; if it fails, the host counts as dead: while it rests further, every value is refused
//! at once ([`super::FetchError::BreakerOpen`], which ends it with `failed to access source`), and after each rest one
//! value is the next probe. So a value is put off by the breaker for one rest and one probe at most.

use super::BreakerSettings;
use std::time::{Duration, Instant};

/// How soon to ask again while another request is the probe.
const WHILE_PROBING: Duration = Duration::from_millis(250);

/// One host's breaker.
#[derive(Debug, Default)]
pub(super) struct Breaker {
    state: State,
}

#[derive(Debug)]
enum State {
    Closed { failures: u32 },
    Open { until: Instant, dead: bool },
    Probing { dead: bool },
}

/// Whether a request may go to the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    Pass,
    /// Pass, and what comes of it decides; [`Breaker::record`] must be told, whatever happens.
    Probe,
    Wait(Duration),
    Refuse,
}

/// What an access says about its host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Health {
    /// It answers, be it with "no such page".
    Answers,
    /// It cannot be reached, fails or refuses us.
    Fails,
    /// The host was not asked.
    Unknown,
}

impl Default for State {
    fn default() -> State {
        State::Closed { failures: 0 }
    }
}

impl Breaker {
    pub(super) fn admit(&mut self, now: Instant) -> Admission {
        match self.state {
            State::Closed { .. } => Admission::Pass,
            State::Open { until, dead } if now >= until => {
                self.state = State::Probing { dead };
                Admission::Probe
            }
            State::Open { dead: true, .. } | State::Probing { dead: true } => Admission::Refuse,
            State::Open { until, dead: false } => Admission::Wait(until.saturating_duration_since(now)),
            State::Probing { dead: false } => Admission::Wait(WHILE_PROBING),
        }
    }

    /// Whether the host is left alone: it failed, and no probe has brought it back.
    pub(super) fn is_resting(&self, now: Instant) -> bool {
        match self.state {
            State::Closed { .. } => false,
            State::Open { until, dead } => dead || now < until,
            State::Probing { .. } => true,
        }
    }

    pub(super) fn record(&mut self, health: Health, admission: Admission, settings: &BreakerSettings, now: Instant) {
        let until = now + Duration::from_millis(settings.rest_ms);
        let is_probe = admission == Admission::Probe;
        self.state = match (health, &self.state) {
            (Health::Answers, _) => State::Closed { failures: 0 },
            (Health::Fails, State::Closed { failures }) => match failures.saturating_add(1) {
                failures if settings.failures > 0 && failures >= settings.failures => {
                    State::Open { until, dead: false }
                }
                failures => State::Closed { failures },
            },
            (Health::Fails, State::Probing { .. }) if is_probe => State::Open { until, dead: true },
            (Health::Unknown, State::Probing { dead }) if is_probe => State::Open { until: now, dead: *dead },
            // A request that was on its way when the breaker opened brings no news with its failure.
            (Health::Fails | Health::Unknown, _) => return,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Admission::{Pass, Probe, Refuse, Wait};
    use Health::{Answers, Fails, Unknown};

    const SETTINGS: BreakerSettings = BreakerSettings { failures: 3, rest_ms: 1_000 };
    const SECOND: Duration = Duration::from_secs(1);

    fn opened(now: Instant) -> Breaker {
        let mut breaker = Breaker::default();
        (0..3).for_each(|_| breaker.record(Fails, Pass, &SETTINGS, now));
        breaker
    }

    #[test]
    fn it_opens_after_failures_in_a_row_only() {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        for health in [Fails, Fails, Answers, Fails, Unknown, Fails] {
            assert_eq!(breaker.admit(now), Pass);
            breaker.record(health, Pass, &SETTINGS, now);
        }
        assert_eq!(breaker.admit(now), Pass);
        breaker.record(Fails, Pass, &SETTINGS, now);
        assert_eq!(breaker.admit(now), Wait(SECOND));
    }

    #[test]
    fn one_probe_after_the_rest_closes_it() {
        let now = Instant::now();
        let mut breaker = opened(now);
        assert!(breaker.is_resting(now));
        assert_eq!(breaker.admit(now + SECOND), Probe);
        assert_eq!(breaker.admit(now + SECOND), Wait(WHILE_PROBING));
        assert!(breaker.is_resting(now + SECOND));
        breaker.record(Answers, Probe, &SETTINGS, now + SECOND);
        assert!(!breaker.is_resting(now + SECOND));
        assert_eq!(breaker.admit(now + SECOND), Pass);
    }

    #[test]
    fn after_a_failed_probe_everything_is_refused_but_the_next_probe() {
        let now = Instant::now();
        let mut breaker = opened(now);
        for round in 1..5 {
            let now = now + SECOND * round;
            assert_eq!(breaker.admit(now), Probe);
            assert_eq!(breaker.admit(now) == Refuse, round > 1);
            breaker.record(Fails, Probe, &SETTINGS, now);
            assert_eq!(breaker.admit(now), Refuse);
        }
        assert_eq!(breaker.admit(now + SECOND * 5), Probe);
        breaker.record(Answers, Probe, &SETTINGS, now);
        assert_eq!(breaker.admit(now), Pass);
    }

    #[test]
    fn a_probe_that_never_asked_the_host_hands_its_place_on() {
        let now = Instant::now();
        let mut breaker = opened(now);
        assert_eq!(breaker.admit(now + SECOND), Probe);
        breaker.record(Unknown, Probe, &SETTINGS, now + SECOND);
        assert_eq!(breaker.admit(now + SECOND), Probe);
    }

    #[test]
    fn late_failures_of_others_do_not_judge_the_probe() {
        let now = Instant::now();
        let mut breaker = opened(now);
        breaker.record(Fails, Pass, &SETTINGS, now);
        assert_eq!(breaker.admit(now + SECOND), Probe);
        breaker.record(Fails, Pass, &SETTINGS, now + SECOND);
        breaker.record(Unknown, Pass, &SETTINGS, now + SECOND);
        assert_eq!(breaker.admit(now + SECOND), Wait(WHILE_PROBING));
    }

    #[test]
    fn zero_failures_switch_it_off() {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        let off = BreakerSettings { failures: 0, rest_ms: 1_000 };
        (0..100).for_each(|_| breaker.record(Fails, Pass, &off, now));
        assert_eq!(breaker.admit(now), Pass);
    }
}
