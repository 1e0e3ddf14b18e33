//! One page: over the network or out of the binary, then read by its recipe.

use super::engine::{Engine, FIRST_PATIENCE, NEXT_PATIENCE};
use crate::domain::{Country, Reason, Validators};
use crate::extraction::{self, Extracted, PageContext};
use crate::fetching::{Answer, FetchError, FetchPolicy, FetchedPage, PageRequest};
use crate::sources::{Definition, Step};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// A page and what it says.
pub(super) struct ReadPage {
    /// After redirects.
    pub url: Url,
    pub extracted: Extracted,
    /// How the server marked this version of the page at exactly the address asked for.
    pub validators: Validators,
}

/// What became of a page that the store has an older reading of.
pub(super) enum Reread {
    Unchanged,
    Page(Box<ReadPage>),
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
    /// Gets and reads one page of a source.
    pub(super) async fn get(
        &self,
        definition: &Definition,
        country: Country,
        url: Url,
        step: &Step,
        spent: &mut Spent,
    ) -> Result<ReadPage, GetError> {
        match self.get_if_changed(definition, country, url, step, &Validators::default(), spent).await? {
            Reread::Page(page) => Ok(*page),
            Reread::Unchanged => Err(GetError::Failed(Reason::Error)),
        }
    }

    /// The same for a page that is known in this version: it is read only if the server has another one.
    pub(super) async fn get_if_changed(
        &self,
        definition: &Definition,
        country: Country,
        url: Url,
        step: &Step,
        known: &Validators,
        spent: &mut Spent,
    ) -> Result<Reread, GetError> {
        let answer = self.fetch(definition.policy_of(step), url, known, *spent).await.map_err(|error| match error {
            FetchError::Later(wait) => GetError::Later(wait),
            FetchError::Gone(_) => GetError::Gone,
            other => {
                tracing::debug!(source = %definition.name, error = %other, "a page could not be had");
                GetError::Failed(other.reason().unwrap_or(Reason::FailedToAccessSource))
            }
        })?;
        spent.requests += 1;
        let page = match answer {
            Answer::Page(page) => page,
            Answer::Unchanged => return Ok(Reread::Unchanged),
        };
        spent.bytes += page.bytes_received;
        let context =
            PageContext { url: Some(&page.url), country: Some(country), currency: definition.currency(country) };
        match extraction::extract(&step.recipe, &page.text, context) {
            Ok(extracted) => {
                Ok(Reread::Page(Box::new(ReadPage { url: page.url, extracted, validators: page.validators })))
            }
            Err(error) => {
                tracing::debug!(source = %definition.name, error = %error, "a page could not be read");
                Err(GetError::Failed(Reason::Error))
            }
        }
    }

    async fn fetch(
        &self,
        policy: Arc<FetchPolicy>,
        url: Url,
        known: &Validators,
        spent: Spent,
    ) -> Result<Answer, FetchError> {
        if url.scheme() == "embedded" {
            return self.fetch_embedded(url).map(|page| Answer::Page(Box::new(page)));
        }
        let patience = if spent.requests == 0 { FIRST_PATIENCE } else { NEXT_PATIENCE };
        let request = PageRequest { url, policy, patience };
        self.fetcher.fetch_if_changed(&request, known).await
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
                validators: Validators::default(),
            }),
            404 | 410 => Err(FetchError::Gone(answer.status)),
            other => Err(FetchError::Status(other)),
        }
    }
}
