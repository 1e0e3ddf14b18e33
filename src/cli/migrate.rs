//! `migrate`: the database's schema, up to date or undone.

use super::settings::SettingsArgs;

#[derive(Debug, clap::Args)]
pub struct MigrateArgs {
    #[command(flatten)]
    settings: SettingsArgs,
}

/// Brings the schema up to date.
pub async fn run(args: MigrateArgs) -> anyhow::Result<()> {
    let (config, db, _) = args.settings.open().await?;
    db.close().await;
    println!("{} is up to date", without_password(&config.database.url));
    Ok(())
}

/// A database URL that may be shown.
fn without_password(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(mut parsed) if parsed.password().is_some() => {
            let _ = parsed.set_password(Some("***"));
            parsed.to_string()
        }
        _ => url.to_owned(),
    }
}
