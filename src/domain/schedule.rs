//! When a recurring job runs.

use super::Timestamp;
use super::wall_clock::WallClock;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

/// Most schedules of an account.
pub const MOST_SCHEDULES: u64 = 100;
/// Longest cron expression, in characters.
pub const MAX_CRON_CHARS: usize = 120;
/// Minutes that a clock may go back.
const MOST_REPEATED: usize = 24 * 60;

/// A cron expression of five fields in a time zone, so that it never runs more often than once a minute.
///
/// Times are fixed when minute and hour are numbers, lists or ranges of them. When clocks go forward, fixed times that are left
/// out run as soon as they have, all of them together once; when they go back, fixed times that come twice run the first
/// time. Expressions with a wildcard or step in minute or hour follow the clock on the wall: what it does not show does not
/// run, and what it shows twice runs twice.
#[derive(Debug, Clone)]
pub struct Recurrence {
    text: String,
    cron: Cron,
    is_fixed: bool,
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
        Ok(Recurrence { is_fixed: has_fixed_times(text), text: text.to_owned(), cron, timezone_name, timezone: zone })
    }

    /// The first moment after another; `None` when there is none.
    pub fn next_after(&self, moment: Timestamp) -> Option<Timestamp> {
        let at = jiff::Timestamp::from_microsecond(moment.as_micros()).ok()?;
        let next = match self.is_fixed {
            true => self.next_fixed(at)?,
            false => self.cron.find_next_occurrence(&WallClock { at, zone: self.timezone.clone() }, false).ok()?.at,
        };
        Some(Timestamp::from_micros(next.as_microsecond()))
    }

    /// croner takes only one minute of one hour for a fixed time. So it is asked by the calendar alone, in which no time is
    /// left out or comes twice, and each time it answers is looked for in the zone. The order is the same in both.
    fn next_fixed(&self, after: jiff::Timestamp) -> Option<jiff::Timestamp> {
        let shown = TimeZone::UTC.to_timestamp(self.timezone.to_datetime(after)).ok()?;
        let mut calendar = WallClock { at: shown, zone: TimeZone::UTC };
        // While the clock shows a time for the second time, all that follow until it is past them are over.
        for _ in 0..MOST_REPEATED {
            calendar = self.cron.find_next_occurrence(&calendar, false).ok()?;
            let next = self.first_moment(TimeZone::UTC.to_datetime(calendar.at))?;
            if next > after {
                return Some(next);
            }
        }
        None
    }

    /// When the zone's clock first shows a time, or has left it out.
    fn first_moment(&self, shown: DateTime) -> Option<jiff::Timestamp> {
        let moments = self.timezone.to_ambiguous_timestamp(shown);
        let earlier = moments.earlier().ok()?;
        match moments.offset() {
            // The earlier reading of a time that is left out lies before the change.
            AmbiguousOffset::Gap { .. } => Some(self.timezone.following(earlier).next()?.timestamp()),
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => Some(earlier),
        }
    }

    pub fn cron(&self) -> &str {
        &self.text
    }

    pub fn timezone(&self) -> &str {
        &self.timezone_name
    }
}

/// Whether minute and hour are numbers, lists or ranges of them.
fn has_fixed_times(cron: &str) -> bool {
    if cron.starts_with('@') {
        return !cron.eq_ignore_ascii_case("@hourly");
    }
    let is_fixed = |field: &str| field.bytes().all(|byte| byte.is_ascii_digit() || b",-".contains(&byte));
    cron.split_whitespace().take(2).all(is_fixed)
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
    fn several_fixed_times_when_clocks_go_forward() {
        assert_eq!(
            runs("30 2,14 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 4),
            ["2026-03-28T13:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T12:30:00Z", "2026-03-30T00:30:00Z"]
        );
        // All that are left out are one run.
        let wanted = ["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z", "2026-03-30T00:30:00Z"];
        assert_eq!(runs("0,30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 3), wanted);
        assert_eq!(runs("0-30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2)[0], wanted[0]);
        assert_eq!(
            runs("30 1-3 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 4),
            ["2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z", "2026-03-29T23:30:00Z"]
        );
        // The day has no 00:30: it begins at 01:00.
        assert_eq!(
            runs("30 0,12 * * *", "Africa/Cairo", "2026-04-23T12:00:00Z", 3),
            ["2026-04-23T22:00:00Z", "2026-04-24T09:30:00Z", "2026-04-24T21:30:00Z"]
        );
    }

    #[test]
    fn several_fixed_times_when_clocks_go_back() {
        assert_eq!(
            runs("30 2,14 * * *", "Europe/Berlin", "2026-10-24T13:00:00Z", 3),
            ["2026-10-25T00:30:00Z", "2026-10-25T13:30:00Z", "2026-10-26T01:30:00Z"]
        );
        let wanted = ["2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:00:00Z", "2026-10-26T01:30:00Z"];
        assert_eq!(runs("0,30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 4), wanted);
        // Asked while the clock shows the hour for the second time.
        for from in ["2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:15:00Z", "2026-10-25T01:59:59.9Z"] {
            assert_eq!(runs("0,30 2 * * *", "Europe/Berlin", from, 1), wanted[2..3], "{from}");
        }
        assert_eq!(runs("0-59 2,3 * * *", "Europe/Berlin", "2026-10-25T01:15:00Z", 70)[69], "2026-10-26T01:09:00Z");
        assert_eq!(runs("0-59 2 * * *", "Europe/Berlin", "2026-10-25T01:30:00Z", 1), ["2026-10-26T01:00:00Z"]);
    }

    #[test]
    fn steps_and_wildcards_follow_the_clock_on_the_wall() {
        assert_eq!(runs("*/30 2 * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 1), ["2026-03-30T00:00:00Z"]);
        let twice = ["2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z"];
        assert_eq!(runs("0-59/30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 4), twice);
        assert_eq!(runs("30 */2 * * *", "Europe/Berlin", "2026-10-24T22:30:00Z", 3)[..2], [twice[1], twice[3]]);
        assert_eq!(runs("@HOURLY", "Europe/Berlin", "2026-10-25T00:00:00Z", 2), [twice[2], "2026-10-25T02:00:00Z"]);
        assert_eq!(
            runs("@daily", "Africa/Cairo", "2026-04-23T12:00:00Z", 2),
            ["2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"]
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
