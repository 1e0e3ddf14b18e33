//! How many pages a job may still be charged for, held by every write that ends values.

use super::bulk_item::ItemEnd;
use super::db::statement;
use super::{StorageError, Transaction};
use crate::domain::{Effort, PageContent, Reason, Timestamp};
use sea_orm::ConnectionTrait;
use std::borrow::Cow;

/// Pages a job may still be charged for; `None` = no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PagesLeft(Option<u64>);

impl PagesLeft {
    /// Of a job that may be charged for so many pages. The caller holds the job's row
    /// ([`super::bulk_job::lock`]), or the answer is old at once.
    pub async fn load(
        transaction: &Transaction,
        job_seq: i64,
        most_pages: Option<u64>,
    ) -> Result<PagesLeft, StorageError> {
        let Some(most) = most_pages else { return Ok(PagesLeft(None)) };
        let charged = super::bulk_item::charged_pages(transaction, job_seq).await?;
        Ok(PagesLeft(Some(most.saturating_sub(charged))))
    }

    /// What becomes of a value whose pages the job cannot pay for: the pages it can pay for are delivered, and the value is
    /// `incomplete`; without any the value ends as [`Reason::CreditLimitReached`].
    pub fn fit<'a>(&self, end: &'a ItemEnd) -> Cow<'a, ItemEnd> {
        let Some(left) = self.0 else { return Cow::Borrowed(end) };
        match end {
            ItemEnd::Found { effort, .. } | ItemEnd::NotFound { effort, .. } if left == 0 => {
                let effort = Effort { pages_live: 0, ..*effort };
                Cow::Owned(ItemEnd::Failed { reason: Reason::CreditLimitReached, effort })
            }
            ItemEnd::Found { pages, offers, effort, .. } if pages.len() as u64 > left => {
                let kept = usize::try_from(left).unwrap_or(usize::MAX);
                let (pages, cut) = (pages[..kept].to_vec(), pages.len() - kept);
                let listed: usize =
                    pages.iter().filter_map(|page| page.content.as_deref()).map(PageContent::entries).sum();
                // How many of them are wanted is not known here; more columns than needed do no harm, fewer would.
                let offers = (*offers).min(u32::try_from(listed).unwrap_or(u32::MAX));
                let mut effort = *effort;
                // What is cut off was fetched: the store has the first pages.
                effort.pages_live = effort.pages_live.saturating_sub(u32::try_from(cut).unwrap_or(u32::MAX));
                Cow::Owned(ItemEnd::Found { pages, offers, incomplete: true, effort })
            }
            _ => Cow::Borrowed(end),
        }
    }

    /// So many pages were charged.
    pub fn take(&mut self, pages: i32) {
        if let Some(left) = &mut self.0 {
            *left = left.saturating_sub(u64::try_from(pages).unwrap_or(0));
        }
    }

    pub fn is_used_up(&self) -> bool {
        self.0 == Some(0)
    }

    /// How many values are worth leasing: each one costs a page or nothing, and those under way may use up what is left.
    /// One at least, or nobody would take up the values that others fail at.
    pub async fn worth_leasing(
        &self,
        transaction: &Transaction,
        job_seq: i64,
        most: u32,
        lease_now: Timestamp,
    ) -> Result<u32, StorageError> {
        let Some(left) = self.0 else { return Ok(most) };
        let conn = transaction.conn();
        let sql = "SELECT COUNT(*) AS n FROM bulk_item WHERE job_seq = $1 AND state = 1 AND lease_until >= $2";
        let row = conn.query_one_raw(statement(conn, sql, [job_seq.into(), lease_now.as_micros().into()])).await?;
        let under_way: i64 = row.ok_or_else(|| StorageError::corrupt("bulk_item", "no count"))?.try_get("", "n")?;
        let worth = left.saturating_sub(u64::try_from(under_way).unwrap_or(0));
        Ok(u32::try_from(worth).unwrap_or(u32::MAX).clamp(1, most.max(1)))
    }

    /// Most pages one value can be charged for; `None` = as many as the job asks.
    pub fn of_one_value(&self) -> Option<u32> {
        self.0.map(|left| u32::try_from(left).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{LookupPage, Offer};
    use std::sync::Arc;

    fn found(pages: usize) -> ItemEnd {
        let content = PageContent { offers: vec![Offer::default(); 3], ..PageContent::default() };
        let page = LookupPage {
            id: "p".into(),
            fingerprint: String::new(),
            number: 1,
            fetched_at: Timestamp(0),
            is_last: false,
            content: Some(Arc::new(content)),
            version: None,
        };
        let effort = Effort { pages_live: pages as u32, requests: 9 };
        let page = Arc::new(page);
        ItemEnd::Found {
            pages: (0..pages).map(|_| Arc::clone(&page)).collect(),
            offers: 3 * pages as u32,
            incomplete: false,
            effort,
        }
    }

    /// Pages, offers, incomplete, live pages.
    fn told(end: &ItemEnd) -> (usize, u32, bool, u32) {
        match end {
            ItemEnd::Found { pages, offers, incomplete, effort } => {
                (pages.len(), *offers, *incomplete, effort.pages_live)
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_value_gets_the_pages_that_can_be_paid() {
        assert_eq!(told(&PagesLeft(None).fit(&found(5))), (5, 15, false, 5));
        assert_eq!(told(&PagesLeft(Some(5)).fit(&found(5))), (5, 15, false, 5));
        assert_eq!(told(&PagesLeft(Some(2)).fit(&found(5))), (2, 6, true, 2));
        let mut stored = found(3);
        if let ItemEnd::Found { effort, .. } = &mut stored {
            effort.pages_live = 1;
        }
        assert_eq!(told(&PagesLeft(Some(2)).fit(&stored)), (2, 6, true, 0), "the page that was fetched is cut off");
        let none = PagesLeft(Some(0));
        assert!(matches!(none.fit(&found(1)).as_ref(), ItemEnd::Failed { reason: Reason::CreditLimitReached, .. }));
        // What costs nothing keeps its own reason.
        assert!(matches!(
            none.fit(&ItemEnd::failed(Reason::Error)).as_ref(),
            ItemEnd::Failed { reason: Reason::Error, .. }
        ));
        assert!(none.is_used_up() && !PagesLeft(None).is_used_up());
    }
}
