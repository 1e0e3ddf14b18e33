//! The `pricemill` program.

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Extract(pricemill::cli::extract::ExtractArgs),
    Price(pricemill::cli::price::PriceArgs),
    Sources(pricemill::cli::sources::SourcesArgs),
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Extract(args) => {
            pricemill::cli::extract::run(&args, async |_| anyhow::bail!("no network here yet")).await
        }
        Command::Price(args) => pricemill::cli::price::run(&args),
        Command::Sources(args) => pricemill::cli::sources::run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
