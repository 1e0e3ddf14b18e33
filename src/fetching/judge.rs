//! Is this a page, a refusal or a ruin? Decided from the head where that is enough, so that no useless body is read.

use super::breaker::Health;
use super::{BlockSigns, FetchError};

/// A page longer than this is not searched for the wording of refusals: real challenge pages are short, and long
/// ordinary pages say "captcha" in their scripts.
const LONGEST_CHALLENGE: usize = 48 * 1024;

/// Where a page's title is looked for.
const TITLE_WITHIN: usize = 64 * 1024;

/// How much of a body tells whether it is text at all.
const SNIFFED: usize = 512;

/// Titles of pages that stand in for the real one, lower case. Compared with the whole title or its part before a `|`, `-`,
/// `–` or `:`, so that an article about captchas is none.
const CHALLENGE_TITLES: [&str; 22] = [
    "just a moment...",
    "just a moment…",
    "attention required!",
    "access denied",
    "access to this page has been denied",
    "access to this page has been denied.",
    "are you a robot?",
    "are you a human?",
    "are you human?",
    "robot or human?",
    "robot check",
    "bot verification",
    "captcha",
    "captcha challenge",
    "human verification",
    "security check",
    "pardon our interruption",
    "pardon our interruption...",
    "please verify you are a human",
    "ddos-guard",
    "verify your identity",
    "you have been blocked",
];

/// Wording of challenge pages, lower case; found in a short page, it is one.
const CHALLENGE_WORDING: [&str; 18] = [
    "window._cf_chl_opt",
    "id=\"challenge-error-text\"",
    "checking your browser before accessing",
    "enable javascript and cookies to continue",
    "please enable js and disable any ad blocker",
    "sorry, you have been blocked",
    "enter the characters you see below",
    "to discuss automated access to amazon data",
    "our systems have detected unusual traffic",
    "unusual traffic from your computer network",
    "verify you are a human by completing",
    "verify that you are a human",
    "confirm that you are not a robot",
    "confirm you are not a robot",
    "press &amp; hold to confirm you are",
    "press & hold to confirm you are",
    "request unsuccessful. incapsula incident id",
    "why have i been blocked?",
];

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

/// Whether the text is a page at all, and not one that stands in for it.
pub(super) fn judge_text(text: &str, signs: &BlockSigns) -> Result<(), FetchError> {
    if text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').is_empty() {
        return Err(FetchError::BadBody("empty".to_owned()));
    }
    match blocked_sign(text, signs) {
        Some(sign) => Err(FetchError::Blocked(format!("the page says {sign:?}"))),
        None => Ok(()),
    }
}

fn blocked_sign(text: &str, signs: &BlockSigns) -> Option<String> {
    if !signs.text.is_empty() {
        let lower = text.to_lowercase();
        let sign = signs.text.iter().find(|sign| !sign.is_empty() && lower.contains(&sign.to_lowercase()));
        if sign.is_some() {
            return sign.cloned();
        }
    }
    if text.len() > LONGEST_CHALLENGE {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    challenge_title(&lower)
        .or_else(|| CHALLENGE_WORDING.into_iter().find(|wording| lower.contains(wording)))
        .map(str::to_owned)
}

fn challenge_title(lower: &str) -> Option<&'static str> {
    let mut end = lower.len().min(TITLE_WITHIN);
    while !lower.is_char_boundary(end) {
        end -= 1;
    }
    let (_, after) = lower[..end].split_once("<title")?;
    let title = after.split_once('>')?.1.split_once("</title")?.0.trim();
    CHALLENGE_TITLES.into_iter().find(|sign| match title.strip_prefix(sign) {
        Some(rest) => rest.is_empty() || rest.trim_start().starts_with(['|', '-', '–', ':']),
        None => title.strip_suffix(sign).is_some_and(|before| before.trim_end().ends_with(['|', '-', '–', ':'])),
    })
}

/// What a failed access says about the host.
pub(super) fn health(error: &FetchError) -> Health {
    match error {
        FetchError::Timeout | FetchError::Connection(_) | FetchError::Blocked(_) => Health::Fails,
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

    fn is_blocked(text: &str) -> bool {
        matches!(judge_text(text, &BlockSigns::default()), Err(FetchError::Blocked(_)))
    }

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
            assert!(matches!(judge_text(empty, &BlockSigns::default()), Err(FetchError::BadBody(_))));
        }
    }

    #[test]
    fn challenge_pages_are_refusals() {
        for page in [
            "<html><head><title>Just a moment...</title></head><body></body></html>",
            "<TITLE lang=en>Attention Required! | Cloudflare</TITLE>",
            "<title>\n  Robot Check\n</title>",
            "<title>amazon.com - Robot Check</title>",
            "<title>shop.example</title><p>Please enable JS and disable any ad blocker</p>",
            "<body><h4>Enter the characters you see below</h4></body>",
        ] {
            assert!(is_blocked(page), "{page}");
        }
    }

    #[test]
    fn ordinary_pages_with_a_captcha_somewhere_are_pages() {
        let long =
            format!("<title>Lamp</title>{}our systems have detected unusual traffic", "x".repeat(LONGEST_CHALLENGE));
        for page in [
            "<title>Lamp 19.99</title><script src=https://www.google.com/recaptcha/api.js></script><div class=g-recaptcha>",
            "<title>Captchas and other poems, hardcover</title><p>9.99</p>",
            "<title>Lamp</title><script src=/cdn-cgi/challenge-platform/scripts/jsd/main.js></script>",
            "<title>Access denied: the board game box</title>".replace(':', ",").as_str(),
            long.as_str(),
        ] {
            assert!(!is_blocked(page), "{page}");
        }
    }

    #[test]
    fn a_source_names_its_own_signs() {
        let signs =
            BlockSigns { status: vec![], text: vec!["Zugriff VERWEIGERT".into(), "ÜBERLASTET".into(), String::new()] };
        let judged = |text: &str| judge_text(text, &signs).is_err();
        assert!(judged("<p>zugriff verweigert</p>"));
        assert!(judged(&format!("{}Überlastet", "x".repeat(LONGEST_CHALLENGE))));
        assert!(!judged("<p>Zugriff gewährt</p>"));
    }
}
