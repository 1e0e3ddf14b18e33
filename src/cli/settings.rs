//! Options that several commands share.

use crate::boot::open_database;
use crate::config::{self, Config};
use crate::queue::Queue;
use crate::storage::Db;
use crate::telemetry::init_log;
use std::path::PathBuf;

/// Where the settings are.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct SettingsArgs {
    /// Settings file (TOML); names not in it keep their defaults
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// sqlite:FILE or postgres://…
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
}

impl SettingsArgs {
    /// The settings, with the log started as they say.
    pub fn load(&self) -> anyhow::Result<Config> {
        let mut config = config::load(self.config.as_deref(), std::env::vars())?;
        if let Some(url) = &self.database {
            config.database.url.clone_from(url);
        }
        init_log(&config.log).map_err(anyhow::Error::msg)?;
        Ok(config)
    }

    /// The settings and their database, its schema up to date.
    pub async fn open(&self) -> anyhow::Result<(Config, Db, Queue)> {
        let config = self.load()?;
        let (db, queue) = open_database(&config).await?;
        Ok((config, db, queue))
    }
}
