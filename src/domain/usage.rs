//! Credits used over time.

use super::{Charge, Credits};

/// Credits of one UTC day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageDay {
    /// `YYYY-MM-DD`.
    pub date: String,
    pub charge: Charge,
}

/// Today so far, and how much a day may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageToday {
    pub day: UsageDay,
    pub quota: Credits,
}

/// A month, or its part up to today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageMonth {
    /// First of the month, `YYYY-MM-DD`.
    pub from: String,
    /// Today, or the last day of a month gone by.
    pub to: String,
    /// What the plan includes.
    pub included: Credits,
    /// Ascending; days without use are absent.
    pub days: Vec<UsageDay>,
}

impl UsageMonth {
    /// The sum of the days.
    pub fn charge(&self) -> Charge {
        self.days.iter().fold(Charge::default(), |sum, day| Charge {
            free: sum.free + day.charge.free,
            paid: sum.paid + day.charge.paid,
        })
    }

    /// Paid credits beyond those included.
    pub fn overusage(&self) -> Credits {
        self.charge().paid.saturating_sub(self.included)
    }
}
