//! How much memory a JSON text takes once it is parsed: `[{},{},…` grows to a hundred times its length.

/// An object's first entries come as one block.
const OBJECT_BYTES: usize = 600;
/// A further entry of an object, with its key.
const ENTRY_BYTES: usize = 90;
/// An entry of an array, with the room arrays keep for more.
const ELEMENT_BYTES: usize = 64;

/// About the bytes of the parsed form, from the text's marks alone; marks inside texts count too.
pub(super) fn parsed_bytes(json: &str) -> usize {
    let (mut objects, mut arrays, mut colons, mut commas) = (0usize, 0usize, 0usize, 0usize);
    for byte in json.bytes() {
        match byte {
            b'{' => objects += 1,
            b'[' => arrays += 1,
            b':' => colons += 1,
            b',' => commas += 1,
            _ => {}
        }
    }
    // Of the commas, one less than the entries of each object part those; the others part elements.
    let elements = arrays + commas.saturating_sub(colons.saturating_sub(objects));
    json.len() + objects * OBJECT_BYTES + colons * ENTRY_BYTES + elements * ELEMENT_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_things_weigh_most() {
        let text = format!("{{\"description\":\"{}\"}}", "words without end ".repeat(1_000));
        assert!(parsed_bytes(&text) < text.len() + 1_000);
        assert!(parsed_bytes(&"{},".repeat(1_000)) > 600_000);
        assert!(parsed_bytes(&"1,".repeat(1_000)) > 60_000);
        assert!(parsed_bytes(&"[".repeat(1_000)) > 60_000);
    }
}
