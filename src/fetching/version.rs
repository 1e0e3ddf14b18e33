//! Asking whether a page changed since it was read. Rules from RFC 9110 §8.8 and §13.1.

use crate::domain::Validators;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};

/// The status that says so.
pub(super) const NOT_MODIFIED: u16 = 304;

/// Longest entity tag that is kept: it is stored with the page and sent back as a header.
const LONGEST_ETAG: usize = 256;

/// The marks of a version that an answer's head gives; what is too long or malformed counts as not given.
pub(super) fn validators(headers: &HeaderMap) -> Validators {
    let text = |name: &HeaderName| {
        let mut values = headers.get_all(name).iter();
        // Two of them are as good as none: who knows which one counts?
        let (first, None) = (values.next()?, values.next()) else { return None };
        Some(first.to_str().ok()?.trim().to_owned())
    };
    Validators {
        etag: text(&header::ETAG).filter(|etag| is_etag(etag)),
        last_modified: text(&header::LAST_MODIFIED).filter(|date| httpdate::parse_http_date(date).is_ok()),
    }
}

/// An opaque text in quotes, weak or strong.
fn is_etag(text: &str) -> bool {
    let opaque = text.strip_prefix("W/").unwrap_or(text).strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    text.len() <= LONGEST_ETAG
        && opaque.is_some_and(|opaque| !opaque.is_empty() && opaque.bytes().all(|b| b.is_ascii_graphic() && b != b'"'))
}

/// Makes a request one for another version than this. With an entity tag the date is sent too: servers that know tags ignore it.
pub(super) fn ask_for_change(headers: &mut HeaderMap, known: &Validators) {
    let pairs = [(header::IF_NONE_MATCH, &known.etag), (header::IF_MODIFIED_SINCE, &known.last_modified)];
    for (name, value) in pairs {
        // A source's own header of this name would ask something else than is remembered.
        headers.remove(&name);
        if let Some(value) = value.as_deref().and_then(|value| HeaderValue::from_str(value).ok()) {
            headers.insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&'static str, &str)]) -> Validators {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        validators(&headers)
    }

    #[test]
    fn marks_are_taken_as_they_are_written() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(read(&[("etag", " W/\"a-1\" ")]).etag.as_deref(), Some("W/\"a-1\""));
        assert_eq!(read(&[("etag", "\"a\"")]).etag.as_deref(), Some("\"a\""));
        assert_eq!(read(&[("last-modified", date)]).last_modified.as_deref(), Some(date));
        assert!(read(&[]).is_empty());
    }

    #[test]
    fn what_is_no_mark_is_dropped() {
        let longest = format!("\"{}\"", "x".repeat(LONGEST_ETAG - 2));
        assert!(read(&[("etag", &longest)]).etag.is_some());
        let too_long = format!("\"{}\"", "x".repeat(LONGEST_ETAG - 1));
        for etag in [too_long.as_str(), "a", "\"\"", "\"a", "w/\"a\"", "\"a b\"", "\"a\"b\"", "*", ""] {
            assert_eq!(read(&[("etag", etag)]).etag, None, "{etag}");
        }
        assert!(read(&[("etag", "\"a\""), ("etag", "\"b\"")]).is_empty());
        assert!(read(&[("last-modified", "yesterday")]).is_empty());
    }

    #[test]
    fn a_request_asks_for_what_is_known_and_nothing_else() {
        let mut headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static("*"))]);
        ask_for_change(&mut headers, &Validators::default());
        assert!(headers.is_empty());
        let known = Validators { etag: Some("W/\"a\"".into()), last_modified: Some("x".into()) };
        ask_for_change(&mut headers, &known);
        assert_eq!(headers[header::IF_NONE_MATCH], "W/\"a\"");
        assert_eq!(headers[header::IF_MODIFIED_SINCE], "x");
    }
}
