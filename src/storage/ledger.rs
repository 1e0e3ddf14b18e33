//! The ledger: rows are only ever added.

use super::account::{credits_column, take_free_credits};
use super::db::statement;
use super::{Db, StorageError, Transaction};
use crate::domain::{AccountId, Charge, Credits, Timestamp, UsageDay};
use entity::ledger_entry::{ActiveModel, Entity};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

/// Writes down what a job cost and takes the free part from the account. The job's row in the ledger is unique, so that
/// a second settling fails as a whole.
pub async fn insert_job(
    transaction: &Transaction,
    owner: AccountId,
    job_seq: i64,
    charge: Charge,
    now: Timestamp,
) -> Result<(), StorageError> {
    let row = entry(owner, "job", Some(job_seq), charge, 0, now);
    Entity::insert(row).exec_without_returning(transaction.conn()).await?;
    if charge.free > 0 {
        take_free_credits(transaction, owner, charge.free).await?;
    }
    Ok(())
}

/// Writes down free credits that were given.
pub async fn insert_grant(
    transaction: &Transaction,
    owner: AccountId,
    credits: Credits,
    now: Timestamp,
) -> Result<(), StorageError> {
    let row = entry(owner, "grant", None, Charge::default(), credits, now);
    Entity::insert(row).exec_without_returning(transaction.conn()).await?;
    Ok(())
}

fn entry(
    owner: AccountId,
    kind: &str,
    job_seq: Option<i64>,
    charge: Charge,
    granted: Credits,
    now: Timestamp,
) -> ActiveModel {
    ActiveModel {
        account_id: Set(owner.0),
        kind: Set(kind.to_owned()),
        job_seq: Set(job_seq),
        day: Set(now.day()),
        free_credits: Set(credits_column(charge.free)),
        paid_credits: Set(credits_column(charge.paid)),
        free_granted: Set(credits_column(granted)),
        at: Set(now.as_micros()),
        ..ActiveModel::default()
    }
}

const USAGE_BY_DAY: &str = "SELECT day, CAST(SUM(free_credits) AS BIGINT) AS free, \
    CAST(SUM(paid_credits) AS BIGINT) AS paid FROM ledger_entry \
    WHERE account_id = $1 AND day >= $2 AND day <= $3 AND kind = 'job' GROUP BY day ORDER BY day";

/// Credits used on each day from the first to the last, both included; days without use are absent.
pub async fn usage_by_day(db: &Db, owner: AccountId, first: &str, last: &str) -> Result<Vec<UsageDay>, StorageError> {
    days(db.reader(), owner, first, last).await
}

async fn days(
    conn: &impl ConnectionTrait,
    owner: AccountId,
    first: &str,
    last: &str,
) -> Result<Vec<UsageDay>, StorageError> {
    let rows = conn.query_all_raw(statement(conn, USAGE_BY_DAY, [owner.0.into(), first.into(), last.into()])).await?;
    rows.iter()
        .map(|row| {
            let credits = |name| -> Result<Credits, StorageError> {
                let n: i64 = row.try_get("", name)?;
                Credits::try_from(n).map_err(|_| StorageError::corrupt("ledger_entry", name))
            };
            Ok(UsageDay {
                date: row.try_get("", "day")?,
                free_credits: credits("free")?,
                paid_credits: credits("paid")?,
            })
        })
        .collect()
}
