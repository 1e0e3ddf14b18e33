//! The signature of a message. Rule from Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, base64, `v1,` before it.

use crate::domain::WebhookSecret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The value of `webhook-signature`: one signature a secret, blank-separated. `timestamp` is in seconds since 1970.
pub(super) fn signature(secrets: &[WebhookSecret], id: &str, timestamp: i64, body: &str) -> String {
    let signed = format!("{id}.{timestamp}.{body}");
    let signatures = secrets.iter().filter_map(|secret| {
        // HMAC takes a key of any length, so there is no error to tell.
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
        mac.update(signed.as_bytes());
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    });
    signatures.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked out with Python's hmac module.
    #[test]
    fn signs_as_the_standard_says() {
        let one = WebhookSecret::from_bytes([1; 32]);
        let other = WebhookSecret::from_bytes([2; 32]);
        let body = r#"{"event":"job.finished"}"#;
        let both = signature(&[one.clone(), other.clone()], "msg_1", 1_789_992_000, body);
        assert_eq!(
            both,
            "v1,aBuKHT40/0jTSTeIsfVZV4WBc8kKQOQ0S1G2BYxHS7Q= v1,JR71oL50pXixK9YpaOHACytHD3snfGXYbru6ioJOQDk="
        );
        assert_eq!(signature(&[one], "msg_1", 1_789_992_000, body), "v1,aBuKHT40/0jTSTeIsfVZV4WBc8kKQOQ0S1G2BYxHS7Q=");
        assert_eq!(signature(&[other], "msg_1", 1_789_992_000, ""), "v1,81nGWTZdZTEIrRsMW/Fdi6oEl1KA3Bd/QpjtxrG8L/o=");
    }
}
