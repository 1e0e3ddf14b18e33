//! Characters that no document should hold.

use std::borrow::Cow;

/// Stands where a character cannot be told.
pub(super) const REPLACEMENT: char = '\u{FFFD}';

/// Whether every reader can hold it: control characters other than tab, LF and CR end a text early, or are refused.
///
/// Rule from: XML 1.0, section 2.2 (Char).
pub(super) fn can_be_held(c: char) -> bool {
    !matches!(c, '\u{0}'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

/// The text with the replacement character where it cannot be held.
pub(super) fn held(text: Cow<'_, str>) -> Cow<'_, str> {
    // A look at the bytes settles nearly every text: what cannot be held is a control character, or begins with EF.
    let is_plain = text.bytes().all(|b| (b >= b' ' && b != 0xEF) || matches!(b, b'\t' | b'\n' | b'\r'));
    if is_plain || text.chars().all(can_be_held) {
        return text;
    }
    Cow::Owned(text.chars().map(|c| if can_be_held(c) { c } else { REPLACEMENT }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_be_held_is_replaced() {
        let of = |text: &'static str| held(Cow::Borrowed(text)).into_owned();
        assert_eq!(of("\t\r\n \u{7F}\u{85}\u{FFFD}\u{1F4B6}"), "\t\r\n \u{7F}\u{85}\u{FFFD}\u{1F4B6}");
        assert_eq!(of("a\0b\u{B}\u{C}\u{1B}\u{FFFE}"), "a\u{FFFD}b\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}");
        assert!(matches!(held(Cow::Borrowed("plain")), Cow::Borrowed(_)));
    }
}
