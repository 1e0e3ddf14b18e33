//! What became of the runs of recurring jobs.

use super::db::statement;
use super::{Db, StorageError, Transaction};
use crate::domain::{JobId, Timestamp};
use entity::schedule_run::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::HashMap;

/// Runs that are remembered of a schedule.
const KEPT: i64 = 100;

/// One run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// When it should have been.
    pub due_at: Timestamp,
    /// When it was.
    pub at: Timestamp,
    /// The job it made, or why it made none.
    pub made: Result<JobId, String>,
}

fn from_row(row: Model) -> Result<Run, StorageError> {
    let corrupt = |what: &str| StorageError::corrupt("schedule_run", format!("{what} of {}", row.id));
    let made = match (row.job_id, row.skipped) {
        (Some(id), None) => Ok(id.parse().map_err(|()| corrupt("job_id"))?),
        (None, Some(reason)) => Err(reason),
        _ => return Err(corrupt("job_id")),
    };
    Ok(Run { due_at: Timestamp::from_micros(row.due_at), at: Timestamp::from_micros(row.at), made })
}

/// Writes a run down, and forgets the oldest ones. A second one of the same moment fails the whole transaction.
pub async fn insert(transaction: &Transaction, schedule_seq: i64, run: &Run) -> Result<(), StorageError> {
    let conn = transaction.conn();
    let row = ActiveModel {
        schedule_seq: Set(schedule_seq),
        due_at: Set(run.due_at.as_micros()),
        at: Set(run.at.as_micros()),
        job_id: Set(run.made.as_ref().ok().map(JobId::to_string)),
        skipped: Set(run.made.as_ref().err().cloned()),
        ..ActiveModel::default()
    };
    Entity::insert(row).exec_without_returning(conn).await?;
    let sql = "DELETE FROM schedule_run WHERE schedule_seq = $1 AND id NOT IN \
               (SELECT id FROM schedule_run WHERE schedule_seq = $1 ORDER BY due_at DESC LIMIT $2)";
    conn.execute_raw(statement(conn, sql, [schedule_seq.into(), KEPT.into()])).await?;
    Ok(())
}

/// Whether a run of this moment is written down.
pub async fn exists(transaction: &Transaction, schedule_seq: i64, due_at: Timestamp) -> Result<bool, StorageError> {
    let query =
        Entity::find().filter(Column::ScheduleSeq.eq(schedule_seq)).filter(Column::DueAt.eq(due_at.as_micros()));
    Ok(query.count(transaction.conn()).await? > 0)
}

/// The runs of a schedule that are remembered, newest first.
pub async fn list(db: &Db, schedule_seq: i64) -> Result<Vec<Run>, StorageError> {
    let query = Entity::find().filter(Column::ScheduleSeq.eq(schedule_seq)).order_by_desc(Column::DueAt);
    let rows = query.limit(KEPT.unsigned_abs()).all(db.reader()).await?;
    rows.into_iter().map(from_row).collect()
}

/// The last run of each of these schedules.
pub async fn list_last(db: &Db, schedule_seqs: &[i64]) -> Result<HashMap<i64, Run>, StorageError> {
    let newest = "due_at = (SELECT MAX(newer.due_at) FROM schedule_run newer \
                  WHERE newer.schedule_seq = schedule_run.schedule_seq)";
    let query = Entity::find().filter(Column::ScheduleSeq.is_in(schedule_seqs.iter().copied()));
    let rows = query.filter(sea_orm::sea_query::Expr::cust(newest)).all(db.reader()).await?;
    rows.into_iter().map(|row| Ok((row.schedule_seq, from_row(row)?))).collect()
}
