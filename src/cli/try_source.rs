//! `sources try`: one value through a source's steps, with everything that speaks for a mistake in the definition.

use super::command::WrongUsage;
use super::extract::read_file;
use super::show_trial;
use crate::boot::{embedded, open_fetcher};
use crate::clock::Clock;
use crate::config::Config;
use crate::demo::{self, Market};
use crate::domain::{Country, Key, Lookup, Topic};
use crate::ids::Ids;
use crate::lookup::{Engine, SavedPage, Trial, no_metrics, try_saved};
use crate::sources::{Definition, Registry, Step, ValueForm};
use anyhow::{Context, bail};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use url::Url;

/// Where a page address does not tell the country of a source that answers everywhere.
const ANYWHERE: &str = "us";

#[derive(Debug, clap::Args)]
pub struct TryArgs {
    /// Name or alias
    source: String,
    /// gtin, keyword or source_id
    #[arg(value_parser = super::sources::parse_key)]
    key: Key,
    value: String,
    /// Where to ask; needed when the source has several countries
    #[arg(long)]
    country: Option<Country>,
    /// What to ask: product_and_offers, product, offers, search_results or reviews; default: the source's first topic
    #[arg(long, value_parser = parse_topic)]
    topic: Option<Topic>,
    /// Read this page instead of fetching anything: FILE for the topic's list, or STEP=FILE (search, product, offers, reviews,
    /// bestsellers)
    #[arg(long, value_name = "[STEP=]FILE")]
    html: Vec<String>,
    /// Directory of *.toml definitions that add to the compiled-in ones or override them
    #[arg(long, value_name = "DIR")]
    sources: Option<PathBuf>,
    /// Port of a running demo's marketplace: its sources can be tried, and that port may be visited
    #[arg(long, value_name = "PORT")]
    market_port: Option<u16>,
    /// For programs
    #[arg(long)]
    json: bool,
    /// Settings file (TOML); names not in it keep their defaults
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

fn parse_topic(text: &str) -> Result<Topic, String> {
    Topic::parse(text).ok_or_else(|| format!("a topic is one of {}", Topic::ALL.map(Topic::as_str).join(", ")))
}

/// Runs the command on standard output; fails when a page is not understood.
pub async fn run(args: &TryArgs) -> anyhow::Result<()> {
    let mut config = crate::config::load(args.config.as_deref(), std::env::vars())?;
    if let Some(directory) = &args.sources {
        config.sources.directory.clone_from(directory);
    }
    if let Some(port) = args.market_port {
        config.outbound.allow.push(format!("127.0.0.1:{port}"));
    }
    let registry = Arc::new(registry(&config, args.market_port)?);
    let definition = registry.find(&args.source).ok_or_else(|| {
        let known: Vec<&str> = registry.iter().map(|d| d.name.as_str()).collect();
        WrongUsage(format!("no source is called {:?}; known: {}", args.source, known.join(", ")))
    })?;
    let lookup = lookup(definition, args)?;
    let trial = if args.html.is_empty() {
        let engine = engine(&config, registry.clone())?;
        engine.try_value(definition, &lookup).await
    } else {
        try_saved(definition, &lookup, &saved_pages(definition, &lookup, &args.html)?)
    };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if args.json {
        serde_json::to_writer_pretty(&mut out, &show_trial::json(definition, &lookup, &trial))?;
        out.write_all(b"\n")?;
    } else {
        show_trial::show(&mut out, definition, &lookup, &trial)?;
    }
    out.flush().context("standard output")?;
    end(&trial)
}

fn end(trial: &Trial) -> anyhow::Result<()> {
    if !trial.is_understood() {
        bail!("not understood");
    }
    Ok(())
}

fn registry(config: &Config, market_port: Option<u16>) -> anyhow::Result<Registry> {
    let demo = market_port.map(demo::definitions).unwrap_or_default();
    let loaded = match market_port {
        Some(port) => Registry::load_for_market(config.sources.directory(), &demo, port),
        None => Registry::load(config.sources.directory(), &[]),
    };
    loaded.or_else(super::sources::refuse)
}

fn engine(config: &Config, registry: Arc<Registry>) -> anyhow::Result<Engine> {
    let clock = Clock::system();
    let fetcher = Arc::new(open_fetcher(config, &clock)?);
    let embedded = embedded(Arc::new(Market::new(clock.clone())?));
    Ok(Engine::new(registry, fetcher, embedded, clock, Ids::random(), no_metrics()))
}

fn lookup(definition: &Definition, args: &TryArgs) -> Result<Lookup, WrongUsage> {
    let value = Registry::check_value(definition, args.key, &args.value)
        .map_err(|error| WrongUsage(format!("the value {:?}: {error}", args.value)))?;
    let country = country(definition, args.key, &value, args.country)?;
    let topic = args.topic.or(definition.topics.first().copied());
    let topic = topic.filter(|topic| definition.topics.contains(topic)).ok_or_else(|| {
        let known: Vec<&str> = definition.topics.iter().copied().map(Topic::as_str).collect();
        WrongUsage(format!("{} has only the topics {}", definition.name, known.join(", ")))
    })?;
    if !definition.keys_of(topic).contains(&args.key) {
        return Err(WrongUsage(format!("{} is not searched by {}", definition.name, args.key.v1())));
    }
    Ok(Lookup { source: definition.name.clone(), country, topic, key: args.key, value })
}

/// The country asked for, the only one, or the one that a page's address tells.
fn country(definition: &Definition, key: Key, value: &str, asked: Option<Country>) -> Result<Country, WrongUsage> {
    let codes = || match definition.countries.len() {
        many if many > 20 => format!("one of {many}"),
        _ => definition.countries.keys().map(|c| c.as_str()).collect::<Vec<_>>().join(", "),
    };
    if let Some(country) = asked {
        return match definition.countries.contains_key(&country) {
            true => Ok(country),
            false => Err(WrongUsage(format!("{} is not asked in {country}; --country {}", definition.name, codes()))),
        };
    }
    if let (Some(only), 1) = (definition.countries.keys().next(), definition.countries.len()) {
        return Ok(*only);
    }
    let is_url = definition.keys.get(&key).is_some_and(|rule| rule.form == ValueForm::Url);
    let url = Url::parse(value).ok().filter(|_| is_url);
    let told = url.as_ref().map(|url| {
        let ending = url.host_str().and_then(|host| host.rsplit('.').next()).filter(|ending| ending.len() == 2);
        ending.and_then(|code| code.parse().ok()).filter(|country| definition.countries.contains_key(country))
    });
    match told {
        Some(Some(country)) => Ok(country),
        Some(None) => ANYWHERE.parse().map_err(|_| WrongUsage("--country is needed".into())),
        None => Err(WrongUsage(format!("--country is needed: {}", codes()))),
    }
}

/// The pages of the files, each for its step.
fn saved_pages(definition: &Definition, lookup: &Lookup, files: &[String]) -> anyhow::Result<Vec<SavedPage>> {
    let steps: Vec<&'static str> = definition.named_steps().map(|(name, _)| name).collect();
    let mut pages = Vec::new();
    for argument in files {
        let named = argument.split_once('=').and_then(|(name, file)| {
            let known = ["search", "product", "offers", "reviews", "bestsellers"].contains(&name);
            known.then(|| (steps.iter().find(|step| **step == name).copied(), name, file))
        });
        let (step, file) = match named {
            Some((Some(step), _, file)) => (step, file),
            Some((None, name, _)) => {
                return Err(
                    WrongUsage(format!("{} has no step {name}, only {}", definition.name, steps.join(", "))).into()
                );
            }
            None => {
                let list = definition.list_step(lookup.topic);
                let is_list = |(_, step): &(&str, &Step)| list.is_some_and(|list| std::ptr::eq(list, *step));
                let last = definition.named_steps().find(is_list).map(|(name, _)| name);
                (last.ok_or_else(|| WrongUsage("the source has no steps".into()))?, argument.as_str())
            }
        };
        if step == "search" && !definition.is_searched_for(lookup.topic, lookup.key) {
            return Err(WrongUsage(format!("{} is not searched by {}", definition.name, lookup.key.v1())).into());
        }
        let text = read_file(Path::new(file)).map_err(|error| WrongUsage(format!("{file}: {error:#}")))?;
        pages.push(SavedPage { step, text });
    }
    Ok(pages)
}
