//! What an account has and uses, in one read.

use super::db::statement;
use super::{Db, StorageError, Transaction};
use crate::domain::{AccountId, Credits, Purse};
use sea_orm::ConnectionTrait;

/// What a new job is measured by, but for the terms of the account's plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holdings {
    /// Name of a plan in the settings.
    pub plan: String,
    pub free_credits_left: Credits,
    pub daily_quota: Credits,
    pub has_hard_quota: bool,
    /// Credits of the day asked for.
    pub used_today: Credits,
    /// Held back for jobs that have not ended.
    pub reserved: Credits,
    /// Jobs that have not ended.
    pub in_flight: u64,
}

impl Holdings {
    /// Beside what the plan says: whether credits beyond the free ones are paid.
    pub fn purse(&self, has_subscription: bool) -> Purse {
        Purse {
            free_credits_left: self.free_credits_left,
            daily_quota: self.daily_quota,
            used_today: self.used_today,
            reserved: self.reserved,
            has_subscription,
            has_hard_quota: self.has_hard_quota,
        }
    }
}

const HOLDINGS: &str = "SELECT plan, free_credits_left, daily_quota, hard_quota, \
    COALESCE((SELECT free_credits + paid_credits FROM usage_day WHERE account_id = $1 AND day = $2), 0) AS used_today, \
    (SELECT CAST(COALESCE(SUM(reserved_credits), 0) AS BIGINT) FROM bulk_job \
     WHERE account_id = $1 AND status NOT IN ('finished', 'cancelled')) AS reserved, \
    (SELECT COUNT(*) FROM bulk_job WHERE account_id = $1 AND status NOT IN ('finished', 'cancelled')) AS in_flight \
    FROM account WHERE id = $1";

/// As it is beside all writes.
pub async fn load(db: &Db, owner: AccountId, day: &str) -> Result<Holdings, StorageError> {
    load_by(db.reader(), owner, day).await
}

/// As a transaction sees it.
pub async fn load_in(transaction: &Transaction, owner: AccountId, day: &str) -> Result<Holdings, StorageError> {
    load_by(transaction.conn(), owner, day).await
}

async fn load_by(conn: &impl ConnectionTrait, owner: AccountId, day: &str) -> Result<Holdings, StorageError> {
    let row = conn.query_one_raw(statement(conn, HOLDINGS, [owner.0.into(), day.into()])).await?;
    let row = row.ok_or_else(|| StorageError::corrupt("account", format!("no row {}", owner.0)))?;
    let credits = |name| -> Result<Credits, StorageError> {
        let n: i64 = row.try_get("", name)?;
        Credits::try_from(n).map_err(|_| StorageError::corrupt("account", name))
    };
    Ok(Holdings {
        plan: row.try_get("", "plan")?,
        free_credits_left: credits("free_credits_left")?,
        daily_quota: credits("daily_quota")?,
        has_hard_quota: row.try_get("", "hard_quota")?,
        used_today: credits("used_today")?,
        reserved: credits("reserved")?,
        in_flight: credits("in_flight")?,
    })
}
