//! What an account can still afford.

use crate::app::App;
use crate::domain::{AccountId, Balance};
use crate::storage::{StorageError, purse};

/// What an account has left for further jobs: one read.
pub async fn balance(app: &App, owner: AccountId) -> Result<Balance, StorageError> {
    let held = purse::load(&app.db, owner, &app.clock.now().day()).await?;
    Ok(held.purse(app.plan(&held.plan).subscription).balance())
}
