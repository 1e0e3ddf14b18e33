//! A span of time as v2 takes it: whole minutes, or an ISO 8601 duration.

use jiff::{Span, SpanRelativeTo};

/// Minutes, rounded down: `90`, `PT1H30M`, `P1D` (24 hours). Months and years have no fixed length and are none.
pub fn parse_minutes(text: &str) -> Option<u64> {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok();
    }
    // Jiff also reads `2 hours`, which no document of ours promises.
    if !text.starts_with(['P', 'p']) {
        return None;
    }
    let span: Span = text.parse().ok()?;
    let seconds = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?.as_secs();
    u64::try_from(seconds).ok().map(|seconds| seconds / 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_durations() {
        for (text, minutes) in [
            ("0", 0),
            ("1200", 1200),
            ("PT20H", 1200),
            ("pt1h30m", 90),
            ("P1D", 1440),
            ("P1W", 10_080),
            ("P1DT1M", 1441),
            ("PT90S", 1),
            ("PT0S", 0),
        ] {
            assert_eq!(parse_minutes(text), Some(minutes), "{text}");
        }
        let none = ["", "-1", "-PT1H", "1.5", "P1M", "P1Y", "2 hours", "PT", "P", "20h", "99999999999999999999", "١"];
        for text in none {
            assert_eq!(parse_minutes(text), None, "{text}");
        }
    }
}
