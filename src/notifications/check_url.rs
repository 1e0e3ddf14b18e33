//! Whether an address may be a webhook's, as far as it says itself.

use super::Webhooks;
use crate::outbound::NotAllowed;
use url::Url;

/// Longest address, in bytes.
pub const MAX_WEBHOOK_URL_BYTES: usize = 2048;

/// Why a text is no webhook's address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWebhookUrl {
    #[error("it is longer than {MAX_WEBHOOK_URL_BYTES} bytes")]
    TooLong,
    #[error("it is not an absolute http or https address")]
    Malformed,
    #[error("its host is not reachable from the internet, or it holds credentials: {0}")]
    NotAllowed(#[from] NotAllowed),
}

impl Webhooks {
    /// The address of a new webhook. A literal address must be public (or of `outbound.allow`); where a name leads is looked
    /// at when it is called.
    pub fn check_url(&self, text: &str) -> Result<Url, InvalidWebhookUrl> {
        if text.len() > MAX_WEBHOOK_URL_BYTES {
            return Err(InvalidWebhookUrl::TooLong);
        }
        let url = Url::parse(text.trim()).map_err(|_| InvalidWebhookUrl::Malformed)?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
            return Err(InvalidWebhookUrl::Malformed);
        }
        self.clients.client_for(&url)?;
        Ok(url)
    }
}
