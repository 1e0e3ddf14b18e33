//! Moments.

use std::fmt;

/// A moment as microseconds since 1970 UTC: what the database stores and every room compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    pub fn from_micros(micros: i64) -> Timestamp {
        Timestamp(micros)
    }

    pub fn as_micros(self) -> i64 {
        self.0
    }

    pub fn plus(self, duration: std::time::Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)))
    }

    pub fn minus(self, duration: std::time::Duration) -> Timestamp {
        Timestamp(self.0.saturating_sub(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)))
    }

    /// Time since an earlier moment; zero when that is not earlier.
    pub fn since(self, earlier: Timestamp) -> std::time::Duration {
        std::time::Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// When the hour it lies in began.
    pub fn hour(self) -> Timestamp {
        const HOUR: i64 = 3_600_000_000;
        Timestamp(self.0.saturating_sub(self.0.rem_euclid(HOUR)))
    }

    /// The UTC day, `YYYY-MM-DD`.
    pub fn day(self) -> String {
        self.utc().strftime("%Y-%m-%d").to_string()
    }

    /// The UTC month, `YYYY-MM`.
    pub fn month(self) -> String {
        self.utc().strftime("%Y-%m").to_string()
    }

    fn utc(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or_default()
    }
}

impl fmt::Display for Timestamp {
    /// `YYYY-MM-DDTHH:MM:SSZ`, no fractions.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.utc().strftime("%Y-%m-%dT%H:%M:%SZ"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_iso_8601_without_fractions() {
        let moment = Timestamp(1_476_662_400_999_999);
        assert_eq!(moment.to_string(), "2016-10-17T00:00:00Z");
        assert_eq!(moment.day(), "2016-10-17");
        assert_eq!(moment.month(), "2016-10");
        assert_eq!(moment.hour(), Timestamp(1_476_662_400_000_000));
        assert_eq!(Timestamp(-1).hour(), Timestamp(-3_600_000_000));
    }
}
