//! `openapi`: the document a server with these settings would serve.

use crate::boot::load_sources;
use crate::config;
use crate::http::openapi::{Known, document};
use std::io::Write;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct OpenapiArgs {
    /// Settings file (TOML); names not in it keep their defaults
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Prints it. Nothing is opened but the settings and the definitions.
pub fn run(args: &OpenapiArgs) -> anyhow::Result<()> {
    let config = config::load(args.config.as_deref(), std::env::vars())?;
    let sources = load_sources(&config, &[])?;
    let document = document(&Known::of(&sources, config.health.keep_hours()));
    Ok(writeln!(std::io::stdout(), "{}", document.to_pretty_json()?)?)
}
