//! What is kept of a receiver's answer.

use std::borrow::Cow;

/// Most bytes of an answer that are read and kept.
pub(super) const MAX_EXCERPT_BYTES: usize = 2048;

/// So many upper-case letters in a row are a token of ours, or look like one.
const TOKEN_LETTERS: usize = crate::ids::TOKEN_LETTERS;
const MASK: &str = "(hidden)";

/// The text of an answer's beginning, without characters that databases refuse, and without secrets: a receiver that echoes
/// what it knows must not put them into a list that others of the account read.
pub(super) fn excerpt(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_EXCERPT_BYTES)]);
    mask_tokens(&text.replace('\0', "\u{FFFD}")).into_owned()
}

/// The text with tokens and webhook secrets hidden.
pub fn mask_tokens(text: &str) -> Cow<'_, str> {
    let mut masked = String::new();
    let mut rest = text;
    let mut found = false;
    while let Some((at, length)) = next_secret(rest) {
        found = true;
        masked.push_str(&rest[..at]);
        masked.push_str(MASK);
        rest = &rest[at + length..];
    }
    if !found {
        return Cow::Borrowed(text);
    }
    masked.push_str(rest);
    Cow::Owned(masked)
}

/// Where the next secret begins, and its length in bytes.
fn next_secret(text: &str) -> Option<(usize, usize)> {
    let run = |from: usize, is: fn(&u8) -> bool| text.as_bytes()[from..].iter().take_while(|byte| is(byte)).count();
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_' | b'%');
    let secret = text.find(crate::domain::WebhookSecret::PREFIX).map(|at| (at, run(at, is_base64)));
    let mut from = 0;
    let mut token = None;
    while let Some(at) = text.as_bytes()[from..].iter().position(u8::is_ascii_uppercase).map(|at| from + at) {
        let length = run(at, u8::is_ascii_uppercase);
        if length >= TOKEN_LETTERS {
            token = Some((at, length));
            break;
        }
        from = at + length;
    }
    [secret, token].into_iter().flatten().min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_and_the_rest_is_kept() {
        let token = "A".repeat(64);
        for (text, shown) in [
            (String::new(), String::new()),
            ("thank you".into(), "thank you".into()),
            (format!("got {token}!"), "got (hidden)!".into()),
            (format!("{token}{token} ABC"), "(hidden) ABC".into()),
            ("A".repeat(63), "A".repeat(63)),
            (format!("k=whsec_AbC/+=\n{token}ü"), "k=(hidden)\n(hidden)ü".into()),
        ] {
            assert_eq!(excerpt(text.as_bytes()), shown);
        }
    }

    #[test]
    fn any_bytes_become_a_short_text() {
        assert_eq!(excerpt(b"a\0\xFFb"), "a\u{FFFD}\u{FFFD}b");
        assert_eq!(excerpt(&[b'x'; 10_000]).len(), MAX_EXCERPT_BYTES);
    }
}
