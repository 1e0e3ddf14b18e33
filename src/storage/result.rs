//! A job's results, a short read at a time.

use super::db::statement;
use super::{Db, StorageError, lookup_page};
use crate::domain::{FoundResult, ItemOutcome, ItemResult, LookupPage, Offer, Reason, Timestamp};
use sea_orm::{ConnectionTrait, QueryResult};
use std::collections::HashMap;

/// Results from position `from` on, at most `limit`, in request order; values that are not done are left out.
pub async fn list(db: &Db, job_seq: i64, from: u32, limit: u32) -> Result<Vec<ItemResult>, StorageError> {
    let sql = "SELECT value, reference, reason, page_ids, incomplete FROM bulk_item \
               WHERE job_seq = $1 AND position >= $2 AND state = 2 ORDER BY position LIMIT $3";
    let values = [job_seq.into(), i64::from(from).into(), i64::from(limit).into()];
    let rows = db.reader().query_all_raw(statement(db.reader(), sql, values)).await?;
    let items = rows.iter().map(item_of).collect::<Result<Vec<_>, _>>()?;
    let ids: Vec<&str> = items.iter().flat_map(Item::page_ids).collect();
    let pages = lookup_page::load_by_id(db, &ids).await?;
    items.into_iter().map(|item| item.into_result(&pages)).collect()
}

struct Item {
    value: String,
    reference: Option<String>,
    reason: Option<Reason>,
    page_ids: Option<String>,
    incomplete: bool,
}

fn item_of(row: &QueryResult) -> Result<Item, StorageError> {
    let reason: Option<String> = row.try_get("", "reason")?;
    let reason = reason
        .map(|wording| {
            Reason::from_wording(&wording)
                .ok_or_else(|| StorageError::corrupt("bulk_item", format!("reason {wording}")))
        })
        .transpose()?;
    Ok(Item {
        value: row.try_get("", "value")?,
        reference: row.try_get("", "reference")?,
        reason,
        page_ids: row.try_get("", "page_ids")?,
        incomplete: row.try_get("", "incomplete")?,
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
        Ok(ItemResult { value: self.value, reference: self.reference, outcome })
    }

    /// The product of the first page with the offers of all.
    fn found(&self, pages: &HashMap<String, LookupPage>) -> Result<FoundResult, StorageError> {
        let mut product = None;
        let mut offers: Vec<Offer> = Vec::new();
        let mut updated_at: Option<Timestamp> = None;
        let mut pages_delivered = 0;
        for id in self.page_ids() {
            let page = pages.get(id).ok_or_else(|| StorageError::corrupt("lookup_page", format!("no row {id}")))?;
            let content = page
                .content
                .as_deref()
                .ok_or_else(|| StorageError::corrupt("lookup_page", format!("{id} is empty")))?;
            product.get_or_insert_with(|| content.product.clone());
            offers.extend_from_slice(&content.offers);
            updated_at = Some(updated_at.map_or(page.fetched_at, |oldest| oldest.min(page.fetched_at)));
            pages_delivered += 1;
        }
        let no_page = || StorageError::corrupt("bulk_item", format!("{} was found without a page", self.value));
        Ok(FoundResult {
            product: product.ok_or_else(no_page)?,
            offers,
            pages_delivered,
            incomplete: self.incomplete,
            updated_at: updated_at.ok_or_else(no_page)?,
        })
    }
}
