//! From a presented token to its account.

use super::hash_token;
use crate::ids::TOKEN_LETTERS;
use crate::storage::account::Account;
use crate::storage::{Db, StorageError, api_token};
use subtle::ConstantTimeEq;

/// The account of a token; `None` for anything that is not a token in use.
pub async fn authenticate(db: &Db, presented: &str) -> Result<Option<Account>, StorageError> {
    // What cannot be a token is not worth a look into the database.
    if presented.len() != TOKEN_LETTERS || !presented.bytes().all(|b| b.is_ascii_uppercase()) {
        return Ok(None);
    }
    let hash = hash_token(presented);
    let Some((stored, account)) = api_token::find_owner(db, &hash).await? else { return Ok(None) };
    Ok(bool::from(stored.as_bytes().ct_eq(hash.as_bytes())).then_some(account))
}
