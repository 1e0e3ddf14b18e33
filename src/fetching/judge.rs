//! Is this a page, a refusal or a ruin? Decided from the head where that is enough, so that no useless body is read.
//! Refusals in disguise are `block`'s matter.

use super::breaker::Health;
use super::{BlockSigns, FetchError};

/// How much of a body tells whether it is text at all.
const SNIFFED: usize = 512;

/// What a head says about the body behind it.
pub(super) fn judge_status(status: u16, signs: &BlockSigns) -> Result<(), FetchError> {
    match status {
        _ if signs.status.contains(&status) => Err(FetchError::Blocked(format!("status {status}"))),
        200..=299 => Ok(()),
        404 | 410 => Err(FetchError::Gone(status)),
        401 | 403 | 407 | 429 | 503 => Err(FetchError::Blocked(format!("status {status}"))),
        _ => Err(FetchError::Status(status)),
    }
}

/// Whether a content type (lower case, without parameters) is text; an empty one is to be seen.
pub(super) fn judge_content_type(content_type: &str) -> Result<(), FetchError> {
    let is_text = content_type.is_empty()
        || content_type.starts_with("text/")
        || content_type.ends_with("+json")
        || content_type.ends_with("+xml")
        || matches!(
            content_type,
            "application/json"
                | "application/xml"
                | "application/xhtml"
                | "application/javascript"
                | "application/x-javascript"
                | "application/ecmascript"
                | "application/x-json"
        );
    if is_text { Ok(()) } else { Err(FetchError::BadBody(format!("content type {content_type}"))) }
}

/// Whether bytes of no declared type look like text.
pub(super) fn judge_bytes(content_type: &str, bytes: &[u8]) -> Result<(), FetchError> {
    let has_bom = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let head = &bytes[..bytes.len().min(SNIFFED)];
    if content_type.is_empty() && !has_bom && memchr::memchr(0, head).is_some() {
        return Err(FetchError::BadBody("not text".to_owned()));
    }
    Ok(())
}

/// Whether the text is anything at all.
pub(super) fn judge_text(text: &str) -> Result<(), FetchError> {
    if text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').is_empty() {
        return Err(FetchError::BadBody("empty".to_owned()));
    }
    Ok(())
}

/// What a failed access says about the host.
pub(super) fn health(error: &FetchError) -> Health {
    match error {
        FetchError::Timeout | FetchError::Connection(_) | FetchError::Certificate(_) | FetchError::Blocked(_) => {
            Health::Fails
        }
        FetchError::Status(408 | 425 | 429 | 500..) => Health::Fails,
        FetchError::Gone(_)
        | FetchError::Status(_)
        | FetchError::Redirect
        | FetchError::TooLarge(_)
        | FetchError::BadBody(_) => Health::Answers,
        FetchError::Later(_)
        | FetchError::Forbidden(_)
        | FetchError::Robots
        | FetchError::BreakerOpen
        | FetchError::Proxy(_)
        | FetchError::Browser(_) => Health::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_become_errors() {
        let signs = BlockSigns { status: vec![404, 418], text: vec![] };
        let plain = BlockSigns::default();
        assert_eq!(judge_status(200, &plain), Ok(()));
        assert_eq!(judge_status(404, &plain), Err(FetchError::Gone(404)));
        assert_eq!(judge_status(410, &plain), Err(FetchError::Gone(410)));
        assert_eq!(judge_status(500, &plain), Err(FetchError::Status(500)));
        assert_eq!(judge_status(304, &plain), Err(FetchError::Status(304)));
        for status in [401, 403, 407, 429, 503] {
            assert_eq!(judge_status(status, &plain), Err(FetchError::Blocked(format!("status {status}"))));
        }
        for status in [404, 418] {
            assert_eq!(judge_status(status, &signs), Err(FetchError::Blocked(format!("status {status}"))));
        }
    }

    #[test]
    fn only_text_is_read() {
        for text in ["", "text/html", "text/plain", "application/xhtml+xml", "application/ld+json", "application/json"]
        {
            assert_eq!(judge_content_type(text), Ok(()), "{text}");
        }
        for other in ["image/png", "application/pdf", "application/octet-stream", "video/mp4", "application/zip"] {
            assert!(matches!(judge_content_type(other), Err(FetchError::BadBody(_))), "{other}");
        }
        assert!(judge_bytes("", b"\x89PNG\r\n\0\0").is_err());
        assert!(judge_bytes("", b"\xff\xfea\0").is_ok());
        assert!(judge_bytes("", b"<p>").is_ok());
    }

    #[test]
    fn empty_pages_are_no_pages() {
        for empty in ["", " \r\n\t", "\u{feff}\n"] {
            assert!(matches!(judge_text(empty), Err(FetchError::BadBody(_))));
        }
    }
}
