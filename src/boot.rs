//! From settings to a running server. The command line and the tests start it in exactly this way.

use crate::app::{App, SharedApp};
use crate::clock::Clock;
use crate::config::Config;
use crate::demo::Market;
use crate::domain::HourKey;
use crate::fetching::Fetcher;
use crate::health::{self, Tally};
use crate::ids::Ids;
use crate::lookup::{Embedded, EmbeddedAnswer, Engine, LookupEvent, MetricsHook, PageHook, PageSeen};
use crate::outbound::Outbound;
use crate::queue::Queue;
use crate::sources::{DefinitionError, Registry};
use crate::storage::{Db, DbSettings, StorageError};
use crate::telemetry::{LookupSeen, Metrics, SeenPage};
use crate::{http, workers};
use std::net::{SocketAddr, TcpListener};
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
    Registry::load(config.sources.directory(), definitions).map_err(BootError::Definitions)
}

/// The one crawler of a process.
pub fn open_fetcher(config: &Config, clock: &Clock) -> Result<Fetcher, BootError> {
    let setting = |name, cause: String| BootError::Setting { name, cause };
    let allow = config
        .outbound
        .allow
        .iter()
        .map(|range| range.parse())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|cause| setting("outbound.allow", format!("{cause}")))?;
    let mut outbound = Outbound::new(allow);
    let authorities = &config.outbound.ca_file;
    if !authorities.as_os_str().is_empty() {
        let pem = std::fs::read(authorities)
            .map_err(|cause| setting("outbound.ca_file", format!("{}: {cause}", authorities.display())))?;
        outbound = outbound.trusting(&pem).map_err(|cause| setting("outbound.ca_file", cause.to_string()))?;
    }
    Fetcher::new(outbound, config.fetching.clone(), clock.clone())
        .map_err(|cause| setting("fetching", cause.to_string()))
}

/// Starts a server: checks the settings and definitions, opens and migrates the database, listens, and works.
pub async fn boot(boot: Boot) -> Result<Running, BootError> {
    let Boot { config, clock, ids, definitions, embedded, works } = boot;
    let registry = Arc::new(load_sources(&config, &definitions)?);
    let fetcher = Arc::new(open_fetcher(&config, &clock)?);
    // Taken before the database is touched: a second server on the same address changes nothing.
    let listener = listen(&config.server.listen)?;
    let (db, queue) = open_database(&config).await?;
    let metrics = Metrics::new();
    let health = Arc::new(Tally::default());
    let engine = Engine::new(registry, fetcher, embedded, clock.clone(), ids.clone(), lookup_metrics(&metrics))
        .with_page_hook(page_counts(&metrics, &health, &clock));
    let app = Arc::new(App {
        config,
        clock,
        ids,
        db,
        queue,
        engine,
        metrics,
        health,
        stop: CancellationToken::new(),
        moved: Notify::new(),
    });
    let address = listener
        .local_addr()
        .map_err(|cause| BootError::Listen { address: app.config.server.listen.clone(), cause })?;
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
