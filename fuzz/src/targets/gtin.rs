//! Trade item numbers, alone and printed on a page under their label.

use super::invariants::{any_shop, check_page, is_gtin, text};
use pricemill::domain::Gtin;

/// A number as somebody wrote it.
pub fn run(data: &[u8]) {
    let text = text(data);
    let number = text.parse::<Gtin>();
    if let Ok(gtin) = number {
        is_gtin(&gtin);
        assert_eq!(format!(" {text}- ").parse::<Gtin>(), Ok(gtin), "blanks and hyphens mean nothing");
        if let Some(ean) = gtin.ean() {
            assert_eq!(ean.parse::<Gtin>(), Ok(gtin));
        }
        let wrong = Gtin::check_digit(&gtin.as_str().as_bytes()[..13]) != gtin.as_str().as_bytes()[13];
        assert!(!wrong);
    }
    if text.contains(['<', '&']) {
        return;
    }
    let page = format!("<h1>Tea pot</h1><ul><li>EAN: {text}</ul><span itemprop=gtin13>{text}</span>");
    check_page(any_shop(), &page, 5);
}
