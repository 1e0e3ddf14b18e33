//! What an account used, as tables: which month and form is asked, and the answers.

use crate::domain::{Amount, Credits, LedgerLine, Month, Timestamp, UsageMonth};
use crate::http::codes::Refusal;
use crate::http::list_page::ListPage;
use crate::http::list_page::PageMeta;
use crate::http::openapi::words;
use crate::http::param_values::flag;
use crate::http::params::Params;
use crate::ledger::LedgerPage;
use crate::rendering::{BOM, RenderError, csv_line};
use serde::Serialize;
use utoipa::ToSchema;

/// The forms by name, as path suffix and as parameter.
pub const FORMATS: [&str; 2] = ["json", "csv"];
/// What a line of the ledger may be about.
pub const LEDGER_KINDS: [&str; 2] = ["job", "grant"];

/// Which month, and in which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    pub month: Month,
    pub is_csv: bool,
    /// A byte order mark stands first in CSV.
    pub bom: bool,
}

/// `month` is the current one when it is not sent and never one to come; the suffix of the path beats `format`.
pub fn parse_statement(params: &Params, path: &str, now: Timestamp) -> Result<Statement, Refusal> {
    let current = Month::of(now);
    let month = match params.get("month") {
        None => current,
        Some(text) => text.parse().ok().filter(|month| *month <= current).ok_or_else(|| {
            Refusal::invalid("month", format!("The parameter `month` is a month up to {current}, such as 2026-01."))
        })?,
    };
    let suffix = path.trim_end_matches('/').rsplit_once('.').map(|(_, suffix)| suffix);
    let format = suffix.or_else(|| params.get("format")).unwrap_or(FORMATS[0]).to_ascii_lowercase();
    let is_csv = match format.as_str() {
        "json" => false,
        "csv" => true,
        _ => return Err(Refusal::not_one_of("format", FORMATS)),
    };
    Ok(Statement { month, is_csv, bom: flag(params, "bom")?.unwrap_or_default() })
}

/// A line per day with use.
pub fn usage_csv(usage: &UsageMonth, bom: bool) -> Result<Vec<u8>, RenderError> {
    let mut out = if bom { BOM.to_vec() } else { Vec::new() };
    csv_line(["date", "credits", "free_credits", "paid_credits"], &mut out)?;
    for day in &usage.days {
        let counts = [day.credits(), day.free_credits, day.paid_credits].map(|count| count.to_string());
        csv_line(std::iter::once(day.date.as_str()).chain(counts.iter().map(String::as_str)), &mut out)?;
    }
    Ok(out)
}

/// Answer of `GET /v2/me/ledger`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Ledger)]
pub struct LedgerAnswer<'a> {
    /// The lines of this page, in the order in which they happened.
    data: Vec<Line<'a>>,
    meta: PageMeta,
}

pub fn ledger(page: &LedgerPage, wanted: ListPage) -> LedgerAnswer<'_> {
    LedgerAnswer { data: page.lines.iter().map(line).collect(), meta: PageMeta::of(wanted, page.total) }
}

/// The columns of the ledger's CSV, which are also the keys of its JSON, in order.
pub const LEDGER_COLUMNS: [&str; 14] = [
    "kind",
    "job_id",
    "finished_at",
    "source",
    "country",
    "topic",
    "key",
    "requested",
    "credits",
    "free_credits",
    "paid_credits",
    "granted_credits",
    "cost",
    "currency",
];

/// The header line of the ledger's CSV.
pub fn ledger_header(bom: bool) -> Result<Vec<u8>, RenderError> {
    let mut out = if bom { BOM.to_vec() } else { Vec::new() };
    csv_line(LEDGER_COLUMNS, &mut out)?;
    Ok(out)
}

/// One line of it.
pub fn ledger_line(told: &LedgerLine, out: &mut Vec<u8>) -> Result<(), RenderError> {
    let line = line(told);
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let cells: [String; LEDGER_COLUMNS.len()] = [
        line.kind.to_owned(),
        text(line.job_id),
        line.finished_at,
        line.source.unwrap_or_default(),
        text(line.country),
        text(line.topic),
        text(line.key),
        line.requested.map(|n| n.to_string()).unwrap_or_default(),
        line.credits.to_string(),
        line.free_credits.to_string(),
        line.paid_credits.to_string(),
        line.granted_credits.to_string(),
        line.cost.map(|cost| cost.to_string()).unwrap_or_default(),
        text(line.currency),
    ];
    csv_line(cells.iter().map(String::as_str), out)
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerLine)]
struct Line<'a> {
    #[schema(value_type = words::LedgerKind)]
    kind: &'static str,
    #[schema(value_type = Option<words::JobIdText>, required)]
    job_id: Option<&'a str>,
    #[schema(value_type = words::Moment)]
    finished_at: String,
    /// The source asked; null of a grant.
    #[schema(required)]
    source: Option<String>,
    #[schema(value_type = Option<words::CountryCode>, required)]
    country: Option<&'a str>,
    #[schema(value_type = Option<words::TopicWord>, required)]
    topic: Option<&'static str>,
    #[schema(value_type = Option<words::KeyV2>, required)]
    key: Option<&'static str>,
    /// Different values of the job; null of a grant.
    #[schema(required)]
    requested: Option<u32>,
    credits: Credits,
    free_credits: Credits,
    paid_credits: Credits,
    granted_credits: Credits,
    #[schema(value_type = Option<words::Money>, required)]
    cost: Option<Amount>,
    #[schema(value_type = Option<words::CurrencyCode>, required)]
    currency: Option<&'static str>,
}

fn line(line: &LedgerLine) -> Line<'_> {
    let job = line.job.as_ref();
    Line {
        kind: LEDGER_KINDS[usize::from(job.is_none())],
        job_id: job.map(|job| job.id.as_str()),
        finished_at: line.at.to_string(),
        source: job.map(|job| job.source.v2()),
        country: job.map(|job| job.country.as_str()),
        topic: job.map(|job| job.topic.as_str()),
        key: job.map(|job| job.key.v2()),
        requested: job.map(|job| job.requested),
        credits: line.charge.total(),
        free_credits: line.charge.free,
        paid_credits: line.charge.paid,
        granted_credits: line.granted,
        cost: line.cost.map(|(cost, _)| cost),
        currency: line.cost.map(|(_, currency)| currency.code()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(path: &str, query: &str) -> Result<(String, bool, bool), Option<String>> {
        let params = Params::from_parts(query, "", b"").unwrap();
        // 2016-10-17T00:00:00Z
        let now = Timestamp::from_micros(1_476_662_400_000_000);
        let statement = parse_statement(&params, path, now).map_err(|refusal| refusal.parameter)?;
        Ok((statement.month.to_string(), statement.is_csv, statement.bom))
    }

    #[test]
    fn the_suffix_beats_the_parameter() {
        assert_eq!(parse("/v2/me/ledger", ""), Ok(("2016-10".into(), false, false)));
        assert_eq!(parse("/v2/me/ledger", "format=CSV&bom=1&month=2016-09"), Ok(("2016-09".into(), true, true)));
        assert_eq!(parse("/v2/me/ledger.csv", "format=json"), Ok(("2016-10".into(), true, false)));
        for (query, parameter) in [
            ("month=2016-11", "month"),
            ("month=2016-1", "month"),
            ("month=x", "month"),
            ("format=xml", "format"),
            ("bom=2", "bom"),
        ] {
            assert_eq!(parse("/v2/me/ledger", query), Err(Some(parameter.into())), "{query}");
        }
    }
}
