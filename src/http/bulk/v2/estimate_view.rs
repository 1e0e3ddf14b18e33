//! Answer of `POST /v2/jobs/estimate`, keys in the documented order.

use crate::domain::Credits;
use crate::http::openapi::words;
use crate::jobs::Estimate;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Estimate)]
pub struct EstimateAnswer<'a> {
    /// Different values.
    requested: usize,
    /// Those that would be looked up.
    valid_values: usize,
    /// Those that would not, and why.
    invalid_values: Vec<InvalidValue<'a>>,
    /// Valid values whose first page the store has, fresh enough.
    fresh_values: usize,
    least_credits: Credits,
    most_credits: Credits,
    /// Credits of a page.
    multiplier: u8,
    free_credits_left: Credits,
    daily_quota_left: Credits,
    /// The reason a creation would be refused with now.
    #[schema(required)]
    would_be_refused: Option<&'a str>,
}

#[derive(Debug, Serialize, ToSchema)]
struct InvalidValue<'a> {
    /// Exactly as it was sent.
    value: &'a str,
    #[schema(value_type = words::ReasonWord)]
    reason: &'static str,
}

/// `refusal` is the reason the job would be refused with now.
pub fn estimate<'a>(told: &'a Estimate, refusal: Option<&'a str>) -> EstimateAnswer<'a> {
    let invalid =
        |(value, reason): &'a (String, crate::domain::Reason)| InvalidValue { value, reason: reason.wording() };
    EstimateAnswer {
        requested: told.requested,
        valid_values: told.valid_values,
        invalid_values: told.invalid_values.iter().map(invalid).collect(),
        fresh_values: told.fresh_values,
        least_credits: told.quote.least,
        most_credits: told.quote.most,
        multiplier: told.multiplier.0,
        free_credits_left: told.balance.free_credits_left,
        daily_quota_left: told.balance.daily_quota_left,
        would_be_refused: refusal,
    }
}
