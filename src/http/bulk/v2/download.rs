//! What a download, and a status, of v2 is asked.

use super::parse_job::FORMATS;
use crate::http::bulk::question::bounded;
use crate::http::bulk::v1;
use crate::http::codes::Refusal;
use crate::http::params::Params;
use crate::rendering::{Format, RenderOptions};
use std::time::Duration;

/// Longest an answer is held for the job's end, in seconds.
pub const LONGEST_WAIT_S: u64 = 60;

/// `wait`: how long the answer may be held until the job ends; `None` when it is not sent.
pub fn parse_wait(params: &Params) -> Result<Option<Duration>, Refusal> {
    Ok(bounded(params, "wait", 0..=LONGEST_WAIT_S)?.map(Duration::from_secs))
}

/// The suffix beats the parameter `format`; JSON is the default.
pub fn parse_download(suffix: Option<&str>, params: &Params) -> Result<(Format, RenderOptions), Refusal> {
    v1::download::parse_download(suffix, params).map_err(|refusal| match refusal.parameter.as_deref() {
        Some("format") => Refusal::not_one_of("format", FORMATS),
        _ => refusal,
    })
}
