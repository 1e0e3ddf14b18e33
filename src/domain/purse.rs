//! Whether an account can afford a job: what the job may cost, what the account has, what is held back for others.

use super::{Credits, Multiplier};

/// What a job may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// A page for each value that can exist.
    pub least: Credits,
    /// As many pages as the job can have for each of them.
    pub most: Credits,
}

impl Quote {
    /// Of a job of so many values that can exist, each of at most `page_cap` pages; a cap of its own bounds both ends, as far
    /// as it pays whole pages.
    pub fn of(valid_values: usize, page_cap: u32, multiplier: Multiplier, max_credits: Option<Credits>) -> Quote {
        let least = multiplier.of_pages(valid_values as Credits);
        let most = least.saturating_mul(Credits::from(page_cap.max(1)));
        let cap = max_credits.map_or(Credits::MAX, |cap| cap - cap % Credits::from(multiplier.0.max(1)));
        Quote { least: least.min(cap), most: most.min(cap) }
    }
}

/// What an account has and uses at a moment, as jobs are measured against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purse {
    /// Free credits not used up.
    pub free_credits_left: Credits,
    pub daily_quota: Credits,
    /// Credits of the current UTC day.
    pub used_today: Credits,
    /// Held back for jobs that have not ended.
    pub reserved: Credits,
    /// Credits beyond the free ones are paid.
    pub has_subscription: bool,
    /// The most a job can cost is held back when it is created, instead of measuring the least it can cost.
    pub has_hard_quota: bool,
}

/// What is left for further jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    pub free_credits_left: Credits,
    pub daily_quota_left: Credits,
}

/// Why a job does not fit. `needed` is the least it can cost, or for an account with a hard quota the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unaffordable {
    #[error("the job needs {needed} credits; {used} of {quota} are used or held back today")]
    DailyQuotaExceeded { needed: Credits, used: Credits, quota: Credits },
    #[error("the job needs {needed} credits, and {left} free credits are left")]
    NotEnoughFreeCredits { needed: Credits, left: Credits },
}

impl Purse {
    /// How many credits are to be held back for a job, 0 without a hard quota; or why it does not fit. The quota comes before
    /// the free credits.
    pub fn admit(&self, quote: &Quote) -> Result<Credits, Unaffordable> {
        let needed = if self.has_hard_quota { quote.most } else { quote.least };
        let held = if self.has_hard_quota { self.reserved } else { 0 };
        let used = self.used_today.saturating_add(held);
        if used.saturating_add(needed) > self.daily_quota {
            return Err(Unaffordable::DailyQuotaExceeded { needed, used, quota: self.daily_quota });
        }
        let left = self.free_credits_left.saturating_sub(held);
        if !self.has_subscription && left < needed {
            return Err(Unaffordable::NotEnoughFreeCredits { needed, left });
        }
        Ok(if self.has_hard_quota { needed } else { 0 })
    }

    /// What is left when everything that is held back is used; neither goes below 0.
    pub fn balance(&self) -> Balance {
        Balance {
            free_credits_left: self.free_credits_left.saturating_sub(self.reserved),
            daily_quota_left: self.daily_quota.saturating_sub(self.used_today.saturating_add(self.reserved)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn purse(free_credits_left: Credits, has_subscription: bool, has_hard_quota: bool) -> Purse {
        Purse { free_credits_left, daily_quota: 100, used_today: 10, reserved: 30, has_subscription, has_hard_quota }
    }

    #[test]
    fn a_quote_is_bounded_by_its_own_cap() {
        let of = |values, pages, cap| {
            let quote = Quote::of(values, pages, Multiplier::DOUBLE, cap);
            (quote.least, quote.most)
        };
        assert_eq!(of(10, 3, None), (20, 60));
        assert_eq!(of(10, 3, Some(50)), (20, 50));
        assert_eq!(of(10, 3, Some(5)), (4, 4), "a page costs two");
        assert_eq!(of(0, 3, None), (0, 0));
    }

    #[test]
    fn an_ordinary_account_is_measured_by_the_least() {
        let quote = Quote { least: 90, most: 1000 };
        assert_eq!(purse(0, true, false).admit(&quote), Ok(0));
        assert_eq!(purse(90, false, false).admit(&quote), Ok(0));
        let refused = Unaffordable::NotEnoughFreeCredits { needed: 90, left: 89 };
        assert_eq!(purse(89, false, false).admit(&quote), Err(refused));
        let refused = Unaffordable::DailyQuotaExceeded { needed: 91, used: 10, quota: 100 };
        assert_eq!(purse(0, false, false).admit(&Quote { least: 91, most: 91 }), Err(refused));
    }

    #[test]
    fn a_hard_quota_holds_the_most_back() {
        let quote = Quote { least: 1, most: 60 };
        assert_eq!(purse(0, true, true).admit(&quote), Ok(60));
        let refused = Unaffordable::DailyQuotaExceeded { needed: 61, used: 40, quota: 100 };
        assert_eq!(purse(0, true, true).admit(&Quote { least: 1, most: 61 }), Err(refused));
        assert_eq!(purse(90, false, true).admit(&quote), Ok(60));
        let refused = Unaffordable::NotEnoughFreeCredits { needed: 60, left: 59 };
        assert_eq!(purse(89, false, true).admit(&quote), Err(refused));
    }

    proptest! {
        /// Whatever is created and however much of it is used, neither the quota nor the free credits are overrun.
        #[test]
        fn reservations_never_overshoot(
            jobs in proptest::collection::vec((0u64..80, 0u64..=100), 1..30),
            free in 0u64..300,
        ) {
            let mut now = Purse { free_credits_left: free, reserved: 0, used_today: 0, ..purse(0, false, true) };
            let mut running = Vec::new();
            for (most, share) in jobs {
                if let Ok(reserved) = now.admit(&Quote { least: most.min(1), most }) {
                    now.reserved += reserved;
                    running.push((reserved, share));
                }
                prop_assert!(now.used_today + now.reserved <= now.daily_quota);
                prop_assert!(now.reserved <= now.free_credits_left);
                if running.len() > 2 {
                    let (reserved, share) = running.remove(0);
                    let used = reserved * share / 100;
                    now.reserved -= reserved;
                    now.used_today += used;
                    now.free_credits_left -= used;
                }
            }
        }
    }
}
