//! How many credits an account used, by day and by month.

use super::Credits;

/// Today's use beside the daily quota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageToday {
    /// UTC day, `YYYY-MM-DD`.
    pub date: String,
    pub free_credits: Credits,
    pub paid_credits: Credits,
    /// The daily quota.
    pub quota: Credits,
}

/// One day of use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageDay {
    /// UTC day, `YYYY-MM-DD`.
    pub date: String,
    pub free_credits: Credits,
    pub paid_credits: Credits,
}

/// The month up to today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageMonth {
    /// First of the month, `YYYY-MM-DD`.
    pub from: String,
    /// Today (UTC), `YYYY-MM-DD`.
    pub to: String,
    /// Credits the plan includes a month.
    pub included_credits: Credits,
    /// Days with use, ascending; a day without use is absent.
    pub days: Vec<UsageDay>,
}

impl UsageToday {
    pub fn credits(&self) -> Credits {
        self.free_credits + self.paid_credits
    }
}

impl UsageDay {
    pub fn credits(&self) -> Credits {
        self.free_credits + self.paid_credits
    }
}

impl UsageMonth {
    pub fn free_credits(&self) -> Credits {
        self.days.iter().map(|day| day.free_credits).sum()
    }

    pub fn paid_credits(&self) -> Credits {
        self.days.iter().map(|day| day.paid_credits).sum()
    }

    pub fn credits(&self) -> Credits {
        self.free_credits() + self.paid_credits()
    }

    /// Paid credits beyond those included.
    pub fn overusage(&self) -> Credits {
        self.paid_credits().saturating_sub(self.included_credits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_month_is_the_sum_of_its_days() {
        let day = |free_credits, paid_credits| UsageDay { date: "2016-10-01".into(), free_credits, paid_credits };
        let month = |included_credits| UsageMonth {
            from: "2016-10-01".into(),
            to: "2016-10-17".into(),
            included_credits,
            days: vec![day(1000, 0), day(0, 55_000)],
        };
        assert_eq!((month(50_000).credits(), month(50_000).overusage()), (56_000, 5_000));
        assert_eq!(month(60_000).overusage(), 0);
    }
}
