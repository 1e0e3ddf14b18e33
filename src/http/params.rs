//! The parameters of a request, wherever they came from: query string, form, JSON object.

use super::codes::{Refusal, RefusalKind};
use super::multipart::{Part, is_multipart, read_parts};
use super::packed_body::{Packing, UnpackError};
use super::value_file::{Layout, read_values};
use crate::domain::{Key, MAX_REFERENCE_CHARS, RequestedValue};
use actix_web::dev::Payload;
use actix_web::http::{Method, header};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

/// Largest request body, in bytes, unpacked. The framework's own limits on forms and JSON are far smaller and do not apply
/// here: a thousand encoded GTINs are longer than its form limit.
pub const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;

/// How long a request's body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(60);

/// How much of a body that is too large is still read and dropped before it is refused: a client that is cut off while it
/// sends sees a broken connection rather than the answer.
const MAX_DROPPED_BYTES: usize = 8 * 1024 * 1024;

/// Largest whole number that a JSON number read as a float still holds exactly.
const MAX_EXACT_FLOAT: f64 = 9_007_199_254_740_992.0;

/// Stands for a list or object where one text is expected; no parameter allows it.
const STRUCTURE: &str = "[…]";

/// Parameters by name. The body wins over the query string; a blank parameter is a missing one.
#[derive(Clone, Default)]
pub struct Params(HashMap<String, Param>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Param {
    Text(String),
    /// A text whose percent encoding is no UTF-8, with the replacement character in its place.
    Garbled(String),
    /// A JSON array; `None` where an entry is neither text nor number nor an object with a value.
    List(Option<Vec<RequestedValue>>),
}

impl Params {
    /// Reads the parts of a request. The body is JSON when it says so or begins with `{` (a client that sends JSON through
    /// curl's `-d` calls it a form), else a form.
    ///
    /// Errors: a body that says it is JSON and is no JSON object, nor one of the empty values that HTTP libraries send where
    /// there is no body (`null`, `""`, `[]`).
    pub fn from_parts(query: &str, content_type: &str, body: &[u8]) -> Result<Params, Refusal> {
        let mut params = Params::default();
        params.add_form(query.as_bytes());
        let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii();
        let media_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let is_json = media_type == "application/json" || media_type.ends_with("+json") || media_type == "text/json";
        if body.is_empty() {
            return Ok(params);
        }
        if is_json || body.starts_with(b"{") {
            let fields: JsonFields = serde_json::from_slice(body).map_err(|error| {
                let comment = format!("The request body is not a JSON object in UTF-8: {error}.");
                Refusal::of(RefusalKind::ParameterValueInvalid).because(comment)
            })?;
            for (name, param) in fields.0 {
                params.set(name, param);
            }
        } else {
            params.add_form(body);
        }
        Ok(params)
    }

    /// The same for the parts of a multipart form: its fields are parameters like any other, and the values may come in a
    /// file, the part `file` or `values`.
    ///
    /// Errors: a file that cannot be read, or one beside other values.
    pub fn from_form_parts(query: &str, parts: Vec<Part>) -> Result<Params, Refusal> {
        let mut params = Params::default();
        params.add_form(query.as_bytes());
        let (files, fields): (Vec<Part>, Vec<Part>) = parts.into_iter().partition(is_value_file);
        params.add_pairs(fields.into_iter().filter(|part| part.file_name.is_none()).map(|part| {
            let (text, is_utf8) = text_of(part.bytes);
            (part.name, text, is_utf8)
        }));
        let mut files = files.into_iter().filter(|file| !file.bytes.is_empty());
        let Some(file) = files.next() else { return Ok(params) };
        if params.0.contains_key("values") || files.next().is_some() {
            return Err(Refusal::invalid("file", "The values come either in one file or in the parameter `values`."));
        }
        let is_lines = file.media_type.as_deref() == Some("text/plain")
            || file.file_name.as_deref().is_some_and(|name| name.to_ascii_lowercase().ends_with(".txt"));
        let (column, reference_column) = (params.get_utf8("column")?, params.get_utf8("reference_column")?);
        let values = read_values(&file.bytes, Layout { is_lines, column, reference_column })?;
        params.set("values".into(), Param::List(Some(values)));
        Ok(params)
    }

    /// The parameter without blanks around it; `None` when it is absent or blank.
    pub fn get(&self, name: &str) -> Option<&str> {
        let text = match self.0.get(name)? {
            Param::Text(text) | Param::Garbled(text) => text.as_str(),
            Param::List(Some(list)) => match list.as_slice() {
                [only] => only.value.as_str(),
                _ => STRUCTURE,
            },
            Param::List(None) => STRUCTURE,
        };
        Some(text.trim()).filter(|text| !text.is_empty())
    }

    /// The same for free text, which must not be searched with its letters lost.
    pub fn get_utf8(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.0.get(name) {
            Some(Param::Garbled(_)) => {
                Err(Refusal::invalid(name, format!("The parameter `{name}` is not text in UTF-8.")))
            }
            _ => match self.get(name) {
                Some(STRUCTURE) => Err(Refusal::invalid(name, format!("The parameter `{name}` is a text."))),
                Some(text) if text.contains('\0') => Err(holds_nul(name)),
                text => Ok(text),
            },
        }
    }

    /// The parameter `values` as single values, not yet trimmed or compared.
    ///
    /// A text is a line per value. For keys whose values hold no blank and no backslash a literal `\n` and a backslash
    /// before a blank separate too: examples printed for the followed API lost their line ends so. An array holds texts,
    /// numbers and objects `{"value", "reference"}`; of these only texts are split, at line ends.
    pub fn values(&self, key: Key) -> Result<Vec<RequestedValue>, Refusal> {
        let values = match self.0.get("values") {
            None => Vec::new(),
            Some(Param::Text(text)) => split_values(text, key),
            Some(Param::Garbled(_)) => {
                return Err(Refusal::invalid("values", "The values are not text in UTF-8."));
            }
            Some(Param::List(Some(list))) => list.iter().flat_map(lines_of).collect(),
            Some(Param::List(None)) => {
                return Err(Refusal::invalid(
                    "values",
                    "The array `values` holds texts, numbers of at most 15 digits (send longer ones as texts), or objects with `value` and, if you like, `reference`.",
                ));
            }
        };
        if values.iter().filter_map(|one| one.reference.as_deref()).any(is_long_reference) {
            let comment = format!("A `reference` in `values` has at most {MAX_REFERENCE_CHARS} characters.");
            return Err(Refusal::invalid("values", comment));
        }
        let texts = values.iter().flat_map(|one| [Some(&one.value), one.reference.as_ref()]).flatten();
        if texts.into_iter().any(|text| text.contains('\0')) { Err(holds_nul("values")) } else { Ok(values) }
    }

    /// `values` sent several times in one form, also as `values[]` or `values[0]`, are the values of one list, in the order
    /// sent: form libraries write lists so. Of any other parameter the last one counts.
    fn add_form(&mut self, form: &[u8]) {
        let pairs = form.split(|b| *b == b'&').filter(|pair| !pair.is_empty());
        self.add_pairs(pairs.map(|pair| {
            let equals = pair.iter().position(|b| *b == b'=').unwrap_or(pair.len());
            let (text, is_utf8) = decoded(pair.get(equals + 1..).unwrap_or_default());
            (decoded(&pair[..equals]).0, text, is_utf8)
        }));
    }

    /// Names, texts, and whether each text was UTF-8.
    fn add_pairs(&mut self, pairs: impl Iterator<Item = (String, String, bool)>) {
        let mut values: Option<(String, bool)> = None;
        for (name, text, is_utf8) in pairs {
            if !is_values(&name) {
                self.set(name, if is_utf8 { Param::Text(text) } else { Param::Garbled(text) });
                continue;
            }
            match &mut values {
                Some((all, all_utf8)) => {
                    all.push('\n');
                    all.push_str(&text);
                    *all_utf8 &= is_utf8;
                }
                None => values = Some((text, is_utf8)),
            }
        }
        if let Some((text, is_utf8)) = values {
            self.set("values".into(), if is_utf8 { Param::Text(text) } else { Param::Garbled(text) });
        }
    }

    fn set(&mut self, name: String, param: Param) {
        let is_blank = matches!(&param, Param::Text(text) if text.trim().is_empty());
        if !is_blank {
            self.0.insert(name, param);
        }
    }
}

/// Whether a caller's own reference of a value is longer than it may be.
pub(super) fn is_long_reference(reference: &str) -> bool {
    // No text has more characters than bytes.
    reference.len() > MAX_REFERENCE_CHARS && reference.chars().count() > MAX_REFERENCE_CHARS
}

/// PostgreSQL keeps every character but this one, and what was sent is kept as it was sent.
fn holds_nul(name: &str) -> Refusal {
    Refusal::invalid(name, format!("The parameter `{name}` holds the character NUL, which no value has."))
}

/// Names only: a value may be a token.
impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names: Vec<&String> = self.0.keys().collect();
        names.sort();
        f.debug_tuple("Params").field(&names).finish()
    }
}

/// Part of a form as text, and whether it was UTF-8. A percent sign that encodes nothing stays as it is.
fn decoded(part: &[u8]) -> (String, bool) {
    let spaced: Vec<u8> = part.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
    let bytes: Cow<'_, [u8]> = percent_encoding::percent_decode(&spaced).into();
    text_of(bytes.into_owned())
}

/// Bytes as text, and whether they were UTF-8.
fn text_of(bytes: Vec<u8>) -> (String, bool) {
    match String::from_utf8(bytes) {
        Ok(text) => (text, true),
        Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), false),
    }
}

/// A list's name as form libraries write it: `values`, `values[]`, `values[0]`.
fn is_values(name: &str) -> bool {
    let Some(rest) = name.strip_prefix("values") else { return false };
    let index = rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    rest.is_empty() || index.is_some_and(|index| index.bytes().all(|b| b.is_ascii_digit()))
}

/// Browsers give a file a name; some programs send one as a field that is called so.
fn is_value_file(part: &Part) -> bool {
    part.name == "file" || (part.file_name.is_some() && is_values(&part.name))
}

/// Some programs send the whole list as the only entry of an array.
fn lines_of(entry: &RequestedValue) -> Vec<RequestedValue> {
    if entry.reference.is_some() || !entry.value.contains('\n') {
        return vec![entry.clone()];
    }
    let lines = entry.value.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| RequestedValue { value: line.to_owned(), reference: None }).collect()
}

fn split_values(text: &str, key: Key) -> Vec<RequestedValue> {
    let mut lines = Cow::Borrowed(text);
    if key.blanks_separate() && text.contains('\\') {
        let separated = text.replace("\\r\\n", "\n").replace("\\n", "\n").replace("\\ ", "\n").replace("\\\t", "\n");
        // A backslash before a line end continues a line in a shell; there it is the separator's first half.
        lines = Cow::Owned(separated.replace("\\\r\n", "\n").replace("\\\n", "\n"));
    }
    let trimmed = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    trimmed.map(|line| RequestedValue { value: line.to_owned(), reference: None }).collect()
}

impl FromRequest for Params {
    type Error = Refusal;
    type Future = LocalBoxFuture<'static, Result<Params, Refusal>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let query = request.query_string().to_owned();
        // Whole: the framework's own accessor drops the parameters, and with them the boundary of a multipart form.
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let only_reads = matches!(*request.method(), Method::GET | Method::HEAD);
        let coding = request.headers().get(header::CONTENT_ENCODING).and_then(|value| value.to_str().ok());
        let packing = coding.and_then(Packing::parse);
        let payload = payload.take();
        Box::pin(async move {
            let reading = tokio::time::timeout(BODY_TIMEOUT, read_body(payload, packing));
            let slow =
                || Refusal::of(RefusalKind::ParameterValueInvalid).because("The request body took too long to arrive.");
            let body = match reading.await.map_err(|_| slow()).flatten() {
                // Some programs send a body with everything; nothing in it is meant for a request that only reads.
                Err(_) if only_reads => Vec::new(),
                read => read?,
            };
            if is_multipart(&content_type) && !only_reads && !body.is_empty() {
                let parts = read_parts(&content_type, body).await?;
                return Params::from_form_parts(&query, parts);
            }
            match Params::from_parts(&query, &content_type, &body) {
                Err(_) if only_reads => Params::from_parts(&query, "", b""),
                read => read,
            }
        })
    }
}

/// The body, unpacked.
async fn read_body(mut chunks: Payload, packing: Option<Packing>) -> Result<Vec<u8>, Refusal> {
    let too_large = || Refusal::of(RefusalKind::BodyTooLarge);
    let broken = || Refusal::of(RefusalKind::ParameterValueInvalid).because("The request body cannot be read.");
    let mut body = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| broken())?;
        if body.len() + chunk.len() <= MAX_BODY_BYTES {
            body.extend_from_slice(&chunk);
            continue;
        }
        let mut dropped = chunk.len();
        while dropped < MAX_DROPPED_BYTES {
            match chunks.next().await {
                Some(Ok(chunk)) => dropped += chunk.len(),
                _ => break,
            }
        }
        return Err(too_large());
    }
    match packing {
        None => Ok(body),
        Some(packing) => packing.unpack(&body, MAX_BODY_BYTES).await.map_err(|error| match error {
            UnpackError::TooLarge => too_large(),
            UnpackError::Broken => broken(),
        }),
    }
}

/// A JSON object's fields as parameters.
struct JsonFields(Vec<(String, Param)>);

impl<'de> de::Deserialize<'de> for JsonFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = JsonFields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonFields, A::Error> {
                let mut fields = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    match map.next_value::<JsonParam>()? {
                        JsonParam::Null => {}
                        JsonParam::Text(text) => fields.push((name, Param::Text(text))),
                        JsonParam::Entry(_) | JsonParam::Unreadable => fields.push((name, Param::List(None))),
                        JsonParam::List(list) => fields.push((name, Param::List(list))),
                    }
                }
                Ok(JsonFields(fields))
            }

            fn visit_unit<E: de::Error>(self) -> Result<JsonFields, E> {
                Ok(JsonFields(Vec::new()))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<JsonFields, E> {
                if text.is_empty() {
                    Ok(JsonFields(Vec::new()))
                } else {
                    Err(E::invalid_type(Unexpected::Str(text), &self))
                }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<JsonFields, A::Error> {
                match seq.next_element::<IgnoredAny>()? {
                    None => Ok(JsonFields(Vec::new())),
                    Some(_) => Err(de::Error::invalid_type(Unexpected::Seq, &self)),
                }
            }
        }
        deserializer.deserialize_any(Fields)
    }
}

/// Any JSON value, as far as a parameter can use it.
enum JsonParam {
    Null,
    Text(String),
    /// An object with `value`.
    Entry(RequestedValue),
    List(Option<Vec<RequestedValue>>),
    /// An object without `value`.
    Unreadable,
}

impl JsonParam {
    fn of_list(entries: Vec<JsonParam>) -> JsonParam {
        let values = entries.into_iter().filter_map(|entry| match entry {
            JsonParam::Null => None,
            JsonParam::Text(value) => Some(Some(RequestedValue { value, reference: None })),
            JsonParam::Entry(entry) => Some(Some(entry)),
            JsonParam::List(_) | JsonParam::Unreadable => Some(None),
        });
        JsonParam::List(values.collect())
    }
}

impl<'de> de::Deserialize<'de> for JsonParam {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyJson)
    }
}

struct AnyJson;

impl<'de> Visitor<'de> for AnyJson {
    type Value = JsonParam;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<JsonParam, E> {
        Ok(JsonParam::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<JsonParam, E> {
        Ok(JsonParam::Text(value.to_string()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<JsonParam, E> {
        Ok(JsonParam::Text(number.to_string()))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<JsonParam, E> {
        Ok(JsonParam::Text(number.to_string()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<JsonParam, E> {
        // The digits are lost by now; another id in their place would be worse than a refusal. Of a parameter that nobody
        // reads they are nobody's concern.
        if number.abs() > MAX_EXACT_FLOAT {
            return Ok(JsonParam::Unreadable);
        }
        Ok(JsonParam::Text(number.to_string()))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<JsonParam, E> {
        Ok(JsonParam::Text(text.to_owned()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<JsonParam, E> {
        Ok(JsonParam::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<JsonParam, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = seq.next_element::<JsonParam>()? {
            list.push(entry);
        }
        Ok(JsonParam::of_list(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonParam, A::Error> {
        let (mut value, mut reference) = (None, None);
        // PHP writes a list with gaps as an object whose names are numbers.
        let (mut list, mut is_list) = (Vec::new(), true);
        while let Some(name) = map.next_key::<String>()? {
            if !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit()) {
                list.push(map.next_value::<JsonParam>()?);
                continue;
            }
            is_list = false;
            let place = match name.as_str() {
                "value" => &mut value,
                "reference" => &mut reference,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *place = match map.next_value::<JsonParam>()? {
                JsonParam::Text(text) => Some(text),
                _ => None,
            };
        }
        if is_list && !list.is_empty() {
            return Ok(JsonParam::of_list(list));
        }
        Ok(value.map_or(JsonParam::Unreadable, |value| JsonParam::Entry(RequestedValue { value, reference })))
    }
}

#[cfg(test)]
#[path = "params_cases.rs"]
mod params_cases;
