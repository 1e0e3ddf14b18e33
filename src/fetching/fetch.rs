//! One page: its gates in order, its redirects by hand, its tries.

use super::block::{judge_headers, judge_target, judge_wording};
use super::breaker::{Admission, Health};
use super::cookies::Jar;
use super::hosts::{Host, Hosts};
use super::judge::{health, judge_bytes, judge_content_type, judge_status, judge_text};
use super::pace::Turn;
use super::retry::{Failure, PutOff, backoff, is_transient_status, retry_after};
use super::robots::{self, Kept, read_rules};
use super::send::{self, Limits};
use super::stats::FetchStats;
use super::tempo::Sign;
use super::weight::Scales;
use super::{BreakerSettings, FetchError, FetchPolicy, FetchSettings, FetchState, FetchedPage, PageRequest, charset};
use crate::clock::Clock;
use crate::outbound::{ClientLimits, Clients, Outbound, OutboundError};
use reqwest::header;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use url::Url;

/// Most redirects followed for one page.
const MOST_REDIRECTS: u32 = 5;

/// Fetches pages and remembers how each host wants to be treated. One for the whole process.
#[derive(Debug)]
pub struct Fetcher {
    clients: Clients,
    settings: FetchSettings,
    clock: Clock,
    hosts: Hosts,
    put_off: PutOff,
    scales: Scales,
    stats: Arc<FetchStats>,
}

/// Why there is no fetcher.
#[derive(Debug, thiserror::Error)]
pub enum FetcherError {
    #[error(transparent)]
    Outbound(#[from] OutboundError),
}

/// Where one hop ends.
enum Hop {
    Page(FetchedPage),
    Moved(Url),
}

/// One try for a page, and what is left of its time.
struct Trip<'f> {
    fetcher: &'f Fetcher,
    policy: &'f FetchPolicy,
    origin: url::Origin,
    /// For the network: redirects and bodies.
    network: Duration,
    /// For waiting: breaker, pace and open connections.
    patience: Duration,
    jar: Jar,
}

/// A request's passage through a host's breaker. The breaker hears of its end even if the request is dropped midway, or
/// a probe that nobody waits for any more would keep the host shut.
struct Passage<'f> {
    fetcher: &'f Fetcher,
    host: Arc<Host>,
    admission: Admission,
    health: Health,
    settings: BreakerSettings,
}

impl Fetcher {
    /// A fetcher that knows no host yet.
    pub fn new(outbound: Outbound, settings: FetchSettings, clock: Clock) -> Result<Fetcher, FetcherError> {
        let limits = ClientLimits { connect_timeout: Duration::from_millis(settings.connect_timeout_ms) };
        Ok(Fetcher {
            clients: outbound.clients(limits)?,
            hosts: Hosts::new(settings.hosts_remembered),
            put_off: PutOff::default(),
            scales: Scales::new(settings.max_bytes_held),
            stats: Arc::default(),
            settings,
            clock,
        })
    }

    /// Gets one page, trying again where that may help.
    ///
    /// [`FetchError::Later`] means that a wait would be longer than the request's patience: ask again after it. The tries
    /// made so far are remembered, so a page is never put off without end.
    pub async fn fetch(&self, request: &PageRequest) -> Result<FetchedPage, FetchError> {
        let answer = self.try_page(request).await;
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

    async fn try_page(&self, request: &PageRequest) -> Result<FetchedPage, FetchError> {
        let mut tries = self.put_off.take(&request.url);
        let mut patience = request.patience;
        let mut jar = Jar::default();
        loop {
            let mut trip = Trip {
                fetcher: self,
                policy: &request.policy,
                origin: request.url.origin(),
                network: request.policy.timeout_ms.map_or(self.settings.timeout(), Duration::from_millis),
                patience,
                jar,
            };
            let result = trip.follow(request.url.clone()).await;
            (patience, jar) = (trip.patience, trip.jar);
            let failure = match result {
                Ok(page) => return Ok(page),
                Err(failure) => failure,
            };
            if let FetchError::Later(_) = failure.error {
                self.put_off.keep(&request.url, tries);
                return Err(failure.error);
            }
            tries += 1;
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
}

impl<'f> Trip<'f> {
    async fn follow(&mut self, mut url: Url) -> Result<FetchedPage, Failure> {
        let began = self.fetcher.clock.steady();
        for _ in 0..=MOST_REDIRECTS {
            match self.hop(&url).await? {
                Hop::Page(page) => return Ok(FetchedPage { duration: began.elapsed(), ..page }),
                Hop::Moved(target) => url = target,
            }
        }
        Err(FetchError::Redirect.into())
    }

    /// The gates, in order: address → breaker → robots → pace → send → judge.
    async fn hop(&mut self, url: &Url) -> Result<Hop, Failure> {
        self.fetcher.client_for(url)?;
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

    /// Obeys the host's robots.txt, fetching it first when what is known of it is too old; answers the crawl delay to keep.
    async fn ask_robots(&mut self, url: &Url, passage: &mut Passage<'f>) -> Result<Duration, Failure> {
        let (fetcher, settings) = (self.fetcher, &self.fetcher.settings);
        if !self.policy.robots.unwrap_or(settings.robots) {
            return Ok(Duration::ZERO);
        }
        let host = Arc::clone(&passage.host);
        let mut memory = host.robots.open(self.patience).await.ok_or(FetchError::Later(robots::WHILE_FETCHED))?;
        let known = memory.as_ref().and_then(|kept| kept.verdict(url, fetcher.clock.steady()));
        let verdict = match known {
            Some(verdict) => verdict,
            None => {
                let answer = self.get_robots(robots::location(url), &host).await;
                passage.health = answer.as_ref().map_or_else(health, |_| Health::Answers);
                let rules = read_rules(answer, settings.robots_name()).map_err(FetchError::Later)?;
                let keep_ms = if rules.are_known() { settings.robots_keep_ms } else { settings.robots_retry_ms };
                let now = fetcher.clock.steady();
                let kept = Kept::new(rules, now + Duration::from_millis(keep_ms), memory.as_ref());
                let verdict = kept.say(url, now);
                *memory = Some(kept);
                verdict
            }
        };
        if let Err(FetchError::Later(wait)) = verdict {
            drop(memory);
            self.wait(wait).await?;
            // Not without end: the next failure of the server is its second.
            return Box::pin(self.ask_robots(url, passage)).await;
        }
        // Another try within the same request would meet the same rules.
        verdict.map_err(Failure::lasting)?;
        let delay = memory.as_ref().map_or(Duration::ZERO, Kept::crawl_delay);
        Ok(delay.min(Duration::from_millis(settings.crawl_delay_cap_ms)))
    }

    /// Gets a robots.txt, with redirects and tries like a page's but no judgement of its text.
    async fn get_robots(&mut self, location: Url, host: &Arc<Host>) -> Result<Vec<u8>, FetchError> {
        let mut tries = 0;
        loop {
            let turn = self.take_turn(host, Duration::ZERO).await?;
            let answer = within(self.network, self.fetcher.read_robots(location.clone(), self.policy)).await;
            drop(turn);
            tries += 1;
            match answer {
                Err(failure) if failure.is_transient && tries < self.fetcher.settings.tries => {
                    let pause = backoff(tries, &self.fetcher.settings.backoff);
                    // Impatience ends the tries, not the wait for an answer: the rules are then unreachable for now.
                    if self.wait(failure.retry_after.unwrap_or(pause)).await.is_err() {
                        return Err(failure.error);
                    }
                }
                answer => return answer.map_err(|failure| failure.error),
            }
        }
    }

    async fn take_turn(&mut self, host: &Arc<Host>, crawl_delay: Duration) -> Result<Turn, FetchError> {
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
        let began = self.fetcher.clock.steady();
        let is_own_host = url.origin() == self.origin;
        let outcome = within(self.network, self.fetcher.exchange(url, self.policy, is_own_host, &mut self.jar)).await;
        self.network = self.network.saturating_sub(began.elapsed());
        outcome
    }

    async fn wait(&mut self, wait: Duration) -> Result<(), FetchError> {
        self.patience = self.patience.checked_sub(wait).ok_or(FetchError::Later(wait))?;
        tokio::time::sleep(wait).await;
        Ok(())
    }
}

impl Fetcher {
    fn client_for(&self, url: &Url) -> Result<&reqwest::Client, FetchError> {
        self.clients.client_for(url).map_err(|refused| FetchError::Forbidden(refused.0))
    }

    async fn exchange(
        &self,
        url: &Url,
        policy: &FetchPolicy,
        is_own_host: bool,
        jar: &mut Jar,
    ) -> Result<Hop, Failure> {
        let mut headers = send::request_headers(&self.settings.user_agent, policy, is_own_host);
        jar.add_to(&mut headers, url);
        let response = send::send(self.client_for(url)?, url, headers, &self.stats).await?;
        jar.take(response.headers(), url, self.now());
        let block_page = |error| Failure::block_page(error, Duration::from_millis(self.settings.block_pause_ms));
        if let Some(target) = send::redirect_target(&response, url) {
            let target = target?;
            judge_target(&target).map_err(block_page)?;
            return Ok(Hop::Moved(target));
        }
        let status = response.status().as_u16();
        judge_status(status, &policy.blocked).map_err(|error| self.failure(error, &response))?;
        judge_headers(response.headers()).map_err(block_page)?;
        let (content_type, charset) = send::content_type(response.headers());
        judge_content_type(&content_type)?;
        let limits = Limits { received: self.settings.max_bytes_received, unpacked: self.settings.max_bytes_unpacked };
        if let Some(length) = response.content_length().filter(|length| *length > limits.received) {
            tracing::debug!(length, "a body announces more than is read");
            return Err(FetchError::TooLarge(limits.received).into());
        }
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
        }))
    }

    /// A robots.txt's bytes, as many as are read of one. Its redirects may lead anywhere that is allowed at all.
    async fn read_robots(&self, mut url: Url, policy: &FetchPolicy) -> Result<Vec<u8>, Failure> {
        // More may come than is read, so that a file that is too long is cut rather than thrown away.
        let limits = Limits { received: 4 * robots::MOST_BYTES, unpacked: robots::MOST_BYTES };
        let origin = url.origin();
        for _ in 0..=MOST_REDIRECTS {
            let headers = send::request_headers(&self.settings.user_agent, policy, url.origin() == origin);
            let response = send::send(self.client_for(&url)?, &url, headers, &self.stats).await?;
            if let Some(target) = send::redirect_target(&response, &url) {
                url = target?;
                continue;
            }
            return match response.status().as_u16() {
                200..=299 => Ok(send::read_body(response, limits, self.scales.weigh(), &self.stats).await?.bytes),
                status => Err(self.failure(FetchError::Status(status), &response)),
            };
        }
        Err(FetchError::Redirect.into())
    }

    /// A status that is no page, with what the server says about coming back.
    fn failure(&self, error: FetchError, response: &reqwest::Response) -> Failure {
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

async fn within<T>(time: Duration, exchange: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::time::timeout(time, exchange).await.unwrap_or_else(|_| Err(FetchError::Timeout.into()))
}

impl Drop for Passage<'_> {
    fn drop(&mut self) {
        let now = self.fetcher.clock.steady();
        let mut breaker = self.host.breaker.lock().unwrap_or_else(PoisonError::into_inner);
        breaker.record(self.health, self.admission, &self.settings, now);
    }
}
