//! Whom a job tells that it ended, and the rules of telling: the secret, the states, the waits.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// How the receiver is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum WebhookMethod {
    #[default]
    Post,
    Put,
    /// The fields as query, the signed body empty.
    Get,
}

impl WebhookMethod {
    pub const ALL: [WebhookMethod; 3] = [WebhookMethod::Post, WebhookMethod::Put, WebhookMethod::Get];

    pub fn as_str(self) -> &'static str {
        match self {
            WebhookMethod::Post => "POST",
            WebhookMethod::Put => "PUT",
            WebhookMethod::Get => "GET",
        }
    }
}

/// What a job was told about its webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Well formed; where its name leads is looked at when it is called.
    pub url: String,
    pub method: WebhookMethod,
    /// Suffix of the download the receiver is told (`json`, `csv`, …); `None` = the default.
    pub download_format: Option<String>,
}

const SECOND: u64 = 1;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

/// How long a message that was not taken waits before each further attempt; after the last one it has failed.
pub const WEBHOOK_WAITS: [Duration; 9] = [
    Duration::from_secs(5 * SECOND),
    Duration::from_secs(5 * MINUTE),
    Duration::from_secs(30 * MINUTE),
    Duration::from_secs(2 * HOUR),
    Duration::from_secs(5 * HOUR),
    Duration::from_secs(10 * HOUR),
    Duration::from_secs(14 * HOUR),
    Duration::from_secs(20 * HOUR),
    Duration::from_secs(24 * HOUR),
];

/// Most of a receiver's `Retry-After` that is honoured.
pub const LONGEST_WEBHOOK_WAIT: Duration = Duration::from_secs(24 * HOUR);

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WebhookState {
    /// It waits for its next attempt, or that is under way.
    Open,
    Delivered,
    /// The last attempt of the table failed.
    Failed,
    /// The address is gone (it answered 410), to this message or to one before it.
    Disabled,
}

impl WebhookState {
    pub const ALL: [WebhookState; 4] =
        [WebhookState::Open, WebhookState::Delivered, WebhookState::Failed, WebhookState::Disabled];

    pub fn as_str(self) -> &'static str {
        match self {
            WebhookState::Open => "open",
            WebhookState::Delivered => "delivered",
            WebhookState::Failed => "failed",
            WebhookState::Disabled => "disabled",
        }
    }

    pub fn parse(text: &str) -> Option<WebhookState> {
        WebhookState::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A key that messages are signed with. Rule from Standard Webhooks: 24 to 64 bytes, shown as `whsec_` and base64.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret([u8; WebhookSecret::BYTES]);

/// A text that is not a [`WebhookSecret`]; it is not repeated here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the base64 of a webhook secret")]
pub struct InvalidSecret;

impl WebhookSecret {
    pub const BYTES: usize = 32;
    pub const PREFIX: &'static str = "whsec_";
    /// Characters of a hint.
    const HINT: usize = 4;

    pub fn from_bytes(bytes: [u8; WebhookSecret::BYTES]) -> WebhookSecret {
        WebhookSecret(bytes)
    }

    /// For signing only.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As the database keeps it.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// As the account is told it, once.
    pub fn expose(&self) -> String {
        format!("{}{}", WebhookSecret::PREFIX, self.to_base64())
    }

    /// Its end, so that a person can tell secrets apart: no more than 24 of its 256 bits.
    pub fn hint(&self) -> String {
        let text = self.to_base64();
        let text = text.trim_end_matches('=');
        text[text.len() - WebhookSecret::HINT..].to_owned()
    }
}

impl FromStr for WebhookSecret {
    type Err = InvalidSecret;

    fn from_str(base64: &str) -> Result<WebhookSecret, InvalidSecret> {
        let bytes = STANDARD.decode(base64).map_err(|_| InvalidSecret)?;
        bytes.try_into().map(WebhookSecret).map_err(|_| InvalidSecret)
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_told_only_on_purpose() {
        let secret = WebhookSecret::from_bytes([7; 32]);
        assert_eq!(format!("{secret:?}"), "WebhookSecret(…)");
        assert_eq!(secret.expose(), "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
        assert_eq!(secret.hint(), "HBwc");
        assert_eq!(secret.to_base64().parse(), Ok(secret));
        assert_eq!("whsec_AA".parse::<WebhookSecret>(), Err(InvalidSecret));
        assert_eq!("AAAA".parse::<WebhookSecret>(), Err(InvalidSecret));
    }

    #[test]
    fn waits_grow_to_a_day() {
        assert!(WEBHOOK_WAITS.is_sorted());
        assert_eq!(WEBHOOK_WAITS[8], LONGEST_WEBHOOK_WAIT);
    }
}
