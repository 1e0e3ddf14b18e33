//! Answers that are needed as text.

use serde::Serialize;

/// An answer as text.
pub fn json(answer: &impl Serialize) -> String {
    // Plain texts and numbers always serialise.
    serde_json::to_string(answer).unwrap_or_default()
}
