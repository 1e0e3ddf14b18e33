//! Messages to webhooks: stored with what they tell, leased by whoever sends them, ended once.

use super::db::statement;
use super::{Db, StorageError, Transaction};
use crate::domain::{AccountId, JobId, Timestamp, WebhookMethod, WebhookState};
use entity::webhook_attempt;
use entity::webhook_message::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Value,
};
use std::time::Duration;

/// A stored message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub seq: i64,
    pub id: String,
    pub account_id: AccountId,
    pub job_seq: i64,
    pub job_id: JobId,
    pub event: String,
    pub method: WebhookMethod,
    pub url: String,
    /// Host and port of the address.
    pub host: String,
    /// JSON; what is sent never differs from it.
    pub body: String,
    pub state: WebhookState,
    /// Attempts that failed since it was stored or replayed.
    pub tries: u32,
    /// Asked for by the caller: sent although the address is gone.
    pub is_replay: bool,
    pub next_attempt_at: Timestamp,
    pub lease: i64,
    pub lease_until: Timestamp,
    pub created_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// A message that is due, as far as the choice needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueMessage {
    pub seq: i64,
    pub account_id: AccountId,
    pub host: String,
}

/// Which messages a list shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessageFilter {
    pub job_id: Option<JobId>,
    pub state: Option<WebhookState>,
}

fn from_row(row: Model) -> Result<Message, StorageError> {
    let corrupt = |what: &str| StorageError::corrupt("webhook_message", format!("{what} of {}", row.id));
    let method = WebhookMethod::ALL.into_iter().find(|method| method.as_str() == row.method);
    Ok(Message {
        seq: row.seq,
        account_id: AccountId(row.account_id),
        job_seq: row.job_seq,
        job_id: row.job_id.parse().map_err(|()| corrupt("job_id"))?,
        method: method.ok_or_else(|| corrupt("method"))?,
        state: WebhookState::parse(&row.state).ok_or_else(|| corrupt("state"))?,
        tries: u32::try_from(row.tries).map_err(|_| corrupt("tries"))?,
        is_replay: row.is_replay,
        next_attempt_at: Timestamp::from_micros(row.next_attempt_at),
        lease: row.lease,
        lease_until: Timestamp::from_micros(row.lease_until),
        created_at: Timestamp::from_micros(row.created_at),
        ended_at: row.ended_at.map(Timestamp::from_micros),
        id: row.id,
        event: row.event,
        url: row.url,
        host: row.host,
        body: row.body,
    })
}

/// Adds a message (its `seq` and lease are not looked at). A job has one of each event, or the whole transaction fails.
pub async fn insert(transaction: &Transaction, message: &Message) -> Result<(), StorageError> {
    let row = ActiveModel {
        id: Set(message.id.clone()),
        account_id: Set(message.account_id.0),
        job_seq: Set(message.job_seq),
        job_id: Set(message.job_id.to_string()),
        event: Set(message.event.clone()),
        method: Set(message.method.as_str().to_owned()),
        url: Set(message.url.clone()),
        host: Set(message.host.clone()),
        body: Set(message.body.clone()),
        state: Set(message.state.as_str().to_owned()),
        tries: Set(0),
        is_replay: Set(false),
        next_attempt_at: Set(message.next_attempt_at.as_micros()),
        lease: Set(0),
        lease_until: Set(0),
        created_at: Set(message.created_at.as_micros()),
        ended_at: Set(message.ended_at.map(Timestamp::as_micros)),
        ..ActiveModel::default()
    };
    Entity::insert(row).exec_without_returning(transaction.conn()).await?;
    Ok(())
}

/// Due messages that nobody holds, at most `most` and no more than `per_host` to one host of an account. Accounts take turns,
/// and so do an account's hosts: however many wait for a slow one, the first of all others are among them.
pub async fn list_due(
    db: &Db,
    now: Timestamp,
    lease_now: Timestamp,
    per_host: usize,
    most: usize,
) -> Result<Vec<DueMessage>, StorageError> {
    let sql = "SELECT seq, account_id, host FROM ( \
                   SELECT seq, account_id, host, next_attempt_at, \
                   ROW_NUMBER() OVER (PARTITION BY account_id ORDER BY place, next_attempt_at, seq) AS turn FROM ( \
                       SELECT seq, account_id, host, next_attempt_at, \
                       ROW_NUMBER() OVER (PARTITION BY account_id, host ORDER BY next_attempt_at, seq) AS place \
                       FROM webhook_message WHERE state = 'open' AND next_attempt_at <= $1 AND lease_until < $2) by_host \
                   WHERE place <= $3) by_account \
               ORDER BY turn, next_attempt_at, seq LIMIT $4";
    let count = |n: usize| -> Value { i64::try_from(n).unwrap_or(i64::MAX).into() };
    let values = [now.as_micros().into(), lease_now.as_micros().into(), count(per_host), count(most)];
    let rows = db.reader().query_all_raw(statement(db.reader(), sql, values)).await?;
    rows.iter()
        .map(|row| {
            Ok(DueMessage {
                seq: row.try_get("", "seq")?,
                account_id: AccountId(row.try_get("", "account_id")?),
                host: row.try_get("", "host")?,
            })
        })
        .collect()
}

/// Leases one due message; `None` when somebody else has it, or it ended, or it was put back for later since it was listed.
pub async fn lease(
    transaction: &Transaction,
    seq: i64,
    lease: i64,
    now: Timestamp,
    lease_now: Timestamp,
    lease_for: Duration,
) -> Result<Option<Message>, StorageError> {
    let sql = "UPDATE webhook_message SET lease = $1, lease_until = $2 \
               WHERE seq = $3 AND state = 'open' AND next_attempt_at <= $4 AND lease_until < $5 RETURNING *";
    let values = [
        lease.into(),
        lease_now.plus(lease_for).as_micros().into(),
        seq.into(),
        now.as_micros().into(),
        lease_now.as_micros().into(),
    ];
    let conn = transaction.conn();
    let found = Entity::find().from_raw_sql(statement(conn, sql, values)).one(conn).await?;
    found.map(from_row).transpose()
}

/// Ends a message; false when it is no longer held under this lease.
pub async fn end(
    transaction: &Transaction,
    seq: i64,
    lease: i64,
    state: WebhookState,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let conn = transaction.conn();
    let sql = "UPDATE webhook_message SET state = $1, ended_at = $2, lease_until = 0 \
               WHERE seq = $3 AND lease = $4 AND state = 'open'";
    let values = [state.as_str().into(), now.as_micros().into(), seq.into(), lease.into()];
    Ok(conn.execute_raw(statement(conn, sql, values)).await?.rows_affected() == 1)
}

/// Puts a message that was not taken back until its next attempt; false when it is no longer held under this lease.
pub async fn put_back(transaction: &Transaction, seq: i64, lease: i64, next: Timestamp) -> Result<bool, StorageError> {
    let conn = transaction.conn();
    let sql = "UPDATE webhook_message SET tries = tries + 1, next_attempt_at = $1, lease_until = 0 \
               WHERE seq = $2 AND lease = $3 AND state = 'open'";
    let values = [next.as_micros().into(), seq.into(), lease.into()];
    Ok(conn.execute_raw(statement(conn, sql, values)).await?.rows_affected() == 1)
}

/// Makes a message due now, from the beginning of the table of waits, whatever became of it; false while an attempt is
/// under way.
pub async fn reopen(
    db: &Db,
    owner: AccountId,
    seq: i64,
    now: Timestamp,
    lease_now: Timestamp,
) -> Result<bool, StorageError> {
    let sql = "UPDATE webhook_message SET state = 'open', ended_at = NULL, tries = 0, is_replay = TRUE, \
               next_attempt_at = $1, lease_until = 0 WHERE seq = $2 AND account_id = $3 \
               AND (state <> 'open' OR lease_until < $4)";
    let values = [now.as_micros().into(), seq.into(), owner.0.into(), lease_now.as_micros().into()];
    Ok(db.writer().execute_raw(statement(db.writer(), sql, values)).await?.rows_affected() == 1)
}

/// Ends the account's other waiting messages to an address that is gone; those the caller asked for stay.
pub async fn disable_waiting(
    transaction: &Transaction,
    owner: AccountId,
    url: &str,
    now: Timestamp,
    lease_now: Timestamp,
) -> Result<(), StorageError> {
    let conn = transaction.conn();
    let sql = "UPDATE webhook_message SET state = 'disabled', ended_at = $1 WHERE account_id = $2 AND url = $3 \
               AND state = 'open' AND NOT is_replay AND lease_until < $4";
    let values = [now.as_micros().into(), owner.0.into(), url.into(), lease_now.as_micros().into()];
    conn.execute_raw(statement(conn, sql, values)).await?;
    Ok(())
}

/// A message of an account.
pub async fn find(db: &Db, owner: AccountId, id: &str) -> Result<Option<Message>, StorageError> {
    // The one character PostgreSQL does not hold.
    if id.contains('\0') {
        return Ok(None);
    }
    let found = Entity::find().filter(Column::Id.eq(id)).filter(Column::AccountId.eq(owner.0)).one(db.reader()).await?;
    found.map(from_row).transpose()
}

/// One page of an account's messages, newest first, and how many there are; `page` counts from 1.
pub async fn list(
    db: &Db,
    owner: AccountId,
    filter: &MessageFilter,
    page: u64,
    per_page: u64,
) -> Result<(Vec<Message>, u64), StorageError> {
    let mut query = Entity::find().filter(Column::AccountId.eq(owner.0));
    if let Some(job_id) = &filter.job_id {
        query = query.filter(Column::JobId.eq(job_id.as_str()));
    }
    if let Some(state) = filter.state {
        query = query.filter(Column::State.eq(state.as_str()));
    }
    let total = query.clone().count(db.reader()).await?;
    let offset = page.saturating_sub(1).saturating_mul(per_page);
    let rows = query.order_by_desc(Column::Seq).offset(offset).limit(per_page).all(db.reader()).await?;
    Ok((rows.into_iter().map(from_row).collect::<Result<_, _>>()?, total))
}

/// Messages of all accounts that are not ended, for the metrics.
pub async fn count_open(db: &Db) -> Result<u64, StorageError> {
    Ok(Entity::find().filter(Column::State.eq(WebhookState::Open.as_str())).count(db.reader()).await?)
}

/// Messages that one sweep deletes.
const SWEPT_AT_ONCE: u32 = 1000;

/// Deletes some of the messages that ended before a moment, with their attempts.
pub async fn delete_ended(db: &Db, before: Timestamp) -> Result<(), StorageError> {
    let transaction = db.begin().await?;
    let conn = transaction.conn();
    // Chosen once: another process that sweeps takes others, and one that is sent again meanwhile stays.
    let skip_locked = if conn.get_database_backend() == DbBackend::Sqlite { "" } else { "FOR UPDATE SKIP LOCKED" };
    let sql = format!(
        "SELECT seq FROM webhook_message WHERE ended_at < $1 ORDER BY ended_at, seq LIMIT {SWEPT_AT_ONCE} {skip_locked}"
    );
    let rows = conn.query_all_raw(statement(conn, sql, [before.as_micros().into()])).await?;
    let seqs = rows.iter().map(|row| row.try_get("", "seq")).collect::<Result<Vec<i64>, _>>()?;
    if seqs.is_empty() {
        return Ok(());
    }
    webhook_attempt::Entity::delete_many()
        .filter(webhook_attempt::Column::MessageSeq.is_in(seqs.iter().copied()))
        .exec(conn)
        .await?;
    Entity::delete_many().filter(Column::Seq.is_in(seqs)).exec(conn).await?;
    transaction.commit().await
}
