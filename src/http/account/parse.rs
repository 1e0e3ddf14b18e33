//! What an account sets, as domain values.

use crate::domain::Credits;
use crate::http::codes::Refusal;
use crate::http::param_values::{flag, whole_number};
use crate::http::params::Params;

/// `daily_quota` of `PUT /settings/daily_quota`: a whole number of credits, 0 or more.
pub fn parse_daily_quota(params: &Params) -> Result<Credits, Refusal> {
    let text = params.get("daily_quota").ok_or_else(|| Refusal::missing("daily_quota"))?;
    whole_number(text)
        .filter(|quota| i64::try_from(*quota).is_ok())
        .ok_or_else(|| Refusal::invalid("daily_quota", "The daily quota is a whole number of credits, 0 or more."))
}

/// `hard_quota` of `PUT /settings/hard_quota`.
pub fn parse_hard_quota(params: &Params) -> Result<bool, Refusal> {
    flag(params, "hard_quota")?.ok_or_else(|| Refusal::missing("hard_quota"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::codes::RefusalKind;

    fn params(query: &str) -> Params {
        Params::from_parts(query, "", b"").unwrap()
    }

    #[test]
    fn a_daily_quota() {
        assert_eq!(parse_daily_quota(&params("daily_quota=0")), Ok(0));
        for text in ["-1", "1.5", "many", "18446744073709551615"] {
            assert!(parse_daily_quota(&params(&format!("daily_quota={text}"))).is_err(), "{text}");
        }
        assert_eq!(parse_daily_quota(&params("")).unwrap_err().kind, RefusalKind::MissingParameter);
    }

    #[test]
    fn a_hard_quota() {
        for (text, expected) in [("true", true), ("1", true), ("FALSE", false), ("0", false)] {
            assert_eq!(parse_hard_quota(&params(&format!("hard_quota={text}"))), Ok(expected), "{text}");
        }
        let wrong = parse_hard_quota(&params("hard_quota=yes")).unwrap_err();
        assert_eq!((wrong.kind, wrong.valid_values.len()), (RefusalKind::ParameterValueInvalid, 4));
        assert_eq!(parse_hard_quota(&params("")).unwrap_err().kind, RefusalKind::MissingParameter);
    }
}
