//! Pages of lookups as they were fetched; written once; only that no page follows may be learned later, and how many values
//! are answered from it changes.

use super::db::statement;
use super::{Db, StorageError, Transaction};
use crate::domain::{LookupPage, PageContent, Timestamp};
use entity::lookup_page::{ActiveModel, Column, Entity, Model};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Statement,
    sea_query::{Expr, OnConflict},
};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Rows in one INSERT, so that a statement stays small however large the pages are.
const ROWS_PER_INSERT: usize = 100;
/// Values in one IN list.
const KEYS_PER_QUERY: usize = 500;

fn from_row(row: Model) -> Result<LookupPage, StorageError> {
    let corrupt = |what: String| StorageError::corrupt("lookup_page", what);
    let content = match &row.content {
        None => None,
        Some(json) => {
            let content: PageContent =
                serde_json::from_str(json).map_err(|e| corrupt(format!("content of {}: {e}", row.id)))?;
            Some(Arc::new(content))
        }
    };
    let version = match &row.version {
        None => None,
        Some(json) => {
            let version = serde_json::from_str(json).map_err(|e| corrupt(format!("version of {}: {e}", row.id)))?;
            Some(Arc::new(version))
        }
    };
    Ok(LookupPage {
        number: u32::try_from(row.number).map_err(|_| corrupt(format!("number of {}", row.id)))?,
        id: row.id,
        fingerprint: row.fingerprint,
        fetched_at: Timestamp::from_micros(row.fetched_at),
        is_last: row.is_last,
        content,
        version,
    })
}

/// How many values each page came to answer, by its id.
#[derive(Debug, Default)]
pub(super) struct Uses<'p>(HashMap<&'p str, i32>);

impl<'p> Uses<'p> {
    /// One value more is answered from these pages.
    pub fn add(&mut self, pages: &'p [Arc<LookupPage>]) {
        for page in pages {
            *self.0.entry(&page.id).or_default() += 1;
        }
    }
}

/// Adds pages, and their uses; one that is there already (another value was answered from it) stays as it is otherwise.
pub(super) async fn insert(
    transaction: &Transaction,
    pages: impl Iterator<Item = &Arc<LookupPage>>,
    uses: &Uses<'_>,
) -> Result<(), StorageError> {
    let mut pages: Vec<_> = pages.collect();
    // In one order everywhere, or two transactions that write the same pages each wait for the other (PostgreSQL); of a
    // page given twice the one that knows that no page follows is kept.
    pages.sort_unstable_by(|a, b| a.id.cmp(&b.id).then(b.is_last.cmp(&a.is_last)));
    pages.dedup_by(|later, first| later.id == first.id);
    let mut rows = Vec::new();
    for page in pages {
        let content = page
            .content
            .as_deref()
            .map(serde_json::to_string)
            .transpose()
            .map_err(|e| StorageError::corrupt("lookup_page", e))?;
        let version = page
            .version
            .as_deref()
            .map(serde_json::to_string)
            .transpose()
            .map_err(|e| StorageError::corrupt("lookup_page", e))?;
        rows.push(ActiveModel {
            id: Set(page.id.clone()),
            fingerprint: Set(page.fingerprint.clone()),
            number: Set(i32::try_from(page.number).unwrap_or(i32::MAX)),
            fetched_at: Set(page.fetched_at.as_micros()),
            is_last: Set(page.is_last),
            content: Set(content),
            version: Set(version),
            uses: Set(uses.0.get(page.id.as_str()).copied().unwrap_or(0)),
        });
        if rows.len() == ROWS_PER_INSERT {
            insert_rows(transaction, std::mem::take(&mut rows)).await?;
        }
    }
    if rows.is_empty() { Ok(()) } else { insert_rows(transaction, rows).await }
}

async fn insert_rows(transaction: &Transaction, rows: Vec<ActiveModel>) -> Result<(), StorageError> {
    Entity::insert_many(rows)
        .on_conflict(
            // That no page follows may be learned after the page was written.
            OnConflict::column(Column::Id)
                .value(Column::IsLast, Expr::cust("lookup_page.is_last OR excluded.is_last"))
                .value(Column::Uses, Expr::cust("lookup_page.uses + excluded.uses"))
                .to_owned(),
        )
        .exec_without_returning(transaction.conn())
        .await?;
    Ok(())
}

/// The newest pages 1…n of some lookups, each fetched at or after a moment, by fingerprint; of pages fetched at the very same
/// moment all.
pub async fn find_fresh(
    db: &Db,
    fingerprints: &[String],
    oldest: Timestamp,
) -> Result<HashMap<String, Vec<LookupPage>>, StorageError> {
    let mut found: HashMap<String, Vec<LookupPage>> = HashMap::new();
    for chunk in fingerprints.chunks(KEYS_PER_QUERY) {
        let query = fresh_query(db, chunk, oldest);
        for row in Entity::find().from_raw_sql(query).all(db.reader()).await? {
            let page = from_row(row)?;
            found.entry(page.fingerprint.clone()).or_default().push(page);
        }
    }
    Ok(found)
}

/// There may be a page for every quarter of an hour of a month, so none is looked at but the newest: from one number to the
/// next, each found by one step into the index `lookup_page_newest`.
pub(super) fn fresh_query(db: &Db, fingerprints: &[String], oldest: Timestamp) -> Statement {
    let wanted: Vec<String> = (2..fingerprints.len() + 2).map(|place| format!("(${place})")).collect();
    let sql = format!(
        "WITH RECURSIVE newest (fingerprint, number, fetched_at) AS ( \
             SELECT column1, 0, $1 FROM (VALUES {}) AS wanted \
             UNION ALL \
             SELECT before.fingerprint, before.number + 1, \
                 (SELECT page.fetched_at FROM lookup_page AS page WHERE page.fingerprint = before.fingerprint \
                  AND page.number = before.number + 1 AND page.fetched_at >= $1 ORDER BY page.fetched_at DESC LIMIT 1) \
             FROM newest AS before WHERE before.fetched_at IS NOT NULL) \
         SELECT page.* FROM newest JOIN lookup_page AS page ON page.fingerprint = newest.fingerprint \
         AND page.number = newest.number AND page.fetched_at = newest.fetched_at",
        wanted.join(", ")
    );
    let values = std::iter::once(oldest.as_micros().into());
    statement(db.reader(), sql, values.chain(fingerprints.iter().map(|fingerprint| fingerprint.as_str().into())))
}

/// Which of some lookups have a first page fetched at or after a moment.
pub async fn find_fresh_firsts(
    db: &Db,
    fingerprints: &[String],
    oldest: Timestamp,
) -> Result<HashSet<String>, StorageError> {
    let mut found = HashSet::new();
    for chunk in fingerprints.chunks(KEYS_PER_QUERY) {
        let rows: Vec<String> = Entity::find()
            .select_only()
            .column(Column::Fingerprint)
            .distinct()
            .filter(Column::Fingerprint.is_in(chunk.iter().map(String::as_str)))
            .filter(Column::Number.eq(1))
            .filter(Column::FetchedAt.gte(oldest.as_micros()))
            .into_tuple()
            .all(db.reader())
            .await?;
        found.extend(rows);
    }
    Ok(found)
}

/// The newest first page of each lookup, where it was fetched at or after a moment and its version is known, so that the
/// source can be asked whether it changed.
pub async fn list_renewable(
    db: &Db,
    fingerprints: &[String],
    oldest: Timestamp,
) -> Result<Vec<LookupPage>, StorageError> {
    // There may be a page for every quarter of an hour; only the newest has its content read.
    const NONE_IS_NEWER: &str = "NOT EXISTS (SELECT 1 FROM lookup_page AS newer WHERE newer.number = 1 \
         AND newer.fingerprint = lookup_page.fingerprint AND newer.fetched_at > lookup_page.fetched_at)";
    let mut found = Vec::new();
    for chunk in fingerprints.chunks(KEYS_PER_QUERY) {
        let rows = Entity::find()
            .filter(Column::Fingerprint.is_in(chunk.iter().map(String::as_str)))
            .filter(Column::Number.eq(1))
            .filter(Column::FetchedAt.gte(oldest.as_micros()))
            .filter(Column::Version.is_not_null())
            .filter(Expr::cust(NONE_IS_NEWER))
            .all(db.reader())
            .await?;
        for row in rows {
            found.push(from_row(row)?);
        }
    }
    Ok(found)
}

/// Pages by their ids.
pub(super) async fn load_by_id(db: &Db, ids: &[&str]) -> Result<HashMap<String, LookupPage>, StorageError> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(KEYS_PER_QUERY) {
        for row in Entity::find().filter(Column::Id.is_in(chunk.iter().copied())).all(db.reader()).await? {
            let page = from_row(row)?;
            found.insert(page.id.clone(), page);
        }
    }
    Ok(found)
}
