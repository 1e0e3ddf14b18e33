//! One page: its gates in order, its redirects by hand, its tries.

use super::block::{judge_headers, judge_target, judge_wording};
use super::breaker::{Admission, Health};
use super::cookies::Jar;
use super::hosts::{Host, Hosts};
use super::judge::{health, judge_bytes, judge_content_type, judge_status, judge_text};
use super::pace::Turn;
use super::proxies::{Lent, NoProxy, ProxyPools, Route};
use super::retry::{Failure, PutOff, is_transient_status, retry_after};
use super::send::{self, Limits};
use super::stats::FetchStats;
use super::tempo::Sign;
use super::weight::Scales;
use super::{
    Answer, BreakerSettings, Browser, FetchError, FetchPolicy, FetchSettings, FetchState, FetchedPage, PageRequest,
    charset, version,
};
use crate::clock::Clock;
use crate::domain::Validators;
use crate::outbound::{ClientLimits, Clients, NameError, Outbound, OutboundError, ProxyAddress};
use reqwest::{Method, header};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use url::Url;

pub(super) static NO_VERSION: Validators = Validators { etag: None, last_modified: None };

/// Most redirects followed for one page.
pub(super) const MOST_REDIRECTS: u32 = 5;

/// Fetches pages and remembers how each host wants to be treated. One for the whole process.
#[derive(Debug)]
pub struct Fetcher {
    outbound: Outbound,
    clients: Clients,
    proxies: ProxyPools,
    pub(super) browser: Option<Browser>,
    pub(super) settings: FetchSettings,
    pub(super) clock: Clock,
    pub(super) hosts: Hosts,
    put_off: PutOff,
    pub(super) scales: Scales,
    pub(super) stats: Arc<FetchStats>,
}

/// Why there is no fetcher.
#[derive(Debug, thiserror::Error)]
pub enum FetcherError {
    #[error(transparent)]
    Outbound(#[from] OutboundError),
}

/// Where one hop ends.
pub(super) enum Hop {
    Page(FetchedPage),
    Unchanged,
    Moved(Url),
}

/// One try for a page, and what is left of its time.
pub(super) struct Trip<'f> {
    pub fetcher: &'f Fetcher,
    pub policy: &'f FetchPolicy,
    /// The version that is known of the page.
    pub known: &'f Validators,
    /// What the whole trip goes through: a session that changed its address midway would look like theft.
    pub proxy: Option<&'f Lent<'f>>,
    pub origin: url::Origin,
    /// For the network: redirects and bodies.
    pub network: Duration,
    /// For waiting: breaker, pace and open connections.
    pub patience: Duration,
    pub jar: Jar,
    /// It is part of a visit that has its host's turn.
    pub holds_turn: bool,
    /// Whether the page itself was asked for.
    pub is_sent: bool,
}

/// A request's passage through a host's breaker. The breaker hears of its end even if the request is dropped midway, or
/// a probe that nobody waits for any more would keep the host shut.
pub(super) struct Passage<'f> {
    pub fetcher: &'f Fetcher,
    pub host: Arc<Host>,
    pub admission: Admission,
    pub health: Health,
    pub settings: BreakerSettings,
}

impl Fetcher {
    /// A fetcher that knows no host yet.
    pub fn new(outbound: Outbound, settings: FetchSettings, clock: Clock) -> Result<Fetcher, FetcherError> {
        Ok(Fetcher {
            clients: outbound.clients(client_limits(&settings))?,
            outbound,
            proxies: ProxyPools::new(BTreeMap::new(), settings.proxy_rest),
            browser: None,
            hosts: Hosts::new(settings.hosts_remembered),
            put_off: PutOff::default(),
            scales: Scales::new(settings.max_bytes_held),
            stats: Arc::default(),
            settings,
            clock,
        })
    }

    /// The same fetcher with these pools of proxies, by name.
    pub fn with_proxies(self, pools: BTreeMap<String, Vec<ProxyAddress>>) -> Fetcher {
        Fetcher { proxies: ProxyPools::new(pools, self.settings.proxy_rest), ..self }
    }

    /// The same fetcher with a browser for the pages that want one.
    pub fn with_browser(self, browser: Option<Browser>) -> Fetcher {
        Fetcher { browser, ..self }
    }

    /// Gets one page, trying again where that may help.
    ///
    /// [`FetchError::Later`] means that a wait would be longer than the request's patience: ask again after it. The tries
    /// made so far are remembered, so a page is never put off without end.
    pub async fn fetch(&self, request: &PageRequest) -> Result<FetchedPage, FetchError> {
        match self.fetch_if_changed(request, &Validators::default()).await? {
            Answer::Page(page) => Ok(*page),
            // Nobody asked whether it changed: `exchange` made an error of it.
            Answer::Unchanged => Err(FetchError::Status(version::NOT_MODIFIED)),
        }
    }

    /// The same for a page that is known in this version: it comes only if the server has another one. Empty marks ask for
    /// the page in any case, and "not changed" is then an error like any status that is no page.
    pub async fn fetch_if_changed(&self, request: &PageRequest, known: &Validators) -> Result<Answer, FetchError> {
        self.fetch_counted(request, known, &mut 0).await
    }

    /// The same, adding to `requests` the tries that asked for the page, redirects included in their try.
    pub async fn fetch_counted(
        &self,
        request: &PageRequest,
        known: &Validators,
        requests: &mut u32,
    ) -> Result<Answer, FetchError> {
        let answer = self.try_page(request, known, requests).await;
        self.stats.count_outcome(&answer);
        answer
    }

    /// How it stands with the hosts and the memory at present.
    pub fn state(&self) -> FetchState {
        let (hosts_slowed, hosts_resting) = self.hosts.count_troubled(self.clock.steady());
        FetchState { hosts_slowed, hosts_resting, bytes_held: self.scales.held() }
    }

    /// What this fetcher did so far.
    pub fn stats(&self) -> &FetchStats {
        &self.stats
    }

    /// The headers of a request by this policy, for people: values that may be secrets are hidden.
    pub fn shown_headers(&self, policy: &FetchPolicy) -> Vec<(String, String)> {
        send::shown_headers(&self.settings.user_agent, policy)
    }

    async fn try_page(
        &self,
        request: &PageRequest,
        known: &Validators,
        requests: &mut u32,
    ) -> Result<Answer, FetchError> {
        let mut tries = self.put_off.take(&request.url);
        let mut patience = request.patience;
        let mut jar = Jar::default();
        let mut route = self.proxies.route(&request.policy, &self.settings.proxies)?;
        loop {
            let lent = match self.next_proxy(&mut route, &mut patience).await {
                Ok(lent) => lent,
                Err(error) => {
                    self.put_off.keep(&request.url, tries);
                    return Err(error);
                }
            };
            let is_proxied = lent.is_some();
            let mut trip = Trip {
                fetcher: self,
                policy: &request.policy,
                known,
                proxy: lent.as_ref(),
                origin: request.url.origin(),
                network: request.policy.timeout_ms.map_or(self.settings.timeout(), Duration::from_millis),
                patience,
                jar,
                holds_turn: false,
                is_sent: false,
            };
            let result = trip.follow(request.url.clone()).await;
            *requests += u32::from(trip.is_sent);
            (patience, jar) = (trip.patience, trip.jar);
            route.settle(lent, result.as_ref().map_err(|failure| &failure.error), self.clock.steady());
            let failure = match result {
                Ok(page) => return Ok(page),
                Err(failure) => failure,
            };
            if let FetchError::Later(_) = failure.error {
                self.put_off.keep(&request.url, tries);
                return Err(failure.error);
            }
            tries += 1;
            if is_proxied {
                // The next try may come from another address, and cookies go with the address that got them.
                jar = Jar::default();
            }
            let elsewhere = route.may_go_elsewhere(&failure.error, self.clock.steady());
            if elsewhere && tries < self.settings.tries {
                self.stats.count_retry();
                continue;
            }
            if !failure.is_worth_another(tries, self.settings.tries) {
                return Err(failure.error);
            }
            let wait = failure.wait(tries, &self.settings.backoff);
            if wait > patience {
                self.put_off.keep(&request.url, tries);
                return Err(FetchError::Later(wait));
            }
            patience -= wait;
            tokio::time::sleep(wait).await;
            self.stats.count_retry();
        }
    }

    /// The proxy for the next try, `None` for the direct way; waits for one if there is patience for it.
    async fn next_proxy<'p>(
        &'p self,
        route: &mut Route<'p>,
        patience: &mut Duration,
    ) -> Result<Option<Lent<'p>>, FetchError> {
        loop {
            match route.next(self.clock.steady()) {
                Ok(lent) => return Ok(lent),
                Err(NoProxy::AllDead) => return Err(route.all_dead()),
                Err(NoProxy::Wait(wait)) => {
                    *patience = patience.checked_sub(wait).ok_or(FetchError::Later(wait))?;
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }
}

fn client_limits(settings: &FetchSettings) -> ClientLimits {
    ClientLimits { connect_timeout: Duration::from_millis(settings.connect_timeout_ms) }
}

impl<'f> Trip<'f> {
    async fn follow(&mut self, mut url: Url) -> Result<Answer, Failure> {
        let began = self.fetcher.clock.steady();
        let asked = self.known;
        for hops in 0..=MOST_REDIRECTS {
            match self.hop(&url).await? {
                Hop::Page(mut page) => {
                    page.duration = began.elapsed();
                    if hops > 0 {
                        page.validators = Validators::default();
                    }
                    return Ok(Answer::Page(Box::new(page)));
                }
                Hop::Unchanged if !asked.is_empty() && hops == 0 => return Ok(Answer::Unchanged),
                Hop::Unchanged => return Err(FetchError::Status(version::NOT_MODIFIED).into()),
                // The marks are those of the address that was asked for, and no other's business.
                Hop::Moved(target) => (url, self.known) = (target, &NO_VERSION),
            }
        }
        Err(FetchError::Redirect.into())
    }

    /// The gates, in order: address → breaker → robots → pace → send → judge.
    async fn hop(&mut self, url: &Url) -> Result<Hop, Failure> {
        self.fetcher.clients(self.proxy)?.client_for(url).map_err(|refused| FetchError::Forbidden(refused.0))?;
        let concurrency = self.policy.concurrency.unwrap_or(self.fetcher.settings.concurrency);
        let host = self.fetcher.hosts.of(url, concurrency, self.fetcher.clock.steady());
        let mut passage = self.pass_breaker(&host).await?;
        let crawl_delay = self.ask_robots(url, &mut passage).await?;
        let turn = self.take_turn(&host, crawl_delay).await?;
        let began = self.fetcher.clock.steady();
        let outcome = self.visit(url).await;
        let ended = self.fetcher.clock.steady();
        drop(turn);
        passage.health = outcome.as_ref().map_or_else(|failure| health(&failure.error), |_| Health::Answers);
        if let Some(sign) = self.sign(&outcome, passage.health, ended.duration_since(began)) {
            host.learn(sign, began, ended, &self.fetcher.settings.slowdown);
        }
        if let Err(Failure { retry_after: Some(wait), .. }) = &outcome {
            host.pace.hold(*wait, self.fetcher.clock.steady());
        }
        outcome
    }

    /// What the outcome says about the host's load. A source that refuses single products says nothing by that.
    fn sign(&self, outcome: &Result<Hop, Failure>, health: Health, latency: Duration) -> Option<Sign> {
        let is_told = matches!(outcome, Err(failure) if failure.is_transient && failure.once_more_after.is_none());
        match health {
            Health::Answers => Some(Sign::Answered(latency)),
            Health::Fails if is_told || self.policy.breaker_failures != Some(0) => Some(Sign::Failed),
            Health::Fails | Health::Unknown => None,
        }
    }

    async fn pass_breaker(&mut self, host: &Arc<Host>) -> Result<Passage<'f>, FetchError> {
        loop {
            let now = self.fetcher.clock.steady();
            let admission = host.breaker.lock().unwrap_or_else(PoisonError::into_inner).admit(now);
            match admission {
                Admission::Wait(wait) => self.wait(wait).await?,
                Admission::Refuse => return Err(FetchError::BreakerOpen),
                Admission::Pass | Admission::Probe => {
                    let (fetcher, host) = (self.fetcher, Arc::clone(host));
                    let failures = self.policy.breaker_failures.unwrap_or(fetcher.settings.breaker.failures);
                    let settings = BreakerSettings { failures, ..fetcher.settings.breaker };
                    return Ok(Passage { fetcher, host, admission, health: Health::Unknown, settings });
                }
            }
        }
    }

    pub(super) async fn take_turn(&mut self, host: &Arc<Host>, crawl_delay: Duration) -> Result<Turn, FetchError> {
        let settings = &self.fetcher.settings;
        let limit = self.policy.concurrency.unwrap_or(settings.concurrency);
        let configured = Duration::from_millis(self.policy.pace_ms.unwrap_or(settings.pace_ms));
        let gap = configured.max(crawl_delay) + host.extra_gap();
        let began = self.fetcher.clock.steady();
        let turn = host.pace.enter(limit, gap, self.patience).await.map_err(FetchError::Later);
        self.patience = self.patience.saturating_sub(began.elapsed());
        turn
    }

    /// Sends and judges, within what is left of the time for the network.
    async fn visit(&mut self, url: &Url) -> Result<Hop, Failure> {
        self.is_sent = true;
        if self.policy.needs_browser() {
            return self.render(url).await;
        }
        let began = self.fetcher.clock.steady();
        let is_own_host = url.origin() == self.origin;
        let fetcher = self.fetcher;
        let outcome = within(self.network, fetcher.exchange(url, self, is_own_host)).await;
        self.network = self.network.saturating_sub(began.elapsed());
        outcome
    }

    pub(super) async fn wait(&mut self, wait: Duration) -> Result<(), FetchError> {
        self.patience = self.patience.checked_sub(wait).ok_or(FetchError::Later(wait))?;
        tokio::time::sleep(wait).await;
        Ok(())
    }
}

impl Fetcher {
    pub(super) fn clients<'s>(&'s self, proxy: Option<&'s Lent<'_>>) -> Result<&'s Clients, FetchError> {
        match proxy {
            Some(lent) => lent.clients(&self.outbound, client_limits(&self.settings)),
            None => Ok(&self.clients),
        }
    }

    pub(super) async fn send(
        &self,
        url: &Url,
        headers: header::HeaderMap,
        proxy: Option<&Lent<'_>>,
    ) -> Result<reqwest::Response, FetchError> {
        self.send_with(Method::GET, url, headers, Vec::new(), proxy).await
    }

    /// Sends a request to where it may go.
    pub(super) async fn send_with(
        &self,
        method: Method,
        url: &Url,
        headers: header::HeaderMap,
        body: Vec<u8>,
        proxy: Option<&Lent<'_>>,
    ) -> Result<reqwest::Response, FetchError> {
        let clients = self.clients(proxy)?;
        let client = clients.client_for(url).map_err(|refused| FetchError::Forbidden(refused.0))?;
        clients.check_name(url).await.map_err(|error| match error {
            NameError::NotAllowed(refused) => FetchError::Forbidden(refused.0),
            NameError::Unresolved(error) => FetchError::Connection(error.to_string()),
        })?;
        send::send(client, method, url, headers, body, clients.is_proxied(), &self.stats).await
    }

    async fn exchange(&self, url: &Url, trip: &mut Trip<'_>, is_own_host: bool) -> Result<Hop, Failure> {
        let policy = trip.policy;
        let mut headers = send::request_headers(&self.settings.user_agent, policy, is_own_host);
        version::ask_for_change(&mut headers, trip.known);
        trip.jar.add_to(&mut headers, url);
        let response = self.send(url, headers, trip.proxy).await?;
        trip.jar.take(response.headers(), url, self.now());
        let block_page = |error| Failure::block_page(error, Duration::from_millis(self.settings.block_pause_ms));
        if let Some(target) = send::redirect_target(&response, url) {
            let target = target?;
            judge_target(&target).map_err(block_page)?;
            return Ok(Hop::Moved(target));
        }
        let status = response.status().as_u16();
        if status == version::NOT_MODIFIED {
            return Ok(Hop::Unchanged);
        }
        judge_status(status, &policy.blocked).map_err(|error| self.failure(error, &response))?;
        judge_headers(response.headers()).map_err(block_page)?;
        let (content_type, charset) = send::content_type(response.headers());
        judge_content_type(&content_type)?;
        let limits = Limits { received: self.settings.max_bytes_received, unpacked: self.settings.max_bytes_unpacked };
        if let Some(length) = response.content_length().filter(|length| *length > limits.received) {
            tracing::debug!(length, "a body announces more than is read");
            return Err(FetchError::TooLarge(limits.received).into());
        }
        let validators = version::validators(response.headers());
        let body = send::read_body(response, limits, self.scales.weigh(), &self.stats).await?;
        if let Some(limit) = body.passed_limit {
            return Err(FetchError::TooLarge(limit).into());
        }
        judge_bytes(&content_type, &body.bytes)?;
        let text = charset::decode(charset.as_deref(), &body.bytes);
        judge_text(&text)?;
        judge_wording(&text, &policy.blocked).map_err(block_page)?;
        Ok(Hop::Page(FetchedPage {
            url: url.clone(),
            status,
            text,
            content_type,
            bytes_received: body.received,
            bytes_unpacked: body.bytes.len() as u64,
            duration: Duration::ZERO,
            weight: body.weight,
            validators,
        }))
    }

    /// A status that is no page, with what the server says about coming back.
    pub(super) fn failure(&self, error: FetchError, response: &reqwest::Response) -> Failure {
        let is_transient = is_transient_status(response.status().as_u16());
        let cap = Duration::from_millis(self.settings.backoff.retry_after_cap_ms);
        let [value, date] =
            [header::RETRY_AFTER, header::DATE].map(|name| send::header_text(response.headers(), &name));
        let retry_after = retry_after(value, Some(date), self.now(), cap).filter(|_| is_transient);
        Failure { is_transient, retry_after, ..Failure::lasting(error) }
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_micros(self.clock.now().as_micros().try_into().unwrap_or_default())
    }
}

pub(super) async fn within<T>(
    time: Duration,
    exchange: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    tokio::time::timeout(time, exchange).await.unwrap_or_else(|_| Err(FetchError::Timeout.into()))
}

impl Drop for Passage<'_> {
    fn drop(&mut self) {
        let now = self.fetcher.clock.steady();
        let mut breaker = self.host.breaker.lock().unwrap_or_else(PoisonError::into_inner);
        breaker.record(self.health, self.admission, &self.settings, now);
    }
}
