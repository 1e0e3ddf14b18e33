//! A moment as a clock on the wall shows it somewhere: what cron expressions are about.
//!
//! croner's own bridge is to an older jiff; a second one in the program would be larger than this one.

use croner::errors::CronError;
use croner::time::{CivilDate, CivilDateTime, CivilTime, CronDateTime, Resolution, Weekday};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use std::cmp::Ordering;

#[derive(Debug, Clone)]
pub(super) struct WallClock {
    pub at: Timestamp,
    pub zone: TimeZone,
}

impl WallClock {
    fn shown(&self) -> DateTime {
        self.zone.to_datetime(self.at)
    }

    fn at(&self, at: Timestamp) -> WallClock {
        WallClock { at, zone: self.zone.clone() }
    }
}

/// A part of a date that jiff has checked already.
fn part(number: i8) -> u32 {
    u32::from(number.unsigned_abs())
}

impl CronDateTime for WallClock {
    fn to_civil(&self) -> CivilDateTime {
        let shown = self.shown();
        CivilDateTime::new(
            CivilDate::from_parts_unchecked(i32::from(shown.year()), part(shown.month()), part(shown.day())),
            CivilTime::from_parts_unchecked(part(shown.hour()), part(shown.minute()), part(shown.second())),
        )
    }

    fn civil_weekday(&self) -> Weekday {
        Weekday::from_days_from_sunday(part(self.shown().weekday().to_sunday_zero_offset()))
    }

    fn resolve_civil(&self, civil: CivilDateTime) -> Result<Resolution<WallClock>, CronError> {
        let part = |number: u32| i8::try_from(number).map_err(|_| CronError::InvalidDate);
        let year = i16::try_from(civil.year()).map_err(|_| CronError::InvalidDate)?;
        let (month, day) = (part(civil.month())?, part(civil.day())?);
        let (hour, minute, second) = (part(civil.hour())?, part(civil.minute())?, part(civil.second())?);
        let shown = DateTime::new(year, month, day, hour, minute, second, 0).map_err(|_| CronError::InvalidDate)?;
        let moments = self.zone.to_ambiguous_timestamp(shown);
        let moment =
            |found: Result<Timestamp, jiff::Error>| found.map(|at| self.at(at)).map_err(|_| CronError::InvalidTime);
        Ok(match moments.offset() {
            AmbiguousOffset::Unambiguous { .. } => Resolution::Single(moment(moments.unambiguous())?),
            AmbiguousOffset::Fold { .. } => Resolution::Ambiguous(moment(moments.earlier())?, moment(moments.later())?),
            AmbiguousOffset::Gap { .. } => Resolution::Gap,
        })
    }

    fn checked_add_seconds(&self, seconds: i64) -> Option<WallClock> {
        self.at.checked_add(SignedDuration::from_secs(seconds)).ok().map(|at| self.at(at))
    }

    fn cmp_instant(&self, other: &WallClock) -> Ordering {
        self.at.cmp(&other.at)
    }
}
