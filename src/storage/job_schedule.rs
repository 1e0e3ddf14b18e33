//! Recurring jobs.

use super::db::statement;
use super::{Db, StorageError, Transaction, job_spec};
use crate::domain::{AccountId, Country, JobSpec, Key, Recurrence, SourceName, Timestamp, Topic};
use entity::job_schedule::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DerivePartialModel, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

/// A stored schedule.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// The key inside the database, which its jobs keep.
    pub seq: i64,
    pub id: String,
    pub account_id: AccountId,
    pub name: Option<String>,
    /// What each run asks.
    pub spec: JobSpec,
    pub recurrence: Recurrence,
    pub paused: bool,
    /// `None` while it is paused, and when it will never run again.
    pub next_run_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// A stored schedule without what each run asks, of which there may be megabytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSchedule {
    pub seq: i64,
    pub id: String,
    pub name: Option<String>,
    pub cron: String,
    /// IANA name.
    pub timezone: String,
    pub paused: bool,
    /// [`Schedule::next_run_at`].
    pub next_run_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub source: SourceName,
    pub country: Country,
    pub topic: Topic,
    pub key: Key,
    /// How many values each run asks.
    pub requested: u32,
}

#[derive(DerivePartialModel)]
#[sea_orm(entity = "Entity")]
struct ListedRow {
    seq: i64,
    id: String,
    name: Option<String>,
    cron: String,
    timezone: String,
    paused: bool,
    next_run_at: Option<i64>,
    created_at: i64,
    source: String,
    country: String,
    topic: String,
    key: String,
    requested: i32,
}

fn from_listed_row(row: ListedRow) -> Result<ListedSchedule, StorageError> {
    let corrupt = |what: &str| StorageError::corrupt("job_schedule", format!("{what} of {}", row.id));
    Ok(ListedSchedule {
        seq: row.seq,
        source: SourceName::new(&row.source),
        country: row.country.parse().map_err(|_| corrupt("country"))?,
        topic: Topic::parse(&row.topic).ok_or_else(|| corrupt("topic"))?,
        key: Key::parse(&row.key).ok_or_else(|| corrupt("key"))?,
        requested: u32::try_from(row.requested).map_err(|_| corrupt("requested"))?,
        id: row.id,
        name: row.name,
        cron: row.cron,
        timezone: row.timezone,
        paused: row.paused,
        next_run_at: row.next_run_at.map(Timestamp::from_micros),
        created_at: Timestamp::from_micros(row.created_at),
    })
}

fn from_row(row: Model) -> Result<Schedule, StorageError> {
    let recurrence = Recurrence::parse(&row.cron, &row.timezone)
        .map_err(|_| StorageError::corrupt("job_schedule", format!("cron or timezone of {}", row.id)))?;
    Ok(Schedule {
        seq: row.seq,
        spec: job_spec::from_json(&row.spec, row.seq)?,
        id: row.id,
        account_id: AccountId(row.account_id),
        name: row.name,
        recurrence,
        paused: row.paused,
        next_run_at: row.next_run_at.map(Timestamp::from_micros),
        created_at: Timestamp::from_micros(row.created_at),
    })
}

/// Adds a schedule (its `seq` is not looked at).
pub async fn insert(transaction: &Transaction, schedule: &Schedule) -> Result<(), StorageError> {
    let row = ActiveModel {
        id: Set(schedule.id.clone()),
        account_id: Set(schedule.account_id.0),
        name: Set(schedule.name.clone()),
        spec: Set(job_spec::to_json(&schedule.spec)?),
        cron: Set(schedule.recurrence.cron().to_owned()),
        timezone: Set(schedule.recurrence.timezone().to_owned()),
        paused: Set(schedule.paused),
        next_run_at: Set(schedule.next_run_at.map(Timestamp::as_micros)),
        created_at: Set(schedule.created_at.as_micros()),
        source: Set(schedule.spec.source.to_string()),
        country: Set(schedule.spec.country.to_string()),
        topic: Set(schedule.spec.topic.as_str().to_owned()),
        key: Set(schedule.spec.key.v1().to_owned()),
        requested: Set(i32::try_from(schedule.spec.values.len()).unwrap_or(i32::MAX)),
        ..ActiveModel::default()
    };
    Entity::insert(row).exec_without_returning(transaction.conn()).await?;
    Ok(())
}

/// Schedules of an account, as this transaction sees them.
pub async fn count(transaction: &Transaction, owner: AccountId) -> Result<u64, StorageError> {
    Ok(Entity::find().filter(Column::AccountId.eq(owner.0)).count(transaction.conn()).await?)
}

/// A schedule of an account.
pub async fn find(db: &Db, owner: AccountId, id: &str) -> Result<Option<Schedule>, StorageError> {
    // The one character PostgreSQL does not hold.
    if id.contains('\0') {
        return Ok(None);
    }
    let found = Entity::find().filter(Column::Id.eq(id)).filter(Column::AccountId.eq(owner.0)).one(db.reader()).await?;
    found.map(from_row).transpose()
}

/// One page of an account's schedules, newest first, and how many there are; `page` counts from 1.
pub async fn list(
    db: &Db,
    owner: AccountId,
    page: u64,
    per_page: u64,
) -> Result<(Vec<ListedSchedule>, u64), StorageError> {
    let query = Entity::find().filter(Column::AccountId.eq(owner.0));
    let total = query.clone().count(db.reader()).await?;
    let offset = page.saturating_sub(1).saturating_mul(per_page);
    let query = query.order_by_desc(Column::Seq).offset(offset).limit(per_page);
    let rows = query.into_partial_model::<ListedRow>().all(db.reader()).await?;
    Ok((rows.into_iter().map(from_listed_row).collect::<Result<_, _>>()?, total))
}

/// Row ids of schedules whose next run is due, the longest waiting first.
pub async fn list_due(db: &Db, now: Timestamp, most: u64) -> Result<Vec<i64>, StorageError> {
    let query = Entity::find().select_only().column(Column::Seq).filter(Column::NextRunAt.lte(now.as_micros()));
    let query = query.filter(Column::Paused.eq(false)).order_by_asc(Column::NextRunAt).limit(most);
    Ok(query.into_tuple::<i64>().all(db.reader()).await?)
}

/// A schedule by its place, whoever owns it: for the workers.
pub async fn find_by_seq(db: &Db, seq: i64) -> Result<Option<Schedule>, StorageError> {
    Entity::find_by_id(seq).one(db.reader()).await?.map(from_row).transpose()
}

/// Takes a due run: the schedule goes on to its next one. False when somebody else took it, or it was paused or deleted.
pub async fn claim(
    transaction: &Transaction,
    seq: i64,
    due_at: Timestamp,
    next: Option<Timestamp>,
) -> Result<bool, StorageError> {
    let conn = transaction.conn();
    let sql = "UPDATE job_schedule SET next_run_at = $1 WHERE seq = $2 AND next_run_at = $3 AND NOT paused";
    let values = [next.map(Timestamp::as_micros).into(), seq.into(), due_at.as_micros().into()];
    Ok(conn.execute_raw(statement(conn, sql, values)).await?.rows_affected() == 1)
}

/// Pauses a schedule, or lets it go on with its next run then.
pub async fn set_paused(
    db: &Db,
    owner: AccountId,
    seq: i64,
    paused: bool,
    next: Option<Timestamp>,
) -> Result<(), StorageError> {
    let sql =
        "UPDATE job_schedule SET paused = $1, next_run_at = $2 WHERE seq = $3 AND account_id = $4 AND paused <> $1";
    let values = [paused.into(), next.map(Timestamp::as_micros).into(), seq.into(), owner.0.into()];
    db.writer().execute_raw(statement(db.writer(), sql, values)).await?;
    Ok(())
}

/// Deletes a schedule and the record of its runs; its jobs stay. False when there is none.
pub async fn delete(db: &Db, owner: AccountId, id: &str) -> Result<bool, StorageError> {
    if id.contains('\0') {
        return Ok(false);
    }
    let transaction = db.begin().await?;
    let conn = transaction.conn();
    // The schedule first, as a run takes it: in the other order the two could wait for each other.
    let sql = "DELETE FROM job_schedule WHERE id = $1 AND account_id = $2 RETURNING seq";
    let Some(row) = conn.query_one_raw(statement(conn, sql, [id.into(), owner.0.into()])).await? else {
        return Ok(false);
    };
    let seq: i64 = row.try_get("", "seq")?;
    let sql = "DELETE FROM schedule_run WHERE schedule_seq = $1";
    conn.execute_raw(statement(conn, sql, [seq.into()])).await?;
    transaction.commit().await?;
    Ok(true)
}
