//! What a value costs.

use super::{LookupOptions, MaxAge, Selection};

/// A count of credits. One credit is one page of a topic's list (offers, search results, reviews), times the multiplier.
pub type Credits = u64;

/// How many credits a page costs: fresher data costs double.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Multiplier(pub u8);

impl Multiplier {
    pub const ORDINARY: Multiplier = Multiplier(1);
    pub const DOUBLE: Multiplier = Multiplier(2);

    /// Of a job of v2: data fresher than a day's, or a choice among the entries, costs double. (Of v1 only `currentness`
    /// decides, which says it itself.)
    pub fn of(options: &LookupOptions) -> Multiplier {
        let is_fresher = options.max_age.minutes < MaxAge::DAILY.minutes;
        let is_chosen = options.selection != Selection::default();
        if is_fresher || is_chosen { Multiplier::DOUBLE } else { Multiplier::ORDINARY }
    }
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
    use crate::domain::{Amount, ConditionFilter, PageLimit, SortBy};
    use proptest::prelude::*;

    #[test]
    fn what_costs_double() {
        let plain = Selection::default();
        let of = |minutes, selection| {
            Multiplier::of(&LookupOptions { page_limit: PageLimit::All, max_age: MaxAge { minutes }, selection })
        };
        assert_eq!((of(1200, plain), of(1201, plain)), (Multiplier::ORDINARY, Multiplier::ORDINARY));
        assert_eq!((of(1199, plain), of(0, plain)), (Multiplier::DOUBLE, Multiplier::DOUBLE));
        for chosen in [
            Selection { condition: Some(ConditionFilter::New), ..plain },
            Selection { sort_by: SortBy::PriceAscending, ..plain },
            Selection { min_price: Some(Amount::ZERO), ..plain },
            Selection { max_price: Some(Amount::ZERO), ..plain },
        ] {
            assert_eq!((of(1200, chosen), of(15, chosen)), (Multiplier::DOUBLE, Multiplier::DOUBLE));
        }
    }

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
