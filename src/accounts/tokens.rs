//! Tokens: shown once, kept as a hash.

use crate::clock::Clock;
use crate::domain::AccountId;
use crate::ids::Ids;
use crate::storage::api_token::{self, ApiToken};
use crate::storage::{Db, StorageError};
use sha2::{Digest, Sha256};

/// Letters shown of a token after it was made.
const HINT_LETTERS: usize = 4;

/// What a token is for, and what it may do.
#[derive(Debug, Clone)]
pub struct TokenLabel<'a> {
    pub label: &'a str,
    /// Blank-separated; `*` is every scope.
    pub scopes: &'a str,
}

/// The form in which a token is kept: its SHA-256 in hex. A token holds 300 bits of randomness, so no salt and no slow
/// hash are needed.
pub fn hash_token(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Makes a token and answers it: the only time it is seen. `fixed` is a token chosen by the caller (the demo's).
pub async fn create_token(
    db: &Db,
    clock: &Clock,
    ids: &Ids,
    owner: AccountId,
    label: TokenLabel<'_>,
    fixed: Option<String>,
) -> Result<String, StorageError> {
    let secret = fixed.unwrap_or_else(|| ids.token());
    let shown = ApiToken {
        id: 0,
        hint: secret.chars().rev().take(HINT_LETTERS).collect::<Vec<_>>().into_iter().rev().collect(),
        label: label.label.to_owned(),
        scopes: label.scopes.to_owned(),
        created_at: clock.now(),
        revoked_at: None,
    };
    api_token::insert(db, owner, &hash_token(&secret), &shown).await?;
    Ok(secret)
}
