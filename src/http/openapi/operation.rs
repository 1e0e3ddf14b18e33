//! A route with one method, described: what it takes, answers and refuses.

use super::parameter::{self, Param, optional};
use super::refusals::{self, header_place};
use super::words::{form, text};
use crate::domain::MAX_IDEMPOTENCY_KEY_CHARS;
use crate::http::bulk::IDEMPOTENCY_KEY;
use crate::http::codes::{Dialect, REQUEST_ID, RefusalKind};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::link::Link;
use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Required, ResponseBuilder, ResponsesBuilder, SecurityRequirement};

/// The noun a route belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    BulkV1,
    BulkV2,
    Account,
    Webhooks,
    Schedules,
    Sources,
    Server,
}

impl Tag {
    #[rustfmt::skip]
    pub const ALL: [(Tag, &str, &str); 7] = [
        (Tag::BulkV1, "Bulk jobs, version 1", "Ask one source about many values, follow the job, download what was found."),
        (Tag::BulkV2, "Bulk jobs, version 2", "The same with more topics, options and formats."),
        (Tag::Account, "Account", "Credits used, quota, ledger."),
        (Tag::Webhooks, "Webhooks", "Signing secret and deliveries of the requests sent at the end of jobs."),
        (Tag::Schedules, "Schedules", "Jobs that are created again and again."),
        (Tag::Sources, "Sources", "What can be asked, and how well it answers."),
        (Tag::Server, "Server", "For operators and tools: health, metrics, this document."),
    ];

    fn title(self) -> &'static str {
        Tag::ALL.iter().find(|(tag, _, _)| *tag == self).map_or("", |(_, title, _)| title)
    }
}

/// A body of an answer: its media type, schema and example.
pub struct Media {
    pub content_type: &'static str,
    pub schema: RefOr<Schema>,
    /// Null: no text can show it.
    pub example: Value,
}

/// An answer that is no refusal.
struct Answer {
    status: u16,
    meaning: String,
    media: Vec<Media>,
    headers: Vec<(&'static str, &'static str)>,
}

/// A described route.
pub struct Op {
    pub path: &'static str,
    pub method: HttpMethod,
    pub id: &'static str,
    tag: Tag,
    summary: &'static str,
    description: String,
    in_path: Vec<Param>,
    in_query: Vec<Param>,
    in_header: Vec<Param>,
    body: Option<(Vec<Param>, Value)>,
    /// Further fields of a form with a file.
    file: Vec<Param>,
    answers: Vec<Answer>,
    refusals: Vec<RefusalKind>,
    links: Vec<(&'static str, Link)>,
    is_open: bool,
    /// What its schemas refer to by name.
    pub schemas: Vec<(String, RefOr<Schema>)>,
}

/// `id` is the operation's name for programs, unique in the document.
pub fn op(method: HttpMethod, path: &'static str, id: &'static str, tag: Tag, summary: &'static str) -> Op {
    Op {
        path,
        method,
        id,
        tag,
        summary,
        description: String::new(),
        in_path: Vec::new(),
        in_query: Vec::new(),
        in_header: Vec::new(),
        body: None,
        file: Vec::new(),
        answers: Vec::new(),
        refusals: refusals::ANYWHERE.to_vec(),
        links: Vec::new(),
        is_open: false,
        schemas: Vec::new(),
    }
}

impl Op {
    /// The path of the resource that answers; one resource answers with and without a suffix.
    pub fn mounted_path(&self) -> &'static str {
        self.path.strip_suffix(".{format}").unwrap_or(self.path)
    }

    pub fn method_name(&self) -> &'static str {
        match self.method {
            HttpMethod::Get => "GET",
            HttpMethod::Post => "POST",
            HttpMethod::Put => "PUT",
            HttpMethod::Delete => "DELETE",
            HttpMethod::Options => "OPTIONS",
            HttpMethod::Head => "HEAD",
            HttpMethod::Patch => "PATCH",
            HttpMethod::Trace => "TRACE",
        }
    }

    pub fn describe(self, description: impl Into<String>) -> Op {
        Op { description: description.into(), ..self }
    }

    /// Needs no token and reads no parameters.
    pub fn open(self) -> Op {
        Op { is_open: true, refusals: Vec::new(), ..self }
    }

    pub fn in_path(mut self, param: Param) -> Op {
        self.in_path.push(param);
        self
    }

    pub fn query(mut self, params: impl IntoIterator<Item = Param>) -> Op {
        self.in_query.extend(params);
        self
    }

    pub fn header(mut self, param: Param) -> Op {
        self.in_header.push(param);
        self
    }

    /// The parameters as a form or a JSON object.
    pub fn body(self, params: Vec<Param>, example: Value) -> Op {
        Op { body: Some((params, example)), ..self }
    }

    /// The body may be a form with a file instead: these fields in the place of the one called `values`.
    pub fn or_file(self, fields: Vec<Param>) -> Op {
        Op { file: fields, ..self }
    }

    /// May carry a key under which the same request is answered once.
    pub fn once(self) -> Op {
        let key = form("^[ -~]+$").max_length(Some(MAX_IDEMPOTENCY_KEY_CHARS)).min_length(Some(1));
        let meaning = "Your own name for the creation: the same key is answered the same within 24 hours, and nothing is created twice.";
        self.header(optional(IDEMPOTENCY_KEY, key, meaning)).refuses(&[RefusalKind::IdempotencyKeyReused])
    }

    /// Answers 200 with a view as JSON.
    pub fn json<T: ToSchema>(mut self, meaning: &str, example: Value) -> Op {
        T::schemas(&mut self.schemas);
        self.schemas.push((T::name().into_owned(), T::schema()));
        let schema = RefOr::Ref(Ref::from_schema_name(T::name()));
        self.media(200, meaning, vec![Media { content_type: "application/json", schema, example }])
    }

    /// Answers so in one of these forms.
    pub fn media(mut self, status: u16, meaning: &str, media: Vec<Media>) -> Op {
        self.answers.push(Answer { status, meaning: meaning.to_owned(), media, headers: Vec::new() });
        self
    }

    /// Answers with a job's results, whole or a range of their bytes.
    pub fn download(self, results: impl Fn() -> Vec<Media>) -> Op {
        const TAG: (&str, &str) = ("ETag", "Send it as If-None-Match: 304 says that nothing changed.");
        self.header(optional(
            "Range",
            text(),
            "Which bytes, of the answer without compression: `bytes=0-99`, `bytes=100-`, `bytes=-100`; what is no single range is answered with the whole.",
        ))
        .header(optional("If-Range", text(), "The range only while the `ETag` is still this one, else the whole."))
        .media(200, "The results, in the order of the values; the body is streamed.", results())
        .with_header("Content-Disposition", "The name of a file to keep them in.")
        .with_header(TAG.0, TAG.1)
        .media(206, "The bytes asked for.", results())
        .with_header("Content-Range", "Which bytes these are, and of how many.")
        .with_header(TAG.0, TAG.1)
        .unless_known()
    }

    /// May be told which answer the caller has, and then says only that it is still the same.
    pub fn unless_known(self) -> Op {
        let known = "The `ETag` of the answer you have; `*` is any.";
        self.header(optional("If-None-Match", text(), known)).media(304, "You have it: nothing changed.", Vec::new())
    }

    /// A header of the answer described last.
    pub fn with_header(mut self, name: &'static str, meaning: &'static str) -> Op {
        if let Some(answer) = self.answers.last_mut() {
            answer.headers.push((name, meaning));
        }
        self
    }

    pub fn refuses(mut self, kinds: &[RefusalKind]) -> Op {
        self.refusals.extend_from_slice(kinds);
        self
    }

    /// What the first answer leads to.
    pub fn links(mut self, links: impl IntoIterator<Item = (&'static str, Link)>) -> Op {
        self.links.extend(links);
        self
    }

    /// Schemas that are told by name only.
    pub fn with_schemas(mut self, schemas: impl IntoIterator<Item = (String, RefOr<Schema>)>) -> Op {
        self.schemas.extend(schemas);
        self
    }

    /// Which kinds of refusal it describes.
    #[cfg(test)]
    pub fn refusals(&self) -> &[RefusalKind] {
        &self.refusals
    }

    /// The description as the document has it. Parameters of a body may stand in the query as well, so they are not told twice.
    pub fn build(self) -> Operation {
        let dialect = Dialect::of_path(self.path);
        let mut responses = ResponsesBuilder::new();
        let mut links = self.links;
        for answer in self.answers {
            let mut response = ResponseBuilder::new().description(answer.meaning);
            for media in answer.media {
                // By name, not as `example`: RapiDoc stumbles over one whose first level holds a null.
                let example = Some(media.example).filter(|example| !example.is_null());
                let example = example.map(|value| ("example", ExampleBuilder::new().value(Some(value)).build()));
                let content = ContentBuilder::new().schema(Some(media.schema)).examples_from_iter(example).build();
                response = response.content(media.content_type, content);
            }
            for (name, meaning) in answer.headers {
                let header = utoipa::openapi::header::HeaderBuilder::new().description(Some(meaning));
                response = response.header(name, header.build());
            }
            for (name, link) in links.drain(..) {
                response = response.link(name, link);
            }
            response = response.header_ref(REQUEST_ID, header_place(REQUEST_ID));
            responses = responses.response(answer.status.to_string(), response.build());
        }
        let responses = responses.responses_from_iter(refusals::responses(&self.refusals, dialect));

        let mut operation = OperationBuilder::new()
            .tag(self.tag.title())
            .summary(Some(self.summary))
            .description(Some(self.description).filter(|text| !text.is_empty()))
            .operation_id(Some(self.id))
            .responses(responses.build());
        let places = [
            (self.in_path, ParameterIn::Path),
            (self.in_query, ParameterIn::Query),
            (self.in_header, ParameterIn::Header),
        ];
        for (params, place) in places {
            for param in params {
                operation = operation.parameter(param.stands_in(place.clone()));
            }
        }
        if let Some((params, example)) = self.body {
            operation = operation.request_body(Some(request_body(&params, &self.file, &example)));
        }
        if self.is_open {
            operation = operation.securities(Some([SecurityRequirement::default()]));
        }
        operation.build()
    }
}

fn request_body(params: &[Param], file: &[Param], example: &Value) -> utoipa::openapi::request_body::RequestBody {
    let content = |schema, example: Value| {
        let example = ExampleBuilder::new().value(Some(example)).build();
        ContentBuilder::new().schema(Some(schema)).examples_from_iter([("job", example)]).build()
    };
    let required = params.iter().any(|param| param.is_required);
    let mut body = RequestBodyBuilder::new()
        .content("application/json", content(parameter::json(params), example.clone()))
        .content("application/x-www-form-urlencoded", content(parameter::form(params), as_form(example)));
    if !file.is_empty() {
        let fields: Vec<Param> = params.iter().filter(|param| param.name != "values").chain(file).cloned().collect();
        let mut example = as_form(example);
        if let Some(fields) = example.as_object_mut() {
            let values = fields.remove("values");
            fields.insert("file".into(), values.unwrap_or_default());
        }
        body = body.content("multipart/form-data", content(parameter::form(&fields), example));
    }
    body.required(Some(if required { Required::True } else { Required::False })).build()
}

/// The same example as the texts of a form: a list is a line for each of its entries.
fn as_form(example: &Value) -> Value {
    let Value::Object(fields) = example else { return example.clone() };
    let text = |value: &Value| match value {
        Value::Array(list) => {
            let lines: Vec<&str> = list.iter().filter_map(|one| one.as_str().or(one["value"].as_str())).collect();
            Value::String(lines.join("\n"))
        }
        other => other.clone(),
    };
    Value::Object(fields.iter().map(|(name, value)| (name.clone(), text(value))).collect())
}
