//! The words and texts of fixed form that answers hold, each with its rule. Words come from the domain's own lists.

use crate::domain::{
    Availability, Condition, ConditionFilter, DriftState, JobId, JobStatus, Key, PageStep, Reason, Topic,
    WebhookMethod, WebhookState,
};
use crate::http::account::statement::LEDGER_KINDS;
use crate::http::bulk::v2::job_object;
use serde_json::json;
use std::borrow::Cow;
use utoipa::openapi::schema::{
    AnyOfBuilder, KnownFormat, Object, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// A text that is one of these.
pub fn one_of<'a>(words: impl IntoIterator<Item = &'a str>) -> ObjectBuilder {
    let mut words: Vec<&str> = words.into_iter().collect();
    let mut seen = std::collections::BTreeSet::new();
    words.retain(|word| seen.insert(*word));
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words))
}

/// Any text.
pub fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// A text of this form (ECMA 262, since that is what JSON Schema reads).
pub fn form(pattern: &str) -> ObjectBuilder {
    text().pattern(Some(pattern))
}

/// A text of a known format.
pub fn known(format: KnownFormat) -> ObjectBuilder {
    text().format(Some(SchemaFormat::KnownFormat(format)))
}

/// An address with its scheme.
pub fn address() -> ObjectBuilder {
    text().format(Some(SchemaFormat::Custom("uri".into())))
}

/// A whole number that is never negative.
pub fn count() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0))
}

/// A whole number within bounds.
pub fn integer(least: i64, most: i64) -> ObjectBuilder {
    // Not as floats: the largest numbers the parser takes would become larger ones.
    let exact = |bound: i64| isize::try_from(bound).ok();
    ObjectBuilder::new().schema_type(Type::Integer).minimum(exact(least)).maximum(exact(most))
}

pub fn boolean() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Boolean)
}

/// A parameter that is on or off: whoever has no truth values sends 1 or 0.
pub fn flag() -> AnyOfBuilder {
    let words = [json!("true"), json!("false"), json!(1), json!(0), json!("1"), json!("0")];
    let spelled = ObjectBuilder::new().schema_type(SchemaType::AnyValue).enum_values(Some(words));
    AnyOfBuilder::new().item(boolean()).item(spelled)
}

/// A type that stands for a schema; it has no values.
macro_rules! schemas {
    ($($(#[doc = $doc:literal])+ $name:ident = $schema:expr;)+) => {$(
        $(#[doc = $doc])+
        pub enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let description = [$($doc.trim()),+].join(" ");
                RefOr::T($schema.description(Some(description)).build().into())
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    )+};
}

schemas! {
    /// A job's id.
    JobIdText = form(&format!("^[0-9a-f]{{{}}}$", JobId::CHARS));
    /// Where a job stands; it never moves back.
    JobStatusV1 = one_of(JobStatus::ALL.map(JobStatus::as_str));
    /// Where a job stands; it never moves back.
    JobStatusV2 = one_of(JobStatus::ALL.map(job_object::status));
    /// What the values are, as v1 spells it.
    KeyV1 = one_of(Key::ALL.map(Key::v1));
    /// What the values are, as v2 spells it.
    KeyV2 = one_of(Key::ALL.map(Key::v2));
    /// What is asked about the values.
    TopicWord = one_of(Topic::ALL.map(Topic::as_str));
    /// Which offers are asked for.
    ConditionV2 = one_of(ConditionFilter::ALL.map(ConditionFilter::v2));
    /// Why a value has no product.
    ReasonWord = one_of(Reason::ALL.map(Reason::wording));
    /// Whether the thing can be had.
    AvailabilityCode = one_of(Availability::ALL.map(Availability::code));
    /// In which condition the thing is.
    ConditionCode = one_of(Condition::ALL.map(Condition::code));
    /// How a source or a signal of it does against its own past.
    HealthState = one_of(DriftState::ALL.map(DriftState::as_str));
    /// Which page on the way from a value to its offers.
    StepWord = one_of(PageStep::ALL.map(PageStep::as_str));
    /// What became of a message to a webhook.
    WebhookStateWord = one_of(WebhookState::ALL.map(WebhookState::as_str));
    /// How a webhook is called.
    WebhookMethodWord = one_of(WebhookMethod::ALL.map(WebhookMethod::as_str));
    /// What a line of the ledger is about.
    LedgerKind = one_of(LEDGER_KINDS);
    /// A country by its two letters (ISO 3166).
    CountryCode = form("^[a-z]{2}$");
    /// A currency by its three letters (ISO 4217).
    CurrencyCode = form("^[A-Z]{3}$");
    /// An amount as a decimal text with a dot and the currency's own number of decimals.
    Money = form(r"^[0-9]+(\.[0-9]+)?$");
    /// A moment in UTC, without fractions of a second.
    Moment = known(KnownFormat::DateTime).pattern(Some("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"));
    /// A day in UTC.
    Day = known(KnownFormat::Date);
    /// A GTIN of 14 digits.
    Gtin14 = form("^[0-9]{14}$");
    /// An EAN of 13 digits.
    Ean13 = form("^[0-9]{13}$");
    /// From 0 to 100.
    Percent = integer(0, 100);
}

/// The same, or null.
pub fn or_null(schema: impl Into<RefOr<Schema>>) -> RefOr<Schema> {
    match schema.into() {
        RefOr::T(Schema::Object(mut object)) => {
            let types = std::mem::take(&mut object.schema_type);
            object.schema_type = match types {
                SchemaType::Type(one) => [one, Type::Null].into_iter().collect(),
                other => other,
            };
            if let Some(words) = &mut object.enum_values {
                words.push(serde_json::Value::Null);
            }
            RefOr::T(Schema::Object(object))
        }
        other => RefOr::T(
            utoipa::openapi::schema::OneOfBuilder::new().item(Object::with_type(Type::Null)).item(other).build().into(),
        ),
    }
}

/// A schema of the document by its name.
pub fn named(name: &str) -> RefOr<Schema> {
    RefOr::Ref(Ref::from_schema_name(name))
}

/// Nothing but null.
pub fn null() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Null)
}

/// A number within bounds.
pub fn number(least: f64, most: f64) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Number).minimum(Some(least)).maximum(Some(most))
}
