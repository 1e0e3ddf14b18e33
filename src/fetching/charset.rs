//! Bytes to text. Rule from the HTML standard (BOM, then header, then meta), except where a declaration is a plain lie.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};

/// How far a page is searched for its own declaration. The standard says 1,024 bytes; real pages put scripts before it.
const PRESCAN: usize = 4_096;

/// The charset of a `Content-Type`'s value, without quotes.
pub(super) fn charset_of(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']))
    })
}

/// Decodes a page; what cannot be decoded becomes U+FFFD.
///
/// A declared one-byte charset never fails to decode, so servers get away with declaring the wrong one: bytes that are
/// valid UTF-8 with anything outside ASCII are UTF-8, whatever is declared. The reverse lie, UTF-8 declared and not one
/// multi-byte character valid, is read as windows-1252, as is everything undeclared that is not UTF-8.
pub fn decode(content_type_charset: Option<&str>, bytes: &[u8]) -> String {
    if let Some((encoding, bom)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[bom..]).0.into_owned();
    }
    let header = content_type_charset.and_then(|label| Encoding::for_label(label.as_bytes()));
    let declared = header.or_else(|| declared_inside(bytes));
    let chosen = match declared {
        Some(encoding) if encoding.is_single_byte() && std::str::from_utf8(bytes).is_ok() => UTF_8,
        Some(encoding) if encoding == UTF_8 && is_never_utf8(bytes) => {
            declared_inside(bytes).filter(|inside| *inside != UTF_8).unwrap_or(WINDOWS_1252)
        }
        Some(encoding) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        None => WINDOWS_1252,
    };
    chosen.decode_without_bom_handling(bytes).0.into_owned()
}

/// Holds bytes outside ASCII, none of which is part of a valid UTF-8 character.
fn is_never_utf8(bytes: &[u8]) -> bool {
    !bytes.is_ascii() && bytes.utf8_chunks().all(|chunk| chunk.valid().is_ascii())
}

/// The charset of a `<meta charset>`, a `<meta http-equiv … content="…; charset=…">` or an XML declaration.
fn declared_inside(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes[..bytes.len().min(PRESCAN)].to_ascii_lowercase();
    let in_xml = head.starts_with(b"<?xml").then(|| tag_at(&head, 0)).and_then(|tag| label_after(tag, b"encoding"));
    let label = in_xml.or_else(|| {
        memchr::memmem::find_iter(&head, b"<meta").find_map(|start| label_after(tag_at(&head, start), b"charset"))
    })?;
    match Encoding::for_label(label)? {
        // Rule from the HTML standard: what could be read so far is not UTF-16, and user-defined means windows-1252.
        encoding if encoding == UTF_16BE || encoding == UTF_16LE => Some(UTF_8),
        encoding if encoding == X_USER_DEFINED => Some(WINDOWS_1252),
        encoding => Some(encoding),
    }
}

fn tag_at(head: &[u8], start: usize) -> &[u8] {
    let tag = &head[start..];
    &tag[..memchr::memchr(b'>', tag).unwrap_or(tag.len())]
}

/// The value behind `name=` in a tag, quoted or not.
fn label_after<'t>(tag: &'t [u8], name: &[u8]) -> Option<&'t [u8]> {
    let after = &tag[memchr::memmem::find(tag, name)? + name.len()..];
    let value = after.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let value = value.strip_prefix(b"\"").or_else(|| value.strip_prefix(b"'")).unwrap_or(value);
    let end = value.iter().position(|byte| matches!(byte, b'"' | b'\'' | b';' | b' ' | b'/' | b'?'));
    Some(&value[..end.unwrap_or(value.len())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_goes_before_everything() {
        assert_eq!(decode(Some("iso-8859-1"), b"\xef\xbb\xbf\xc3\xa9"), "é");
        assert_eq!(decode(Some("utf-8"), b"\xff\xfea\0\xe9\0"), "aé");
        assert_eq!(decode(None, b"\xfe\xff\0a\0\xe9"), "aé");
    }

    #[test]
    fn the_header_goes_before_the_page() {
        assert_eq!(decode(Some("windows-1250"), b"<meta charset=iso-8859-1>\xe8"), "<meta charset=iso-8859-1>č");
        assert_eq!(decode(Some("no-such-charset"), b"<meta charset=windows-1250>\xe8"), "<meta charset=windows-1250>č");
    }

    #[test]
    fn pages_declare_their_charset_in_many_ways() {
        for declaration in [
            "<meta charset=windows-1251>",
            "<META CHARSET = 'Windows-1251' />",
            "<meta name=viewport content='width=1'><meta charset=\"windows-1251\"/>",
            "<meta http-equiv=Content-Type content=\"text/html; charset=windows-1251\">",
            "<?xml version=\"1.0\" encoding=\"windows-1251\"?>",
        ] {
            let page = [declaration.as_bytes(), b"\xf6\xe5\xed\xe0"].concat();
            assert_eq!(decode(None, &page), format!("{declaration}цена"), "{declaration}");
        }
        assert_eq!(decode(None, "<meta charset=utf-16>é".as_bytes()), "<meta charset=utf-16>é");
        assert_eq!(decode(Some("shift_jis"), b"\x89\x7e"), "円");
    }

    #[test]
    fn a_one_byte_charset_does_not_hide_utf8() {
        assert_eq!(decode(Some("iso-8859-1"), "19,99 €".as_bytes()), "19,99 €");
        assert_eq!(decode(Some("windows-1251"), "<meta charset=windows-1251>цена".as_bytes()).len(), 35);
        assert_eq!(decode(Some("iso-8859-1"), b"19,99 \xa4 \xe9"), "19,99 ¤ é");
        // One windows-1252 text that happens to begin like UTF-8 but is not.
        assert_eq!(decode(Some("windows-1252"), b"\xc3\xa9 \xe9!"), "Ã© é!");
    }

    #[test]
    fn declared_utf8_that_never_is_becomes_what_it_is() {
        assert_eq!(decode(Some("utf-8"), b"19,99 \x80"), "19,99 €");
        assert_eq!(decode(Some("utf-8"), b"<meta charset=windows-1250>\xe8"), "<meta charset=windows-1250>č");
        assert_eq!(decode(Some("utf-8"), b"\xc3\xa9 \xe9!"), "é \u{fffd}!");
    }

    #[test]
    fn undeclared_text_is_utf8_or_windows_1252() {
        assert_eq!(decode(None, "€ é".as_bytes()), "€ é");
        assert_eq!(decode(None, b"\x80 \xe9"), "€ é");
        assert_eq!(decode(None, b""), "");
    }

    #[test]
    fn the_header_parameter_is_found() {
        assert_eq!(charset_of("text/html; charset=utf-8"), Some("utf-8"));
        assert_eq!(charset_of("text/html;version=1; Charset = \"UTF-8\""), Some("UTF-8"));
        assert_eq!(charset_of("text/html"), None);
    }

    proptest::proptest! {
        #[test]
        fn utf8_survives_every_one_byte_lie(text in "\\PC*") {
            for label in [None, Some("utf-8"), Some("iso-8859-1"), Some("windows-1251")] {
                let plain = text.strip_prefix('\u{feff}').unwrap_or(&text);
                proptest::prop_assert_eq!(decode(label, plain.as_bytes()), plain);
            }
        }

        #[test]
        fn no_bytes_panic(label in proptest::option::of("[a-z0-9-]{0,12}"), bytes: Vec<u8>) {
            decode(label.as_deref(), &bytes);
            decode(label.as_deref(), &[b"<meta charset", bytes.as_slice()].concat());
        }
    }
}
