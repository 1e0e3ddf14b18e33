//! The products of the API's documentation: found everywhere, always at the same price.

/// One of them, as every source shows it.
#[derive(Debug, Clone, Copy)]
pub struct DocumentedProduct {
    pub name: &'static str,
    pub brand: &'static str,
    pub category: &'static str,
    /// Ascending; the one the documentation asks for is among them.
    pub gtins: [&'static str; 5],
    pub asked_gtin: &'static str,
    /// Its id at google-shopping, larger than a signed 64-bit number can be.
    pub google_id: &'static str,
    /// Its id at amazon.
    pub asin: &'static str,
    pub review_count: u32,
    /// Tenths of a star of five: 50 is a rating of 100.
    pub stars_tenths: u8,
    /// Lowest price at most sources, in euro cents.
    pub euro_cents: i64,
}

pub const DOCUMENTED: [DocumentedProduct; 3] = [
    DocumentedProduct {
        name: "Apple iPad mini Wi-Fi 16 GB - Schwarz & Graphit",
        brand: "Apple",
        category: "Tablet",
        gtins: ["00047165900004", "00885909575329", "00885909666881", "00885909666898", "00885909666966"],
        asked_gtin: "00885909666966",
        google_id: "15858468867886681869",
        asin: "B009W8YQ6K",
        review_count: 37,
        stars_tenths: 50,
        euro_cents: 28_499,
    },
    DocumentedProduct {
        name: "Vaasen Aroma Duo Filterkaffeemaschine 1,2 l \u{2013} Edelstahl",
        brand: "Vaasen",
        category: "Kaffeemaschine",
        gtins: ["08718108041550", "08718108041567", "08718108041574", "08718108041581", "08718108041598"],
        asked_gtin: "08718108041581",
        google_id: "13370251197264402518",
        asin: "B00VAA5EN2",
        review_count: 212,
        stars_tenths: 43,
        euro_cents: 5_990,
    },
    DocumentedProduct {
        name: "Samsung Galaxy S3 16GB White",
        brand: "Samsung",
        category: "Smartphone",
        gtins: ["08806085000018", "08806085000025", "08806085000032", "08806085000049", "08902527431911"],
        asked_gtin: "08902527431911",
        google_id: "11729538406205739114",
        asin: "B0080DJ6CM",
        review_count: 1_204,
        stars_tenths: 44,
        euro_cents: 21_990,
    },
];

/// The first document's offers at google-shopping in Germany: shop, price and postage in euro cents; the second shop does
/// not say what postage costs. There are no others.
pub(super) const FIRST_AT_GOOGLE_DE: [(&str, i64, Option<i64>); 2] =
    [("Some Shop", 28_499, Some(0)), ("Another shop", 28_982, None)];

/// A GTIN that no source knows, whatever is in the catalogue.
pub const NOWHERE_GTIN: &str = "04006381333931";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Gtin;

    #[test]
    fn gtins_are_right_and_ascending() {
        for product in DOCUMENTED {
            let gtins: Vec<Gtin> = product.gtins.iter().map(|g| g.parse().unwrap()).collect();
            assert!(gtins.is_sorted(), "{}", product.name);
            assert!(product.gtins.contains(&product.asked_gtin));
        }
        assert!(NOWHERE_GTIN.parse::<Gtin>().is_ok());
    }
}
