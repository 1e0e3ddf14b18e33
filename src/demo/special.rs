//! Values that end otherwise than found, by GTIN: what a job of many values is mixed of.

use crate::domain::Gtin;

/// How a value goes wrong at google-shopping (and at `test`, which shows the same pages).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpecialKind {
    /// Found by search; the product page refuses with 403 and a block page.
    Blocked,
    /// Found by search; the product page answers after a pause.
    Slow,
    /// Found by search; the product page is garbage with status 200.
    Broken,
    /// Right check digit, nothing found at any source.
    Missing,
}

/// GTINs `0` + `prefix` + a running number from 00000 + check digit.
#[derive(Debug, Clone, Copy)]
pub struct SpecialRange {
    pub kind: SpecialKind,
    /// Seven digits.
    pub prefix: &'static str,
    pub count: usize,
}

/// The documented ranges; no ordinary product has a GTIN of these prefixes.
pub const SPECIAL: [SpecialRange; 4] = [
    SpecialRange { kind: SpecialKind::Blocked, prefix: "4399991", count: 60 },
    SpecialRange { kind: SpecialKind::Slow, prefix: "4399992", count: 60 },
    SpecialRange { kind: SpecialKind::Broken, prefix: "4399993", count: 60 },
    SpecialRange { kind: SpecialKind::Missing, prefix: "4399994", count: 400 },
];

/// Every GTIN of a kind, in order.
pub fn special_gtins(kind: SpecialKind) -> Vec<Gtin> {
    SPECIAL
        .iter()
        .filter(|range| range.kind == kind)
        .flat_map(|range| (0..range.count).filter_map(|n| gtin(&format!("0{}{n:05}", range.prefix))))
        .collect()
}

/// The first `count` texts of 14 digits whose check digit is wrong.
pub fn wrong_gtins(count: usize) -> Vec<String> {
    (0..count)
        .map(|n| {
            let first13 = format!("0439999{:06}", 500_000 + n % 500_000);
            let right = Gtin::check_digit(first13.as_bytes()) - b'0';
            format!("{first13}{}", (right + 1 + (n % 9) as u8) % 10)
        })
        .collect()
}

/// Thirteen digits and their check digit.
pub(super) fn gtin(first13: &str) -> Option<Gtin> {
    format!("{first13}{}", Gtin::check_digit(first13.as_bytes()) - b'0').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_enough_of_each() {
        for range in SPECIAL {
            let gtins = special_gtins(range.kind);
            assert_eq!(gtins.len(), range.count);
            assert!(gtins.len() >= 40);
        }
        let wrong = wrong_gtins(50);
        assert_eq!(wrong.len(), 50);
        assert!(wrong.iter().all(|text| text.len() == 14 && text.parse::<Gtin>().is_err()));
    }
}
