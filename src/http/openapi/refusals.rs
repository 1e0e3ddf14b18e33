//! The refusals of [`RefusalKind`] as answers: one for each status, with each kind's own example.

use super::words::one_of;
use crate::http::codes::{Body, Dialect, REQUEST_ID, Refusal, RefusalKind};
use std::collections::BTreeMap;
use utoipa::openapi::example::{Example, ExampleBuilder};
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::schema::{AllOfBuilder, ObjectBuilder};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder, Type};
use utoipa::{PartialSchema, ToSchema};

/// What any route with parameters may answer: whose request it is, whether it can be read, and trouble of our own.
pub const ANYWHERE: &[RefusalKind] = &[
    RefusalKind::Unauthorized,
    RefusalKind::ParameterValueInvalid,
    RefusalKind::BodyTooLarge,
    RefusalKind::Overloaded,
    RefusalKind::InternalError,
];

/// The header that says when to come again.
pub const RETRY_AFTER: &str = "Retry-After";

/// The answers to these refusals by status.
pub fn responses(kinds: &[RefusalKind], dialect: Dialect) -> Vec<(String, RefOr<Response>)> {
    let mut by_status: BTreeMap<u16, Vec<RefusalKind>> = BTreeMap::new();
    for kind in RefusalKind::ALL.into_iter().filter(|kind| kinds.contains(kind)) {
        by_status.entry(kind.row().status.as_u16()).or_default().push(kind);
    }
    by_status.into_iter().map(|(status, kinds)| (status.to_string(), response(&kinds, dialect).into())).collect()
}

fn response(kinds: &[RefusalKind], dialect: Dialect) -> Response {
    let reasons: Vec<&str> = kinds.iter().map(|kind| Refusal::of(*kind).reason(dialect)).collect();
    let reason = ObjectBuilder::new().property("reason", one_of(reasons.iter().copied()));
    let schema = AllOfBuilder::new().item(Ref::from_schema_name(Body::name())).item(reason);
    let examples = kinds.iter().map(|kind| {
        let name = example_name(*kind, dialect);
        let place = Ref::new(format!("#/components/examples/{name}"));
        (name, RefOr::<Example>::Ref(place))
    });
    let content = ContentBuilder::new().schema(Some(schema)).examples_from_iter(examples).build();
    let meanings: Vec<String> =
        kinds.iter().zip(&reasons).map(|(kind, reason)| format!("`{reason}`: {}", kind.row().comment)).collect();
    let mut response = ResponseBuilder::new().description(meanings.join("\n\n")).content("application/json", content);
    if kinds.iter().any(|kind| kind.row().is_temporary) {
        response = response.header_ref(RETRY_AFTER, header_place(RETRY_AFTER));
    }
    if kinds.contains(&RefusalKind::Unauthorized) {
        response = response.header_ref("WWW-Authenticate", header_place("WWW-Authenticate"));
    }
    response.header_ref(REQUEST_ID, header_place(REQUEST_ID)).build()
}

/// Where the document keeps the header.
pub fn header_place(name: &str) -> Ref {
    Ref::new(format!("#/components/headers/{name}"))
}

/// The headers that refusals carry, and the one that every answer does.
pub fn headers() -> [(&'static str, Header); 3] {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let header = |schema, meaning| HeaderBuilder::new().schema(Some(schema)).description(Some(meaning)).build();
    [
        (
            RETRY_AFTER,
            header(
                ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)),
                "After so many seconds it helps to come again.",
            ),
        ),
        ("WWW-Authenticate", header(text().enum_values(Some(["Bearer"])), "How a token may be sent.")),
        (REQUEST_ID, header(text(), "The id by which the operator finds the request in the log.")),
    ]
}

/// An example of every refusal in the words of both versions.
pub fn examples() -> impl Iterator<Item = (String, Example)> {
    [Dialect::V1, Dialect::V2].into_iter().flat_map(|dialect| {
        RefusalKind::ALL.into_iter().map(move |kind| {
            let body = serde_json::from_str(&sample(kind).body(dialect)).ok();
            let example = ExampleBuilder::new().summary(Refusal::of(kind).reason(dialect)).value(body).build();
            (example_name(kind, dialect), example)
        })
    })
}

/// `JobNotFound`; where the versions word it differently, v2's is `UnsupportedSourceV2`.
fn example_name(kind: RefusalKind, dialect: Dialect) -> String {
    let row = kind.row();
    let version = if dialect == Dialect::V2 && row.reason != row.reason_v2 { "V2" } else { "" };
    format!("{kind:?}{version}")
}

/// A refusal as one meets it.
fn sample(kind: RefusalKind) -> Refusal {
    let about = |parameter| Refusal::of(kind).about(parameter);
    match kind {
        RefusalKind::Unauthorized => Refusal::unauthorized(),
        RefusalKind::MissingParameter => Refusal::missing("values"),
        RefusalKind::ParameterValueInvalid => Refusal::not_one_of("format", ["json", "xml", "csv"]),
        RefusalKind::UnsupportedSource => about("source").with_valid_values(["google-shopping", "test"]),
        RefusalKind::UnsupportedCountry => about("country").with_valid_values(["de", "gb"]),
        RefusalKind::UnsupportedKey => about("key").with_valid_values(["gtin", "keyword"]),
        RefusalKind::UnsupportedTopic => about("topic").with_valid_values(["product_and_offers"]),
        RefusalKind::TooManyValues | RefusalKind::ValueDisabled => about("values"),
        RefusalKind::SourceDisabled => about("source"),
        RefusalKind::KeyDisabled => about("key"),
        RefusalKind::InternalError => Refusal::internal("5f0c1d2e3a4b5c6d"),
        _ => Refusal::of(kind),
    }
}

/// The schema of a refusal's body.
pub fn schema() -> (String, RefOr<utoipa::openapi::Schema>) {
    (Body::name().into_owned(), Body::schema())
}
