//! The values of bulk jobs: leased by workers, written once.

use super::bulk_job::{self, Added, Job, PassedOver, Progress};
use super::credit_cap::PagesLeft;
use super::db::statement;
use super::lookup_page::{self, Uses};
use super::{Db, StorageError, Transaction};
use crate::domain::{Credits, Effort, LookupPage, Reason, Timestamp};
use entity::bulk_item::{ActiveModel, Entity};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait};
use std::sync::Arc;
use std::time::Duration;

const OPEN: i16 = 0;
const DONE: i16 = 2;
/// How often another job is chosen when the chosen one's values went to another worker.
const MOST_MISSES: u32 = 3;
/// Leases that may end without a word before a value is leased alone.
pub const TRIES_IN_COMPANY: u32 = 10;
/// Rows in one INSERT: PostgreSQL takes 65,535 parameters, SQLite 32,766.
const ROWS_PER_INSERT: usize = 1000;

/// A value of a new job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem {
    pub value: String,
    pub reference: Option<String>,
    /// The normalised value to look up, or why it never will be.
    pub lookup: Result<String, Reason>,
}

/// A value a worker holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeasedItem {
    pub position: u32,
    /// Normalised.
    pub value: String,
    /// Which try this is, from 1.
    pub attempt: u32,
}

/// Some open values of one job, held by one worker until `until` unless renewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeasedBatch {
    pub job: Job,
    /// Fencing number: writes of another lease do nothing.
    pub lease: i64,
    pub items: Vec<LeasedItem>,
    /// Most pages one value can be charged for before the job's credits are used up; `None` = as many as the job asks.
    pub affordable_pages: Option<u32>,
}

/// What became of a leased value.
#[derive(Debug, Clone)]
pub enum ItemEnd {
    Found {
        pages: Vec<Arc<LookupPage>>,
        offers: u32,
        incomplete: bool,
        effort: Effort,
    },
    NotFound {
        page: Arc<LookupPage>,
        effort: Effort,
    },
    Failed {
        reason: Reason,
        effort: Effort,
    },
    /// To be begun again, not before this moment; the pages so far are kept for then.
    Postponed {
        pages: Vec<Arc<LookupPage>>,
        not_before: Timestamp,
    },
}

impl ItemEnd {
    /// Without a page, and nobody was asked.
    pub fn failed(reason: Reason) -> ItemEnd {
        ItemEnd::Failed { reason, effort: Effort::default() }
    }
}

/// Adds the values of a new job.
pub async fn insert(transaction: &Transaction, job_seq: i64, items: &[NewItem]) -> Result<(), StorageError> {
    let mut done = 0;
    for (chunk_index, chunk) in items.chunks(ROWS_PER_INSERT).enumerate() {
        let rows = chunk.iter().enumerate().map(|(i, item)| {
            let position = chunk_index * ROWS_PER_INSERT + i;
            ActiveModel {
                job_seq: Set(job_seq),
                position: Set(i32::try_from(position).unwrap_or(i32::MAX)),
                value: Set(item.value.clone()),
                normalized: Set(item.lookup.as_ref().ok().cloned()),
                reference: Set(item.reference.clone()),
                state: Set(if item.lookup.is_ok() { OPEN } else { DONE }),
                lease: Set(0),
                lease_until: Set(0),
                attempt: Set(0),
                not_before: Set(0),
                reason: Set(item.lookup.as_ref().err().map(|reason| reason.wording().to_owned())),
                page_ids: Set(None),
                charged_pages: Set(0),
                incomplete: Set(false),
                pages_live: Set(0),
                requests: Set(0),
                done_no: Set(if item.lookup.is_ok() {
                    None
                } else {
                    done += 1;
                    Some(done)
                }),
            }
        });
        Entity::insert_many(rows).exec_without_returning(transaction.conn()).await?;
    }
    Ok(())
}

/// Leases up to `most` open values of the job whose turn it is, those passed over apart; `None` when nothing can be begun
/// now.
pub async fn lease_next(
    db: &Db,
    lease: i64,
    most: u32,
    lease_now: Timestamp,
    lease_for: Duration,
    passed_over: &PassedOver,
) -> Result<Option<LeasedBatch>, StorageError> {
    for _ in 0..MOST_MISSES {
        let transaction = db.begin().await?;
        let Some(job) = bulk_job::next_in_turn(&transaction, lease_now, passed_over).await? else { return Ok(None) };
        // PostgreSQL: another worker may have chosen the same job a moment ago. It is waited for: passing its rows over, this
        // one would go away with nothing while the job has more.
        bulk_job::lock(&transaction, job.seq).await?;
        let pages_left = PagesLeft::load(&transaction, job.seq, job.most_pages()).await?;
        let worth = pages_left.worth_leasing(&transaction, job.seq, most, lease_now).await?;
        let items = take_open(&transaction, job.seq, lease, worth, (lease_now, lease_now.plus(lease_for))).await?;
        if items.is_empty() {
            // The other worker took the job's last values; other jobs may have some.
            continue;
        }
        bulk_job::mark_served(&transaction, &job, lease_now).await?;
        transaction.commit().await?;
        return Ok(Some(LeasedBatch { job, lease, items, affordable_pages: pages_left.of_one_value() }));
    }
    Ok(None)
}

/// Leases up to `most` open values of a job from now until then, in order.
async fn take_open(
    transaction: &Transaction,
    job_seq: i64,
    lease: i64,
    most: u32,
    (now, until): (Timestamp, Timestamp),
) -> Result<Vec<LeasedItem>, StorageError> {
    let conn = transaction.conn();
    // A row that something else holds now is passed over, so that nobody who holds a row waits for the job.
    let skip_locked = match conn.get_database_backend() {
        DbBackend::Sqlite => "",
        _ => "FOR UPDATE SKIP LOCKED",
    };
    // A value whose worker died again and again may be what killed it: such values go one by one, after all others, so
    // that they take no innocent ones with them.
    let mut rows = Vec::new();
    for (tried, most) in [(TRIES_IN_COMPANY, most), (u32::from(u16::MAX), 1)] {
        let sql = format!(
            "UPDATE bulk_item SET state = 1, lease = $1, lease_until = $2, attempt = attempt + 1 \
             WHERE job_seq = $3 AND position IN ( \
                 SELECT position FROM bulk_item WHERE job_seq = $3 AND state < 2 AND attempt < $5 \
                 AND ((state = 0 AND not_before <= $4) OR (state = 1 AND lease_until < $4)) \
                 ORDER BY position LIMIT $6 {skip_locked}) \
             RETURNING position, normalized, attempt"
        );
        let values = [
            lease.into(),
            until.as_micros().into(),
            job_seq.into(),
            now.as_micros().into(),
            i64::from(tried).into(),
            i64::from(most).into(),
        ];
        rows = conn.query_all_raw(statement(conn, sql, values)).await?;
        if !rows.is_empty() {
            break;
        }
    }
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let corrupt = |what| StorageError::corrupt("bulk_item", what);
        items.push(LeasedItem {
            position: u32::try_from(row.try_get::<i32>("", "position")?).map_err(|_| corrupt("position"))?,
            value: row
                .try_get::<Option<String>>("", "normalized")?
                .ok_or_else(|| corrupt("an open value without its normalised form"))?,
            attempt: u32::try_from(row.try_get::<i16>("", "attempt")?).map_err(|_| corrupt("attempt"))?,
        });
    }
    items.sort_by_key(|item| item.position);
    Ok(items)
}

/// Keeps the values of a lease that are still open for longer.
pub async fn renew(db: &Db, job_seq: i64, lease: i64, until: Timestamp) -> Result<u64, StorageError> {
    let sql = format!("UPDATE bulk_item SET lease_until = $3 WHERE {}", held(db));
    let values = [job_seq.into(), lease.into(), until.as_micros().into()];
    Ok(db.writer().execute_raw(statement(db.writer(), sql, values)).await?.rows_affected())
}

/// The condition that a value of the job `$1` is held under the lease `$2`. One that somebody else writes at the moment is
/// not: whoever ends a job's values takes them in another order, and the two would wait for each other.
fn held(db: &Db) -> &'static str {
    match db.backend() {
        DbBackend::Sqlite => "job_seq = $1 AND state = 1 AND lease = $2",
        _ => {
            "job_seq = $1 AND position IN (SELECT position FROM bulk_item \
             WHERE job_seq = $1 AND state = 1 AND lease = $2 FOR UPDATE SKIP LOCKED)"
        }
    }
}

/// Puts every value of a lease that is still open back, not to be begun before a moment; the try counts.
pub async fn put_back(db: &Db, job_seq: i64, lease: i64, not_before: Timestamp) -> Result<u64, StorageError> {
    let sql = format!("UPDATE bulk_item SET state = 0, lease_until = 0, not_before = $3 WHERE {}", held(db));
    let values = [job_seq.into(), lease.into(), not_before.as_micros().into()];
    Ok(db.writer().execute_raw(statement(db.writer(), sql, values)).await?.rows_affected())
}

/// Gives every value of a lease that is still open back, to be begun by anyone at once.
pub async fn release(db: &Db, job_seq: i64, lease: i64) -> Result<u64, StorageError> {
    // The try that was cut off does not count.
    let sql = format!("UPDATE bulk_item SET state = 0, lease_until = 0, attempt = attempt - 1 WHERE {}", held(db));
    Ok(db.writer().execute_raw(statement(db.writer(), sql, [job_seq.into(), lease.into()])).await?.rows_affected())
}

/// Writes what became of a group of leased values, their pages and the job's counters, in one transaction. A value whose
/// lease has passed to someone else is left alone. Values are paid for in the order in which they end; once the job's
/// credits are used up all others end too.
pub async fn write_ends(db: &Db, job_seq: i64, lease: i64, ends: &[(u32, ItemEnd)]) -> Result<Progress, StorageError> {
    let transaction = db.begin().await?;
    let conn = transaction.conn();
    // Nobody else ends values of the job meanwhile, so that their numbers in the order of ending are in a row.
    bulk_job::lock(&transaction, job_seq).await?;
    let standing = bulk_job::standing(&transaction, job_seq).await?;
    let mut pages_left = PagesLeft::load(&transaction, job_seq, standing.most_pages).await?;
    let mut done_no = standing.completed;
    let mut added = Added::default();
    let mut uses = Uses::default();
    for (position, looked_up) in ends {
        let place = [i32::try_from(*position).unwrap_or(i32::MAX).into(), job_seq.into(), lease.into()];
        let guard = "WHERE position = $1 AND job_seq = $2 AND lease = $3 AND state = 1";
        let end = pages_left.fit(looked_up);
        let (reason, page_ids, charged, incomplete, effort) = match end.as_ref() {
            ItemEnd::Postponed { not_before, .. } => {
                // Waiting its turn is not a try.
                let sql = format!(
                    "UPDATE bulk_item SET state = 0, lease_until = 0, attempt = attempt - 1, not_before = $4 {guard}"
                );
                let values = place.into_iter().chain([not_before.as_micros().into()]);
                conn.execute_raw(statement(conn, sql, values)).await?;
                continue;
            }
            ItemEnd::Found { pages, incomplete, effort, .. } => {
                let ids: Vec<&str> = pages.iter().map(|page| page.id.as_str()).collect();
                let charged = i32::try_from(pages.len().max(1)).unwrap_or(i32::MAX);
                (None, Some(ids.join(",")), charged, *incomplete, *effort)
            }
            ItemEnd::NotFound { effort, .. } => {
                (Some(Reason::NotFound), None, i32::from(Reason::NotFound.is_charged()), false, *effort)
            }
            ItemEnd::Failed { reason, effort } => (Some(*reason), None, i32::from(reason.is_charged()), false, *effort),
        };
        let sql = format!(
            "UPDATE bulk_item SET state = 2, lease_until = 0, reason = $4, page_ids = $5, charged_pages = $6, \
             incomplete = $7, pages_live = $8, requests = $9, done_no = $10 {guard}"
        );
        let outcome = [
            reason.map(|r| r.wording().to_owned()).into(),
            page_ids.into(),
            charged.into(),
            incomplete.into(),
            i32::try_from(effort.pages_live).unwrap_or(i32::MAX).into(),
            i32::try_from(effort.requests).unwrap_or(i32::MAX).into(),
            (done_no + 1).into(),
        ];
        let done = conn.execute_raw(statement(conn, sql, place.into_iter().chain(outcome))).await?;
        if done.rows_affected() == 1 {
            done_no += 1;
            added.completed += 1;
            added.not_found += u32::from(reason == Some(Reason::NotFound));
            pages_left.take(charged);
            if let (ItemEnd::Found { offers, pages: told, .. }, ItemEnd::Found { pages, .. }) =
                (end.as_ref(), looked_up)
            {
                added.widest = added.widest.max(*offers);
                uses.add(&pages[..told.len()]);
            }
        }
    }
    if pages_left.is_used_up() {
        added.completed += end_open(&transaction, job_seq, Reason::CreditLimitReached, done_no).await?;
    }
    let pages = ends.iter().flat_map(|(_, end)| match end {
        ItemEnd::Found { pages, .. } | ItemEnd::Postponed { pages, .. } => pages.as_slice(),
        ItemEnd::NotFound { page, .. } => std::slice::from_ref(page),
        ItemEnd::Failed { .. } => &[],
    });
    // Behind the values, since only those that were still held use their pages.
    lookup_page::insert(&transaction, pages, &uses).await?;
    let progress = bulk_job::add_completed(&transaction, job_seq, added).await?;
    transaction.commit().await?;
    Ok(progress)
}

/// Ends every value of a job that is not done, whoever holds it, for a reason that costs nothing; `done_no` values were done
/// before, and the caller holds the job's row and counts the answered number in.
pub(super) async fn end_open(
    transaction: &Transaction,
    job_seq: i64,
    reason: Reason,
    done_no: i32,
) -> Result<u32, StorageError> {
    let conn = transaction.conn();
    take_values(transaction, job_seq).await?;
    let sql = "UPDATE bulk_item SET state = 2, lease_until = 0, reason = $1, charged_pages = 0, \
               done_no = $2 + CAST(open_item.place AS INTEGER) \
               FROM (SELECT position, ROW_NUMBER() OVER (ORDER BY position) AS place FROM bulk_item \
                     WHERE job_seq = $3 AND state < 2) AS open_item \
               WHERE bulk_item.job_seq = $3 AND bulk_item.position = open_item.position";
    let values = [reason.wording().into(), done_no.into(), job_seq.into()];
    let done = conn.execute_raw(statement(conn, sql, values)).await?;
    Ok(u32::try_from(done.rows_affected()).unwrap_or(u32::MAX))
}

/// Waits for whoever writes values of the job that are not done, and keeps others from them until the transaction ends;
/// in one order, so that no two wait for each other. SQLite has one writer anyway.
pub(super) async fn take_values(transaction: &Transaction, job_seq: i64) -> Result<(), StorageError> {
    let conn = transaction.conn();
    if conn.get_database_backend() != DbBackend::Sqlite {
        let sql = "SELECT position FROM bulk_item WHERE job_seq = $1 AND state < 2 ORDER BY position FOR UPDATE";
        conn.query_all_raw(statement(conn, sql, [job_seq.into()])).await?;
    }
    Ok(())
}

/// Pages of a job that cost credits, before the multiplier.
pub async fn charged_pages(transaction: &Transaction, job_seq: i64) -> Result<Credits, StorageError> {
    let conn = transaction.conn();
    let sql = "SELECT CAST(COALESCE(SUM(charged_pages), 0) AS BIGINT) AS n FROM bulk_item WHERE job_seq = $1";
    let row = conn.query_one_raw(statement(conn, sql, [job_seq.into()])).await?;
    let n: i64 = row.ok_or_else(|| StorageError::corrupt("bulk_item", "no sum"))?.try_get("", "n")?;
    Credits::try_from(n).map_err(|_| StorageError::corrupt("bulk_item", "charged_pages below zero"))
}

/// Jobs with values that can be begun now, those passed over apart, and how many: for ringing lost tickets again, and for
/// the queue-depth metric.
pub async fn count_ready(
    db: &Db,
    lease_now: Timestamp,
    passed_over: &PassedOver,
) -> Result<Vec<(i64, u64)>, StorageError> {
    let mut values = vec![lease_now.as_micros().into()];
    let others = passed_over.conditions(&mut values);
    let sql = format!(
        "SELECT i.job_seq AS job_seq, COUNT(*) AS n FROM bulk_item i JOIN bulk_job j ON j.seq = i.job_seq \
         WHERE i.state < 2 AND ((i.state = 0 AND i.not_before <= $1) OR (i.state = 1 AND i.lease_until < $1)) {others} \
         GROUP BY i.job_seq ORDER BY i.job_seq LIMIT 1000"
    );
    let rows = db.reader().query_all_raw(statement(db.reader(), sql, values)).await?;
    rows.iter()
        .map(|row| {
            let n: i64 = row.try_get("", "n")?;
            Ok((row.try_get("", "job_seq")?, u64::try_from(n).unwrap_or(0)))
        })
        .collect()
}
