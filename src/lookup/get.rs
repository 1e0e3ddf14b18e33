//! One page: over the network or out of the binary, then read by its recipe.

use super::engine::{Engine, FIRST_PATIENCE, NEXT_PATIENCE};
use crate::domain::{Country, Currency, Reason};
use crate::extraction::{self, Extracted, PageContext};
use crate::fetching::{FetchError, FetchedPage, PageRequest};
use crate::sources::{Definition, Step};
use std::time::Duration;
use url::Url;

/// A page and what it says.
pub(super) struct ReadPage {
    /// After redirects.
    pub url: Url,
    pub extracted: Extracted,
}

/// Why there is nothing to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum GetError {
    /// The host wants to be left alone for so long.
    Later(Duration),
    /// The server says that there is no such page.
    Gone,
    Failed(Reason),
}

/// What a lookup used up.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spent {
    pub requests: u32,
    pub bytes: u64,
    pub pages: u32,
}

impl Engine {
    /// Gets and reads one page of a source; prices that name no currency are in the one given.
    pub(super) async fn get(
        &self,
        definition: &Definition,
        (country, currency): (Country, Option<Currency>),
        url: Url,
        step: &Step,
        spent: &mut Spent,
    ) -> Result<ReadPage, GetError> {
        let page = self.fetch(definition, url, *spent).await.map_err(|error| match error {
            FetchError::Later(wait) => GetError::Later(wait),
            FetchError::Gone(_) => GetError::Gone,
            other => {
                tracing::debug!(source = %definition.name, error = %other, "a page could not be had");
                GetError::Failed(other.reason().unwrap_or(Reason::FailedToAccessSource))
            }
        })?;
        spent.requests += 1;
        spent.bytes += page.bytes_received;
        let context = PageContext { url: Some(&page.url), country: Some(country), currency };
        match extraction::extract(&step.recipe, &page.text, context) {
            Ok(extracted) => Ok(ReadPage { url: page.url, extracted }),
            Err(error) => {
                tracing::debug!(source = %definition.name, error = %error, "a page could not be read");
                Err(GetError::Failed(Reason::Error))
            }
        }
    }

    async fn fetch(&self, definition: &Definition, url: Url, spent: Spent) -> Result<FetchedPage, FetchError> {
        if url.scheme() == "embedded" {
            return self.fetch_embedded(url);
        }
        let patience = if spent.requests == 0 { FIRST_PATIENCE } else { NEXT_PATIENCE };
        self.fetcher.fetch(&PageRequest { url, policy: definition.policy.clone(), patience }).await
    }

    fn fetch_embedded(&self, url: Url) -> Result<FetchedPage, FetchError> {
        let (name, path) = url.path().trim_start_matches('/').split_once('/').unwrap_or((url.path(), ""));
        let path_and_query = match url.query() {
            Some(query) => format!("/{path}?{query}"),
            None => format!("/{path}"),
        };
        let answer = (self.embedded)(name, &path_and_query);
        match answer.status {
            200..=299 => Ok(FetchedPage {
                url,
                status: answer.status,
                bytes_received: 0,
                bytes_unpacked: answer.body.len() as u64,
                text: answer.body,
                content_type: answer.content_type,
                duration: Duration::ZERO,
            }),
            404 | 410 => Err(FetchError::Gone(answer.status)),
            other => Err(FetchError::Status(other)),
        }
    }
}
