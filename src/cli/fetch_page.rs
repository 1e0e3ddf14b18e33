//! One page by its address, with the manners of the crawler.

use super::settings::SettingsArgs;
use crate::boot::open_fetcher;
use crate::clock::Clock;
use crate::fetching::{FetchPolicy, PageRequest};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// A person waits: longer than this is as good as no answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// The page's address after redirects, and its text.
pub async fn fetch_page(url: Url) -> anyhow::Result<(Url, String)> {
    let config = SettingsArgs::default().load()?;
    let fetcher = open_fetcher(&config, &Clock::system())?;
    let request = PageRequest { url, policy: Arc::new(FetchPolicy::default()), patience: PATIENCE };
    let page = fetcher.fetch(&request).await?;
    Ok((page.url, page.text))
}
