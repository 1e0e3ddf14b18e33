//! `demo`: the whole life of a job on one machine, with a marketplace of its own.

use super::client::{BulkClient, JobRequest};
use super::signal::asked_to_stop;
use crate::accounts::{NewAccount, TokenLabel, create_account, create_token, hash_token};
use crate::boot::{Boot, Running, boot, embedded};
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::demo::{Market, definitions};
use crate::ids::{Ids, TOKEN_LETTERS};
use crate::storage::{Db, account, api_token};
use crate::telemetry::init_log;
use anyhow::{Context, bail};
use std::net::TcpListener;
use std::sync::Arc;

const DEMO_EMAIL: &str = "demo@pricemill.example";
const DEMO_PLAN: &str = "business";
const TOKEN_VARIABLE: &str = "PRICEMILL_DEMO_TOKEN";
/// The job of the followed API's own documentation.
const EXAMPLE_VALUES: [&str; 2] = ["00885909666966", "08718108041581"];

#[derive(Debug, clap::Args)]
pub struct DemoArgs {
    /// End after the example job instead of staying up
    #[arg(long)]
    once: bool,
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: String,
    /// Keep everything in this database instead of a temporary one
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

pub async fn run(args: DemoArgs) -> anyhow::Result<()> {
    let mut config = config::load(None, std::env::vars())?;
    init_log(&crate::config::LogConfig { level: "warn".into(), ..config.log.clone() }).map_err(anyhow::Error::msg)?;
    let folder = tempfile::tempdir().context("no temporary folder")?;
    config.server.listen = args.listen;
    config.database.url =
        args.database.unwrap_or_else(|| format!("sqlite:{}", folder.path().join("demo.db").display()));

    let clock = Clock::system();
    let market = Arc::new(Market::new(clock.clone())?);
    let market_listener = TcpListener::bind("127.0.0.1:0").context("no port for the demo marketplace")?;
    let market_port = market_listener.local_addr()?.port();
    // Only the marketplace's own port: the demo must not be a way to other services of this machine.
    config.outbound.allow = vec![format!("127.0.0.1:{market_port}")];
    let market_server = market.clone().serve(market_listener, 1)?;
    let market_handle = market_server.handle();
    let serving_market = tokio::spawn(market_server);

    let running = boot(Boot {
        config,
        clock,
        ids: Ids::random(),
        definitions: definitions(market_port),
        embedded: embedded(market),
        works: true,
    })
    .await?;
    let shown = show(&running, market_port).await;
    if shown.is_ok() && !args.once {
        println!("\nStays up until Ctrl-C.");
        asked_to_stop().await?;
    }
    running.stop().await;
    market_handle.stop(false).await;
    let _ = serving_market.await;
    shown
}

async fn show(running: &Running, market_port: u16) -> anyhow::Result<()> {
    let app = &running.app;
    let token = demo_account(&app.db, &app.clock, &app.ids, &app.config).await?;
    let base = running.base_url();
    println!(
        "pricemill demo\n  API          {base}\n  token        {token}\n  marketplace  http://127.0.0.1:{market_port}/"
    );
    println!("\nThe life of a job, to paste into a second terminal:\n");
    println!("{}\n", curl_lines(&base, &token));

    println!("The same now, with the documentation's own example job:");
    let client = BulkClient::new(&base, &token)?;
    let request = JobRequest {
        source: "google-shopping".into(),
        country: "de".into(),
        key: "gtin".into(),
        values: EXAMPLE_VALUES.map(str::to_owned).to_vec(),
        completeness: None,
        currentness: None,
    };
    let job_id = client.submit(&request).await?;
    println!("  job_id {job_id}");
    client.watch(&job_id, true).await?;
    let shapes = [
        ("JSON", "json", ""),
        ("XML", "xml", ""),
        ("CSV, a row an offer (for pivot tables)", "csv", "row"),
        ("CSV, columns an offer", "csv", "column"),
    ];
    for (title, format, shape) in shapes {
        println!("\n--- {title}");
        let query = [("format_option", shape)];
        client.download(&job_id, format, &query, &mut std::io::stdout()).await?;
        if format != "csv" {
            println!();
        }
    }
    Ok(())
}

/// The demo's account (every scope, business plan, no creation limit) and a token of it.
async fn demo_account(db: &Db, clock: &Clock, ids: &Ids, config: &Config) -> anyhow::Result<String> {
    let chosen = std::env::var(TOKEN_VARIABLE).ok();
    if let Some(token) = &chosen
        && (token.len() != TOKEN_LETTERS || !token.bytes().all(|b| b.is_ascii_uppercase()))
    {
        bail!("{TOKEN_VARIABLE} is not {TOKEN_LETTERS} upper-case letters");
    }
    let owner = match account::find_by_email(db, DEMO_EMAIL).await? {
        Some(account) => account.id,
        None => {
            let plan = config.plans.get(DEMO_PLAN).context("the settings have no plan business")?;
            let new = NewAccount {
                email: DEMO_EMAIL,
                plan_name: DEMO_PLAN,
                plan,
                free_credits: None,
                daily_quota: None,
                creations_per_minute: Some(0),
            };
            create_account(db, clock, new).await?
        }
    };
    if let Some(token) = &chosen
        && api_token::find_owner(db, &hash_token(token)).await?.is_some_and(|(_, account)| account.id == owner)
    {
        return Ok(token.clone());
    }
    Ok(create_token(db, clock, ids, owner, TokenLabel { label: "demo", scopes: "*" }, chosen).await?)
}

fn curl_lines(base: &str, token: &str) -> String {
    let [first, second] = EXAMPLE_VALUES;
    format!(
        r#"  TOKEN={token}
  # 1. submit
  JOB=$(curl -s -X POST {base}/jobs -d "token=$TOKEN" -d "source=google-shopping" -d "country=de" -d "key=gtin" -d "values={first}\ {second}" | sed 's/.*"job_id":"\([0-9a-f]*\)".*/\1/'); echo "$JOB"
  # 2. how far is it?
  curl -s "{base}/jobs/$JOB?token=$TOKEN"
  # 3. download
  curl -s "{base}/products/bulk/$JOB?token=$TOKEN"
  curl -s "{base}/products/bulk/$JOB.xml?token=$TOKEN"
  curl -s "{base}/products/bulk/$JOB.csv?token=$TOKEN&format_option=row"
  curl -s "{base}/products/bulk/$JOB.csv?token=$TOKEN&format_option=column"
  # 4. what did it cost?
  curl -s "{base}/v2/me/usage_today?token=$TOKEN"
  curl -s "{base}/v2/me/usage_month?token=$TOKEN""#
    )
}
