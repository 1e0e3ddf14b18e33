//! What a download, and a status, of v2 is asked.

use crate::http::codes::Refusal;
use crate::http::param_values::{bounded, flag};
use crate::http::params::Params;
use crate::rendering::{Format, FormatV2, RenderOptions};
use std::time::Duration;

/// Longest an answer is held for the job's end, in seconds.
pub const LONGEST_WAIT_S: u64 = 60;

/// A format by its name, as path suffix and as parameter.
pub fn format_word(format: FormatV2) -> &'static str {
    Format::from(format).file_extension()
}

/// `wait`: how long the answer may be held until the job ends; `None` when it is not sent.
pub fn parse_wait(params: &Params) -> Result<Option<Duration>, Refusal> {
    Ok(bounded(params, "wait", 0..=LONGEST_WAIT_S)?.map(Duration::from_secs))
}

/// The suffix beats the parameter `format`; JSON is the default.
pub fn parse_download(suffix: Option<&str>, params: &Params) -> Result<(FormatV2, RenderOptions), Refusal> {
    let wanted = suffix.or_else(|| params.get("format")).unwrap_or(format_word(FormatV2::Json));
    let unknown = || Refusal::not_one_of("format", FormatV2::ALL.map(format_word));
    let format = FormatV2::parse(wanted).ok_or_else(unknown)?;
    Ok((
        format,
        RenderOptions {
            raw: flag(params, "raw")?.unwrap_or_default(),
            bom: flag(params, "bom")?.unwrap_or_default(),
            extended: false,
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(query: &str) -> Params {
        Params::from_parts(query, "", b"").unwrap()
    }

    #[test]
    fn the_suffix_beats_the_parameter() {
        let format = |suffix, query: &str| parse_download(suffix, &params(query)).map(|(format, _)| format);
        assert_eq!(format(None, ""), Ok(FormatV2::Json));
        assert_eq!(format(None, "format=XLSX"), Ok(FormatV2::Xlsx));
        assert_eq!(format(Some("ndjson"), "format=xml"), Ok(FormatV2::Ndjson));
        let refused = format(Some("pdf"), "format=xml").unwrap_err();
        assert_eq!(refused.parameter.as_deref(), Some("format"));
        assert_eq!(refused.valid_values, ["json", "ndjson", "xml", "csv", "xlsx"]);
    }

    #[test]
    fn options_and_wait() {
        let options = parse_download(Some("csv"), &params("raw=1&bom=true&columns=extended")).unwrap().1;
        assert_eq!(options, RenderOptions { raw: true, bom: true, extended: false });
        assert_eq!(parse_wait(&params("")), Ok(None));
        assert_eq!(parse_wait(&params("wait=0")), Ok(Some(Duration::ZERO)));
        assert_eq!(parse_wait(&params("wait=60")), Ok(Some(Duration::from_secs(60))));
        for wait in ["61", "-1", "1.5", "x"] {
            assert_eq!(parse_wait(&params(&format!("wait={wait}"))).unwrap_err().parameter.as_deref(), Some("wait"));
        }
    }
}
