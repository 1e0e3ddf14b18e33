//! From settings to a running server. The command line and the tests start it in exactly this way.

use crate::app::{App, SharedApp};
use crate::clock::Clock;
use crate::config::{Config, ProxyPoolConfig};
use crate::demo::Market;
use crate::domain::HourKey;
use crate::fetching::{Browser, DIRECT, Fetcher};
use crate::health::{self, Tally};
use crate::ids::Ids;
use crate::lookup::{Embedded, EmbeddedAnswer, Engine, LookupEvent, MetricsHook, PageHook, PageSeen};
use crate::notifications::{WebhookParts, Webhooks};
use crate::outbound::{Outbound, ProxyAddress};
use crate::queue::Queue;
use crate::sources::{DefinitionError, Registry};
use crate::storage::{Db, DbSettings, StorageError};
use crate::telemetry::{LookupSeen, Metrics, SeenPage};
use crate::{http, workers};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How long the last counts of the sources' health may take to be written when a server stops.
const LAST_COUNTS: Duration = Duration::from_secs(2);

/// What a server is made of besides its settings; tests and the demo bring their own.
pub struct Boot {
    pub config: Config,
    pub clock: Clock,
    pub ids: Ids,
    /// Definitions beside the compiled-in ones and those of the directory: file name and text.
    pub definitions: Vec<(String, String)>,
    /// What answers the source `test`.
    pub embedded: Embedded,
    /// Whether this process works on jobs, or only answers requests.
    pub works: bool,
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Definitions(Vec<DefinitionError>),
    #[error("setting {name}: {cause}")]
    Setting { name: &'static str, cause: String },
    #[error("cannot listen on {address}: {cause}")]
    Listen { address: String, cause: std::io::Error },
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Queue(#[from] crate::queue::QueueError),
}

/// A server that listens.
pub struct Running {
    pub app: SharedApp,
    pub address: SocketAddr,
    server: actix_web::dev::ServerHandle,
    serving: tokio::task::JoinHandle<std::io::Result<()>>,
    workers: JoinSet<()>,
}

/// The demo marketplace as what answers the source `test`, in this process.
pub fn embedded(market: Arc<Market>) -> Embedded {
    Arc::new(move |shop, path_and_query| {
        let answer = market.respond(shop, path_and_query);
        EmbeddedAnswer {
            status: answer.status,
            content_type: answer.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase(),
            body: String::from_utf8_lossy(&answer.body).into_owned(),
        }
    })
}

/// Opens the database and brings its schema, the queue's included, up to date.
pub async fn open_database(config: &Config) -> Result<(Db, Queue), BootError> {
    let db = Db::connect(&DbSettings {
        url: config.database.url.clone(),
        connections: config.database.connections,
        synchronous_full: config.database.synchronous_full,
    })
    .await?;
    db.migrate().await?;
    let queue = Queue::new(&db);
    queue.migrate().await?;
    Ok((db, queue))
}

/// The sources of the settings.
pub fn load_sources(config: &Config, definitions: &[(String, String)]) -> Result<Registry, BootError> {
    let mut registry = Registry::load(config.sources.directory(), definitions).map_err(BootError::Definitions)?;
    let wrong = |cause| BootError::Setting { name: "proxies", cause };
    for (pool, settings) in &config.proxies {
        for source in &settings.sources {
            if !registry.assign_proxies(source, pool) {
                return Err(wrong(format!("the pool {pool} is for the source {source}, which is not known")));
            }
        }
    }
    for definition in registry.iter() {
        if definition.needs_browser() && config.browser.url.is_empty() {
            let cause = format!(
                "the source {} ({}) is fetched with a browser, and the settings name none",
                definition.name, definition.file
            );
            return Err(BootError::Setting { name: "browser.url", cause });
        }
        let pool = definition.policy.proxies.as_deref().filter(|pool| !pool.is_empty() && *pool != DIRECT);
        if let Some(pool) = pool.filter(|pool| !config.proxies.contains_key(*pool)) {
            return Err(wrong(format!("the source {} ({}) wants the pool {pool}", definition.name, definition.file)));
        }
    }
    Ok(registry)
}

/// The pools of proxies of the settings, by name.
fn read_pools(config: &Config) -> Result<BTreeMap<String, Vec<ProxyAddress>>, BootError> {
    let wrong = |cause| BootError::Setting { name: "proxies", cause };
    let default = &config.fetching.proxies;
    if !default.is_empty() && !config.proxies.contains_key(default) {
        return Err(wrong(format!("fetching.proxies names the pool {default}, which is not there")));
    }
    let read = |(name, pool): (&String, &ProxyPoolConfig)| {
        let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
        if name.is_empty() || name == DIRECT || !name.bytes().all(is_word) {
            return Err(wrong(format!("a pool cannot be named {name:?}")));
        }
        let addresses = pool.urls.addresses().map_err(|cause| wrong(format!("{name}: {cause}")))?;
        Ok((name.clone(), addresses))
    };
    config.proxies.iter().map(read).collect()
}

/// Which addresses this process connects to.
pub fn open_outbound(config: &Config) -> Result<Outbound, BootError> {
    let setting = |name, cause: String| BootError::Setting { name, cause };
    let allow = config
        .outbound
        .allow
        .iter()
        .map(|range| range.parse())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|cause| setting("outbound.allow", format!("{cause}")))?;
    let outbound = Outbound::new(allow);
    let authorities = &config.outbound.ca_file;
    if authorities.as_os_str().is_empty() {
        return Ok(outbound);
    }
    let pem = std::fs::read(authorities)
        .map_err(|cause| setting("outbound.ca_file", format!("{}: {cause}", authorities.display())))?;
    outbound.trusting(&pem).map_err(|cause| setting("outbound.ca_file", cause.to_string()))
}

/// The one crawler of a process.
pub fn open_fetcher(config: &Config, clock: &Clock) -> Result<Fetcher, BootError> {
    let setting = |name, cause: String| BootError::Setting { name, cause };
    let outbound = open_outbound(config)?;
    let pools = read_pools(config)?;
    let fetcher = Fetcher::new(outbound, config.fetching.clone(), clock.clone())
        .map_err(|cause| setting("fetching", cause.to_string()))?;
    let browser = Browser::new(config.browser.clone()).map_err(|cause| setting("browser", cause.to_string()))?;
    Ok(fetcher.with_proxies(pools).with_browser(browser))
}

/// Starts a server: checks the settings and definitions, opens and migrates the database, listens, and works.
pub async fn boot(boot: Boot) -> Result<Running, BootError> {
    let Boot { config, clock, ids, definitions, embedded, works } = boot;
    let registry = Arc::new(load_sources(&config, &definitions)?);
    let fetcher = Arc::new(open_fetcher(&config, &clock)?);
    let outbound = open_outbound(&config)?;
    // Taken before the database is touched: a second server on the same address changes nothing.
    let listener = listen(&config.server.listen)?;
    let (db, queue) = open_database(&config).await?;
    let metrics = Metrics::new();
    let health = Arc::new(Tally::default());
    let engine = Engine::new(registry, fetcher, embedded, clock.clone(), ids.clone(), lookup_metrics(&metrics))
        .with_page_hook(page_counts(&metrics, &health, &clock));
    let address =
        listener.local_addr().map_err(|cause| BootError::Listen { address: config.server.listen.clone(), cause })?;
    let webhooks = Webhooks::new(WebhookParts {
        db: db.clone(),
        clock: clock.clone(),
        ids: ids.clone(),
        metrics: metrics.clone(),
        outbound: open_outbound(&config)?,
        settings: config.webhooks.clone(),
        public_url: public_url(&config, address)?,
        describe: Arc::new(http::describe_job),
    })
    .map_err(|cause| BootError::Setting { name: "outbound", cause: cause.to_string() })?;
    let app = Arc::new(App {
        config,
        clock,
        ids,
        db,
        queue,
        engine,
        outbound,
        metrics,
        health,
        webhooks: Arc::new(webhooks),
        stop: CancellationToken::new(),
        moved: Notify::new(),
    });
    let server = http::serve(app.clone(), listener)
        .map_err(|cause| BootError::Listen { address: address.to_string(), cause })?;
    let handle = server.handle();
    let serving = tokio::spawn(server);
    let workers = if works { workers::start(&app) } else { JoinSet::new() };
    Ok(Running { app, address, server: handle, serving, workers })
}

fn listen(address: &str) -> Result<TcpListener, BootError> {
    let refused = |cause| BootError::Listen { address: address.to_owned(), cause };
    let listener = TcpListener::bind(address).map_err(refused)?;
    listener.set_nonblocking(true).map_err(refused)?;
    Ok(listener)
}

/// Where callers reach the server, without a slash at the end.
fn public_url(config: &Config, address: SocketAddr) -> Result<String, BootError> {
    let text = config.server.public_url.trim().trim_end_matches('/');
    if text.is_empty() {
        // A server that listens everywhere is nowhere by that address.
        let ip = match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
            ip => ip,
        };
        return Ok(format!("http://{}", SocketAddr::new(ip, address.port())));
    }
    let wrong = |cause: &str| BootError::Setting { name: "server.public_url", cause: format!("{text}: {cause}") };
    let url = url::Url::parse(text).map_err(|_| wrong("not an absolute address"))?;
    let is_plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if !matches!(url.scheme(), "http" | "https") || !is_plain {
        return Err(wrong("an http or https address without user, query and fragment is wanted"));
    }
    Ok(text.to_owned())
}

fn lookup_metrics(metrics: &Metrics) -> MetricsHook {
    let metrics = metrics.clone();
    Arc::new(move |event: &LookupEvent<'_>| {
        metrics.lookup_ended(&LookupSeen {
            source: event.source.as_str(),
            country: event.country.as_str(),
            outcome: event.outcome,
            pages_live: event.pages_live,
            pages_ready: event.pages_ready,
            requests: event.requests,
            bytes: event.bytes,
            duration: event.duration,
        });
    })
}

fn page_counts(metrics: &Metrics, health: &Arc<Tally>, clock: &Clock) -> PageHook {
    let (metrics, health, clock) = (metrics.clone(), health.clone(), clock.clone());
    Arc::new(move |seen: &PageSeen<'_>| {
        let PageSeen { source, country, step, outcome, took, fields } = seen;
        metrics.page_seen(&SeenPage {
            source: source.as_str(),
            country: country.as_str(),
            step: step.as_str(),
            outcome: outcome.as_str(),
            answered_in: outcome.is_answer().then_some(*took),
        });
        let key = HourKey { source: (*source).clone(), country: *country, step: *step, hour: clock.now().hour() };
        health.record(key, *outcome, *took, fields);
    })
}

impl Running {
    /// `http://ADDRESS`
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops: no new connections and no new values; running requests end, values that do not end in time go back.
    pub async fn stop(mut self) {
        let longest = Duration::from_millis(self.app.config.server.shutdown_ms);
        self.app.stop.cancel();
        let ending = async {
            self.server.stop(true).await;
            while self.workers.join_next().await.is_some() {}
        };
        if tokio::time::timeout(longest, ending).await.is_err() {
            tracing::warn!("stopped before everything had ended; leases that were not given back run out");
            self.workers.abort_all();
            self.server.stop(false).await;
        }
        let _ = self.serving.await;
        // After the last lookup, or what it saw would be lost.
        let App { db, health, config, clock, .. } = &*self.app;
        match tokio::time::timeout(LAST_COUNTS, health::flush(db, health, &config.health, clock.now())).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the last counts of the sources' health are lost"),
            Err(_) => tracing::warn!("the last counts of the sources' health are lost: the database does not answer"),
        }
        self.app.db.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(environment: &[(&str, &str)]) -> Config {
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        crate::config::load(None, environment).unwrap()
    }

    const URLS: (&str, &str) = ("PRICEMILL_PROXIES__RENTED__URLS", "http://u:s3cret@10.0.0.1:3128");

    #[test]
    fn a_pool_is_assigned_to_its_sources() {
        let config = config(&[URLS, ("PRICEMILL_PROXIES__RENTED__SOURCES", "[\"web\"]")]);
        let registry = load_sources(&config, &[]).unwrap();
        for source in [registry.find("web").unwrap(), registry.get(&registry.find("web").unwrap().name).unwrap()] {
            assert_eq!(source.policy.proxies.as_deref(), Some("rented"));
        }
        assert_eq!(registry.find("test").unwrap().policy.proxies, None);
        assert!(open_fetcher(&config, &Clock::system()).is_ok());
    }

    #[test]
    fn pools_that_cannot_be_end_the_start_without_telling_a_password() {
        let unknown_source = config(&[URLS, ("PRICEMILL_PROXIES__RENTED__SOURCES", "[\"webb\"]")]);
        let wants =
            include_str!("sources/shops/web.toml").replace("[fetch]", "[unused]") + "\n[fetch]\nproxies = \"p\"\n";
        for failed in [
            load_sources(&unknown_source, &[]).unwrap_err(),
            load_sources(&config(&[]), &[("web.toml".to_owned(), wants)]).unwrap_err(),
            open_fetcher(&config(&[("PRICEMILL_FETCHING__PROXIES", "rented")]), &Clock::system()).unwrap_err(),
            open_fetcher(&config(&[("PRICEMILL_PROXIES__RENTED__URLS", "")]), &Clock::system()).unwrap_err(),
            open_fetcher(&config(&[("PRICEMILL_PROXIES__DIRECT__URLS", URLS.1)]), &Clock::system()).unwrap_err(),
            open_fetcher(&config(&[(URLS.0, "http://u:s3cret@10.0.0.1:3128 ftp://u:s3cret@h")]), &Clock::system())
                .unwrap_err(),
        ] {
            let told = failed.to_string();
            assert!(told.starts_with("setting proxies: ") && !told.contains("s3cret"), "{told}");
        }
    }
}
