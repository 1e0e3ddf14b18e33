//! Stand-in until the fetching room is merged.

use super::{FetchError, FetchedPage, PageRequest};

#[derive(Debug, Default)]
pub struct Fetcher;

impl Fetcher {
    pub async fn fetch(&self, request: &PageRequest) -> Result<FetchedPage, FetchError> {
        Err(FetchError::Connection(request.url.to_string()))
    }
}

#[derive(Debug, Clone, Default, serde::Deserialize)]
pub struct FetchSettings {}
