//! When a recurring job runs.

use super::Timestamp;
use super::wall_clock::WallClock;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::tz::TimeZone;

/// Most schedules of an account.
pub const MOST_SCHEDULES: u64 = 100;
/// Longest cron expression, in characters.
pub const MAX_CRON_CHARS: usize = 120;

/// A cron expression of five fields in a time zone, so that it never runs more often than once a minute.
///
/// When clocks go forward, a fixed time that is left out runs as soon as they have; when they go back, one that comes twice
/// runs the first time. Expressions with a wildcard or step in minute or hour follow the clock on the wall (rule from croner).
#[derive(Debug, Clone)]
pub struct Recurrence {
    text: String,
    cron: Cron,
    timezone_name: String,
    timezone: TimeZone,
}

/// Why a recurrence cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRecurrence {
    #[error("the expression is longer than {MAX_CRON_CHARS} characters")]
    TooLong,
    #[error("{0}")]
    Cron(String),
    /// 30 February.
    #[error("no day ever matches the expression")]
    Never,
    #[error("there is no time zone of this name")]
    Timezone,
}

impl Recurrence {
    /// Reads an expression (`30 6 * * MON-FRI`, `@daily`) and an IANA time zone name (`Europe/Berlin`).
    pub fn parse(cron: &str, timezone: &str) -> Result<Recurrence, InvalidRecurrence> {
        let text = cron.trim();
        if text.chars().count() > MAX_CRON_CHARS {
            return Err(InvalidRecurrence::TooLong);
        }
        let fields = text.split_whitespace().count();
        if fields != 5 && !(fields == 1 && text.starts_with('@')) {
            return Err(InvalidRecurrence::Cron(format!("five fields are wanted, and there are {fields}")));
        }
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let cron = parser.parse(text).map_err(|error| InvalidRecurrence::Cron(error.to_string()))?;
        // `local` and the like mean the machine's own zone, which is nobody's business.
        let is_name = timezone.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte));
        let zone = if is_name { TimeZone::get(timezone).ok() } else { None };
        let zone = zone.ok_or(InvalidRecurrence::Timezone)?;
        let timezone_name = zone.iana_name().ok_or(InvalidRecurrence::Timezone)?.to_owned();
        Ok(Recurrence { text: text.to_owned(), cron, timezone_name, timezone: zone })
    }

    /// The first moment after another; `None` when there is none.
    pub fn next_after(&self, moment: Timestamp) -> Option<Timestamp> {
        let at = jiff::Timestamp::from_microsecond(moment.as_micros()).ok()?;
        let next = self.cron.find_next_occurrence(&WallClock { at, zone: self.timezone.clone() }, false).ok()?;
        Some(Timestamp::from_micros(next.at.as_microsecond()))
    }

    pub fn cron(&self) -> &str {
        &self.text
    }

    pub fn timezone(&self) -> &str {
        &self.timezone_name
    }
}

/// Why a due run made no job; the wording is that of the refusal a caller would have got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Skipped {
    NotEnoughFreeCredits,
    DailyQuotaExceeded,
    TooManyInFlight,
    ValuesDisabled,
    UnknownSource,
    UnsupportedCountry,
    SourceDisabled,
    UnsupportedKey,
    KeyDisabled,
    UnsupportedTopic,
}

impl Skipped {
    pub fn wording(self) -> &'static str {
        match self {
            Skipped::NotEnoughFreeCredits => "not enough free credits",
            Skipped::DailyQuotaExceeded => "daily quota exceeded",
            Skipped::TooManyInFlight => "Job creation limit exceeded",
            Skipped::ValuesDisabled => "value disabled",
            Skipped::UnknownSource => "unknown source",
            Skipped::UnsupportedCountry => "unsupported country",
            Skipped::SourceDisabled => "source disabled",
            Skipped::UnsupportedKey => "unsupported key",
            Skipped::KeyDisabled => "key disabled",
            Skipped::UnsupportedTopic => "unknown topic",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_micros(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
    }

    /// The next runs after a moment.
    fn runs(cron: &str, timezone: &str, from: &str, count: usize) -> Vec<String> {
        let recurrence = Recurrence::parse(cron, timezone).unwrap();
        let next = |moment: &Timestamp| recurrence.next_after(*moment);
        std::iter::successors(Some(at(from)), next).skip(1).take(count).map(|at| at.to_string()).collect()
    }

    #[test]
    fn ordinary_expressions() {
        assert_eq!(
            runs("*/20 * * * *", "UTC", "2026-09-21T12:00:00Z", 3),
            ["2026-09-21T12:20:00Z", "2026-09-21T12:40:00Z", "2026-09-21T13:00:00Z"]
        );
        assert_eq!(
            runs("30 6 * * MON-FRI", "Europe/Berlin", "2026-09-25T12:00:00Z", 2),
            ["2026-09-28T04:30:00Z", "2026-09-29T04:30:00Z"]
        );
        assert_eq!(runs("@daily", "Asia/Tokyo", "2026-09-21T12:00:00Z", 1), ["2026-09-21T15:00:00Z"]);
        assert_eq!(runs("0 0 29 2 *", "UTC", "2026-09-21T12:00:00Z", 1), ["2028-02-29T00:00:00Z"]);
        // Between two seconds: the minute that began is over.
        assert_eq!(runs("* * * * *", "UTC", "2026-09-21T12:00:00.5Z", 1), ["2026-09-21T12:01:00Z"]);
    }

    #[test]
    fn when_clocks_go_forward() {
        // In Berlin 02:00 is followed by 03:00 on 29 March 2026.
        assert_eq!(
            runs("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2),
            ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]
        );
        assert_eq!(
            runs("0 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 2),
            ["2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"]
        );
    }

    #[test]
    fn when_clocks_go_back() {
        // In Berlin 02:00 to 03:00 comes twice on 25 October 2026.
        assert_eq!(
            runs("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2),
            ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]
        );
        assert_eq!(
            runs("30 * * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", 3),
            ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"]
        );
    }

    #[test]
    fn what_is_no_recurrence() {
        let refused = |cron: &str, timezone: &str| Recurrence::parse(cron, timezone).unwrap_err();
        for cron in ["", "* * * *", "* * * * * *", "61 * * * *", "a b c d e", "* * * * MOO", "@reboot", "*/0 * * * *"] {
            assert!(matches!(refused(cron, "UTC"), InvalidRecurrence::Cron(_)), "{cron}");
        }
        assert_eq!(refused(&"1,".repeat(100), "UTC"), InvalidRecurrence::TooLong);
        for timezone in ["", "Mars/Base", "local", "../etc/passwd", "+02:00", "Europe/Berlin\0"] {
            assert_eq!(refused("* * * * *", timezone), InvalidRecurrence::Timezone, "{timezone}");
        }
        assert_eq!(Recurrence::parse("* * * * *", "europe/berlin").unwrap().timezone(), "Europe/Berlin");
    }

    /// Such an expression must not keep a server busy: the search has a bound.
    #[test]
    fn a_day_that_never_comes() {
        let never = Recurrence::parse("0 0 30 2 *", "UTC");
        assert!(never.is_err() || never.unwrap().next_after(at("2026-01-01T00:00:00Z")).is_none());
    }
}
