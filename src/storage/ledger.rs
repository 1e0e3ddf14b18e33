//! The ledger: rows are only ever added.

use super::account::{credits_column, take_free_credits};
use super::db::statement;
use super::{Db, StorageError, Transaction};
use crate::domain::{AccountId, Charge, Credits, Key, LedgerJob, SourceName, Timestamp, Topic, UsageDay};
use entity::ledger_entry::{ActiveModel, Entity};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

/// Writes down what a job cost, adds it to its day, and takes the free part from the account. The job's row in the ledger is
/// unique, so that a second settling fails as a whole.
pub async fn insert_job(
    transaction: &Transaction,
    owner: AccountId,
    job_seq: i64,
    charge: Charge,
    now: Timestamp,
) -> Result<(), StorageError> {
    let row = entry(owner, "job", Some(job_seq), charge, 0, now);
    let conn = transaction.conn();
    Entity::insert(row).exec_without_returning(conn).await?;
    // A day without use has no sum.
    if charge.total() > 0 {
        let (free, paid) = (credits_column(charge.free), credits_column(charge.paid));
        let values = [owner.0.into(), now.day().into(), free.into(), paid.into()];
        conn.execute_raw(statement(conn, ADD_TO_DAY, values)).await?;
    }
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

const ADD_TO_DAY: &str = "INSERT INTO usage_day (account_id, day, free_credits, paid_credits) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (account_id, day) DO UPDATE SET free_credits = usage_day.free_credits + excluded.free_credits, \
    paid_credits = usage_day.paid_credits + excluded.paid_credits";

/// Credits used on each day from the first to the last, both included; days without use are absent.
pub async fn usage_by_day(db: &Db, owner: AccountId, first: &str, last: &str) -> Result<Vec<UsageDay>, StorageError> {
    let sql = "SELECT day, free_credits AS free, paid_credits AS paid FROM usage_day \
               WHERE account_id = $1 AND day >= $2 AND day <= $3 ORDER BY day";
    let values = [owner.0.into(), first.into(), last.into()];
    let rows = db.reader().query_all_raw(statement(db.reader(), sql, values)).await?;
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

/// The lines of an account from the first day to the last, both included, in the order in which they were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days<'a> {
    pub owner: AccountId,
    pub first: &'a str,
    pub last: &'a str,
}

/// An entry as it is stored, without its cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLine {
    /// Grows in the order of writing.
    pub id: i64,
    pub at: Timestamp,
    pub job: Option<LedgerJob>,
    pub charge: Charge,
    pub granted: Credits,
}

/// At most `limit` lines behind the line `after` (0 = from the first on), `skip` more left out.
pub async fn list_lines(
    db: &Db,
    days: Days<'_>,
    after: i64,
    skip: u64,
    limit: u64,
) -> Result<Vec<StoredLine>, StorageError> {
    let sql = "SELECT e.id, e.at, e.free_credits, e.paid_credits, e.free_granted, e.job_seq, j.id AS job_id, j.source, \
               j.country, j.topic, j.key, j.requested FROM ledger_entry e LEFT JOIN bulk_job j ON j.seq = e.job_seq \
               WHERE e.account_id = $1 AND e.day >= $2 AND e.day <= $3 AND e.id > $4 ORDER BY e.id LIMIT $5 OFFSET $6";
    let number = |n: u64| sea_orm::Value::from(i64::try_from(n).unwrap_or(i64::MAX));
    let values = [days.owner.0.into(), days.first.into(), days.last.into(), after.into(), number(limit), number(skip)];
    let rows = db.reader().query_all_raw(statement(db.reader(), sql, values)).await?;
    rows.iter().map(line_of).collect()
}

fn line_of(row: &sea_orm::QueryResult) -> Result<StoredLine, StorageError> {
    let corrupt = |what: &str| StorageError::corrupt("ledger_entry", what);
    let credits = |name| -> Result<Credits, StorageError> {
        Credits::try_from(row.try_get::<i64>("", name)?).map_err(|_| corrupt(name))
    };
    let text = |name| -> Result<String, StorageError> { Ok(row.try_get("", name)?) };
    let job = match row.try_get::<Option<i64>>("", "job_seq")? {
        None => None,
        Some(_) => Some(LedgerJob {
            id: text("job_id")?.parse().map_err(|()| corrupt("job_id"))?,
            source: SourceName::new(&text("source")?),
            country: text("country")?.parse().map_err(|_| corrupt("country"))?,
            topic: Topic::parse(&text("topic")?).ok_or_else(|| corrupt("topic"))?,
            key: Key::parse(&text("key")?).ok_or_else(|| corrupt("key"))?,
            requested: u32::try_from(row.try_get::<i32>("", "requested")?).map_err(|_| corrupt("requested"))?,
        }),
    };
    Ok(StoredLine {
        id: row.try_get("", "id")?,
        at: Timestamp::from_micros(row.try_get("", "at")?),
        job,
        charge: Charge { free: credits("free_credits")?, paid: credits("paid_credits")? },
        granted: credits("free_granted")?,
    })
}

/// How many lines there are.
pub async fn count_lines(db: &Db, days: Days<'_>) -> Result<u64, StorageError> {
    let sql = "SELECT COUNT(*) AS n FROM ledger_entry WHERE account_id = $1 AND day >= $2 AND day <= $3";
    number(db, sql, [days.owner.0.into(), days.first.into(), days.last.into()]).await
}

/// Paid credits of the first `lines` lines.
pub async fn paid_before(db: &Db, days: Days<'_>, lines: u64) -> Result<Credits, StorageError> {
    let sql = "SELECT CAST(COALESCE(SUM(paid_credits), 0) AS BIGINT) AS n FROM (SELECT paid_credits FROM ledger_entry \
               WHERE account_id = $1 AND day >= $2 AND day <= $3 ORDER BY id LIMIT $4) AS before";
    let lines = i64::try_from(lines).unwrap_or(i64::MAX);
    number(db, sql, [days.owner.0.into(), days.first.into(), days.last.into(), lines.into()]).await
}

async fn number(db: &Db, sql: &str, values: impl IntoIterator<Item = sea_orm::Value>) -> Result<u64, StorageError> {
    let row = db.reader().query_one_raw(statement(db.reader(), sql, values)).await?;
    let n: i64 = row.ok_or_else(|| StorageError::corrupt("ledger_entry", "no number"))?.try_get("", "n")?;
    u64::try_from(n).map_err(|_| StorageError::corrupt("ledger_entry", "a number below zero"))
}
