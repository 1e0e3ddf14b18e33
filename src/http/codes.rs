//! ONE table of the public refusals: what a request is told when it is not answered.
//!
//! A refusal stands above single values; why one value has no product is told by [`crate::domain::Reason`].

use super::json::json;
use crate::storage::StorageError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use std::fmt;
use std::time::Duration;
use utoipa::ToSchema;

/// The header with the id by which a request is found in the log.
pub const REQUEST_ID: &str = "x-request-id";

/// When a caller may come again, where the one who refuses does not know better.
pub const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(5);

/// Which version of the API an answer is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    V1,
    V2,
}

/// What kind of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalKind {
    Unauthorized,
    MissingParameter,
    ParameterValueInvalid,
    UnsupportedSource,
    UnsupportedCountry,
    UnsupportedKey,
    UnsupportedTopic,
    TooManyValues,
    SourceDisabled,
    KeyDisabled,
    ValueDisabled,
    NotEnoughFreeCredits,
    DailyQuotaExceeded,
    JobNotFound,
    DeliveryNotFound,
    ScheduleNotFound,
    NoSuchRoute,
    MethodNotAllowed,
    JobNotFinished,
    JobCancelled,
    JobAlreadyEnded,
    NothingToRerun,
    DeliveryUnderWay,
    TooManySchedules,
    JobExpired,
    BodyTooLarge,
    RangeNotSatisfiable,
    IdempotencyKeyReused,
    JobCreationLimitExceeded,
    TooManyRequests,
    Overloaded,
    InternalError,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct RefusalRow {
    pub status: StatusCode,
    pub reason: &'static str,
    /// The v2 wording, where it differs.
    pub reason_v2: &'static str,
    /// Whether coming again later helps, so that the answer says when.
    pub is_temporary: bool,
    /// The comment when nothing more particular is known; a sentence a person can act on.
    pub comment: &'static str,
}

impl RefusalKind {
    pub const ALL: [RefusalKind; 32] = [
        RefusalKind::Unauthorized,
        RefusalKind::MissingParameter,
        RefusalKind::ParameterValueInvalid,
        RefusalKind::UnsupportedSource,
        RefusalKind::UnsupportedCountry,
        RefusalKind::UnsupportedKey,
        RefusalKind::UnsupportedTopic,
        RefusalKind::TooManyValues,
        RefusalKind::SourceDisabled,
        RefusalKind::KeyDisabled,
        RefusalKind::ValueDisabled,
        RefusalKind::NotEnoughFreeCredits,
        RefusalKind::DailyQuotaExceeded,
        RefusalKind::JobNotFound,
        RefusalKind::DeliveryNotFound,
        RefusalKind::ScheduleNotFound,
        RefusalKind::NoSuchRoute,
        RefusalKind::MethodNotAllowed,
        RefusalKind::JobNotFinished,
        RefusalKind::JobCancelled,
        RefusalKind::JobAlreadyEnded,
        RefusalKind::NothingToRerun,
        RefusalKind::DeliveryUnderWay,
        RefusalKind::TooManySchedules,
        RefusalKind::JobExpired,
        RefusalKind::BodyTooLarge,
        RefusalKind::RangeNotSatisfiable,
        RefusalKind::IdempotencyKeyReused,
        RefusalKind::JobCreationLimitExceeded,
        RefusalKind::TooManyRequests,
        RefusalKind::Overloaded,
        RefusalKind::InternalError,
    ];

    #[rustfmt::skip]
    pub fn row(self) -> RefusalRow {
        use RefusalKind as K;
        use StatusCode as S;
        let row = |status, reason, comment| RefusalRow { status, reason, reason_v2: reason, is_temporary: false, comment };
        let temporary = |status, reason, comment| RefusalRow { is_temporary: true, ..row(status, reason, comment) };
        match self {
            K::Unauthorized => row(S::UNAUTHORIZED, "unauthorized", "Send a valid token, as the parameter `token` or as `Authorization: Bearer`."),
            K::MissingParameter => row(S::BAD_REQUEST, "missing parameter", "Send the missing parameter."),
            K::ParameterValueInvalid => row(S::BAD_REQUEST, "parameter value invalid", "Send a value that the parameter allows."),
            K::UnsupportedSource => RefusalRow { reason_v2: "unknown source", ..row(S::BAD_REQUEST, "unsupported source", "This server does not know the source.") },
            K::UnsupportedCountry => row(S::BAD_REQUEST, "unsupported country", "The source does not answer for the country."),
            K::UnsupportedKey => row(S::BAD_REQUEST, "unsupported key", "The source cannot be asked by the key."),
            K::UnsupportedTopic => RefusalRow { reason_v2: "unknown topic", ..row(S::BAD_REQUEST, "unsupported topic", "The source does not answer the topic.") },
            K::TooManyValues => row(S::BAD_REQUEST, "too many values", "A job takes at most 1,000 different values; split the list over several jobs."),
            K::SourceDisabled => row(S::FORBIDDEN, "source disabled", "The source is switched off for the country at present; try again later."),
            K::KeyDisabled => row(S::FORBIDDEN, "key disabled", "The key is switched off for the source and country at present; use another key or try again later."),
            K::ValueDisabled => row(S::FORBIDDEN, "value disabled", "Every value of the request is switched off at present."),
            K::NotEnoughFreeCredits => row(S::PAYMENT_REQUIRED, "not enough free credits", "The free credits do not cover the job; ask for fewer values or take a subscription."),
            K::DailyQuotaExceeded => row(S::FORBIDDEN, "daily quota exceeded", "The job would go beyond the daily quota; raise it in the settings or wait for the next UTC day."),
            K::JobNotFound => row(S::NOT_FOUND, "job not found", "This token has no job with the id."),
            K::DeliveryNotFound => row(S::NOT_FOUND, "delivery not found", "This token has no webhook delivery with the id."),
            K::ScheduleNotFound => row(S::NOT_FOUND, "schedule not found", "This token has no schedule with the id."),
            K::NoSuchRoute => row(S::NOT_FOUND, "no such route", "Nothing answers at this path; see the documentation for the routes."),
            K::MethodNotAllowed => row(S::METHOD_NOT_ALLOWED, "method not allowed", "The path answers other methods only; see the Allow header."),
            K::JobNotFinished => row(S::CONFLICT, "job not finished", "Ask for the job's status and download when it is `finished`."),
            K::JobCancelled => row(S::CONFLICT, "job cancelled", "The job was cancelled and has no results; create a new one."),
            K::JobAlreadyEnded => row(S::CONFLICT, "Job is already finished or canceled", "A job that has ended cannot be cancelled."),
            K::NothingToRerun => row(S::CONFLICT, "nothing to rerun", "No value of the job failed that asking again could find."),
            K::DeliveryUnderWay => row(S::CONFLICT, "delivery under way", "The message is being sent at this moment; look at the delivery again in a minute."),
            K::TooManySchedules => row(S::CONFLICT, "too many schedules", "The account has as many schedules as it may; delete one first."),
            K::JobExpired => row(S::GONE, "job expired", "The results are kept no longer; create a new job."),
            K::BodyTooLarge => row(S::PAYLOAD_TOO_LARGE, "body too large", "A request body holds at most 2 MiB; split the values over several jobs."),
            K::RangeNotSatisfiable => row(S::RANGE_NOT_SATISFIABLE, "range not satisfiable", "The results are shorter than the range begins; Content-Range says how long they are."),
            K::IdempotencyKeyReused => row(S::UNPROCESSABLE_ENTITY, "idempotency key reused", "The key was used with other parameters within 24 hours; use a new key for a new request."),
            K::JobCreationLimitExceeded => temporary(S::TOO_MANY_REQUESTS, "Job creation limit exceeded", "Wait as long as Retry-After says before creating the next job."),
            K::TooManyRequests => temporary(S::TOO_MANY_REQUESTS, "too many requests", "Wait as long as Retry-After says before asking again."),
            K::Overloaded => temporary(S::SERVICE_UNAVAILABLE, "overloaded", "The server takes no more work at present; try again after as long as Retry-After says."),
            K::InternalError => row(S::INTERNAL_SERVER_ERROR, "internal error", "Something went wrong on our side; tell the operator the request id."),
        }
    }
}

/// A refused request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub kind: RefusalKind,
    /// Replaces the table's comment.
    pub comment: Option<Box<str>>,
    /// The parameter that is to blame.
    pub parameter: Option<String>,
    /// What it may be instead.
    pub valid_values: Vec<String>,
    pub retry_after: Option<Duration>,
    /// Only of an internal error: under this id the log tells the cause.
    pub request_id: Option<Box<str>>,
    /// Trouble of our own: for the log, never told.
    pub cause: Option<Box<str>>,
}

impl Refusal {
    /// With the table's own comment.
    pub fn of(kind: RefusalKind) -> Refusal {
        let valid_values = Vec::new();
        Refusal { kind, comment: None, parameter: None, valid_values, retry_after: None, request_id: None, cause: None }
    }

    pub fn unauthorized() -> Refusal {
        Refusal::of(RefusalKind::Unauthorized).about("token")
    }

    pub fn missing(parameter: &str) -> Refusal {
        Refusal::of(RefusalKind::MissingParameter)
            .about(parameter)
            .because(format!("The parameter `{parameter}` is required; it is absent or empty."))
    }

    /// `comment` says what the parameter takes.
    pub fn invalid(parameter: &str, comment: impl Into<String>) -> Refusal {
        Refusal::of(RefusalKind::ParameterValueInvalid).about(parameter).because(comment)
    }

    /// The parameter takes one of a few words.
    pub fn not_one_of<'a>(parameter: &str, allowed: impl IntoIterator<Item = &'a str>) -> Refusal {
        let refusal = Refusal::of(RefusalKind::ParameterValueInvalid).about(parameter).with_valid_values(allowed);
        let comment = format!("The parameter `{parameter}` is one of: {}.", refusal.valid_values.join(", "));
        refusal.because(comment)
    }

    /// The cause belongs into the log, under the same request id, never here.
    pub fn internal(request_id: impl Into<String>) -> Refusal {
        Refusal { request_id: Some(request_id.into().into()), ..Refusal::of(RefusalKind::InternalError) }
    }

    pub fn because(self, comment: impl Into<String>) -> Refusal {
        Refusal { comment: Some(comment.into().into()), ..self }
    }

    pub fn about(self, parameter: &str) -> Refusal {
        Refusal { parameter: Some(parameter.to_owned()), ..self }
    }

    pub fn with_valid_values<'a>(self, allowed: impl IntoIterator<Item = &'a str>) -> Refusal {
        Refusal { valid_values: allowed.into_iter().map(str::to_owned).collect(), ..self }
    }

    pub fn retry_after(self, wait: Duration) -> Refusal {
        Refusal { retry_after: Some(wait), ..self }
    }

    /// The path answers these methods only.
    pub fn method_not_allowed<'a>(methods: impl IntoIterator<Item = &'a str>) -> Refusal {
        Refusal::of(RefusalKind::MethodNotAllowed).with_valid_values(methods)
    }

    pub fn reason(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::V1 => self.kind.row().reason,
            Dialect::V2 => self.kind.row().reason_v2,
        }
    }

    /// The answer's JSON.
    pub fn body(&self, dialect: Dialect) -> String {
        let body = Body {
            success: false,
            reason: self.reason(dialect),
            comment: self.comment.as_deref().unwrap_or(self.kind.row().comment),
            parameter: self.parameter.as_deref(),
            valid_values: &self.valid_values,
            request_id: self.request_id.as_deref(),
        };
        json(&body)
    }

    /// The whole answer in a version's words.
    pub fn response(&self, dialect: Dialect) -> HttpResponse {
        let row = self.kind.row();
        let mut response = HttpResponse::build(row.status);
        response.insert_header((header::CONTENT_TYPE, HeaderValue::from_static("application/json")));
        if row.status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        }
        if row.is_temporary || self.retry_after.is_some() {
            let wait = self.retry_after.unwrap_or(DEFAULT_RETRY_AFTER);
            // Rounded up: a caller that comes exactly then must be let in.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            response.insert_header((header::RETRY_AFTER, seconds.max(1)));
        }
        if self.kind == RefusalKind::MethodNotAllowed {
            response.insert_header((header::ALLOW, self.valid_values.join(", ")));
        }
        // The observer sets it on every answer, but it sees none of a handler that panicked.
        if let Some(id) = &self.request_id {
            response.insert_header((REQUEST_ID, id.as_ref()));
        }
        response.body(self.body(dialect))
    }
}

/// Why a request is not answered.
#[derive(Serialize, ToSchema)]
#[schema(as = Refusal)]
pub struct Body<'a> {
    /// Always `false`.
    success: bool,
    /// Fixed wording, to compare with.
    reason: &'a str,
    /// A sentence for people; it may change.
    comment: &'a str,
    /// The parameter that is to blame.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    parameter: Option<&'a str>,
    /// What the parameter may be instead.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    valid_values: &'a [String],
    /// Under this id the log tells the cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    request_id: Option<&'a str>,
}

/// Logged, and given the request's id, by [`super::dialect`].
impl From<StorageError> for Refusal {
    fn from(error: StorageError) -> Refusal {
        let kind = if error.is_overload() { RefusalKind::Overloaded } else { RefusalKind::InternalError };
        Refusal { cause: Some(error.to_string().into()), ..Refusal::of(kind) }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.row().reason)
    }
}

impl std::error::Error for Refusal {}

/// What leaves a handler by `?` speaks v1 until [`super::dialect`] has written it again in the words of its path.
impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.kind.row().status
    }

    fn error_response(&self) -> HttpResponse {
        self.response(Dialect::V1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Reason;

    #[test]
    fn the_body_has_the_documented_keys_in_order() {
        let refusal = Refusal::not_one_of("completeness", ["one_page", "all_pages"]);
        assert_eq!(
            refusal.body(Dialect::V1),
            "{\"success\":false,\"reason\":\"parameter value invalid\",\
             \"comment\":\"The parameter `completeness` is one of: one_page, all_pages.\",\
             \"parameter\":\"completeness\",\"valid_values\":[\"one_page\",\"all_pages\"]}"
        );
        let internal = Refusal::internal("abc").body(Dialect::V1);
        assert!(internal.ends_with("\"request_id\":\"abc\"}"), "{internal}");
    }

    #[test]
    fn versions_differ_in_two_words_only() {
        for kind in RefusalKind::ALL {
            let refusal = Refusal::of(kind);
            let expected = match kind {
                RefusalKind::UnsupportedSource => "unknown source",
                RefusalKind::UnsupportedTopic => "unknown topic",
                _ => refusal.reason(Dialect::V1),
            };
            assert_eq!(refusal.reason(Dialect::V2), expected);
        }
    }

    #[test]
    fn says_when_to_come_again() {
        let header = |refusal: &Refusal, name| {
            refusal.error_response().headers().get(name).map(|value| value.to_str().unwrap().to_owned())
        };
        let limited = Refusal::of(RefusalKind::TooManyRequests);
        assert_eq!(header(&limited, header::RETRY_AFTER).as_deref(), Some("5"));
        let exact = limited.retry_after(Duration::from_millis(1200));
        assert_eq!(header(&exact, header::RETRY_AFTER).as_deref(), Some("2"));
        assert_eq!(header(&Refusal::unauthorized(), header::RETRY_AFTER), None);
        assert_eq!(header(&Refusal::unauthorized(), header::WWW_AUTHENTICATE).as_deref(), Some("Bearer"));
        assert_eq!(header(&Refusal::unauthorized(), header::CONTENT_TYPE).as_deref(), Some("application/json"));
    }

    /// Whether the page has a table row that begins with these cells.
    fn has_row(page: &str, cells: &[&str]) -> bool {
        let start = format!("| {} |", cells.join(" | "));
        page.lines().any(|line| line.starts_with(&start))
    }

    #[test]
    fn the_documentation_has_every_row() {
        let page = include_str!("../../docs/ERRORS.md");
        for kind in RefusalKind::ALL {
            let row = kind.row();
            let wording = match row.reason_v2 {
                same if same == row.reason => format!("`{}`", row.reason),
                other => format!("`{}` (v2: `{other}`)", row.reason),
            };
            let again = if row.is_temporary { "yes" } else { "no" };
            let cells = [wording.as_str(), row.status.as_str(), again, row.comment];
            assert!(has_row(page, &cells), "| {} |", cells.join(" | "));
        }
        for reason in Reason::ALL {
            let yes_no = |yes| if yes { "yes" } else { "no" };
            let wording = format!("`{}`", reason.wording());
            let cells = [&wording, yes_no(reason.is_charged()), yes_no(reason.is_rerun()), reason.meaning()];
            assert!(has_row(page, &cells), "| {} |", cells.join(" | "));
        }
        let rows = page.lines().filter(|line| line.starts_with("| `")).count();
        assert_eq!(rows, RefusalKind::ALL.len() + Reason::ALL.len(), "the page has rows the tables lack");
    }
}
