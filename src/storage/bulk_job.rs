//! Bulk jobs.

use super::account::credits_column;
use super::db::statement;
use super::{Db, StorageError, Transaction};
use crate::domain::{
    AccountId, Amount, Charge, ConditionFilter, Credits, JobId, JobSpec, JobStatus, Key, LookupOptions, MaxAge,
    Multiplier, PageLimit, Selection, SortBy, SourceName, Timestamp, Topic, Webhook, WebhookMethod,
};
use entity::bulk_job::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Value,
};

/// A stored job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Insertion order; the key inside the database.
    pub seq: i64,
    pub id: JobId,
    pub account_id: AccountId,
    pub source: SourceName,
    pub country: crate::domain::Country,
    pub topic: Topic,
    pub key: Key,
    pub options: LookupOptions,
    pub multiplier: Multiplier,
    /// False where the cost is only reported.
    pub is_charged: bool,
    pub status: JobStatus,
    pub requested: u32,
    pub completed: u32,
    pub not_found: u32,
    /// Offers of the value with most of them.
    pub widest: u32,
    /// What it cost; zero until it is finished.
    pub charge: Charge,
    pub created_at: Timestamp,
    /// When it ended, cancelled jobs included.
    pub finished_at: Option<Timestamp>,
    /// When values not done end as `timeout`.
    pub deadline_at: Option<Timestamp>,
    /// Most credits it may cost.
    pub max_credits: Option<Credits>,
    /// Credits held back for it until it ends.
    pub reserved: Credits,
    pub webhook: Option<Webhook>,
    /// The job whose failed values this one asks again.
    pub rerun_of: Option<JobId>,
    /// The schedule that created it.
    pub schedule_id: Option<i64>,
    /// When its results go.
    pub expires_at: Timestamp,
    /// When they went.
    pub deleted_at: Option<Timestamp>,
    /// How many finished values, in the order in which they ended, the caller was given before the end.
    pub handed_out: u32,
}

impl Job {
    /// As it is stored first, with all its values open and charged for; its results go at `expires_at`.
    pub fn new(id: JobId, owner: AccountId, spec: &JobSpec, now: Timestamp, expires_at: Timestamp) -> Job {
        Job {
            seq: 0,
            id,
            account_id: owner,
            source: spec.source.clone(),
            country: spec.country,
            topic: spec.topic,
            key: spec.key,
            options: spec.options,
            multiplier: spec.multiplier,
            is_charged: true,
            status: JobStatus::New,
            requested: u32::try_from(spec.values.len()).unwrap_or(u32::MAX),
            completed: 0,
            not_found: 0,
            widest: 0,
            charge: Charge::default(),
            created_at: now,
            finished_at: None,
            deadline_at: spec.terms.timeout.map(|timeout| now.plus(timeout)),
            max_credits: spec.terms.max_credits,
            reserved: 0,
            webhook: spec.terms.webhook.clone(),
            rerun_of: spec.terms.rerun_of.clone(),
            schedule_id: spec.terms.schedule_id,
            expires_at,
            deleted_at: None,
            handed_out: 0,
        }
    }

    /// Most pages it may be charged for: what its own cap and what is held back for it pay for; `None` = no limit. What is
    /// held back is let go when it ends.
    pub fn most_pages(&self) -> Option<u64> {
        most_pages(self.max_credits, self.reserved, self.multiplier)
    }

    /// The job once it has ended so.
    pub fn ended(self, status: JobStatus, charge: Charge, now: Timestamp) -> Job {
        Job { status, charge, expires_at: self.expires_after(now), finished_at: Some(now), reserved: 0, ..self }
    }

    /// When its results go if it ends now: the time they are kept was told at its creation, to begin with the end.
    pub fn expires_after(&self, end: Timestamp) -> Timestamp {
        end.plus(self.expires_at.since(self.created_at))
    }
}

fn most_pages(max_credits: Option<Credits>, reserved: Credits, multiplier: Multiplier) -> Option<u64> {
    let cap = match (max_credits, reserved) {
        (cap, 0) => cap?,
        (cap, reserved) => cap.unwrap_or(reserved).min(reserved),
    };
    Some(multiplier.pages_for(cap))
}

/// How far a job is, as the last write saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub status: JobStatus,
    pub requested: u32,
    pub completed: u32,
}

/// Whose jobs have no turn at the moment, whatever waits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PassedOver {
    pub sources: Vec<SourceName>,
    pub accounts: Vec<AccountId>,
}

impl PassedOver {
    /// The condition that a job `j` is none of theirs, to stand behind others; its values are added to the statement's.
    pub(super) fn conditions(&self, values: &mut Vec<Value>) -> String {
        let sources = not_in("j.source", self.sources.iter().map(|source| source.to_string().into()), values);
        let accounts = not_in("j.account_id", self.accounts.iter().map(|account| account.0.into()), values);
        format!("{sources} {accounts}")
    }
}

pub(super) fn page_limit_text(limit: PageLimit) -> String {
    match limit {
        PageLimit::All => "all".into(),
        PageLimit::UntilTwoShops => "two_shops".into(),
        PageLimit::Pages(n) => n.to_string(),
    }
}

pub(super) fn parse_page_limit(text: &str) -> Option<PageLimit> {
    match text {
        "all" => Some(PageLimit::All),
        "two_shops" => Some(PageLimit::UntilTwoShops),
        pages => pages.parse().ok().map(PageLimit::Pages),
    }
}

pub(super) fn from_row(row: Model) -> Result<Job, StorageError> {
    let corrupt = |what: &str| StorageError::corrupt("bulk_job", format!("{what} of {}", row.id));
    let count = |n: i32, what: &str| u32::try_from(n).map_err(|_| corrupt(what));
    let credits = |n: i64| Credits::try_from(n).map_err(|_| corrupt("credits"));
    let condition = match &row.condition {
        None => None,
        Some(text) => {
            Some(ConditionFilter::ALL.into_iter().find(|c| c.as_str() == text).ok_or_else(|| corrupt("condition"))?)
        }
    };
    let amount = |text: &Option<String>, what: &str| -> Result<Option<Amount>, StorageError> {
        text.as_deref().map(|text| text.parse().map_err(|_| corrupt(what))).transpose()
    };
    let selection = Selection {
        condition,
        sort_by: SortBy::ALL
            .into_iter()
            .find(|order| order.as_str() == row.sort_by)
            .ok_or_else(|| corrupt("sort_by"))?,
        min_price: amount(&row.min_price, "min_price")?,
        max_price: amount(&row.max_price, "max_price")?,
    };
    let webhook = match row.webhook_url.clone() {
        None => None,
        Some(url) => {
            let method =
                WebhookMethod::ALL.into_iter().find(|method| Some(method.as_str()) == row.webhook_method.as_deref());
            let method = method.ok_or_else(|| corrupt("webhook_method"))?;
            Some(Webhook { url, method, download_format: row.webhook_format.clone() })
        }
    };
    Ok(Job {
        seq: row.seq,
        id: row.id.parse().map_err(|()| corrupt("id"))?,
        account_id: AccountId(row.account_id),
        source: SourceName::new(&row.source),
        country: row.country.parse().map_err(|_| corrupt("country"))?,
        topic: Topic::parse(&row.topic).ok_or_else(|| corrupt("topic"))?,
        key: Key::parse(&row.key).ok_or_else(|| corrupt("key"))?,
        options: LookupOptions {
            page_limit: parse_page_limit(&row.page_limit).ok_or_else(|| corrupt("page_limit"))?,
            max_age: MaxAge { minutes: count(row.max_age_minutes, "max_age_minutes")? },
            selection,
        },
        multiplier: Multiplier(u8::try_from(row.multiplier).map_err(|_| corrupt("multiplier"))?),
        is_charged: row.is_charged,
        status: JobStatus::parse(&row.status).ok_or_else(|| corrupt("status"))?,
        requested: count(row.requested, "requested")?,
        completed: count(row.completed, "completed")?,
        not_found: count(row.not_found, "not_found")?,
        widest: count(row.widest, "widest")?,
        charge: Charge { free: credits(row.free_credits)?, paid: credits(row.paid_credits)? },
        created_at: Timestamp::from_micros(row.created_at),
        finished_at: row.finished_at.map(Timestamp::from_micros),
        deadline_at: row.deadline_at.map(Timestamp::from_micros),
        max_credits: row.max_credits.map(credits).transpose()?,
        reserved: credits(row.reserved_credits)?,
        webhook,
        rerun_of: row.rerun_of.as_deref().map(|id| id.parse().map_err(|()| corrupt("rerun_of"))).transpose()?,
        schedule_id: row.schedule_id,
        expires_at: Timestamp::from_micros(row.expires_at),
        deleted_at: row.deleted_at.map(Timestamp::from_micros),
        handed_out: count(row.handed_out, "handed_out")?,
    })
}

/// Adds a job (its `seq` is not looked at) and answers its `seq`. It queues behind the account's jobs as if it had just had
/// its turn: first come, first begun, and a large job that is running does not wait for all that come after it.
pub async fn insert(transaction: &Transaction, job: &Job, lease_now: Timestamp) -> Result<i64, StorageError> {
    let row = ActiveModel {
        id: Set(job.id.to_string()),
        account_id: Set(job.account_id.0),
        source: Set(job.source.to_string()),
        country: Set(job.country.to_string()),
        topic: Set(job.topic.as_str().to_owned()),
        key: Set(job.key.v1().to_owned()),
        page_limit: Set(page_limit_text(job.options.page_limit)),
        max_age_minutes: Set(i32::try_from(job.options.max_age.minutes).unwrap_or(i32::MAX)),
        condition: Set(job.options.selection.condition.map(|c| c.as_str().to_owned())),
        multiplier: Set(i16::from(job.multiplier.0)),
        is_charged: Set(job.is_charged),
        status: Set(job.status.as_str().to_owned()),
        requested: Set(count_column(job.requested)),
        completed: Set(count_column(job.completed)),
        not_found: Set(0),
        widest: Set(0),
        free_credits: Set(0),
        paid_credits: Set(0),
        served_at: Set(lease_now.as_micros()),
        created_at: Set(job.created_at.as_micros()),
        finished_at: Set(None),
        sort_by: Set(job.options.selection.sort_by.as_str().to_owned()),
        min_price: Set(job.options.selection.min_price.map(|amount| amount.to_string())),
        max_price: Set(job.options.selection.max_price.map(|amount| amount.to_string())),
        deadline_at: Set(job.deadline_at.map(Timestamp::as_micros)),
        max_credits: Set(job.max_credits.map(credits_column)),
        reserved_credits: Set(credits_column(job.reserved)),
        webhook_url: Set(job.webhook.as_ref().map(|webhook| webhook.url.clone())),
        webhook_method: Set(job.webhook.as_ref().map(|webhook| webhook.method.as_str().to_owned())),
        webhook_format: Set(job.webhook.as_ref().and_then(|webhook| webhook.download_format.clone())),
        rerun_of: Set(job.rerun_of.as_ref().map(JobId::to_string)),
        schedule_id: Set(job.schedule_id),
        expires_at: Set(job.expires_at.as_micros()),
        deleted_at: Set(None),
        handed_out: Set(0),
        ..ActiveModel::default()
    };
    Ok(Entity::insert(row).exec(transaction.conn()).await?.last_insert_id)
}

fn count_column(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// A job of an account.
pub async fn find(db: &Db, owner: AccountId, id: &JobId) -> Result<Option<Job>, StorageError> {
    Entity::find()
        .filter(Column::Id.eq(id.as_str()))
        .filter(Column::AccountId.eq(owner.0))
        .one(db.reader())
        .await?
        .map(from_row)
        .transpose()
}

/// A job by its place, whoever owns it: for the workers.
pub async fn load(db: &Db, seq: i64) -> Result<Job, StorageError> {
    let row = Entity::find_by_id(seq).one(db.reader()).await?;
    from_row(row.ok_or_else(|| StorageError::corrupt("bulk_job", format!("no row {seq}")))?)
}

/// One page of an account's jobs, newest first; `page` counts from 1.
pub async fn list(db: &Db, owner: AccountId, page: u64, per_page: u64) -> Result<Vec<Job>, StorageError> {
    Entity::find()
        .filter(Column::AccountId.eq(owner.0))
        .order_by_desc(Column::Seq)
        .offset(page.saturating_sub(1).saturating_mul(per_page))
        .limit(per_page)
        .all(db.reader())
        .await?
        .into_iter()
        .map(from_row)
        .collect()
}

/// All jobs of an account.
pub async fn count(db: &Db, owner: AccountId) -> Result<u64, StorageError> {
    Ok(Entity::find().filter(Column::AccountId.eq(owner.0)).count(db.reader()).await?)
}

/// Jobs in each status that is not the end, for the metrics.
pub async fn count_by_status(db: &Db) -> Result<Vec<(JobStatus, u64)>, StorageError> {
    let sql =
        "SELECT status, COUNT(*) AS n FROM bulk_job WHERE status NOT IN ('finished', 'cancelled') GROUP BY status";
    let rows = db.reader().query_all_raw(statement(db.reader(), sql, [])).await?;
    rows.iter()
        .map(|row| {
            let status: String = row.try_get("", "status")?;
            let n: i64 = row.try_get("", "n")?;
            let status = JobStatus::parse(&status).ok_or_else(|| StorageError::corrupt("bulk_job", "status"))?;
            Ok((status, u64::try_from(n).unwrap_or(0)))
        })
        .collect()
}

/// The job's tickets were rung: `new` → `enqueued`.
pub async fn mark_enqueued(db: &Db, seq: i64) -> Result<(), StorageError> {
    let sql = "UPDATE bulk_job SET status = 'enqueued' WHERE seq = $1 AND status = 'new'";
    db.writer().execute_raw(statement(db.writer(), sql, [seq.into()])).await?;
    Ok(())
}

/// The job whose turn it is among those with a value that can be begun: accounts take turns, and inside an account the
/// jobs do, so that a small job never waits for the end of a large one; among equals the older one goes first.
pub(super) async fn next_in_turn(
    transaction: &Transaction,
    lease_now: Timestamp,
    passed_over: &PassedOver,
) -> Result<Option<Job>, StorageError> {
    let conn = transaction.conn();
    let mut values: Vec<Value> = vec![lease_now.as_micros().into()];
    let others = passed_over.conditions(&mut values);
    let sql = format!(
        "SELECT j.* FROM bulk_job j JOIN account a ON a.id = j.account_id \
         WHERE j.status NOT IN ('finished', 'cancelled') {others} AND EXISTS ( \
             SELECT 1 FROM bulk_item i WHERE i.job_seq = j.seq AND i.state < 2 \
             AND ((i.state = 0 AND i.not_before <= $1) OR (i.state = 1 AND i.lease_until < $1))) \
         ORDER BY a.served_at, j.served_at, j.seq LIMIT 1"
    );
    let found = Entity::find().from_raw_sql(statement(conn, sql, values)).one(conn).await?;
    found.map(from_row).transpose()
}

/// A condition that a column is none of these, whose values are added to the statement's; nothing for no values.
fn not_in(column: &str, values: impl Iterator<Item = Value>, all: &mut Vec<Value>) -> String {
    let before = all.len();
    all.extend(values);
    let places: Vec<String> = (before..all.len()).map(|n| format!("${}", n + 1)).collect();
    if places.is_empty() { String::new() } else { format!("AND {column} NOT IN ({})", places.join(", ")) }
}

/// Waits until nobody else leases values of the job, and keeps others from it until the transaction ends. SQLite has one
/// writer anyway.
pub(super) async fn lock(transaction: &Transaction, seq: i64) -> Result<(), StorageError> {
    let conn = transaction.conn();
    if conn.get_database_backend() != sea_orm::DbBackend::Sqlite {
        let sql = "SELECT seq FROM bulk_job WHERE seq = $1 FOR UPDATE";
        conn.query_one_raw(statement(conn, sql, [seq.into()])).await?;
    }
    Ok(())
}

/// Where a job stands, as a transaction that ends its values sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    /// Values that are done.
    pub completed: i32,
    /// [`Job::most_pages`].
    pub most_pages: Option<u64>,
}

/// Where a job stands; the caller holds its row ([`lock`]).
pub(super) async fn standing(transaction: &Transaction, seq: i64) -> Result<Standing, StorageError> {
    let conn = transaction.conn();
    let sql = "SELECT completed, multiplier, max_credits, reserved_credits FROM bulk_job WHERE seq = $1";
    let row = conn.query_one_raw(statement(conn, sql, [seq.into()])).await?;
    let row = row.ok_or_else(|| StorageError::corrupt("bulk_job", format!("no row {seq}")))?;
    let corrupt = |_| StorageError::corrupt("bulk_job", format!("credits of {seq}"));
    let max_credits: Option<i64> = row.try_get("", "max_credits")?;
    let reserved: i64 = row.try_get("", "reserved_credits")?;
    let multiplier: i16 = row.try_get("", "multiplier")?;
    Ok(Standing {
        completed: row.try_get("", "completed")?,
        most_pages: most_pages(
            max_credits.map(Credits::try_from).transpose().map_err(corrupt)?,
            Credits::try_from(reserved).map_err(corrupt)?,
            Multiplier(u8::try_from(multiplier).map_err(corrupt)?),
        ),
    })
}

/// The job and its account had their turn; a waiting job is now being worked on.
pub(super) async fn mark_served(
    transaction: &Transaction,
    job: &Job,
    lease_now: Timestamp,
) -> Result<(), StorageError> {
    let conn = transaction.conn();
    let now = lease_now.as_micros();
    let sql = "UPDATE bulk_job SET served_at = $1, \
               status = CASE WHEN status IN ('new', 'enqueued') THEN 'working' ELSE status END WHERE seq = $2";
    conn.execute_raw(statement(conn, sql, [now.into(), job.seq.into()])).await?;
    let sql = "UPDATE account SET served_at = $1 WHERE id = $2";
    conn.execute_raw(statement(conn, sql, [now.into(), job.account_id.0.into()])).await?;
    Ok(())
}

/// What a group of finished values adds to its job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Added {
    pub completed: u32,
    pub not_found: u32,
    pub widest: u32,
}

/// Counts finished values in; the last one moves the job on to `finishing`. A group that comes too late, when the job has
/// moved on, never moves it back.
pub(super) async fn add_completed(transaction: &Transaction, seq: i64, added: Added) -> Result<Progress, StorageError> {
    let conn = transaction.conn();
    let sql = "UPDATE bulk_job SET completed = completed + $1, not_found = not_found + $2, \
               widest = CASE WHEN widest < $3 THEN $3 ELSE widest END, \
               status = CASE WHEN status NOT IN ('new', 'enqueued', 'working') THEN status \
                             WHEN completed + $1 >= requested THEN 'finishing' ELSE 'working' END \
               WHERE seq = $4 RETURNING status, requested, completed";
    let values = [
        count_column(added.completed).into(),
        count_column(added.not_found).into(),
        count_column(added.widest).into(),
        seq.into(),
    ];
    let row = conn.query_one_raw(statement(conn, sql, values)).await?;
    let row = row.ok_or_else(|| StorageError::corrupt("bulk_job", format!("no row {seq}")))?;
    let status: String = row.try_get("", "status")?;
    let count = |name| -> Result<u32, StorageError> {
        let n: i32 = row.try_get("", name)?;
        u32::try_from(n).map_err(|_| StorageError::corrupt("bulk_job", name))
    };
    Ok(Progress {
        status: JobStatus::parse(&status).ok_or_else(|| StorageError::corrupt("bulk_job", "status"))?,
        requested: count("requested")?,
        completed: count("completed")?,
    })
}

/// Jobs whose values are all done but whose credits are not settled.
pub async fn list_finishing(db: &Db) -> Result<Vec<i64>, StorageError> {
    let sql = "SELECT seq FROM bulk_job WHERE status = 'finishing' ORDER BY seq LIMIT 1000";
    let rows = db.reader().query_all_raw(statement(db.reader(), sql, [])).await?;
    rows.iter().map(|row| Ok(row.try_get("", "seq")?)).collect()
}

/// The job if its credits are to be settled now; no other transaction settles it before this one ends.
pub async fn lock_finishing(transaction: &Transaction, seq: i64) -> Result<Option<Job>, StorageError> {
    let conn = transaction.conn();
    let query = Entity::find_by_id(seq).filter(Column::Status.eq(JobStatus::Finishing.as_str()));
    let row = match conn.get_database_backend() {
        sea_orm::DbBackend::Sqlite => query.one(conn).await?,
        _ => query.lock_exclusive().one(conn).await?,
    };
    row.map(from_row).transpose()
}

/// `finishing` → `finished`, with what it cost; what was held back for it is let go. Its results are kept from now on as long
/// as its creation said.
pub async fn mark_finished(
    transaction: &Transaction,
    seq: i64,
    charge: Charge,
    now: Timestamp,
) -> Result<(), StorageError> {
    let conn = transaction.conn();
    let sql = "UPDATE bulk_job SET status = 'finished', free_credits = $1, paid_credits = $2, finished_at = $3, \
               reserved_credits = 0, expires_at = $3 + expires_at - created_at WHERE seq = $4 AND status = 'finishing'";
    let values =
        [credits_column(charge.free).into(), credits_column(charge.paid).into(), now.as_micros().into(), seq.into()];
    let done = conn.execute_raw(statement(conn, sql, values)).await?;
    if done.rows_affected() == 1 {
        Ok(())
    } else {
        Err(StorageError::corrupt("bulk_job", format!("{seq} is not finishing")))
    }
}

/// The caller is given the job's first `ended` values in the order in which they ended: written down while the job has not
/// ended, since they cost what they cost even if it is cancelled. Answers the job as it is then.
pub async fn hand_out(db: &Db, job: Job, ended: u32) -> Result<Job, StorageError> {
    if job.status.is_final() || job.handed_out >= ended {
        return Ok(job);
    }
    let sql = "UPDATE bulk_job SET handed_out = CASE WHEN handed_out < $1 THEN $1 ELSE handed_out END \
               WHERE seq = $2 AND status NOT IN ('finished', 'cancelled')";
    let values = [count_column(ended).into(), job.seq.into()];
    match db.writer().execute_raw(statement(db.writer(), sql, values)).await?.rows_affected() {
        1 => Ok(Job { handed_out: job.handed_out.max(ended), ..job }),
        _ => load(db, job.seq).await,
    }
}
