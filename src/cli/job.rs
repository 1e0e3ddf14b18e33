//! `job`: a bulk job from the command line.

use super::client::{BulkClient, JobRequest};
use anyhow::{Context, bail};
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// Longest file of values: 1,000 of the longest source ids fit several times over.
const MAX_VALUES_BYTES: u64 = 16 * 1024 * 1024;

#[derive(Debug, clap::Args)]
pub struct JobArgs {
    #[command(subcommand)]
    command: JobCommand,
}

#[derive(Debug, clap::Subcommand)]
enum JobCommand {
    /// Submit values, wait for the end, print or save the results
    Run(Box<RunArgs>),
}

#[derive(Debug, clap::Args)]
struct RunArgs {
    #[arg(long)]
    source: String,
    #[arg(long)]
    country: String,
    /// gtin, keyword or source_id
    #[arg(long)]
    key: String,
    /// One value a line; - reads standard input
    #[arg(long, value_name = "FILE", conflicts_with = "values")]
    values_file: Option<PathBuf>,
    /// one_page, all_pages or at_least_two_shops
    #[arg(long)]
    completeness: Option<String>,
    /// daily_updated or realtime
    #[arg(long)]
    currentness: Option<String>,
    #[arg(long, default_value = "json", value_parser = ["json", "xml", "csv"])]
    format: String,
    /// For csv: a line an offer (row) or columns an offer (column)
    #[arg(long, value_parser = ["row", "column"])]
    format_option: Option<String>,
    /// Where the results go [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[arg(long, value_name = "URL", env = "PRICEMILL_SERVER", default_value = "http://127.0.0.1:8080")]
    server: String,
    #[arg(long, env = "PRICEMILL_TOKEN", hide_env_values = true)]
    token: String,
    #[arg(value_name = "VALUE")]
    values: Vec<String>,
}

pub async fn run(args: JobArgs) -> anyhow::Result<()> {
    let JobCommand::Run(args) = args.command;
    let values = match &args.values_file {
        Some(path) => read_values(path)?,
        None => args.values,
    };
    if values.is_empty() {
        bail!("there is no value: give some, or --values-file");
    }
    let request = JobRequest {
        source: args.source,
        country: args.country,
        key: args.key,
        values,
        completeness: args.completeness,
        currentness: args.currentness,
    };
    let client = BulkClient::new(&args.server, &args.token)?;
    let job_id = client.submit(&request).await?;
    client.watch(&job_id, false).await?;
    let query: Vec<(&str, &str)> = args.format_option.iter().map(|shape| ("format_option", shape.as_str())).collect();
    match &args.output {
        Some(path) => {
            let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
            client.download(&job_id, &args.format, &query, &mut BufWriter::new(file)).await
        }
        None => {
            let mut out = std::io::stdout().lock();
            client.download(&job_id, &args.format, &query, &mut out).await?;
            if args.format == "json" {
                out.write_all(b"\n")?;
            }
            Ok(())
        }
    }
}

fn read_values(path: &Path) -> anyhow::Result<Vec<String>> {
    let mut text = String::new();
    if path == Path::new("-") {
        std::io::stdin().lock().take(MAX_VALUES_BYTES).read_to_string(&mut text)?;
    } else {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        file.take(MAX_VALUES_BYTES).read_to_string(&mut text)?;
    }
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}
