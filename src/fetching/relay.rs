//! What a page in the browser asks for, asked by us: the same guard, robots.txt, proxy and limits as for any page.

use super::block::{judge_headers, judge_target, judge_wording};
use super::breaker::{Admission, Health};
use super::browser::{Ask, Relayed, Render, Verb};
use super::cookies::Jar;
use super::fetch::{Hop, NO_VERSION, Passage, Trip, within};
use super::judge::{judge_content_type, judge_status, judge_text};
use super::retry::Failure;
use super::send::{self, FRAMING, Limits};
use super::{FetchError, FetchedPage, Weight};
use crate::domain::Validators;
use reqwest::Method;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use url::Url;

/// Headers of a page's request that are not the page's to say, beside those that frame the exchange.
const OURS: [HeaderName; 2] = [header::USER_AGENT, header::PROXY_AUTHORIZATION];

impl Trip<'_> {
    /// Has the operator's browser make the page, and judges it like any other.
    pub(super) async fn render(&self, url: &Url) -> Result<Hop, Failure> {
        let (fetcher, policy) = (self.fetcher, self.policy);
        let none = || FetchError::Browser("the settings name none".to_owned());
        let browser = fetcher.browser.as_ref().ok_or_else(none)?;
        let place = browser.place(self.patience).await?;
        let time = Duration::from_millis(policy.timeout_ms.unwrap_or(browser.settings.timeout_ms));
        let render = Render {
            browser,
            place,
            clock: &fetcher.clock,
            url,
            user_agent: policy.user_agent.as_deref().unwrap_or(&fetcher.settings.user_agent),
            wait_for: policy.wait_for.as_deref(),
            patience: time * 3 / 4,
            most_bytes: fetcher.settings.max_bytes_unpacked,
        };
        let left = Arc::new(AtomicU64::new(browser.settings.max_bytes_received));
        let rendered = within(time, render.run(|ask| self.relay(ask, Arc::clone(&left), time))).await?;
        judge_text(&rendered.html)?;
        let pause = Duration::from_millis(fetcher.settings.block_pause_ms);
        judge_wording(&rendered.html, &policy.blocked).map_err(|error| Failure::block_page(error, pause))?;
        Ok(Hop::Page(FetchedPage {
            url: rendered.url,
            status: rendered.page.status,
            bytes_received: rendered.received,
            bytes_unpacked: rendered.html.len() as u64,
            text: rendered.html,
            content_type: "text/html".to_owned(),
            duration: Duration::ZERO,
            validators: Validators::default(),
            weight: Weight::default(),
        }))
    }

    /// Makes one request of the page, within what is `left` of its bytes. A redirect is an answer: the browser follows it
    /// with a request of its own.
    async fn relay(&self, ask: Ask, left: Arc<AtomicU64>, time: Duration) -> Result<Relayed, Failure> {
        let fetcher = self.fetcher;
        fetcher.clients(self.proxy)?.client_for(&ask.url).map_err(|refused| FetchError::Forbidden(refused.0))?;
        self.ask_robots_for(&ask.url, time).await?;
        let limit = fetcher.settings.max_bytes_received.min(left.load(Relaxed));
        if limit == 0 {
            return Err(FetchError::TooLarge(limit).into());
        }
        let is_own_host = ask.url.origin() == self.origin;
        let headers = self.headers_of(&ask, is_own_host);
        let method = match ask.method {
            Verb::Get => Method::GET,
            Verb::Head => Method::HEAD,
            Verb::Post => Method::POST,
            Verb::Options => Method::OPTIONS,
        };
        let response = fetcher.send_with(method, &ask.url, headers, ask.body, self.proxy).await?;
        let status = response.status();
        let named = |(name, value): (&HeaderName, &HeaderValue)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let headers = response.headers().iter().map(named).collect();
        let pause = Duration::from_millis(fetcher.settings.block_pause_ms);
        let block_page = |error| Failure::block_page(error, pause);
        if ask.is_page
            && let Some(Ok(target)) = send::redirect_target(&response, &ask.url)
        {
            judge_target(&target).map_err(block_page)?;
        }
        if ask.is_page && !status.is_redirection() {
            judge_status(status.as_u16(), &self.policy.blocked).map_err(|error| fetcher.failure(error, &response))?;
            judge_headers(response.headers()).map_err(block_page)?;
            judge_content_type(&send::content_type(response.headers()).0)?;
        }
        let limits = Limits { received: limit, unpacked: fetcher.settings.max_bytes_unpacked };
        let body = send::read_body(response, limits, fetcher.scales.weigh(), &fetcher.stats).await?;
        let _ = left.fetch_update(Relaxed, Relaxed, |left| Some(left.saturating_sub(body.received)));
        if let Some(limit) = body.passed_limit {
            return Err(FetchError::TooLarge(limit).into());
        }
        Ok(Relayed { status: status.as_u16(), headers, body: body.bytes, received: body.received })
    }

    /// Obeys the robots.txt of whatever host a page asks. Its pace and breaker are not asked: one page is one visit.
    async fn ask_robots_for(&self, url: &Url, time: Duration) -> Result<(), Failure> {
        let fetcher = self.fetcher;
        let concurrency = self.policy.concurrency.unwrap_or(fetcher.settings.concurrency);
        let host = fetcher.hosts.of(url, concurrency, fetcher.clock.steady());
        let settings = fetcher.settings.breaker;
        let (admission, health) = (Admission::Pass, Health::Unknown);
        let mut passage = Passage { fetcher, host, admission, health, settings };
        let mut trip = Trip {
            fetcher,
            policy: self.policy,
            known: &NO_VERSION,
            proxy: self.proxy,
            origin: self.origin.clone(),
            network: time,
            patience: time,
            jar: Jar::default(),
            // The page may be from this very host, and holds its turn until it is made.
            holds_turn: true,
            is_sent: false,
        };
        trip.ask_robots(url, &mut passage).await.map(drop)
    }

    /// The page's own headers under those that every request of ours has.
    fn headers_of(&self, ask: &Ask, is_own_host: bool) -> HeaderMap {
        let user_agent = &self.fetcher.settings.user_agent;
        let mut headers = send::request_headers(user_agent, self.policy, is_own_host);
        for (name, value) in &ask.headers {
            let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) else { continue };
            if name == header::COOKIE
                && let Some(own) = headers.get(&name)
            {
                // The definition's cookies and those of the page's own journey.
                let both = [own.as_bytes(), b"; ", value.as_bytes()].concat();
                if let Ok(both) = HeaderValue::from_bytes(&both) {
                    headers.insert(name, both);
                }
                continue;
            }
            let is_set = headers.contains_key(&name) && name != header::ACCEPT;
            if !OURS.contains(&name) && !FRAMING.contains(&name) && !is_set {
                headers.insert(name, value);
            }
        }
        headers
    }
}
