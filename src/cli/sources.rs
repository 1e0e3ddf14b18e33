//! `sources`: what the definitions say, and whether they are right.

use super::settings::SettingsArgs;
use super::source_health::{self, HealthArgs};
use super::table::write_table;
use super::try_source;
use crate::clock::Clock;
use crate::domain::{Country, Key, SourceName, Switch, Topic, check_value};
use crate::sources::{Definition, DefinitionError, Registry};
use crate::storage::source_switch;
use anyhow::bail;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Checks, tries and lists source definitions.
#[derive(Debug, clap::Args)]
pub struct SourcesArgs {
    #[command(subcommand)]
    command: SourcesCommand,
}

#[derive(Debug, clap::Subcommand)]
enum SourcesCommand {
    /// Check every definition of a directory; each mistake is told with file and line
    Check {
        /// Directory of *.toml definitions; without it the compiled-in ones are checked
        dir: Option<PathBuf>,
    },
    /// List the sources, one a line
    List {
        /// Directory of *.toml definitions that add to the compiled-in ones or override them
        #[arg(long, value_name = "DIR")]
        sources: Option<PathBuf>,
    },
    /// Look one value up and tell of every step: request, answer, what was matched by which selector, what is missing
    Try(try_source::TryArgs),
    /// Show how each source answers and is understood, and what is not as it was
    Health(HealthArgs),
    /// Switch a source off, or only one of its countries, keys or values
    Disable(SwitchArgs),
    /// Switch it on again
    Enable(SwitchArgs),
}

#[derive(Debug, clap::Args)]
struct SwitchArgs {
    /// Name or alias
    source: String,
    #[arg(long)]
    country: Option<Country>,
    /// gtin, keyword or source_id
    #[arg(long, value_parser = parse_key)]
    key: Option<Key>,
    #[arg(long)]
    value: Option<String>,
    #[command(flatten)]
    settings: SettingsArgs,
}

pub(super) fn parse_key(text: &str) -> Result<Key, String> {
    Key::parse(text).ok_or_else(|| "a key is gtin, keyword or source_id".to_owned())
}

/// Runs the command on standard output; fails when a definition is wrong.
pub async fn run(args: SourcesArgs) -> anyhow::Result<()> {
    match &args.command {
        SourcesCommand::Check { dir } => check(dir.as_deref(), &mut std::io::stdout().lock()),
        SourcesCommand::List { sources } => list(sources.as_deref(), &mut std::io::stdout().lock()),
        SourcesCommand::Try(args) => try_source::run(args).await,
        SourcesCommand::Health(args) => source_health::run(args).await,
        SourcesCommand::Disable(switch) => turn(switch, false).await,
        SourcesCommand::Enable(switch) => turn(switch, true).await,
    }
}

/// Writes or deletes a switch; running servers see it at the next job.
async fn turn(args: &SwitchArgs, on: bool) -> anyhow::Result<()> {
    let (config, db, _) = args.settings.open().await?;
    let registry = Registry::check(config.sources.directory()).or_else(refuse)?;
    // Sources of the demo are known to the demo alone, so a name nobody knows is taken as it is written.
    let source = registry.find(&args.source).map_or_else(|| SourceName::new(&args.source), |d| d.name.clone());
    let value = match (args.key, &args.value) {
        (Some(key), Some(value)) => Some(check_value(key, value)?),
        (None, Some(_)) => bail!("--value goes with --key, which says what the value is"),
        (_, None) => None,
    };
    let switch = Switch { source, country: args.country, key: args.key, value };
    let changed = if on {
        source_switch::delete(&db, &switch).await?
    } else {
        source_switch::insert(&db, &switch, Clock::system().now()).await?
    };
    db.close().await;
    if !changed {
        bail!("exactly that was {} already", if on { "enabled" } else { "disabled" });
    }
    Ok(())
}

fn check(dir: Option<&Path>, out: &mut impl Write) -> anyhow::Result<()> {
    let registry = Registry::check(dir).or_else(refuse)?;
    let count = registry.iter().count();
    writeln!(out, "{count} definitions are right")?;
    Ok(())
}

fn list(dir: Option<&Path>, out: &mut impl Write) -> anyhow::Result<()> {
    let registry = Registry::check(dir).or_else(refuse)?;
    let head = ["SOURCE", "KIND", "KEYS", "TOPICS", "COUNTRIES", "FILE"].map(str::to_owned);
    let rows: Vec<[String; 6]> = std::iter::once(head).chain(registry.iter().map(|d| row(d))).collect();
    Ok(write_table(&rows, out)?)
}

fn row(definition: &Definition) -> [String; 6] {
    /// More countries than this are only counted.
    const MAX_LISTED: usize = 15;
    let keys: Vec<&str> = definition.keys.keys().copied().map(Key::v1).collect();
    let topics: Vec<&str> = definition.topics.iter().copied().map(Topic::as_str).collect();
    let countries = match definition.countries.len() {
        many if many > MAX_LISTED => format!("{many} countries"),
        _ => definition.countries.keys().map(ToString::to_string).collect::<Vec<_>>().join(","),
    };
    [
        definition.name.to_string(),
        definition.kind.as_str().to_owned(),
        keys.join(","),
        topics.join(","),
        countries,
        definition.file.clone(),
    ]
}

/// Every mistake on its own line of standard error, then the failure.
pub(super) fn refuse(errors: Vec<DefinitionError>) -> anyhow::Result<Registry> {
    for error in &errors {
        eprintln!("{error}");
    }
    match errors.len() {
        1 => bail!("1 mistake in the source definitions"),
        many => bail!("{many} mistakes in the source definitions"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(run: impl Fn(&mut Vec<u8>) -> anyhow::Result<()>) -> String {
        let mut out = Vec::new();
        run(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lists_in_columns() {
        let text = output(|out| list(None, out));
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[0], ["SOURCE", "KIND", "KEYS", "TOPICS", "COUNTRIES", "FILE"]);
        let line = |name: &str| lines.iter().find(|line| line[0] == name).unwrap().clone();
        let topics = "product_and_offers,product,offers,search_results,reviews";
        assert_eq!(line("test")[1..4], ["comparator", "gtin,keyword,source_id", topics]);
        assert_eq!(line("web")[1..3], ["shop", "source_id"]);
        assert_eq!(line("geizhals")[4], "at");
    }

    #[test]
    fn a_wrong_definition_fails_and_the_demos_port_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let good = "name = \"s\"\nkind = \"shop\"\ntopics = [\"product_and_offers\"]\ncountries = [\"de\"]\n\
                    base_url = \"http://s.localhost:{market_port}\"\n[keys.source_id]\n\
                    [steps.product]\nurl = \"{base_url}/{id}\"\npage.embedded = [\"json-ld\"]\n";
        std::fs::write(dir.path().join("s.toml"), good).unwrap();
        let compiled_in = Registry::load(None, &[]).unwrap().iter().count();
        let right = format!("{} definitions are right\n", compiled_in + 1);
        assert_eq!(output(|out| check(Some(dir.path()), out)), right);
        std::fs::write(dir.path().join("t.toml"), good.replace("\"s\"", "\"t\"").replace("{id}", "{ids}")).unwrap();
        let error = check(Some(dir.path()), &mut Vec::new()).unwrap_err();
        assert_eq!(error.to_string(), "1 mistake in the source definitions");
    }
}
