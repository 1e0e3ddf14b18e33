//! A job's results, a short read at a time.

use super::db::statement;
use super::{Db, StorageError, lookup_page};
use crate::domain::{
    Effort, FoundResult, ItemOutcome, ItemResult, LookupPage, PageContent, Reason, RequestedValue, Timestamp,
};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use std::collections::HashMap;

/// Results from position `from` on, at most `limit`, in request order; values that are not done are left out.
pub async fn list(db: &Db, job_seq: i64, from: u32, limit: u32) -> Result<Vec<ItemResult>, StorageError> {
    let sql = "SELECT value, reference, reason, page_ids, incomplete, pages_live, requests FROM bulk_item \
               WHERE job_seq = $1 AND position >= $2 AND state = 2 ORDER BY position LIMIT $3";
    read(db, sql, [job_seq.into(), i64::from(from).into(), i64::from(limit).into()]).await
}

/// Results that ended as number `after` + 1 to `last` of their job, in that order.
pub async fn list_ended(db: &Db, job_seq: i64, after: u32, last: u32) -> Result<Vec<ItemResult>, StorageError> {
    let sql = "SELECT value, reference, reason, page_ids, incomplete, pages_live, requests FROM bulk_item \
               WHERE job_seq = $1 AND done_no > $2 AND done_no <= $3 ORDER BY done_no";
    read(db, sql, [job_seq.into(), i64::from(after).into(), i64::from(last).into()]).await
}

async fn read(db: &Db, sql: &str, values: [Value; 3]) -> Result<Vec<ItemResult>, StorageError> {
    let rows = db.reader().query_all_raw(statement(db.reader(), sql, values)).await?;
    let items = rows.iter().map(item_of).collect::<Result<Vec<_>, _>>()?;
    let ids: Vec<&str> = items.iter().flat_map(Item::page_ids).collect();
    let pages = lookup_page::load_by_id(db, &ids).await?;
    items.into_iter().map(|item| item.into_result(&pages)).collect()
}

/// Values of a job without a product, in request order, and why.
pub async fn list_failed(db: &Db, job_seq: i64) -> Result<Vec<(RequestedValue, Reason)>, StorageError> {
    let sql = "SELECT value, reference, reason FROM bulk_item \
               WHERE job_seq = $1 AND state = 2 AND reason IS NOT NULL ORDER BY position";
    let rows = db.reader().query_all_raw(statement(db.reader(), sql, [job_seq.into()])).await?;
    rows.iter()
        .map(|row| {
            let requested =
                RequestedValue { value: row.try_get("", "value")?, reference: row.try_get("", "reference")? };
            Ok((requested, reason_of(&row.try_get::<String>("", "reason")?)?))
        })
        .collect()
}

fn reason_of(wording: &str) -> Result<Reason, StorageError> {
    Reason::from_wording(wording).ok_or_else(|| StorageError::corrupt("bulk_item", format!("reason {wording}")))
}

struct Item {
    value: String,
    reference: Option<String>,
    reason: Option<Reason>,
    page_ids: Option<String>,
    incomplete: bool,
    effort: Effort,
}

fn item_of(row: &QueryResult) -> Result<Item, StorageError> {
    let reason: Option<String> = row.try_get("", "reason")?;
    let reason = reason.as_deref().map(reason_of).transpose()?;
    let count = |name: &str| -> Result<u32, StorageError> {
        let n: i32 = row.try_get("", name)?;
        u32::try_from(n).map_err(|_| StorageError::corrupt("bulk_item", name))
    };
    Ok(Item {
        value: row.try_get("", "value")?,
        reference: row.try_get("", "reference")?,
        reason,
        page_ids: row.try_get("", "page_ids")?,
        incomplete: row.try_get("", "incomplete")?,
        effort: Effort { pages_live: count("pages_live")?, requests: count("requests")? },
    })
}

impl Item {
    fn page_ids(&self) -> impl Iterator<Item = &str> {
        self.page_ids.iter().flat_map(|ids| ids.split(','))
    }

    fn into_result(self, pages: &HashMap<String, LookupPage>) -> Result<ItemResult, StorageError> {
        let outcome = match self.reason {
            Some(reason) => ItemOutcome::Failed(reason),
            None => ItemOutcome::Found(Box::new(self.found(pages)?)),
        };
        Ok(ItemResult { value: self.value, reference: self.reference, outcome, effort: self.effort })
    }

    /// The product of the first page with the entries of all.
    fn found(&self, pages: &HashMap<String, LookupPage>) -> Result<FoundResult, StorageError> {
        let mut found: Option<FoundResult> = None;
        for id in self.page_ids() {
            let page = pages.get(id).ok_or_else(|| StorageError::corrupt("lookup_page", format!("no row {id}")))?;
            let content = page
                .content
                .as_deref()
                .ok_or_else(|| StorageError::corrupt("lookup_page", format!("{id} is empty")))?;
            match &mut found {
                None => {
                    found = Some(FoundResult { incomplete: self.incomplete, ..first_page(content, page.fetched_at) })
                }
                Some(found) => {
                    add_entries(found, content);
                    found.pages_delivered += 1;
                    found.updated_at = found.updated_at.min(page.fetched_at);
                }
            }
        }
        found.ok_or_else(|| StorageError::corrupt("bulk_item", format!("{} was found without a page", self.value)))
    }
}

fn first_page(content: &PageContent, fetched_at: Timestamp) -> FoundResult {
    let mut found = FoundResult {
        total_search_result_count: content.total_search_result_count,
        rating_distribution: content.rating_distribution,
        ..FoundResult::of(content.product.clone(), fetched_at)
    };
    add_entries(&mut found, content);
    found
}

/// A page holds entries of one list only: that of its topic.
fn add_entries(found: &mut FoundResult, content: &PageContent) {
    let PageContent { offers, search_results, reviews, .. } = content;
    found.offers.extend_from_slice(offers);
    found.search_results.extend_from_slice(search_results);
    found.reviews.extend_from_slice(reviews);
    found.page_lengths.push(u32::try_from(content.entries()).unwrap_or(u32::MAX));
}
