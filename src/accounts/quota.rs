//! The brakes an account sets itself.

use crate::domain::{AccountId, Credits};
use crate::storage::{Db, StorageError, account};

/// Sets the most credits a day may use; it holds for the next job.
pub async fn set_daily_quota(db: &Db, owner: AccountId, quota: Credits) -> Result<(), StorageError> {
    account::set_daily_quota(db, owner, quota).await
}

/// Sets whether jobs are measured by the most they can cost, so that neither the quota nor the free credits are overrun; it
/// holds for the next job.
pub async fn set_hard_quota(db: &Db, owner: AccountId, is_hard: bool) -> Result<(), StorageError> {
    account::set_hard_quota(db, owner, is_hard).await
}
