//! What a value costs.

/// A count of credits. One credit is one page of a topic's list (offers, search results, reviews), times the multiplier.
pub type Credits = u64;

/// How many credits a page costs: fresher data costs double.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Multiplier(pub u8);

impl Multiplier {
    pub const ORDINARY: Multiplier = Multiplier(1);
    pub const DOUBLE: Multiplier = Multiplier(2);
}

/// Credits of a job, split by the purse they come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Charge {
    pub free: Credits,
    pub paid: Credits,
}

impl Charge {
    /// Free credits are used up first and stop at 0; the remainder is paid.
    pub fn split(total: Credits, free_left: Credits) -> Charge {
        let free = total.min(free_left);
        Charge { free, paid: total - free }
    }

    pub fn total(self) -> Credits {
        self.free + self.paid
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_is_lost_in_the_split(total in 0u64..1_000_000, free_left in 0u64..1_000_000) {
            let charge = Charge::split(total, free_left);
            prop_assert_eq!(charge.total(), total);
            prop_assert!(charge.free <= free_left);
            prop_assert!(charge.paid == 0 || charge.free == free_left);
        }
    }
}
