//! Lists are told by the page: which page is asked for, and where it stands in the list.

use super::codes::Refusal;
use super::param_values::bounded;
use super::params::Params;
use serde::Serialize;
use utoipa::ToSchema;

/// Entries of a list a page when the caller does not say.
pub const DEFAULT_PER_PAGE: u64 = 20;
/// Most entries of a list a page.
pub const MAX_PER_PAGE: u64 = 100;
/// The last page whose first entry still has a number the database can count to.
pub const LAST_PAGE: u64 = i64::MAX.unsigned_abs() / MAX_PER_PAGE;

/// A page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListPage {
    /// From 1.
    pub page: u64,
    pub per_page: u64,
}

/// `page` (from 1) and `per_page` of a list.
pub fn parse_list_page(params: &Params) -> Result<ListPage, Refusal> {
    let page = bounded(params, "page", 1..=LAST_PAGE)?.unwrap_or(1);
    let per_page = bounded(params, "per_page", 1..=MAX_PER_PAGE)?.unwrap_or(DEFAULT_PER_PAGE);
    Ok(ListPage { page, per_page })
}

/// The key `meta` of v2 lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct PageMeta {
    /// This page, from 1.
    page: u64,
    /// Most entries of a page.
    per_page: u64,
    /// Entries of the whole list.
    total: u64,
    /// Pages of the whole list.
    total_pages: u64,
}

impl PageMeta {
    pub fn of(wanted: ListPage, total: u64) -> PageMeta {
        let ListPage { page, per_page } = wanted;
        PageMeta { page, per_page, total, total_pages: total.div_ceil(per_page.max(1)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages() {
        let params = |query: &str| Params::from_parts(query, "", b"").unwrap();
        let page = |query: &str| parse_list_page(&params(query)).map_err(|refusal| refusal.parameter.unwrap());
        assert_eq!(page(""), Ok(ListPage { page: 1, per_page: 20 }));
        assert_eq!(page("page=3&per_page=100"), Ok(ListPage { page: 3, per_page: 100 }));
        assert_eq!(page("page=0"), Err("page".into()));
        assert_eq!(page("page=18446744073709551615"), Err("page".into()));
        assert_eq!(page("per_page=101"), Err("per_page".into()));
    }
}
