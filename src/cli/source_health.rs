//! `sources health`: how each source answers and is understood, out of the database of a server.

use super::settings::SettingsArgs;
use super::table::write_table;
use crate::clock::Clock;
use crate::domain::{Country, Drift, SourceName};
use crate::health::{CountryHealth, summaries};
use crate::sources::Registry;
use std::collections::BTreeMap;
use std::io::Write;

#[derive(Debug, clap::Args)]
pub struct HealthArgs {
    /// Name or alias; without it all sources that were asked in the last 24 hours
    #[arg(long)]
    source: Option<String>,
    #[arg(long)]
    country: Option<Country>,
    #[command(flatten)]
    settings: SettingsArgs,
}

/// Prints a line for each source and country, and one for each thing that is not what it was.
pub async fn run(args: &HealthArgs) -> anyhow::Result<()> {
    let (config, db, _) = args.settings.open().await?;
    // Mistakes in definitions are for `sources check` to tell; here they only cost the aliases.
    let registry = Registry::check(config.sources.directory()).unwrap_or_default();
    let wanted = args
        .source
        .as_deref()
        .map(|text| registry.find(text).map_or_else(|| SourceName::new(text), |definition| definition.name.clone()));
    let mut health = summaries(&db, Clock::system().now()).await?;
    db.close().await;
    health.retain(|(source, country), _| {
        wanted.as_ref().is_none_or(|wanted| wanted == source) && args.country.is_none_or(|wanted| wanted == *country)
    });
    if health.is_empty() {
        eprintln!("no page was asked for in the last 24 hours");
        return Ok(());
    }
    print(&health, &mut std::io::stdout().lock())
}

fn print(all: &BTreeMap<(SourceName, Country), CountryHealth>, out: &mut impl Write) -> anyhow::Result<()> {
    let head =
        ["SOURCE", "COUNTRY", "STATE", "PAGES", "UNDERSTOOD", "NOT UNDERSTOOD", "BLOCKED", "FAILED", "P50", "P95"];
    let rows = all.iter().map(|((source, country), health)| {
        let pages = &health.pages;
        let percent = |count: u64| match (u128::from(count) * 100).checked_div(pages.total().into()) {
            Some(percent) => format!("{percent}%"),
            None => "-".to_owned(),
        };
        let latency = |percent| health.latency.percentile_ms(percent).map_or("-".to_owned(), |ms| format!("{ms} ms"));
        [
            source.to_string(),
            country.to_string(),
            health.state().as_str().to_owned(),
            pages.total().to_string(),
            percent(pages.understood.saturating_add(pages.no_result)),
            percent(pages.not_understood),
            percent(pages.blocked),
            percent(pages.failed.saturating_add(pages.timed_out)),
            latency(50),
            latency(95),
        ]
    });
    let rows: Vec<[String; 10]> = std::iter::once(head.map(str::to_owned)).chain(rows).collect();
    write_table(&rows, out)?;
    for drift in all.values().flat_map(|health| &health.drifts) {
        writeln!(out, "{}", line(drift))?;
    }
    Ok(())
}

fn line(drift: &Drift) -> String {
    let Drift { source, country, step, signal, state, since, recent, past, .. } = drift;
    let percent = |share: Option<u64>| share.map_or("?".to_owned(), |percent| format!("{percent}%"));
    let what = signal.as_text();
    let what = what.strip_prefix("field:").map_or(what.clone(), |field| format!("{field} missing"));
    format!(
        "{source} {country}: {} since {since}: {what} on {} of {} pages, formerly {}",
        state.as_str(),
        percent(recent.percent()),
        step.as_str(),
        percent(past.percent()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{DriftState, PageCounts, PageStep, Share, Signal, Timestamp};

    #[test]
    fn a_line_for_each_source_and_for_each_drift() {
        let (source, country): (SourceName, Country) = (SourceName::new("shop"), "de".parse().unwrap());
        let drift = Drift {
            source: source.clone(),
            country,
            step: PageStep::Product,
            signal: Signal::Field("price".into()),
            state: DriftState::Drifting,
            since: Timestamp(1_476_662_400_000_000),
            past_until: None,
            recent: Share { pages: 50, missing: 49 },
            past: Share { pages: 900, missing: 9 },
        };
        let pages = PageCounts { understood: 40, no_result: 5, blocked: 4, timed_out: 1, ..PageCounts::default() };
        let mut health = CountryHealth { pages, latency: Default::default(), drifts: vec![drift] };
        health.latency.observe(std::time::Duration::from_millis(50));
        let mut out = Vec::new();
        print(&BTreeMap::from([((source, country), health)]), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let cells: Vec<&str> = lines[1].split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
        assert_eq!(cells, ["shop", "de", "drifting", "50", "90%", "0%", "8%", "2%", "50 ms", "50 ms"]);
        assert_eq!(
            lines[2],
            "shop de: drifting since 2016-10-17T00:00:00Z: price missing on 98% of product pages, formerly 1%"
        );
    }
}
