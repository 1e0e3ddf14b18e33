//! Every command, and how it ends: 0 when it did what it was asked, 1 when it failed, 2 when it was not understood.

use super::{account, demo, extract, job, migrate, openapi, price, serve, sources, token};
use clap::{CommandFactory, Parser, Subcommand};
use std::io::Write;
use std::process::ExitCode;

/// Self-hosted price data: bulk lookups in, priced offers out, every credit accounted for.
#[derive(Debug, Parser)]
#[command(name = "pricemill", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server: the API and its workers
    Serve(serve::ServeArgs),
    /// Show the main job on a demo marketplace: starts everything, submits a job, prints its results
    Demo(demo::DemoArgs),
    /// Bring the database's schema up to date
    Migrate(migrate::MigrateArgs),
    /// Create and list accounts
    Account(account::AccountArgs),
    /// Create, list and revoke API tokens
    Token(token::TokenArgs),
    /// Submit a job to a server and download its results
    Job(job::JobArgs),
    /// Read one saved or fetched page: product as JSON
    Extract(extract::ExtractArgs),
    /// Read printed prices
    Price(price::PriceArgs),
    /// Check, try, list, disable and enable sources
    Sources(sources::SourcesArgs),
    /// Print the API's OpenAPI document
    Openapi(openapi::OpenapiArgs),
    /// Print a completion script for a shell
    Completions { shell: clap_complete::Shell },
}

/// What was asked cannot be done as it was asked: exit status 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct WrongUsage(pub String);

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            if error.is::<WrongUsage>() { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match command {
        Command::Serve(args) => runtime()?.block_on(serve::run(args)),
        Command::Demo(args) => runtime()?.block_on(demo::run(args)),
        Command::Migrate(args) => runtime()?.block_on(migrate::run(args)),
        Command::Account(args) => runtime()?.block_on(account::run(args)),
        Command::Token(args) => runtime()?.block_on(token::run(args)),
        Command::Job(args) => runtime()?.block_on(job::run(args)),
        Command::Extract(args) => runtime()?.block_on(extract::run(&args, super::fetch_page::fetch_page)),
        Command::Price(args) => price::run(&args),
        Command::Sources(args) => runtime()?.block_on(sources::run(args)),
        Command::Openapi(args) => openapi::run(&args),
        Command::Completions { shell } => {
            // Into memory first: the library panics when the reader hangs up.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "pricemill", &mut script);
            Ok(std::io::stdout().write_all(&script)?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
