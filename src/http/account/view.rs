//! Answers about an account as JSON, keys in the documented order.

use crate::domain::{Credits, UsageMonth, UsageToday};
use crate::http::openapi::words;
use serde::Serialize;
use utoipa::ToSchema;

/// Answer of `GET /me/usage_today`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsageToday)]
pub struct Today<'a> {
    usage: TodayUsage<'a>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsageOfToday)]
struct TodayUsage<'a> {
    #[serde(flatten)]
    day: Day<'a>,
    quota: Credits,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsageOfDay)]
struct Day<'a> {
    #[schema(value_type = words::Day)]
    date: &'a str,
    credits: Credits,
    free_credits: Credits,
    paid_credits: Credits,
}

pub fn usage_today(usage: &UsageToday) -> Today<'_> {
    let day = Day {
        date: &usage.date,
        credits: usage.credits(),
        free_credits: usage.free_credits,
        paid_credits: usage.paid_credits,
    };
    Today { usage: TodayUsage { day, quota: usage.quota } }
}

/// Answer of `GET /me/usage_month`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsageMonth)]
pub struct Month<'a> {
    usage: MonthUsage<'a>,
    /// Days with use, in order.
    usages: Vec<Day<'a>>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsageOfMonth)]
struct MonthUsage<'a> {
    #[schema(value_type = words::Day)]
    from: &'a str,
    #[schema(value_type = words::Day)]
    to: &'a str,
    credits: Credits,
    free_credits: Credits,
    paid_credits: Credits,
    included_credits: Credits,
    /// Paid credits beyond those included.
    overusage: Credits,
}

pub fn usage_month(usage: &UsageMonth) -> Month<'_> {
    let days = usage.days.iter().map(|day| Day {
        date: &day.date,
        credits: day.credits(),
        free_credits: day.free_credits,
        paid_credits: day.paid_credits,
    });
    Month {
        usage: MonthUsage {
            from: &usage.from,
            to: &usage.to,
            credits: usage.credits(),
            free_credits: usage.free_credits(),
            paid_credits: usage.paid_credits(),
            included_credits: usage.included_credits,
            overusage: usage.overusage(),
        },
        usages: days.collect(),
    }
}

/// Answer of `GET` and `PUT /settings/daily_quota`.
#[derive(Debug, Serialize, ToSchema)]
pub struct DailyQuota {
    daily_quota: Credits,
}

pub fn daily_quota(daily_quota: Credits) -> DailyQuota {
    DailyQuota { daily_quota }
}

/// Answer of `GET` and `PUT /settings/hard_quota`.
#[derive(Debug, Serialize, ToSchema)]
pub struct HardQuota {
    /// Whether quota and free credits cannot be overrun.
    hard_quota: bool,
}

pub fn hard_quota(hard_quota: bool) -> HardQuota {
    HardQuota { hard_quota }
}

/// Answer of `GET /settings/monthly_included_usage`.
#[derive(Debug, Serialize, ToSchema)]
pub struct MonthlyIncludedUsage {
    monthly_included_usage: Credits,
}

pub fn monthly_included_usage(monthly_included_usage: Credits) -> MonthlyIncludedUsage {
    MonthlyIncludedUsage { monthly_included_usage }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::UsageDay;
    use crate::http::json::json;

    #[test]
    fn the_documented_usage() {
        let today = UsageToday { date: "2016-10-17".into(), free_credits: 200, paid_credits: 800, quota: 10_000 };
        assert_eq!(
            json(&usage_today(&today)),
            r#"{"usage":{"date":"2016-10-17","credits":1000,"free_credits":200,"paid_credits":800,"quota":10000}}"#
        );
        let day = |date: &str, free_credits, paid_credits| UsageDay { date: date.into(), free_credits, paid_credits };
        let month = UsageMonth {
            from: "2016-10-01".into(),
            to: "2016-10-17".into(),
            included_credits: 50_000,
            days: vec![day("2016-10-01", 1000, 0), day("2016-10-17", 0, 55_000)],
        };
        assert_eq!(
            json(&usage_month(&month)),
            concat!(
                r#"{"usage":{"from":"2016-10-01","to":"2016-10-17","credits":56000,"free_credits":1000,"#,
                r#""paid_credits":55000,"included_credits":50000,"overusage":5000},"usages":["#,
                r#"{"date":"2016-10-01","credits":1000,"free_credits":1000,"paid_credits":0},"#,
                r#"{"date":"2016-10-17","credits":55000,"free_credits":0,"paid_credits":55000}]}"#
            )
        );
    }

    #[test]
    fn settings() {
        assert_eq!(json(&daily_quota(0)), r#"{"daily_quota":0}"#);
        assert_eq!(json(&monthly_included_usage(50_000)), r#"{"monthly_included_usage":50000}"#);
    }
}
