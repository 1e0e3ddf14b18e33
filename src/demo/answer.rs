//! What the marketplace answers.

use std::time::Duration;

/// One answer, ready to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    pub body: Vec<u8>,
    /// How long a server waits before it sends this; nothing waits in process.
    pub delay: Duration,
}

impl Answer {
    pub(super) fn new(status: u16, content_type: &str, body: String) -> Answer {
        Answer { status, content_type: content_type.to_owned(), body: body.into_bytes(), delay: Duration::ZERO }
    }

    pub(super) fn html(status: u16, body: String) -> Answer {
        Answer::new(status, "text/html; charset=utf-8", body)
    }

    pub(super) fn text(status: u16, body: &str) -> Answer {
        Answer::new(status, "text/plain; charset=utf-8", body.to_owned())
    }

    /// The body as text; bytes that are not UTF-8 (one shop writes windows-1252) are replaced.
    pub fn body_text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// An HTML page in windows-1252; what that charset lacks becomes a numeric character reference.
///
/// Rule from: WHATWG Encoding, encoding to HTML.
pub(super) fn to_windows_1252(html: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(html.len());
    for c in html.chars() {
        match c {
            '\0'..='\x7f' | '\u{a0}'..='\u{ff}' => bytes.push(c as u8),
            '€' => bytes.push(0x80),
            '–' => bytes.push(0x96),
            '—' => bytes.push(0x97),
            '’' => bytes.push(0x92),
            other => bytes.extend_from_slice(format!("&#{};", u32::from(other)).as_bytes()),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_1252_has_one_byte_for_what_it_knows() {
        assert_eq!(to_windows_1252("aé\u{a0}€–ł"), b"a\xe9\xa0\x80\x96&#322;");
    }
}
