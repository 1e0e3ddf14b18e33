//! What credits cost in money.

use super::{Amount, Credits, Currency};
use serde::{Deserialize, Deserializer, de};
use std::fmt;
use std::str::FromStr;

/// Dearest price of a thousand credits; far beyond any, so that nothing overflows.
const MAX_PER_THOUSAND: i64 = 1_000_000;

/// The price of a thousand credits: `2.50 EUR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreditPrice {
    per_thousand: Amount,
    pub currency: Currency,
}

/// The text is not an amount and the code of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a price such as \"2.50 EUR\": an amount of at most {} decimals and {MAX_PER_THOUSAND}, and an ISO 4217 code",
    Amount::MAX_SCALE
)]
pub struct InvalidCreditPrice;

impl CreditPrice {
    /// What so many credits cost, rounded half up to the currency's decimals.
    pub fn of(self, credits: Credits) -> Amount {
        let unrounded = i128::from(credits) * i128::from(self.per_thousand.units());
        let decimals = Amount::from_minor(0, self.currency).scale();
        let numerator = unrounded * 10i128.pow(decimals.into());
        let denominator = 1000 * 10i128.pow(self.per_thousand.scale().into());
        let minor = (2 * numerator + denominator) / (2 * denominator);
        // No account uses so many credits.
        Amount::from_minor(i64::try_from(minor).unwrap_or(i64::MAX), self.currency)
    }
}

impl FromStr for CreditPrice {
    type Err = InvalidCreditPrice;

    fn from_str(text: &str) -> Result<CreditPrice, InvalidCreditPrice> {
        let (amount, code) = text.trim().split_once(' ').ok_or(InvalidCreditPrice)?;
        let decimals = amount.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let per_thousand: Amount = amount.parse().map_err(|_| InvalidCreditPrice)?;
        let is_bounded = !amount.starts_with(['-', '+'])
            && decimals <= usize::from(Amount::MAX_SCALE)
            && per_thousand <= Amount::new(MAX_PER_THOUSAND, 0).map_err(|_| InvalidCreditPrice)?;
        let currency = Currency::from_code(code.trim()).ok_or(InvalidCreditPrice)?;
        if is_bounded { Ok(CreditPrice { per_thousand, currency }) } else { Err(InvalidCreditPrice) }
    }
}

impl fmt::Display for CreditPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.per_thousand, self.currency.code())
    }
}

/// An optional price as settings hold it: an empty text is none.
pub fn deserialize_price<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<CreditPrice>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.trim().is_empty() { Ok(None) } else { text.parse().map(Some).map_err(de::Error::custom) }
}

/// What the jobs of a month cost one after another: paid credits are free of cost until those included are used up, and each
/// further job costs by what it raises the month's cost, so that the jobs add up to the month whatever is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunningCost {
    price: Option<CreditPrice>,
    included: Credits,
    paid: Credits,
}

impl RunningCost {
    /// Of a month in which so many credits were paid already.
    pub fn after(paid: Credits, included: Credits, price: Option<CreditPrice>) -> RunningCost {
        RunningCost { price, included, paid }
    }

    /// The cost of the next job, with so many paid credits; `None` without a price.
    pub fn add(&mut self, paid: Credits) -> Option<(Amount, Currency)> {
        let before = self.so_far();
        self.paid = self.paid.saturating_add(paid);
        let (before, after, price) = (before?, self.so_far()?, self.price?);
        Some((Amount::from_minor(after.units() - before.units(), price.currency), price.currency))
    }

    fn so_far(&self) -> Option<Amount> {
        Some(self.price?.of(self.paid.saturating_sub(self.included)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn price(text: &str) -> CreditPrice {
        text.parse().unwrap()
    }

    #[test]
    fn rounds_half_up_to_the_currencys_decimals() {
        let of = |text: &str, credits| price(text).of(credits).to_string();
        assert_eq!(of("2.50 EUR", 1000), "2.50");
        assert_eq!(of("2.50 EUR", 1), "0.00");
        assert_eq!(of("2.50 EUR", 2), "0.01");
        assert_eq!(of("0.123456 EUR", 1_000_000), "123.46");
        assert_eq!(of("450 JPY", 3), "1");
        assert_eq!(of("0.9 KWD", 1), "0.001");
        assert_eq!(of("1000000 EUR", i64::MAX as u64), "92233720368547758.07");
    }

    #[test]
    fn reads_an_amount_and_a_code() {
        assert_eq!(price(" 2.50 EUR ").to_string(), "2.50 EUR");
        assert_eq!(price("0 USD").to_string(), "0 USD");
        for wrong in
            ["", "2.50", "EUR", "-1 EUR", "+1 EUR", "1,5 EUR", "1 EURO", "1.0000001 EUR", "1000001 EUR", "x EUR"]
        {
            assert!(wrong.parse::<CreditPrice>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn included_credits_cost_nothing() {
        let mut cost = RunningCost::after(90, 100, Some(price("10 EUR")));
        let mut add = |paid| cost.add(paid).unwrap().0.to_string();
        assert_eq!([add(10), add(0), add(1), add(1)], ["0.00", "0.00", "0.01", "0.01"]);
        assert_eq!(RunningCost::after(0, 0, None).add(5), None);
    }

    proptest! {
        #[test]
        fn the_jobs_add_up_to_the_month(
            jobs in proptest::collection::vec(0u64..5000, 0..40),
            included in 0u64..20_000,
            units in 0i64..10_000_000,
            scale in 0u8..=6,
        ) {
            let per_thousand = Amount::new(units, scale).unwrap();
            prop_assume!(per_thousand <= Amount::new(MAX_PER_THOUSAND, 0).unwrap());
            let price = CreditPrice { per_thousand, currency: Currency::EUR };
            let mut cost = RunningCost::after(0, included, Some(price));
            let mut sum = Amount::from_minor(0, Currency::EUR);
            for paid in &jobs {
                let (line, _) = cost.add(*paid).unwrap();
                prop_assert!(line.units() >= 0);
                sum = sum.checked_add(line).unwrap();
            }
            let overusage = jobs.iter().sum::<u64>().saturating_sub(included);
            prop_assert_eq!(sum, price.of(overusage));
        }
    }
}
