//! A line of a table of our own: no text in it comes from a page or a caller, so none needs a guard.
//!
//! Rule from: RFC 4180, except that lines end with LF; every cell is quoted.

/// Appends one line.
pub fn csv_line<'a>(cells: impl IntoIterator<Item = &'a str>, out: &mut Vec<u8>) {
    for (n, cell) in cells.into_iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        out.push(b'"');
        out.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
        out.push(b'"');
    }
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_is_quoted() {
        let mut out = Vec::new();
        csv_line(["a", "", "b \"c\", d"], &mut out);
        assert_eq!(out, b"\"a\",\"\",\"b \"\"c\"\", d\"\n");
    }
}
