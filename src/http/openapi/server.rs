//! For operators and tools: health, metrics, the document itself and the page that shows it.

use super::operation::{Media, Op, Tag, op};
use super::parameter::required;
use super::words::{one_of, text};
use crate::http::codes::RefusalKind;
use crate::http::health::{ALIVE, METRICS_TYPE, NO_DATABASE, READY, STOPPING, TEXT_TYPE};
use crate::http::reference::{DOCUMENT_TYPE, FILES, PAGE_TYPE};
use serde_json::{Value, json};
use utoipa::openapi::HttpMethod::Get;
use utoipa::openapi::Type;
use utoipa::openapi::schema::{ObjectBuilder, Schema};

pub(super) fn operations() -> Vec<Op> {
    let open = |path, id, summary| op(Get, path, id, Tag::Server, summary).open();
    let words = |words: &[&str]| {
        let example = Value::from(words[0]);
        vec![Media {
            content_type: TEXT_TYPE,
            schema: Schema::from(one_of(words.iter().copied()).build()).into(),
            example,
        }]
    };
    let written = |content_type, example: &str| {
        vec![Media { content_type, schema: Schema::from(text().build()).into(), example: Value::from(example) }]
    };
    let any_object = ObjectBuilder::new().schema_type(Type::Object).build();
    let document = Media {
        content_type: DOCUMENT_TYPE,
        schema: Schema::from(any_object).into(),
        example: json!({"openapi": "3.1.0", "info": {"title": "pricemill", "version": env!("CARGO_PKG_VERSION")}, "paths": {}}),
    };
    let file_names = FILES.iter().map(|file| file.name);
    vec![
        open("/healthz", "healthz", "Is the process alive?").media(200, "It is.", words(&[ALIVE])),
        open("/readyz", "readyz", "Can it serve requests?").media(200, "It can.", words(&[READY])).media(
            503,
            "Not now, and why.",
            words(&[STOPPING, NO_DATABASE]),
        ),
        open("/metrics", "metrics", "What it counted")
            .media(200, "OpenMetrics text.", written(METRICS_TYPE, "# EOF\n"))
            .refuses(&[RefusalKind::InternalError]),
        open("/openapi.json", "openapi", "This document")
            .media(200, "OpenAPI 3.1.", vec![document])
            .with_header("ETag", "Send it as If-None-Match: 304 says that nothing changed.")
            .unless_known(),
        open("/docs", "docs", "The reference page").media(
            200,
            "A page that shows this document.",
            written(PAGE_TYPE, "<!doctype html>"),
        ),
        open("/docs/{file}", "docs_file", "A file of the reference page")
            .in_path(required("file", one_of(file_names), "Its name."))
            .media(200, "The file.", FILES.iter().flat_map(|file| written(file.content_type, "")).collect())
            .with_header("ETag", "Send it as If-None-Match: 304 says that nothing changed.")
            .unless_known()
            .refuses(&[RefusalKind::NoSuchRoute]),
    ]
}
