//! What an account used and set.

use super::operation::{Op, Tag, op};
use super::parameter::required;
use super::samples::json;
use super::words::{boolean, integer};
use crate::domain::{UsageDay, UsageMonth, UsageToday};
use crate::http::bulk::v1::view;
use crate::http::codes::RefusalKind;
use serde_json::json as value;
use utoipa::openapi::HttpMethod::{Get, Put};

pub(super) fn operations() -> Vec<Op> {
    let today = |path, id| {
        let usage = UsageToday { date: "2026-01-31".into(), free_credits: 200, paid_credits: 800, quota: 10_000 };
        op(Get, path, id, Tag::Account, "Credits of today")
            .json::<view::Today>("Credits of the jobs that finished today (UTC).", json(&view::usage_today(&usage)))
    };
    let month = |path, id| {
        let day = |date: &str, free_credits, paid_credits| UsageDay { date: date.into(), free_credits, paid_credits };
        let usage = UsageMonth {
            from: "2026-01-01".into(),
            to: "2026-01-31".into(),
            included_credits: 50_000,
            days: vec![day("2026-01-01", 1000, 0), day("2026-01-31", 0, 55_000)],
        };
        op(Get, path, id, Tag::Account, "Credits of the month").json::<view::Month>(
            "The month up to today, by day; days without use are absent.",
            json(&view::usage_month(&usage)),
        )
    };
    let quota = |method, id, summary| {
        op(method, "/settings/daily_quota", id, Tag::Account, summary)
            .json::<view::DailyQuota>("The account's own limit a day.", json(&view::daily_quota(10_000)))
    };
    let hard = |method, id, summary| {
        op(method, "/settings/hard_quota", id, Tag::Account, summary).json::<view::HardQuota>(
            "Whether what unfinished jobs may cost at most is held back from quota and credits.",
            json(&view::hard_quota(true)),
        )
    };
    vec![
        today("/v2/me/usage_today", "usage_today"),
        today("/me/usage_today", "usage_today_v1"),
        month("/v2/me/usage_month", "usage_month"),
        month("/me/usage_month", "usage_month_v1"),
        quota(Get, "daily_quota", "Show the daily quota"),
        quota(Put, "set_daily_quota", "Set the daily quota")
            .body(
                vec![required("daily_quota", integer(0, i64::MAX), "Most credits a day.")],
                value!({"daily_quota": 10_000}),
            )
            .refuses(&[RefusalKind::MissingParameter]),
        hard(Get, "hard_quota", "Show whether the quota is hard"),
        hard(Put, "set_hard_quota", "Set whether the quota is hard")
            .body(vec![required("hard_quota", boolean(), "Whether it is.")], value!({"hard_quota": true}))
            .refuses(&[RefusalKind::MissingParameter]),
        op(
            Get,
            "/settings/monthly_included_usage",
            "monthly_included_usage",
            Tag::Account,
            "Show what the plan includes",
        )
        .json::<view::MonthlyIncludedUsage>("Credits included a month.", json(&view::monthly_included_usage(50_000))),
    ]
}
