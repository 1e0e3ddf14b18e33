//! Bytes of a page to text.

/// Bytes at the start in which a page may name its charset.
const SNIFFED_BYTES: usize = 4096;

/// Decodes a page by its byte-order mark, else the charset its server named, else its own `<meta>`, else UTF-8; what the
/// charset cannot mean becomes U+FFFD.
pub fn decode(content_type_charset: Option<&str>, bytes: &[u8]) -> String {
    // Pages that declare a single-byte charset and are UTF-8 are common; the reverse cannot be valid UTF-8 by chance.
    if !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok() {
        return encoding_rs::UTF_8.decode(bytes).0.into_owned();
    }
    let named = content_type_charset.and_then(|name| encoding_rs::Encoding::for_label(name.as_bytes()));
    let encoding = named.or_else(|| meta_charset(bytes)).unwrap_or(encoding_rs::UTF_8);
    encoding.decode(bytes).0.into_owned()
}

fn meta_charset(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(SNIFFED_BYTES)]).to_ascii_lowercase();
    let at = head.find("charset=")? + "charset=".len();
    let label: String = head[at..]
        .trim_start_matches(['"', '\'', ' '])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    encoding_rs::Encoding::for_label(label.as_bytes())
}
