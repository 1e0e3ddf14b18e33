//! What a new schedule is asked for beside its job.

use crate::domain::{InvalidRecurrence, MAX_CRON_CHARS, Recurrence};
use crate::http::codes::Refusal;
use crate::http::params::Params;

/// Longest name, in characters.
pub const MAX_NAME_CHARS: usize = 100;
/// Where `cron` is read when the caller does not say.
pub const DEFAULT_TIMEZONE: &str = "UTC";

/// `cron` and `timezone`.
pub fn parse_recurrence(params: &Params) -> Result<Recurrence, Refusal> {
    let cron = params.get_utf8("cron")?.ok_or_else(|| Refusal::missing("cron"))?;
    let timezone = params.get_utf8("timezone")?.unwrap_or(DEFAULT_TIMEZONE);
    Recurrence::parse(cron, timezone).map_err(|invalid| match invalid {
        InvalidRecurrence::Timezone => Refusal::invalid(
            "timezone",
            "The parameter `timezone` is the name of a time zone, such as `Europe/Berlin` or `UTC`.",
        ),
        InvalidRecurrence::TooLong => {
            Refusal::invalid("cron", format!("The parameter `cron` has at most {MAX_CRON_CHARS} characters."))
        }
        InvalidRecurrence::Cron(_) => Refusal::invalid(
            "cron",
            "The parameter `cron` has five fields: minute, hour, day of month, month, day of week; such as `30 6 * * MON-FRI`.",
        ),
        InvalidRecurrence::Never => never(),
    })
}

/// The refusal of an expression such as 30 February.
pub fn never() -> Refusal {
    Refusal::invalid("cron", "No day ever matches the parameter `cron`.")
}

/// `name`: a text for people.
pub fn parse_name(params: &Params) -> Result<Option<String>, Refusal> {
    match params.get_utf8("name")? {
        Some(name) if name.chars().count() > MAX_NAME_CHARS => {
            Err(Refusal::invalid("name", format!("The parameter `name` has at most {MAX_NAME_CHARS} characters.")))
        }
        name => Ok(name.map(str::to_owned)),
    }
}
