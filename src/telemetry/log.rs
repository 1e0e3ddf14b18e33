//! The log.

use crate::config::{LogConfig, LogFormat};
use tracing_subscriber::EnvFilter;

/// Sends the log to standard error; a second call (a test, a second server) changes nothing.
pub fn init_log(config: &LogConfig) -> Result<(), String> {
    let filter = EnvFilter::try_new(&config.level).map_err(|error| format!("log.level: {error}"))?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let _ = match config.format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    Ok(())
}
