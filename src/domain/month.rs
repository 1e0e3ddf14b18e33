//! A month of the UTC calendar.

use super::Timestamp;
use std::fmt;
use std::str::FromStr;

/// `YYYY-MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month {
    year: i16,
    month: i8,
}

/// The text is not `YYYY-MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a month such as 2026-01")]
pub struct InvalidMonth;

impl Month {
    /// The month a moment lies in.
    pub fn of(moment: Timestamp) -> Month {
        moment.month().parse().unwrap_or(Month { year: 1970, month: 1 })
    }

    /// `YYYY-MM-01`.
    pub fn first_day(self) -> String {
        format!("{self}-01")
    }

    /// `YYYY-MM-DD`.
    pub fn last_day(self) -> String {
        let days = jiff::civil::Date::new(self.year, self.month, 1).map_or(31, jiff::civil::Date::days_in_month);
        format!("{self}-{days:02}")
    }
}

impl FromStr for Month {
    type Err = InvalidMonth;

    fn from_str(text: &str) -> Result<Month, InvalidMonth> {
        let is_shaped = text.len() == 7
            && text.bytes().enumerate().all(|(i, b)| if i == 4 { b == b'-' } else { b.is_ascii_digit() });
        let (year, month) = text.split_once('-').filter(|_| is_shaped).ok_or(InvalidMonth)?;
        let month = month.parse().ok().filter(|month| (1..=12).contains(month)).ok_or(InvalidMonth)?;
        Ok(Month { year: year.parse().map_err(|_| InvalidMonth)?, month })
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_have_their_days() {
        let month = |text: &str| text.parse::<Month>().unwrap();
        assert_eq!(
            (month("2024-02").first_day(), month("2024-02").last_day()),
            ("2024-02-01".into(), "2024-02-29".into())
        );
        assert_eq!(
            (month("2026-02").last_day(), month("2026-12").last_day()),
            ("2026-02-28".into(), "2026-12-31".into())
        );
        assert_eq!(Month::of(Timestamp(1_476_662_400_999_999)), month("2016-10"));
        assert!(month("2025-12") < month("2026-01") && month("2026-09") < month("2026-10"));
        for wrong in ["", "2026", "2026-1", "2026-00", "2026-13", "2026-011", "26-01", "2026/01", "２026-01", "-026-01"]
        {
            assert!(wrong.parse::<Month>().is_err(), "{wrong}");
        }
    }
}
