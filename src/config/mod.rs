//! Settings: `default.toml` holds every one of them; a file and the environment override it.

mod load;
mod sections;

pub use load::{ConfigError, load};
pub use sections::{
    Config, DatabaseConfig, HealthConfig, JobsConfig, LogConfig, LogFormat, OutboundConfig, PaceConfig, PlanConfig,
    ProxyPoolConfig, SchedulesConfig, ServerConfig, SourcesConfig, WebhooksConfig,
};
