//! Which proxy the next request leaves through: the pools, their rotation and their health.
//!
//! Requests go round through a pool. A proxy that cannot be reached or does not let us in rests at once, one that is
//! refused, slow or cut off several times in a row rests too; each rest is twice as long as the one before, up to a cap,
//! and ends with one request as a probe. While all rest, pages are put off until the first rest is over; when every proxy
//! has failed its probe as well, pages are refused at once until a probe succeeds. So, as with a host's breaker, no page
//! is put off without end.

use super::send;
use super::{FetchError, FetchPolicy, RestSettings};
use crate::outbound::{ClientLimits, Clients, Outbound, ProxyAddress};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// Most proxies of one pool.
pub const MOST_PROXIES: usize = 1_000;
/// What a definition says to leave without a proxy although the settings name a pool for all.
pub const DIRECT: &str = "direct";

/// So many refusals, timeouts or cut connections in a row, and a proxy rests like one that fails.
const SUSPICIONS_UNTIL_REST: u32 = 3;
/// How soon to come back while the only proxy left is being probed.
const WHILE_PROBING: Duration = Duration::from_millis(250);

/// The proxies of one pool, as the settings give them: a list, or one text with blanks or commas between them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ProxyUrls(Vec<String>);

/// Every pool by name.
#[derive(Debug)]
pub(super) struct ProxyPools {
    by_name: BTreeMap<String, ProxyPool>,
    rest: RestSettings,
}

#[derive(Debug)]
struct ProxyPool {
    name: String,
    members: Vec<Member>,
    state: Mutex<PoolState>,
}

#[derive(Debug)]
struct Member {
    address: ProxyAddress,
    /// Made when it is first used: a client holds a set of certificates.
    clients: OnceLock<Clients>,
}

#[derive(Debug)]
struct PoolState {
    /// Where the next search begins.
    next: usize,
    healths: Vec<ProxyHealth>,
}

#[derive(Debug, Clone, Default)]
struct ProxyHealth {
    /// Rests in a row without a success between.
    rests: u32,
    suspicions: u32,
    until: Option<Instant>,
    is_probing: bool,
}

/// What a request says about the proxy it left through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Works,
    /// Refused, too slow or cut off: the proxy's fault perhaps.
    Suspect,
    Fails,
    Unknown,
}

/// Why there is no proxy at the moment.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoProxy {
    /// All rest; the first is to be tried again after this.
    Wait(Duration),
    /// All rest, and each failed when it was tried again.
    AllDead,
}

/// The way one page is fetched: through a pool, another proxy each time, or directly.
#[derive(Debug)]
pub(super) struct Route<'p> {
    pool: Option<&'p ProxyPool>,
    rest: RestSettings,
    tried: Vec<usize>,
}

/// One proxy, lent to one try.
#[derive(Debug)]
pub(super) struct Lent<'p> {
    pool: &'p ProxyPool,
    index: usize,
    is_probe: bool,
}

impl ProxyUrls {
    /// The addresses; errors name the place, never the text.
    pub fn addresses(&self) -> Result<Vec<ProxyAddress>, String> {
        match self.0.len() {
            0 => return Err("there is no proxy".to_owned()),
            many if many > MOST_PROXIES => return Err(format!("more than {MOST_PROXIES} proxies")),
            _ => {}
        }
        let read = |(number, text): (usize, &String)| text.parse().map_err(|error| format!("proxy {number}: {error}"));
        (1..).zip(&self.0).map(read).collect()
    }
}

impl ProxyPools {
    pub(super) fn new(pools: BTreeMap<String, Vec<ProxyAddress>>, rest: RestSettings) -> ProxyPools {
        let pool = |(name, addresses): (String, Vec<ProxyAddress>)| {
            let healths = vec![ProxyHealth::default(); addresses.len()];
            let members = addresses.into_iter().map(|address| Member { address, clients: OnceLock::new() }).collect();
            let state = Mutex::new(PoolState { next: 0, healths });
            (name.clone(), ProxyPool { name, members, state })
        };
        ProxyPools { by_name: pools.into_iter().map(pool).collect(), rest }
    }

    /// The way to a source's pages: its own pool, else `default`; empty = directly.
    pub(super) fn route(&self, policy: &FetchPolicy, default: &str) -> Result<Route<'_>, FetchError> {
        let pool = match policy.proxies.as_deref().unwrap_or(default) {
            "" | DIRECT => None,
            // Directly would show the source the address that the operator wanted to hide.
            name => Some(self.by_name.get(name).ok_or_else(|| FetchError::Proxy(format!("no pool {name}")))?),
        };
        Ok(Route { pool, rest: self.rest, tried: Vec::new() })
    }
}

impl<'p> Route<'p> {
    /// The next proxy that is well, if possible one that this page was not tried through; `None` is the direct way.
    pub(super) fn next(&mut self, now: Instant) -> Result<Option<Lent<'p>>, NoProxy> {
        let Some(pool) = self.pool else { return Ok(None) };
        let lent = pool.lend(&self.tried, now)?;
        self.tried.push(lent.index);
        Ok(Some(lent))
    }

    /// Whether the failure may be this proxy's alone and another one is well.
    pub(super) fn may_go_elsewhere(&self, error: &FetchError, now: Instant) -> bool {
        matches!(error, FetchError::Blocked(_) | FetchError::Proxy(_))
            && self.pool.is_some_and(|pool| pool.has_other(&self.tried, now))
    }

    /// Takes a proxy back from a try that ended so.
    pub(super) fn settle<T>(&self, lent: Option<Lent<'p>>, outcome: Result<T, &FetchError>, now: Instant) {
        if let Some(lent) = lent {
            lent.pool.record(lent.index, verdict(outcome), &self.rest, now);
        }
    }

    pub(super) fn all_dead(&self) -> FetchError {
        let name = self.pool.map_or("", |pool| &pool.name);
        FetchError::Proxy(format!("every proxy of the pool {name} rests"))
    }
}

impl Lent<'_> {
    /// Clients that go through this proxy.
    pub(super) fn clients(&self, outbound: &Outbound, limits: ClientLimits) -> Result<&Clients, FetchError> {
        let member = &self.pool.members[self.index];
        if let Some(clients) = member.clients.get() {
            return Ok(clients);
        }
        let made = outbound.clients_via(limits, &member.address);
        let made = made.map_err(|error| FetchError::Proxy(error.to_string()))?;
        Ok(member.clients.get_or_init(|| made))
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        // Whoever drops the request takes the probe along: the next request is the next probe.
        if self.is_probe {
            self.pool.state().healths[self.index].is_probing = false;
        }
    }
}

impl ProxyPool {
    fn state(&self) -> MutexGuard<'_, PoolState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lend(&self, tried: &[usize], now: Instant) -> Result<Lent<'_>, NoProxy> {
        let mut state = self.state();
        let count = self.members.len();
        let round = (0..count).map(|offset| (state.next + offset) % count);
        let well: Vec<usize> = round.filter(|index| state.healths[*index].is_well(now)).collect();
        let chosen = well.iter().find(|index| !tried.contains(index)).or(well.first()).copied();
        let Some(index) = chosen else { return Err(state.nobody(now)) };
        state.next = (index + 1) % count;
        let health = &mut state.healths[index];
        let is_probe = health.until.is_some();
        health.is_probing = is_probe;
        Ok(Lent { pool: self, index, is_probe })
    }

    fn has_other(&self, tried: &[usize], now: Instant) -> bool {
        let state = self.state();
        (0..self.members.len()).any(|index| !tried.contains(&index) && state.healths[index].is_well(now))
    }

    fn record(&self, index: usize, verdict: Verdict, rest: &RestSettings, now: Instant) {
        let mut state = self.state();
        let others_are_well = state.healths.iter().enumerate().any(|(i, other)| i != index && other.is_well(now));
        let health = &mut state.healths[index];
        let is_bad = matches!(verdict, Verdict::Suspect | Verdict::Fails);
        // Requests that were under way when its rest began bring no news.
        if is_bad && health.until.is_some_and(|until| now < until) {
            return;
        }
        match verdict {
            Verdict::Unknown => return,
            Verdict::Works => {
                *health = ProxyHealth::default();
                return;
            }
            Verdict::Suspect => {
                // What fails through the last one too is rather the server's fault, and other sources share the pool.
                if !others_are_well && health.until.is_none() {
                    return;
                }
                health.suspicions += 1;
                // A probe that is refused again proves nothing good.
                if health.suspicions < SUSPICIONS_UNTIL_REST && health.until.is_none() {
                    return;
                }
            }
            Verdict::Fails => {}
        }
        let rests = health.rests.saturating_add(1);
        let pause = Duration::from_millis(rest.pause_ms(rests));
        *health = ProxyHealth { rests, suspicions: 0, until: Some(now + pause), is_probing: false };
        let address = &self.members[index].address;
        tracing::warn!(pool = %self.name, proxy = %address, rest = ?pause, "a proxy rests");
    }
}

impl ProxyHealth {
    fn is_well(&self, now: Instant) -> bool {
        !self.is_probing && self.until.is_none_or(|until| now >= until)
    }
}

impl PoolState {
    fn nobody(&self, now: Instant) -> NoProxy {
        if self.healths.iter().all(|health| health.rests > 1) {
            return NoProxy::AllDead;
        }
        let rest = |health: &ProxyHealth| match health.until {
            Some(until) if !health.is_probing => until.saturating_duration_since(now),
            _ => WHILE_PROBING,
        };
        NoProxy::Wait(self.healths.iter().map(rest).min().unwrap_or(WHILE_PROBING))
    }
}

fn verdict<T>(outcome: Result<T, &FetchError>) -> Verdict {
    match outcome {
        Ok(_) => Verdict::Works,
        Err(FetchError::Proxy(_)) => Verdict::Fails,
        // The proxy works, and says so of a server it cannot reach.
        Err(FetchError::Connection(text)) if send::is_target_refusal(text) => Verdict::Unknown,
        Err(FetchError::Blocked(_) | FetchError::Timeout | FetchError::Connection(_)) => Verdict::Suspect,
        // An error of the server's may be the proxy's own word for a server it cannot reach.
        Err(FetchError::Status(500..)) => Verdict::Unknown,
        Err(
            FetchError::Gone(_)
            | FetchError::Status(_)
            | FetchError::Redirect
            | FetchError::TooLarge(_)
            | FetchError::BadBody(_)
            | FetchError::Certificate(_),
        ) => Verdict::Works,
        Err(
            FetchError::Later(_)
            | FetchError::Forbidden(_)
            | FetchError::Robots
            | FetchError::BreakerOpen
            | FetchError::Browser(_),
        ) => Verdict::Unknown,
    }
}

impl fmt::Debug for ProxyUrls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} proxies", self.0.len())
    }
}

impl<'de> Deserialize<'de> for ProxyUrls {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<ProxyUrls, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = ProxyUrls;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of proxies' addresses")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<ProxyUrls, E> {
                let parts = text.split([',', ' ', '\t', '\n']).filter(|part| !part.is_empty());
                Ok(ProxyUrls(parts.take(MOST_PROXIES + 1).map(str::to_owned).collect()))
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<ProxyUrls, A::Error> {
                let mut urls = Vec::new();
                while let Some(url) = seq.next_element::<String>()? {
                    urls.push(url);
                }
                Ok(ProxyUrls(urls))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REST: RestSettings = RestSettings { base_ms: 1_000, cap_ms: 3_000 };

    fn pools(count: usize) -> ProxyPools {
        let addresses = (1..=count).map(|n| format!("http://u:s3cret@10.0.0.{n}:80").parse().unwrap()).collect();
        ProxyPools::new(BTreeMap::from([("main".to_owned(), addresses)]), REST)
    }

    fn policy(name: &str) -> FetchPolicy {
        FetchPolicy { proxies: Some(name.to_owned()), ..FetchPolicy::default() }
    }

    /// One page after the other, each a single try that ends so; the proxies used.
    fn used(pools: &ProxyPools, outcomes: &[Result<(), FetchError>], now: Instant) -> Vec<usize> {
        let once = |outcome: &Result<(), FetchError>| {
            let mut route = pools.route(&policy("main"), "").unwrap();
            let lent = route.next(now).unwrap();
            let index = lent.as_ref().unwrap().index;
            route.settle(lent, outcome.as_ref(), now);
            index
        };
        outcomes.iter().map(once).collect()
    }

    fn dead() -> Result<(), FetchError> {
        Err(FetchError::Proxy("refused".into()))
    }

    fn blocked() -> Result<(), FetchError> {
        Err(FetchError::Blocked("status 403".into()))
    }

    #[test]
    fn requests_go_round_and_past_those_that_rest() {
        let (pools, now) = (pools(3), Instant::now());
        assert_eq!(used(&pools, &[Ok(()), Ok(()), Ok(()), Ok(())], now), [0, 1, 2, 0]);
        assert_eq!(used(&pools, &[dead(), Ok(()), Ok(()), Ok(())], now), [1, 2, 0, 2]);
        let later = now + Duration::from_millis(1_000);
        assert_eq!(used(&pools, &[Ok(()), Ok(()), Ok(()), Ok(())], later), [0, 1, 2, 0], "its rest is over");
    }

    #[test]
    fn a_proxy_refused_again_and_again_rests() {
        let (pools, now) = (pools(2), Instant::now());
        let outcomes = [blocked(), Ok(()), blocked(), Ok(()), blocked(), Ok(()), Ok(()), Ok(())];
        assert_eq!(used(&pools, &outcomes, now), [0, 1, 0, 1, 0, 1, 1, 1]);
        let later = now + Duration::from_millis(1_000);
        assert_eq!(used(&pools, &[blocked(), Ok(()), Ok(())], later), [0, 1, 1], "one refusal ends a probe");
    }

    #[test]
    fn rests_double_up_to_the_cap_and_end_with_one_probe() {
        let (pools, mut now) = (pools(1), Instant::now());
        let wait = |now| match pools.route(&policy("main"), "").unwrap().next(now) {
            Err(other) => other,
            Ok(_) => panic!("lent"),
        };
        used(&pools, &[dead()], now);
        assert_eq!(wait(now), NoProxy::Wait(Duration::from_millis(1_000)), "it may come back");
        now += Duration::from_millis(1_000);
        let mut route = pools.route(&policy("main"), "").unwrap();
        let probe = route.next(now).unwrap();
        assert_eq!(wait(now), NoProxy::Wait(WHILE_PROBING));
        route.settle(probe, dead().as_ref(), now);
        assert_eq!(wait(now), NoProxy::AllDead, "it did not");
        assert_eq!(wait(now + Duration::from_millis(1_999)), NoProxy::AllDead);
        for pause in [2_000, 3_000, 3_000] {
            now += Duration::from_millis(pause);
            used(&pools, &[dead()], now);
        }
        now += Duration::from_millis(3_000);
        used(&pools, &[Ok(())], now);
        used(&pools, &[dead()], now);
        assert_eq!(wait(now), NoProxy::Wait(Duration::from_millis(1_000)), "forgiven");
    }

    #[test]
    fn a_dropped_probe_makes_room_for_the_next() {
        let (pools, now) = (pools(1), Instant::now());
        used(&pools, &[dead()], now);
        let later = now + Duration::from_millis(1_000);
        drop(pools.route(&policy("main"), "").unwrap().next(later).unwrap());
        assert_eq!(used(&pools, &[Ok(()), Ok(())], later), [0, 0]);
    }

    #[test]
    fn a_page_goes_elsewhere_only_for_what_may_be_the_proxys_fault() {
        let (pools, now) = (pools(2), Instant::now());
        let mut route = pools.route(&policy("main"), "").unwrap();
        let first = route.next(now).unwrap();
        assert!(route.may_go_elsewhere(&blocked().unwrap_err(), now));
        assert!(!route.may_go_elsewhere(&FetchError::Gone(404), now));
        let second = route.next(now).unwrap();
        assert_ne!(first.as_ref().unwrap().index, second.as_ref().unwrap().index);
        assert!(!route.may_go_elsewhere(&blocked().unwrap_err(), now), "nobody is left");
    }

    #[test]
    fn a_pool_that_is_not_there_is_an_error_and_never_the_direct_way() {
        let pools = pools(1);
        assert!(matches!(pools.route(&policy("other"), ""), Err(FetchError::Proxy(_))));
        assert!(pools.route(&FetchPolicy::default(), "").unwrap().next(Instant::now()).unwrap().is_none());
        assert!(pools.route(&FetchPolicy::default(), "main").unwrap().next(Instant::now()).unwrap().is_some());
        assert!(pools.route(&policy(DIRECT), "main").unwrap().next(Instant::now()).unwrap().is_none());
    }

    #[test]
    fn settings_are_read_as_list_or_text_and_told_without_secrets() {
        #[derive(Deserialize, Debug)]
        struct Held {
            urls: ProxyUrls,
        }
        let read = |text: &str| toml::from_str::<Held>(text).unwrap().urls;
        let list = read("urls = [\"http://u:s3cret@a:1\", \"socks5://b:2\"]");
        assert_eq!(list, read("urls = \"http://u:s3cret@a:1, socks5://b:2\""));
        assert_eq!(list.addresses().unwrap().len(), 2);
        assert_eq!(format!("{list:?}"), "2 proxies");
        let error = read("urls = \"socks5://b:2 ftp://u:s3cret@a:1\"").addresses().unwrap_err();
        assert!(error.starts_with("proxy 2: ") && !error.contains("s3cret"), "{error}");
        assert!(read("urls = []").addresses().is_err());
        assert!(!format!("{:?}", self::pools(1)).contains("s3cret"));
    }
}
