//! The parts of a `multipart/form-data` body. Rule from: RFC 7578.

use super::codes::{Refusal, RefusalKind};
use actix_multipart::{Field, Multipart};
use actix_web::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};

/// Most parts of one body; a job has far fewer parameters.
const MAX_PARTS: usize = 200;
/// The parser takes no larger pieces at once.
const PIECE_BYTES: usize = 16 * 1024;

/// A field, or a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub name: String,
    /// Of a file; may be empty.
    pub file_name: Option<String>,
    /// In lower case, without parameters.
    pub media_type: Option<String>,
    pub bytes: Vec<u8>,
}

/// Whether a body of this type consists of parts. A type without a boundary is a word somebody wrote beside another body.
pub fn is_multipart(content_type: &str) -> bool {
    let content_type = content_type.trim_start().to_ascii_lowercase();
    content_type.starts_with("multipart/") && content_type.contains("boundary=")
}

/// The parts in their order. The body is bounded already.
pub async fn read_parts(content_type: &str, body: Vec<u8>) -> Result<Vec<Part>, Refusal> {
    let mut headers = HeaderMap::new();
    let value = HeaderValue::from_str(content_type).map_err(|_| broken("the boundary cannot be read"))?;
    headers.insert(CONTENT_TYPE, value);
    let body = Bytes::from(body);
    let pieces = (0..body.len()).step_by(PIECE_BYTES);
    let pieces: Vec<_> = pieces.map(|from| Ok(body.slice(from..body.len().min(from + PIECE_BYTES)))).collect();
    let mut fields = Multipart::new(&headers, stream::iter(pieces));
    let mut parts = Vec::new();
    while let Some(field) = fields.next().await {
        if parts.len() == MAX_PARTS {
            return Err(broken(&format!("there are more than {MAX_PARTS} parts")));
        }
        parts.push(read_part(field.map_err(|error| broken(&error.to_string()))?).await?);
    }
    Ok(parts)
}

async fn read_part(mut field: Field) -> Result<Part, Refusal> {
    let name = field.name().unwrap_or_default().to_owned();
    let file_name = field.content_disposition().and_then(|disposition| disposition.get_filename()).map(str::to_owned);
    let media_type = field.content_type().map(|media_type| media_type.essence_str().to_ascii_lowercase());
    let mut bytes = Vec::new();
    while let Some(piece) = field.try_next().await.map_err(|error| broken(&error.to_string()))? {
        bytes.extend_from_slice(&piece);
    }
    Ok(Part { name, file_name, media_type, bytes })
}

fn broken(why: &str) -> Refusal {
    Refusal::of(RefusalKind::ParameterValueInvalid)
        .because(format!("The request body is no readable multipart form: {}.", why.trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=XX";

    async fn read(body: &str) -> Result<Vec<Part>, Refusal> {
        read_parts(TYPE, body.as_bytes().to_vec()).await
    }

    #[actix_web::test]
    async fn fields_and_files_in_order() {
        let long = "9".repeat(300_000);
        let body = format!(
            "--XX\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\ngtin\r\n--XX\r\nContent-Disposition: form-data; \
             name=\"file\"; filename=\"a b.csv\"\r\nContent-Type: text/CSV; charset=utf-8\r\n\r\n{long}\r\n--XX--\r\n"
        );
        let parts = read(&body).await.unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!((parts[0].name.as_str(), parts[0].bytes.as_slice()), ("key", b"gtin".as_slice()));
        assert_eq!(parts[0].file_name, None);
        assert_eq!(
            (parts[1].file_name.as_deref(), parts[1].media_type.as_deref()),
            (Some("a b.csv"), Some("text/csv"))
        );
        assert_eq!(parts[1].bytes, long.as_bytes());
    }

    #[actix_web::test]
    async fn what_is_no_form_is_refused() {
        let part = "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n";
        for (content_type, body) in [
            (TYPE, "token=1".to_owned()),
            (TYPE, part.to_owned()),
            (TYPE, format!("{}--XX--", part.repeat(MAX_PARTS + 1))),
            ("multipart/form-data", part.to_owned()),
            ("multipart/form-data; boundary=\n", part.to_owned()),
            ("multipart/form-data; boundary=XX\0", part.to_owned()),
            (TYPE, "\0".repeat(100_000)),
            (TYPE, "--XX\r\n".repeat(10_000)),
            (TYPE, format!("--XX\r\n{}", "a: b\r\n".repeat(10_000))),
            (TYPE, format!("--XX\r\nContent-Disposition: form-data; name=\"{}", "x".repeat(200_000))),
        ] {
            let refusal = read_parts(content_type, body.clone().into_bytes()).await.unwrap_err();
            assert_eq!(refusal.kind, RefusalKind::ParameterValueInvalid, "{content_type}: {body:.100}");
        }
        assert!(is_multipart("Multipart/Form-Data; boundary=x") && !is_multipart("text/plain") && !is_multipart(""));
    }
}
