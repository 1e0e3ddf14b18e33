//! Before a page is asked for: what its host's robots.txt says, fetched when what is known of it is too old.

use super::breaker::Health;
use super::fetch::{Fetcher, MOST_REDIRECTS, Passage, Trip, within};
use super::hosts::Host;
use super::judge::health;
use super::proxies::Lent;
use super::retry::{Failure, backoff};
use super::robots::{self, Kept, read_rules};
use super::send::{self, Limits};
use super::{FetchError, FetchPolicy};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

impl<'f> Trip<'f> {
    /// Obeys the host's robots.txt, fetching it first when what is known of it is too old; answers the crawl delay to keep.
    pub(super) async fn ask_robots(&mut self, url: &Url, passage: &mut Passage<'f>) -> Result<Duration, Failure> {
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
                if let (Some(_), Err(error)) = (self.proxy, &answer)
                    && matches!(error, FetchError::Proxy(_) | FetchError::Timeout | FetchError::Connection(_))
                {
                    // It says more about this proxy than about the host, and the next one asks again; but a host that fails
                    // through many of them is to rest.
                    passage.health = health(error);
                    return Err(error.clone().into());
                }
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
            let turn = if self.holds_turn { None } else { Some(self.take_turn(host, Duration::ZERO).await?) };
            let answer =
                within(self.network, self.fetcher.read_robots(location.clone(), self.policy, self.proxy)).await;
            drop(turn);
            tries += 1;
            match answer {
                Err(Failure { error: error @ FetchError::Proxy(_), .. }) => return Err(error),
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
}

impl Fetcher {
    /// A robots.txt's bytes, as many as are read of one. Its redirects may lead anywhere that is allowed at all.
    async fn read_robots(
        &self,
        mut url: Url,
        policy: &FetchPolicy,
        proxy: Option<&Lent<'_>>,
    ) -> Result<Vec<u8>, Failure> {
        // More may come than is read, so that a file that is too long is cut rather than thrown away.
        let limits = Limits { received: 4 * robots::MOST_BYTES, unpacked: robots::MOST_BYTES };
        let origin = url.origin();
        for _ in 0..=MOST_REDIRECTS {
            let headers = send::request_headers(&self.settings.user_agent, policy, url.origin() == origin);
            let response = self.send(&url, headers, proxy).await?;
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
}
