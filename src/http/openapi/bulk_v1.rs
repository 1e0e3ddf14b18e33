//! Bulk jobs, version 1.

use super::known::Known;
use super::operation::{Media, Op, Tag, op};
use super::parameter::{Param, optional, required};
use super::samples::{self, json};
use super::shape::list;
use super::words::{JobIdText, KeyV1, flag, integer, named, one_of, text};
use super::{results_v1, results_v2};
use crate::domain::{
    Completeness, ConditionFilter, Country, Currentness, JobStatus, Key, MAX_KEYWORD_CHARS, MAX_REFERENCE_CHARS,
    MAX_SOURCE_ID_CHARS, MAX_VALUES, SourceName, Topic,
};
use crate::http::bulk::IDEMPOTENT_REPLAYED;
use crate::http::bulk::v1::download::{COLUMN_SETS, FORMAT_OPTIONS, FORMATS};
use crate::http::bulk::v1::view;
use crate::http::codes::RefusalKind as K;
use crate::http::list_page::{DEFAULT_PER_PAGE, LAST_PAGE, MAX_PER_PAGE};
use crate::rendering::{Format, FormatV1};
use serde_json::json as value;
use utoipa::PartialSchema;
use utoipa::openapi::HttpMethod::{Get, Post};
use utoipa::openapi::link::{Link, LinkBuilder};
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, OneOfBuilder, Schema};

/// What creating a job may be refused for, beside what any route may.
pub(super) const CREATING: &[K] = &[
    K::MissingParameter,
    K::UnsupportedSource,
    K::UnsupportedCountry,
    K::UnsupportedKey,
    K::UnsupportedTopic,
    K::TooManyValues,
    K::SourceDisabled,
    K::KeyDisabled,
    K::ValueDisabled,
    K::NotEnoughFreeCredits,
    K::DailyQuotaExceeded,
    K::JobCreationLimitExceeded,
];

/// What a download may be refused for, beside what any route may and an unknown job.
pub(super) const ENDED: &[K] =
    &[K::JobNotFinished, K::JobCancelled, K::JobExpired, K::RangeNotSatisfiable, K::TooManyRequests];

pub(super) fn operations(known: &Known) -> Vec<Op> {
    let mut ops = vec![create(known), list_jobs(), show(), single(known)];
    ops.extend(downloads());
    ops
}

fn create(known: &Known) -> Op {
    let mut params = question(known);
    params.push(values());
    params.extend(options());
    let example =
        value!({"source": "test", "country": "de", "key": "gtin", "values": ["00885909666966", "08718108041581"]});
    op(Post, "/jobs", "create_job_v1", Tag::BulkV1, "Create a job")
        .describe("Every parameter may stand in the query string as well; of one that comes twice the body's counts.")
        .body(params, example)
        .or_file(values_in_a_file())
        .once()
        .json::<view::Created>("The job is stored.", json(&view::created(&samples::job_id(), 2)))
        .with_header(IDEMPOTENT_REPLAYED, "`true` when the answer was given before to the same Idempotency-Key.")
        .links([
            ("status", job_link("show_job_v1", "How far the job is.")),
            ("results", job_link("download_job_v1", "What was found, once the job is finished.")),
        ])
        .refuses(CREATING)
}

fn list_jobs() -> Op {
    let (job_id, source) = (samples::job_id(), SourceName::new("google-shopping"));
    let job = view::JobFacts {
        job_id: &job_id,
        status: JobStatus::Finished,
        requested: 2,
        completed: 2,
        source: &source,
        country: Country::GERMANY,
        key: Key::Gtin,
        created_at: samples::NOON,
    };
    op(Get, "/jobs", "list_jobs_v1", Tag::BulkV1, "List your jobs")
        .query(list_page())
        .json::<view::List>("A page of them, newest first.", json(&view::list([job])))
}

fn show() -> Op {
    let id = samples::job_id();
    let status = view::status(&id, JobStatus::Working, 2, 1);
    op(Get, "/jobs/{job_id}", "show_job_v1", Tag::BulkV1, "Follow a job")
        .in_path(job_id())
        .json::<view::Status>("How far it is.", json(&status))
        .links([(
            "results",
            LinkBuilder::new()
                .operation_id("download_job_v1")
                .parameter("job_id", "$response.body#/job_id")
                .description("What was found, once the job is finished.")
                .build(),
        )])
        .refuses(&[K::JobNotFound, K::TooManyRequests])
}

fn downloads() -> [Op; 2] {
    let described = |op: Op| {
        op.describe("A download asked for while the job runs is held for a few seconds before it is refused.")
            .in_path(job_id())
            .download(results)
            .with_schemas(results_v1::schemas())
            .with_schemas(results_v2::schemas())
            .refuses(ENDED)
            .refuses(&[K::JobNotFound])
    };
    let format = required("format", one_of(FORMATS), "The format; it beats the parameter `format`.");
    [
        described(op(Get, "/products/bulk/{job_id}", "download_job_v1", Tag::BulkV1, "Download results"))
            .query(download_options()),
        described(op(
            Get,
            "/products/bulk/{job_id}.{format}",
            "download_job_v1_as",
            Tag::BulkV1,
            "Download results in a format",
        ))
        .in_path(format)
        .query(csv_options()),
    ]
}

fn single(known: &Known) -> Op {
    let mut params = question(known);
    params.push(required("value", text().min_length(Some(1)), "The value."));
    params.extend(options());
    params.extend(download_options());
    op(Get, "/products/single", "single_v1", Tag::BulkV1, "Ask for one value")
        .describe(
            "Creates a job of the one value, waits for its end and answers as its download does. When that takes too long, \
             the refusal's comment names the job, which goes on.",
        )
        .query(params)
        .download(results)
        .with_schemas(results_v1::schemas())
        .with_schemas(results_v2::schemas())
        .refuses(CREATING)
        .refuses(ENDED)
}

/// The path parameter of every route about one job.
pub(super) fn job_id() -> Param {
    required("job_id", JobIdText::schema(), "The job's id.")
}

/// `page` and `per_page` of a list.
pub(super) fn list_page() -> [Param; 2] {
    let number = |most: u64| integer(1, i64::try_from(most).unwrap_or(i64::MAX));
    [
        optional("page", number(LAST_PAGE).default(Some(value!(1))), "Which page, from 1."),
        optional("per_page", number(MAX_PER_PAGE).default(Some(value!(DEFAULT_PER_PAGE))), "Entries a page."),
    ]
}

/// A link to another operation about the job that was created.
pub(super) fn job_link(operation: &str, meaning: &str) -> Link {
    LinkBuilder::new()
        .operation_id(operation)
        .parameter("job_id", "$response.body#/job_id")
        .description(meaning)
        .build()
}

/// The values of a new job.
pub(super) fn values() -> Param {
    let one = || text().min_length(Some(1));
    let entry = ObjectBuilder::new()
        .property("value", one())
        .property(
            "reference",
            text()
                .max_length(Some(MAX_REFERENCE_CHARS))
                .description(Some("Your own name for the value; it comes back beside it.")),
        )
        .required("value");
    let entry = AnyOfBuilder::new().item(one()).item(integer(0, MAX_EXACT)).item(entry).build();
    let lines = || one().description(Some("A value a line."));
    let list = list(Schema::from(entry)).min_items(Some(1));
    let in_json = Schema::from(AnyOfBuilder::new().item(lines()).item(list).build());
    let meaning = format!(
        "Up to {MAX_VALUES} different values, one a line; in JSON also a list. A GTIN has 8 to 14 digits, a keyword at most \
         {MAX_KEYWORD_CHARS} characters, a source id {MAX_SOURCE_ID_CHARS}; a value that breaks its rule ends as `invalid value`, free of charge."
    );
    required("values", lines(), meaning).in_json(in_json)
}

/// The values of a new job as a file.
pub(super) fn values_in_a_file() -> Vec<Param> {
    let meaning = "A text with a value a line, or a table with `,`, `;` or tab between its cells; UTF-8.";
    vec![
        required("file", text(), meaning),
        optional(
            "column",
            text(),
            "The heading of the table's column with the values; without it the first column counts.",
        ),
        optional("reference_column", text(), "The heading of the column with your own names for the values."),
    ]
}

/// Largest whole number that every JSON reader keeps exactly.
const MAX_EXACT: i64 = (1 << 53) - 1;

/// Source, country and key.
fn question(known: &Known) -> Vec<Param> {
    let words = |words: &[String]| one_of(words.iter().map(String::as_str));
    vec![
        required("source", words(&known.sources_v1), "The source; letter case, `_`, `-` and blanks do not matter."),
        required(
            "country",
            words(&known.countries),
            "A country the source answers for, in any letter case; `uk` is `gb`.",
        ),
        required("key", KeyV1::schema(), "What the values are; other spellings: `ean`, `upc`, `term`, `id`, `asin`."),
    ]
}

fn options() -> Vec<Param> {
    let default = Completeness::OnePage.as_str();
    vec![
        optional(
            "completeness",
            one_of(Completeness::ALL.map(Completeness::as_str)).default(Some(value!(default))),
            "Which pages of offers: the first, all up to the source's cap, or as many as it takes until two shops are listed.",
        ),
        optional(
            "currentness",
            one_of(Currentness::ALL.map(Currentness::as_str)).default(Some(value!(Currentness::DailyUpdated.as_str()))),
            format!(
                "How old a page may be: {} or {} minutes, the latter for double credits.",
                Currentness::DailyUpdated.max_age().minutes,
                Currentness::Realtime.max_age().minutes
            ),
        ),
        optional(
            "conditions",
            one_of(ConditionFilter::ALL.map(ConditionFilter::as_str)),
            "Which offers are delivered; without it all are.",
        ),
        optional("topic", one_of([Topic::ProductAndOffers.as_str()]), "Version 1 knows one topic."),
    ]
}

fn download_options() -> Vec<Param> {
    let mut params = vec![optional("format", one_of(FORMATS).default(Some(value!(FORMATS[0]))), "The format.")];
    params.extend(csv_options());
    params
}

fn csv_options() -> Vec<Param> {
    let switch = || Schema::from(flag().default(Some(value!(false))).build());
    vec![
        optional(
            "format_option",
            one_of(FORMAT_OPTIONS).default(Some(value!("column"))),
            "Of CSV: a line an offer, or a line a value with columns for every offer.",
        ),
        optional(
            "columns",
            one_of(COLUMN_SETS).default(Some(value!(COLUMN_SETS[0]))),
            "Of CSV: `extended` appends columns.",
        ),
        optional("bom", switch(), "Of CSV: a byte order mark stands first."),
        optional("raw", switch(), "Of CSV: page text that begins like a formula is left as it is."),
    ]
}

/// The results in every format.
fn results() -> Vec<Media> {
    let media = |format: FormatV1, schema| {
        let format = Format::V1(format);
        Media { content_type: format.content_type(), schema, example: samples::results(format) }
    };
    // The words of version 1 are for products and offers only.
    let either = OneOfBuilder::new().item(named(results_v1::RESULTS)).item(named(results_v2::RESULTS)).build();
    let either = Schema::from(either);
    let written = |what: &str| Schema::from(text().description(Some(what)).build()).into();
    vec![
        media(FormatV1::Json, either.into()),
        media(FormatV1::Xml, written("The same structure as JSON, as Rails' `Hash#to_xml` writes it.")),
        media(FormatV1::CsvColumn, written("A header and lines of quoted cells, as `format_option` says.")),
    ]
}
