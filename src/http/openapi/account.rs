//! What an account used and set.

use super::bulk_v1::list_page;
use super::operation::{Media, Op, Tag, op};
use super::parameter::{optional, required};
use super::samples::{self, json};
use super::words::{flag, form, integer, named, one_of, text};
use crate::domain::{UsageDay, UsageMonth, UsageToday};
use crate::http::account::ledger::CSV_TYPE;
use crate::http::account::statement;
use crate::http::account::view;
use crate::http::codes::RefusalKind;
use serde_json::{Value, json as value};
use utoipa::ToSchema;
use utoipa::openapi::HttpMethod::{Get, Put};
use utoipa::openapi::schema::Schema;

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
        let table = String::from_utf8_lossy(&statement::usage_csv(&usage, false).unwrap_or_default()).into_owned();
        op(Get, path, id, Tag::Account, "Credits of a month").statement::<view::Month>(
            "By day, days without use are absent.",
            json(&view::usage_month(&usage)),
            table,
        )
    };
    let ledger = |path: &'static str, id| {
        let op = op(Get, path, id, Tag::Account, "The ledger of a month");
        // A table is always the whole month.
        let op = if path.ends_with(".csv") { op } else { op.query(list_page()) };
        op.statement::<statement::LedgerAnswer>(
            "A line a job, and a line a grant; as CSV the whole month.",
            ledger_page(),
            statement::LEDGER_COLUMNS.join(","),
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
        month("/v2/me/usage_month.csv", "usage_month_csv"),
        month("/me/usage_month.csv", "usage_month_csv_v1"),
        ledger("/v2/me/ledger", "ledger"),
        ledger("/me/ledger", "ledger_v1"),
        ledger("/v2/me/ledger.csv", "ledger_csv"),
        ledger("/me/ledger.csv", "ledger_csv_v1"),
        quota(Get, "daily_quota", "Show the daily quota"),
        quota(Put, "set_daily_quota", "Set the daily quota")
            .body(
                vec![required("daily_quota", integer(0, i64::MAX), "Most credits a day.")],
                value!({"daily_quota": 10_000}),
            )
            .refuses(&[RefusalKind::MissingParameter]),
        hard(Get, "hard_quota", "Show whether the quota is hard"),
        hard(Put, "set_hard_quota", "Set whether the quota is hard")
            .body(
                vec![required("hard_quota", Schema::from(flag().build()), "Whether it is.")],
                value!({"hard_quota": true}),
            )
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

fn ledger_page() -> Value {
    let line = value!({
        "kind": "job", "job_id": samples::job_id().as_str(), "finished_at": "2026-01-31T12:00:00Z", "source": "google_shopping",
        "country": "de", "topic": "product_and_offers", "key": "gtin", "requested": 2, "credits": 2, "free_credits": 0,
        "paid_credits": 2, "granted_credits": 0, "cost": "0.01", "currency": "EUR",
    });
    value!({"data": [line], "meta": {"page": 1, "per_page": 20, "total": 1, "total_pages": 1}})
}

impl Op {
    /// A month, as a view in JSON or as a table; a path that ends in `.csv` has the table only.
    fn statement<T: ToSchema>(mut self, meaning: &str, example: Value, table: String) -> Op {
        let is_table = self.path.ends_with(".csv");
        let lines =
            Media { content_type: CSV_TYPE, schema: Schema::from(text().build()).into(), example: Value::from(table) };
        let json = Media { content_type: "application/json", schema: named(&T::name()), example };
        T::schemas(&mut self.schemas);
        self.schemas.push((T::name().into_owned(), T::schema()));
        let month = optional(
            "month",
            form("^[0-9]{4}-(0[1-9]|1[0-2])$"),
            "Which month (UTC), none to come; without it the current one.",
        );
        let format =
            optional("format", one_of(statement::FORMATS).default(Some(value!(statement::FORMATS[0]))), "The format.");
        let bom = optional(
            "bom",
            Schema::from(flag().default(Some(value!(false))).build()),
            "Of CSV: a byte order mark stands first.",
        );
        match is_table {
            true => self.query([month, bom]).media(200, meaning, vec![lines]),
            false => self.query([month, format, bom]).media(200, meaning, vec![json, lines]),
        }
    }
}
