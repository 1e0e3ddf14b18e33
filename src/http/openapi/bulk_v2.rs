//! Bulk jobs, version 2.

use super::bulk_v1::{CREATING, ENDED, job_id, job_link, list_page, values, values_in_a_file};
use super::known::Known;
use super::operation::{Media, Op, Tag, op};
use super::parameter::{Param, optional, required};
use super::results_v2;
use super::samples;
use super::shape::list;
use super::words::{ConditionV2, KeyV2, flag, form, integer, named, one_of, text};
use crate::domain::{MaxAge, SortBy, Topic, WebhookMethod};
use crate::http::bulk::IDEMPOTENT_REPLAYED;
use crate::http::bulk::v2::download::{LONGEST_WAIT_S, format_word};
use crate::http::bulk::v2::estimate_view::EstimateAnswer;
use crate::http::bulk::v2::job_list::JobList;
use crate::http::bulk::v2::job_object::JobObject;
use crate::http::bulk::v2::parse_job::{MAX_WEBHOOK_URL_BYTES, MOST_MAX_AGE_MINUTES, MOST_TIMEOUT_MINUTES};
use crate::http::codes::RefusalKind as K;
use crate::rendering::{Format, FormatV2};
use serde_json::{Value, json};
use utoipa::PartialSchema;
use utoipa::ToSchema;
use utoipa::openapi::HttpMethod::{Get, Post};
use utoipa::openapi::link::Link;
use utoipa::openapi::schema::{AnyOfBuilder, Schema};

pub(super) fn operations(known: &Known) -> Vec<Op> {
    let mut ops = vec![create(known), estimate(known), list_jobs(), show()];
    ops.extend(downloads());
    ops
}

fn create(known: &Known) -> Op {
    let mut params = question(known);
    params.push(values());
    params.extend(options());
    let example = json!({"source": "test", "country": "de", "key": "gtin", "topic": "product_and_offers",
        "values": [{"value": "00885909666966", "reference": "SKU-1"}, "08718108041581"], "max_pages": 2});
    op(Post, "/v2/jobs", "create_job", Tag::BulkV2, "Create a job")
        .describe("Every parameter may stand in the query string as well; of one that comes twice the body's counts.")
        .body(params, example)
        .or_file(values_in_a_file())
        .once()
        .json::<JobObject>("The new job.", job("new"))
        .with_header(IDEMPOTENT_REPLAYED, "`true` when the answer was given before to the same Idempotency-Key.")
        .links(job_links())
        .refuses(CREATING)
}

fn estimate(known: &Known) -> Op {
    let mut params = question(known);
    params.push(values());
    params.extend(options());
    let example = json!({"source": "test", "country": "de", "key": "gtin", "values": ["00885909666966", "123"]});
    let answer = json!({
        "requested": 2, "valid_values": 1, "invalid_values": [{"value": "123", "reason": "invalid value"}], "fresh_values": 0,
        "least_credits": 1, "most_credits": 1, "multiplier": 1, "free_credits_left": 998, "daily_quota_left": 9_998,
        "would_be_refused": null,
    });
    op(Post, "/v2/jobs/estimate", "estimate_job", Tag::BulkV2, "What would a job cost?")
        .describe("The parameters of a job; nothing is created.")
        .body(params, example)
        .or_file(values_in_a_file())
        .json::<EstimateAnswer>("The least and the most it can cost.", answer)
        .refuses(CREATING)
}

fn list_jobs() -> Op {
    let page = json!({"data": [job("finished")], "meta": {"page": 1, "per_page": 20, "total": 1, "total_pages": 1}});
    let either =
        Schema::from(AnyOfBuilder::new().item(named(&JobList::name())).item(list(named(&JobObject::name()))).build());
    let mut op = op(Get, "/v2/jobs", "list_jobs", Tag::BulkV2, "List your jobs")
        .describe("A query that holds a job's id as a word by itself is answered with a bare list, oldest first.")
        .query(list_page());
    JobList::schemas(&mut op.schemas);
    op.schemas.push((JobList::name().into_owned(), JobList::schema()));
    op.media(
        200,
        "A page of them, newest first.",
        vec![Media { content_type: "application/json", schema: either.into(), example: page }],
    )
}

fn show() -> Op {
    op(Get, "/v2/jobs/{job_id}", "show_job", Tag::BulkV2, "Follow a job")
        .in_path(job_id())
        .query([wait()])
        .json::<JobObject>("The job.", job("working"))
        .links(job_links())
        .refuses(&[K::JobNotFound, K::TooManyRequests])
}

fn downloads() -> [Op; 2] {
    let described = |op: Op| {
        op.describe(
            "A download asked for while the job runs is held for a few seconds, or as long as `wait` says, before it is refused.",
        )
        .in_path(job_id())
        .download(results)
        .with_schemas(results_v2::schemas())
        .refuses(ENDED)
        .refuses(&[K::JobNotFound])
    };
    let words = || one_of(FormatV2::ALL.map(format_word));
    let format = optional("format", words().default(Some(json!(format_word(FormatV2::Json)))), "The format.");
    [
        described(op(Get, "/v2/jobs/{job_id}/download", "download_job", Tag::BulkV2, "Download results"))
            .query([format, wait()])
            .query(table_options()),
        described(op(
            Get,
            "/v2/jobs/{job_id}/download.{suffix}",
            "download_job_as",
            Tag::BulkV2,
            "Download results in a format",
        ))
        .in_path(required("suffix", words(), "The format; it beats the parameter `format`."))
        .query([wait()])
        .query(table_options()),
    ]
}

/// What can be done with a job.
pub(super) fn job_links() -> Vec<(&'static str, Link)> {
    vec![
        ("job", job_link("show_job", "How far the job is.")),
        ("results", job_link("download_job", "What was found, once the job is finished.")),
        ("partial_results", job_link("partial_results", "What was found so far.")),
        ("events", job_link("job_events", "Its progress.")),
        ("cancel", job_link("cancel_job", "Ends it early.")),
        ("rerun", job_link("rerun_job", "Asks again what failed, once the job is finished.")),
        ("delete", job_link("delete_job", "Deletes its results.")),
    ]
}

/// Source, country, key and topic.
pub(super) fn question(known: &Known) -> Vec<Param> {
    let words = |words: &[String]| one_of(words.iter().map(String::as_str));
    vec![
        required("source", words(&known.sources_v2), "The source; letter case, `_`, `-` and blanks do not matter."),
        required(
            "country",
            words(&known.countries),
            "A country the source answers for, in any letter case; `uk` is `gb`.",
        ),
        required(
            "key",
            KeyV2::schema(),
            "What the values are; other spellings: `ean`, `upc`, `keyword`, `source_id`, `asin`.",
        ),
        optional(
            "topic",
            one_of(Topic::ALL.map(Topic::as_str)).default(Some(json!(Topic::ProductAndOffers.as_str()))),
            "What is asked about the values; a source answers some of these.",
        ),
    ]
}

/// The options of a new job.
pub(super) fn options() -> Vec<Param> {
    let i64_of = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let minutes = |name, least: i64, most: u64, meaning: String| {
        let span = || form("^P(T?[0-9]+[WDHMS])+$").description(Some("An ISO 8601 duration."));
        let whole = || integer(least, i64_of(most));
        let either = Schema::from(AnyOfBuilder::new().item(whole()).item(span()).build());
        optional(name, either, meaning)
    };
    let price = |name, meaning| {
        let digits = || form(r"^[0-9]{1,12}(\.[0-9]{1,4})?$");
        optional(name, digits(), meaning)
    };
    vec![
        minutes(
            "max_age",
            0,
            MOST_MAX_AGE_MINUTES,
            format!("How old a page may be, in minutes; 0: fetched for you. Default {}.", MaxAge::DAILY.minutes),
        ),
        optional(
            "max_pages",
            integer(1, i64::from(u32::MAX)).default(Some(json!(1))),
            "Most pages of the topic's own list.",
        ),
        optional("condition", ConditionV2::schema(), "Which offers are delivered."),
        optional(
            "sort_by",
            one_of(SortBy::ALL.map(SortBy::as_str)).default(Some(json!(SortBy::default().as_str()))),
            "In which order.",
        ),
        price("min_price", "Only what costs at least this."),
        price("max_price", "Only what costs at most this."),
        minutes(
            "timeout",
            1,
            MOST_TIMEOUT_MINUTES,
            "Deadline of the job in minutes; what is not done by then ends as `timeout`.".into(),
        ),
        optional(
            "max_credits",
            integer(0, i64::MAX),
            "Most credits the job may cost; values beyond end as `credit limit reached`.",
        ),
        optional(
            "webhook_url",
            form("^[Hh][Tt][Tt][Pp][Ss]?://.*$").max_length(Some(MAX_WEBHOOK_URL_BYTES)),
            "A public http or https address, called when the job has ended.",
        ),
        optional(
            "webhook_method",
            one_of(WebhookMethod::ALL.map(WebhookMethod::as_str))
                .default(Some(json!(WebhookMethod::default().as_str()))),
            "How it is called.",
        ),
        optional(
            "webhook_download_format",
            one_of(FormatV2::ALL.map(format_word)),
            "The format of the download the webhook names.",
        ),
    ]
}

/// `wait`.
fn wait() -> Param {
    let seconds = integer(0, i64::try_from(LONGEST_WAIT_S).unwrap_or(i64::MAX));
    optional("wait", seconds, "Holds the answer for so many seconds or until the job ends.")
}

fn table_options() -> [Param; 2] {
    let switch = || Schema::from(flag().default(Some(json!(false))).build());
    [
        optional("bom", switch(), "Of CSV: a byte order mark stands first."),
        optional("raw", switch(), "Of CSV: page text that begins like a formula is left as it is."),
    ]
}

/// The results in every format.
fn results() -> Vec<Media> {
    let written = |what: &str| Schema::from(text().description(Some(what)).build()).into();
    FormatV2::ALL
        .into_iter()
        .map(|format| {
            let schema = match format {
                FormatV2::Json => named(results_v2::RESULTS),
                FormatV2::Ndjson => written("An entry a line, as in the JSON's `results`."),
                FormatV2::Xml => written("The same structure as JSON."),
                FormatV2::Csv => written("A header and a line an offer, search result or review."),
                FormatV2::Xlsx => written("The same table as a workbook."),
            };
            Media {
                content_type: Format::from(format).content_type(),
                schema,
                example: samples::results(format.into()),
            }
        })
        .collect()
}

/// An example of a job.
pub(super) fn job(status: &str) -> Value {
    let (completed, not_founds, paid) = match status {
        "new" => (0, 0, 0),
        "working" => (1, 0, 0),
        _ => (2, 1, 2),
    };
    let id = samples::job_id();
    json!({
        "job_id": id.as_str(), "id": id.as_str(), "version": 2, "country": "de", "source": "google_shopping",
        "topic": "product_and_offers", "key": "gtin", "status": status, "requested": 2, "completed": completed,
        "open_values": 2 - completed, "progress": completed * 50, "not_founds": not_founds, "free_credits": 0,
        "paid_credits": paid, "created_at": "2026-01-31T12:00:00Z", "expires_at": "2026-02-03T12:00:00Z",
        "balance": {"free_credits_left": 998, "daily_quota_left": 9_998},
    })
}
