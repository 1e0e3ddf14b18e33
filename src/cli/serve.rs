//! `serve`: the API and its workers.

use super::settings::SettingsArgs;
use super::signal::asked_to_stop;
use crate::boot::{Boot, boot, embedded};
use crate::clock::Clock;
use crate::demo::Market;
use crate::ids::Ids;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Debug, clap::Args)]
pub struct ServeArgs {
    #[command(flatten)]
    settings: SettingsArgs,
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// Directory of *.toml source definitions that add to the compiled-in ones or override them
    #[arg(long, value_name = "DIR")]
    sources: Option<PathBuf>,
}

/// Serves until it is asked to stop.
pub async fn run(args: ServeArgs) -> anyhow::Result<()> {
    let mut config = args.settings.load()?;
    if let Some(listen) = args.listen {
        config.server.listen = listen;
    }
    if let Some(directory) = args.sources {
        config.sources.directory = directory;
    }
    let clock = Clock::system();
    let embedded = embedded(Arc::new(Market::new(clock.clone())?));
    let running =
        boot(Boot { config, clock, ids: Ids::random(), definitions: Vec::new(), embedded, works: true }).await?;
    tracing::info!(address = %running.address, "listening");
    asked_to_stop().await?;
    tracing::info!("stopping");
    running.stop().await;
    Ok(())
}
