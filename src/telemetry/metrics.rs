//! What the server counts, in the OpenMetrics text format.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use std::sync::Arc;
use std::time::Duration;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SourceOutcome {
    source: String,
    country: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PageLabel {
    source: String,
    country: String,
    step: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SiteLabel {
    source: String,
    country: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SignalLabel {
    source: String,
    country: String,
    step: &'static str,
    signal: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SourceLabel {
    source: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabel {
    route: String,
    method: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabel {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StatusLabel {
    status: &'static str,
}

/// The metrics of one server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Registry,
    jobs_created: Counter,
    jobs_finished: Counter,
    jobs_cancelled: Counter,
    job_seconds: Histogram,
    values: Family<SourceOutcome, Counter>,
    lookup_seconds: Family<SourceLabel, Histogram>,
    pages_live: Family<SourceLabel, Counter>,
    pages_ready: Family<SourceLabel, Counter>,
    source_requests: Family<SourceLabel, Counter>,
    source_bytes: Family<SourceLabel, Counter>,
    source_pages: Family<PageLabel, Counter>,
    source_page_seconds: Family<SiteLabel, Histogram>,
    source_drift: Family<SignalLabel, Gauge>,
    credits: Counter,
    requests: Family<RequestLabel, Counter>,
    request_seconds: Histogram,
    panics: Counter,
    open_jobs: Family<StatusLabel, Gauge>,
    tickets_waiting: Gauge,
    values_ready: Gauge,
    hosts_slowed: Gauge,
    hosts_resting: Gauge,
    page_bytes_held: Gauge,
    webhook_attempts: Family<OutcomeLabel, Counter>,
    webhooks_open: Gauge,
}

/// One lookup as the metrics see it.
#[derive(Debug, Clone)]
pub struct LookupSeen<'a> {
    pub source: &'a str,
    pub country: &'a str,
    pub outcome: &'static str,
    pub pages_live: u32,
    pub pages_ready: u32,
    pub requests: u32,
    pub bytes: u64,
    pub duration: Duration,
}

/// One live page as the metrics see it.
#[derive(Debug, Clone)]
pub struct SeenPage<'a> {
    pub source: &'a str,
    pub country: &'a str,
    pub step: &'static str,
    pub outcome: &'static str,
    /// How long it took, if the source answered.
    pub answered_in: Option<Duration>,
}

impl Metrics {
    pub fn new() -> Metrics {
        let seconds = || Histogram::new(exponential_buckets(0.001, 2.0, 16));
        let mut inner = Inner {
            registry: Registry::with_prefix("pricemill"),
            jobs_created: Counter::default(),
            jobs_finished: Counter::default(),
            jobs_cancelled: Counter::default(),
            job_seconds: Histogram::new(exponential_buckets(0.05, 2.0, 18)),
            values: Family::default(),
            lookup_seconds: Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.001, 2.0, 16))),
            pages_live: Family::default(),
            pages_ready: Family::default(),
            source_requests: Family::default(),
            source_bytes: Family::default(),
            source_pages: Family::default(),
            source_page_seconds: Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.025, 2.0, 11))),
            source_drift: Family::default(),
            credits: Counter::default(),
            requests: Family::default(),
            request_seconds: seconds(),
            panics: Counter::default(),
            open_jobs: Family::default(),
            tickets_waiting: Gauge::default(),
            values_ready: Gauge::default(),
            hosts_slowed: Gauge::default(),
            hosts_resting: Gauge::default(),
            page_bytes_held: Gauge::default(),
            webhook_attempts: Family::default(),
            webhooks_open: Gauge::default(),
        };
        let registry = &mut inner.registry;
        registry.register("jobs_created", "Bulk jobs created", inner.jobs_created.clone());
        registry.register("jobs_finished", "Bulk jobs finished", inner.jobs_finished.clone());
        registry.register("jobs_cancelled", "Bulk jobs cancelled", inner.jobs_cancelled.clone());
        registry.register("job_seconds", "From creation to finish", inner.job_seconds.clone());
        registry.register("values", "Lookups that ended, by outcome", inner.values.clone());
        registry.register("lookup_seconds", "Duration of a lookup", inner.lookup_seconds.clone());
        registry.register("pages_live", "Result pages fetched", inner.pages_live.clone());
        registry.register("pages_stored", "Result pages from the store or a twin in flight", inner.pages_ready.clone());
        registry.register("source_requests", "Requests answered by a source", inner.source_requests.clone());
        registry.register("source_bytes", "Bytes received from a source", inner.source_bytes.clone());
        registry.register("source_pages", "Pages asked of a source, by outcome", inner.source_pages.clone());
        registry.register("source_page_seconds", "Until a page was there", inner.source_page_seconds.clone());
        registry.register("source_drift", "0 as ever, 1 suspect, 2 drifting", inner.source_drift.clone());
        registry.register("credits", "Credits settled", inner.credits.clone());
        registry.register("http_requests", "Requests answered", inner.requests.clone());
        registry.register("http_request_seconds", "Until the answer's head", inner.request_seconds.clone());
        registry.register("panics", "Handlers and lookups that panicked", inner.panics.clone());
        registry.register("jobs_open", "Bulk jobs that are not done, by status", inner.open_jobs.clone());
        registry.register("tickets_waiting", "Tickets nobody has answered yet", inner.tickets_waiting.clone());
        registry.register("values_ready", "Values that could be begun now", inner.values_ready.clone());
        registry.register("hosts_slowed", "Hosts asked more slowly than configured", inner.hosts_slowed.clone());
        registry.register("hosts_resting", "Hosts left alone because they failed", inner.hosts_resting.clone());
        registry.register("page_bytes_held", "Bytes of pages being read", inner.page_bytes_held.clone());
        registry.register("webhook_attempts", "Requests to webhooks, by outcome", inner.webhook_attempts.clone());
        registry.register("webhooks_open", "Webhook messages not delivered yet", inner.webhooks_open.clone());
        Metrics(Arc::new(inner))
    }

    pub fn job_created(&self) {
        self.0.jobs_created.inc();
    }

    pub fn job_finished(&self, took: Duration, credits: u64) {
        self.0.jobs_finished.inc();
        self.0.job_seconds.observe(took.as_secs_f64());
        self.0.credits.inc_by(credits);
    }

    pub fn job_cancelled(&self, credits: u64) {
        self.0.jobs_cancelled.inc();
        self.0.credits.inc_by(credits);
    }

    pub fn lookup_ended(&self, seen: &LookupSeen<'_>) {
        let source = SourceLabel { source: seen.source.to_owned() };
        let outcome =
            SourceOutcome { source: seen.source.to_owned(), country: seen.country.to_owned(), outcome: seen.outcome };
        self.0.values.get_or_create(&outcome).inc();
        self.0.lookup_seconds.get_or_create(&source).observe(seen.duration.as_secs_f64());
        self.0.pages_live.get_or_create(&source).inc_by(seen.pages_live.into());
        self.0.pages_ready.get_or_create(&source).inc_by(seen.pages_ready.into());
        self.0.source_requests.get_or_create(&source).inc_by(seen.requests.into());
        self.0.source_bytes.get_or_create(&source).inc_by(seen.bytes);
    }

    pub fn page_seen(&self, seen: &SeenPage<'_>) {
        let (source, country) = (seen.source.to_owned(), seen.country.to_owned());
        let label =
            PageLabel { source: source.clone(), country: country.clone(), step: seen.step, outcome: seen.outcome };
        self.0.source_pages.get_or_create(&label).inc();
        if let Some(took) = seen.answered_in {
            self.0.source_page_seconds.get_or_create(&SiteLabel { source, country }).observe(took.as_secs_f64());
        }
    }

    /// Forgets all signals, before those that there are now are set.
    pub fn clear_drift(&self) {
        self.0.source_drift.clear();
    }

    /// How a signal of a source's health stands, looked at when the metrics are asked for.
    pub fn set_drift(&self, source: &str, country: &str, step: &'static str, signal: String, level: i64) {
        let label = SignalLabel { source: source.to_owned(), country: country.to_owned(), step, signal };
        self.0.source_drift.get_or_create(&label).set(level);
    }

    /// `route` is the pattern, never the path: ids would make a series each.
    pub fn request_answered(&self, route: &str, method: &str, status: u16, took: Duration) {
        let label = RequestLabel { route: route.to_owned(), method: method.to_owned(), status };
        self.0.requests.get_or_create(&label).inc();
        self.0.request_seconds.observe(took.as_secs_f64());
    }

    pub fn panicked(&self) {
        self.0.panics.inc();
    }

    /// How much waits, looked at when the metrics are asked for.
    pub fn set_depth(&self, open_jobs: &[(&'static str, u64)], tickets: u64, values_ready: u64) {
        for (status, n) in open_jobs {
            let n = i64::try_from(*n).unwrap_or(i64::MAX);
            self.0.open_jobs.get_or_create(&StatusLabel { status }).set(n);
        }
        self.0.tickets_waiting.set(i64::try_from(tickets).unwrap_or(i64::MAX));
        self.0.values_ready.set(i64::try_from(values_ready).unwrap_or(i64::MAX));
    }

    /// How it stands with the crawler, looked at when the metrics are asked for.
    pub fn set_crawler(&self, hosts_slowed: usize, hosts_resting: usize, bytes_held: u64) {
        self.0.hosts_slowed.set(i64::try_from(hosts_slowed).unwrap_or(i64::MAX));
        self.0.hosts_resting.set(i64::try_from(hosts_resting).unwrap_or(i64::MAX));
        self.0.page_bytes_held.set(i64::try_from(bytes_held).unwrap_or(i64::MAX));
    }

    /// `outcome` is `delivered` or the word for what went wrong.
    pub fn webhook_attempted(&self, outcome: &'static str) {
        self.0.webhook_attempts.get_or_create(&OutcomeLabel { outcome }).inc();
    }

    /// How many messages wait, looked at when the metrics are asked for.
    pub fn set_webhooks_open(&self, open: u64) {
        self.0.webhooks_open.set(i64::try_from(open).unwrap_or(i64::MAX));
    }

    /// The OpenMetrics text.
    pub fn encode(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.0.registry)?;
        Ok(text)
    }
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics::new()
    }
}
