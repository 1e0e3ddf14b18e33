//! Where a page of a v2 list stands in the list.

use super::bulk::question::ListPage;
use serde::Serialize;
use utoipa::ToSchema;

/// The key `meta` of v2 lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct PageMeta {
    page: u64,
    per_page: u64,
    total: u64,
    total_pages: u64,
}

impl PageMeta {
    pub fn of(wanted: ListPage, total: u64) -> PageMeta {
        let ListPage { page, per_page } = wanted;
        PageMeta { page, per_page, total, total_pages: total.div_ceil(per_page.max(1)) }
    }
}
