//! The brake an account sets itself.

use crate::domain::{AccountId, Credits};
use crate::storage::{Db, StorageError, account};

/// Sets the most credits a day may use; it holds for the next job.
pub async fn set_daily_quota(db: &Db, owner: AccountId, quota: Credits) -> Result<(), StorageError> {
    account::set_daily_quota(db, owner, quota).await
}
