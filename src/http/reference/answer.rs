//! The answers, each with a tag by which a browser asks again.

use crate::app::App;
use crate::http::codes::{Refusal, RefusalKind};
use crate::http::conditional::is_known;
use crate::http::openapi::{self, Known};
use crate::http::state::HttpState;
use actix_web::http::header::{self, ETag, EntityTag};
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

pub const DOCUMENT_TYPE: &str = "application/json";
pub const PAGE_TYPE: &str = "text/html; charset=utf-8";

const PAGE: &str = include_str!("page.html");

/// What the page may do: its own script, the styles that script writes, requests to this server, and nothing else.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A file of the page.
pub struct PageFile {
    pub name: &'static str,
    pub content_type: &'static str,
    bytes: &'static [u8],
}

/// Every file of the page.
pub const FILES: [PageFile; 2] = [
    PageFile {
        name: "rapidoc-min.js",
        content_type: "text/javascript; charset=utf-8",
        bytes: include_bytes!("rapidoc/rapidoc-min.js"),
    },
    PageFile {
        name: "LICENSE.txt",
        content_type: "text/plain; charset=utf-8",
        bytes: include_bytes!("rapidoc/LICENSE.txt"),
    },
];

/// The document as it is sent; made when it is first asked for.
#[derive(Default)]
pub struct Description(OnceLock<(Bytes, EntityTag)>);

impl Description {
    fn get(&self, app: &App) -> (Bytes, EntityTag) {
        let made = self.0.get_or_init(|| {
            let known = Known::of(app.engine.registry(), app.config.health.keep_hours());
            // Plain structs of texts always serialise.
            let text = openapi::document(&known).to_json().unwrap_or_default();
            let tag = tag(text.as_bytes());
            (Bytes::from(text), tag)
        });
        made.clone()
    }
}

/// `GET /openapi.json`.
pub async fn document(state: web::Data<HttpState>, request: HttpRequest) -> HttpResponse {
    let (bytes, tag) = state.description.get(&state.app);
    unless_known(&request, tag, DOCUMENT_TYPE, bytes)
}

/// `GET /docs`.
pub async fn page() -> HttpResponse {
    HttpResponse::Ok()
        .content_type(PAGE_TYPE)
        .insert_header((header::CONTENT_SECURITY_POLICY, PAGE_POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .body(PAGE)
}

/// `GET /docs/{file}`.
pub async fn file(request: HttpRequest, name: web::Path<String>) -> Result<HttpResponse, Refusal> {
    let known = FILES.iter().find(|file| file.name == name.as_str());
    let file = known.ok_or_else(|| Refusal::of(RefusalKind::NoSuchRoute))?;
    Ok(unless_known(&request, tag(file.bytes), file.content_type, Bytes::from_static(file.bytes)))
}

/// The body, or 304 where the asker has it. The tag is a weak one: the body may be sent compressed.
fn unless_known(request: &HttpRequest, tag: EntityTag, content_type: &str, body: Bytes) -> HttpResponse {
    let is_known = is_known(request, &tag);
    let mut answer = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer.insert_header(ETag(tag)).insert_header((header::CACHE_CONTROL, "no-cache"));
    answer.insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    if is_known { answer.finish() } else { answer.content_type(content_type).body(body) }
}

fn tag(bytes: &[u8]) -> EntityTag {
    EntityTag::new_weak(hex::encode(&Sha256::digest(bytes)[..12]))
}
