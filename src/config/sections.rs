//! The settings by section; `default.toml` says what each means.

use crate::domain::{CreditPrice, Credits, DriftRules, deserialize_price};
use crate::fetching::{BrowserSettings, FetchSettings, ProxyUrls};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub server: ServerConfig,
    pub database: DatabaseConfig,
    pub outbound: OutboundConfig,
    pub fetching: FetchSettings,
    pub browser: BrowserSettings,
    /// Pools of proxies by name.
    #[serde(default)]
    pub proxies: BTreeMap<String, ProxyPoolConfig>,
    pub sources: SourcesConfig,
    pub jobs: JobsConfig,
    pub pace: PaceConfig,
    pub schedules: SchedulesConfig,
    pub webhooks: WebhooksConfig,
    pub health: HealthConfig,
    pub log: LogConfig,
    pub plans: BTreeMap<String, PlanConfig>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    pub listen: String,
    pub threads: usize,
    pub download_page: u32,
    pub shutdown_ms: u64,
    pub public_url: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseConfig {
    pub url: String,
    pub connections: u32,
    pub synchronous_full: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutboundConfig {
    pub allow: Vec<String>,
    pub ca_file: PathBuf,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProxyPoolConfig {
    pub urls: ProxyUrls,
    /// Sources whose pages are fetched through this pool, whatever their definitions say.
    pub sources: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourcesConfig {
    pub directory: PathBuf,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobsConfig {
    pub batches: usize,
    pub batch_values: u32,
    pub values_at_once: usize,
    pub lease_ms: u64,
    pub group_ms: u64,
    pub reconcile_ms: u64,
    pub most_attempts: u32,
    pub results_kept_hours: u32,
    pub pages_kept_days: u32,
}

impl JobsConfig {
    /// How long results are kept after a job's end.
    pub fn results_kept(&self) -> Duration {
        Duration::from_secs(u64::from(self.results_kept_hours) * 3_600)
    }

    /// How long pages are kept that no result needs; `None` = for ever.
    pub fn pages_kept(&self) -> Option<Duration> {
        (self.pages_kept_days > 0).then(|| Duration::from_secs(u64::from(self.pages_kept_days) * 86_400))
    }

    pub fn lease(&self) -> Duration {
        Duration::from_millis(self.lease_ms)
    }
}

/// Questions a minute about one unfinished job.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaceConfig {
    pub held_beyond: u32,
    pub refused_beyond: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchedulesConfig {
    pub poll_ms: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhooksConfig {
    pub timeout_ms: u64,
    pub poll_ms: u64,
    pub concurrency: usize,
    pub keep_days: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HealthConfig {
    pub flush_ms: u64,
    pub keep_days: u32,
    pub recent_pages: u64,
    pub recent_hours: u32,
    pub past_days: u32,
    pub least_pages: u64,
    pub least_rise_percent: u64,
}

impl HealthConfig {
    /// How many hours are kept, the one at hand included.
    pub fn keep_hours(&self) -> u32 {
        self.keep_days.saturating_mul(24).max(1)
    }

    /// How far back recent pages are looked for.
    pub fn recent(&self) -> Duration {
        Duration::from_secs(u64::from(self.recent_hours) * 3_600)
    }

    /// How long the past is that they are compared with.
    pub fn past(&self) -> Duration {
        Duration::from_secs(u64::from(self.past_days) * 86_400)
    }

    pub fn rules(&self) -> DriftRules {
        DriftRules { least_pages: self.least_pages, least_rise_percent: self.least_rise_percent }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    pub level: String,
    pub format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanConfig {
    /// Given once, with the account.
    pub free_credits: Credits,
    /// A month.
    pub included_credits: Credits,
    pub subscription: bool,
    pub daily_quota: Credits,
    pub jobs_in_flight: u64,
    pub creations_per_minute: u32,
    /// Of paid credits beyond those included; `None` = costs are not told in money.
    #[serde(default, deserialize_with = "deserialize_price")]
    pub price_per_1000_credits: Option<CreditPrice>,
}

impl SourcesConfig {
    /// The directory of definitions, if there is one.
    pub fn directory(&self) -> Option<&Path> {
        (!self.directory.as_os_str().is_empty()).then_some(self.directory.as_path())
    }
}
