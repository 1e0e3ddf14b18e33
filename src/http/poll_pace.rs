//! How often the status of an unfinished job is asked.
//!
//! Programs that ask without a pause are common and mean no harm: beyond a first pace their answers are held a moment,
//! which slows them down without an error they might not expect. Only what comes much faster still, from many places at
//! once, is refused.

use crate::domain::AccountId;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Longest an answer is held.
const LONGEST_HOLD: Duration = Duration::from_secs(1);
/// Jobs whose pace is remembered; beyond it those that were not asked for lately are forgotten.
const MAX_JOBS: usize = 100_000;
const MINUTE: Duration = Duration::from_secs(60);

/// What becomes of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Answer,
    /// To be answered so much later.
    Hold(Duration),
    /// Not answered; so much later it would be.
    Refuse(Duration),
}

/// One window a job, in the steady clock's time.
#[derive(Debug)]
pub struct PollPace {
    /// Questions a minute that are answered at once, and that are answered at all; 0 = no limit.
    held_beyond: u32,
    refused_beyond: u32,
    jobs: Mutex<HashMap<(AccountId, i64), Window>>,
}

/// When the questions so far would have been due had they come evenly (the generic cell rate algorithm).
#[derive(Debug, Clone, Copy)]
struct Window {
    held: Instant,
    refused: Instant,
}

impl PollPace {
    pub fn new(held_beyond: u32, refused_beyond: u32) -> PollPace {
        PollPace { held_beyond, refused_beyond, jobs: Mutex::default() }
    }

    /// Counts a question about an unfinished job.
    pub fn ask(&self, account: AccountId, job_seq: i64, now: Instant) -> Verdict {
        if self.held_beyond == 0 && self.refused_beyond == 0 {
            return Verdict::Answer;
        }
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        if jobs.len() >= MAX_JOBS {
            jobs.retain(|_, window| window.held > now || window.refused > now);
            if jobs.len() >= MAX_JOBS {
                jobs.clear();
            }
        }
        let window = jobs.entry((account, job_seq)).or_insert(Window { held: now, refused: now });
        if let Err(wait) = count(&mut window.refused, self.refused_beyond, now) {
            return Verdict::Refuse(wait);
        }
        match count(&mut window.held, self.held_beyond, now) {
            Ok(()) => Verdict::Answer,
            Err(wait) => {
                // One question more is paid for by the hold.
                window.held += interval(self.held_beyond);
                window.held = window.held.min(now + MINUTE + LONGEST_HOLD);
                Verdict::Hold(wait.min(LONGEST_HOLD))
            }
        }
    }
}

fn interval(per_minute: u32) -> Duration {
    MINUTE / per_minute.max(1)
}

/// Counts a question unless the minute is full; then how long until it is not.
fn count(due: &mut Instant, per_minute: u32, now: Instant) -> Result<(), Duration> {
    if per_minute == 0 {
        return Ok(());
    }
    let next = (*due).max(now) + interval(per_minute);
    if next > now + MINUTE {
        return Err(next - (now + MINUTE));
    }
    *due = next;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: AccountId = AccountId(1);

    fn secs(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn a_minute_s_questions_are_answered_at_once_and_then_one_a_second() {
        let (pace, start) = (PollPace::new(60, 600), Instant::now());
        assert!((0..60).all(|_| pace.ask(ME, 1, start) == Verdict::Answer));
        // Somebody who asks again as soon as the answer is there.
        let mut now = start;
        for _ in 0..100 {
            match pace.ask(ME, 1, now) {
                Verdict::Hold(wait) => {
                    assert!(wait <= LONGEST_HOLD, "{wait:?}");
                    now += wait;
                }
                other => panic!("{other:?}"),
            }
        }
        assert!(now - start >= secs(99.0) && now - start <= secs(101.0), "{:?}", now - start);
        // Another job and another account are not held.
        assert_eq!(pace.ask(ME, 2, now), Verdict::Answer);
        assert_eq!(pace.ask(AccountId(2), 1, now), Verdict::Answer);
        // And a minute's pause makes up for it.
        assert_eq!(pace.ask(ME, 1, now + secs(62.0)), Verdict::Answer);
    }

    #[test]
    fn once_a_second_is_never_held() {
        let (pace, start) = (PollPace::new(60, 600), Instant::now());
        assert!((0..1000).all(|second| pace.ask(ME, 1, start + secs(f64::from(second))) == Verdict::Answer));
    }

    #[test]
    fn a_crowd_is_refused_and_told_when_to_come() {
        let (pace, start) = (PollPace::new(60, 600), Instant::now());
        let verdicts: Vec<Verdict> = (0..601).map(|_| pace.ask(ME, 1, start)).collect();
        assert!(verdicts[..600].iter().all(|verdict| !matches!(verdict, Verdict::Refuse(_))));
        let Verdict::Refuse(wait) = verdicts[600] else { panic!("{:?}", verdicts[600]) };
        assert_eq!(wait, secs(0.1));
        assert!(!matches!(pace.ask(ME, 1, start + wait), Verdict::Refuse(_)));
        // Nobody is held longer than a second for what a crowd did.
        assert!(verdicts.iter().all(|verdict| !matches!(verdict, Verdict::Hold(wait) if *wait > LONGEST_HOLD)));
    }

    #[test]
    fn both_can_be_turned_off() {
        let now = Instant::now();
        let off = PollPace::new(0, 0);
        assert!((0..2000).all(|_| off.ask(ME, 1, now) == Verdict::Answer));
        let only_refuses = PollPace::new(0, 2);
        let verdicts: Vec<Verdict> = (0..3).map(|_| only_refuses.ask(ME, 1, now)).collect();
        assert_eq!(verdicts, [Verdict::Answer, Verdict::Answer, Verdict::Refuse(secs(30.0))]);
        let only_holds = PollPace::new(1, 0);
        assert_eq!(only_holds.ask(ME, 1, now), Verdict::Answer);
        assert!((0..2000).all(|_| only_holds.ask(ME, 1, now) == Verdict::Hold(LONGEST_HOLD)));
    }

    #[test]
    fn memory_is_bounded() {
        let (pace, now) = (PollPace::new(60, 600), Instant::now());
        for job in 0..i64::try_from(MAX_JOBS).unwrap() + 10 {
            pace.ask(ME, job, now);
        }
        assert!(pace.jobs.lock().unwrap().len() <= MAX_JOBS);
    }
}
