//! `account`: who may use the service.

use super::settings::SettingsArgs;
use crate::accounts::{NewAccount, TokenLabel, create_account, create_token, set_daily_quota, set_hard_quota};
use crate::clock::Clock;
use crate::ids::Ids;
use crate::storage::account;
use anyhow::Context;

#[derive(Debug, clap::Args)]
pub struct AccountArgs {
    #[command(subcommand)]
    command: AccountCommand,
}

#[derive(Debug, clap::Subcommand)]
enum AccountCommand {
    /// Create an account and print its first token, which is shown only this once
    Create {
        #[command(flatten)]
        settings: SettingsArgs,
        #[arg(long)]
        email: String,
        /// A plan of the settings
        #[arg(long, default_value = "free")]
        plan: String,
        /// Free credits, once [default: the plan's]
        #[arg(long, value_name = "N")]
        free_credits: Option<u64>,
        /// Most credits a day [default: the plan's]
        #[arg(long, value_name = "N")]
        daily_quota: Option<u64>,
    },
    /// Change what an account may do; what is not named stays
    Set {
        #[command(flatten)]
        settings: SettingsArgs,
        #[arg(long)]
        email: String,
        /// Most credits a day
        #[arg(long, value_name = "N")]
        daily_quota: Option<u64>,
        /// Whether jobs are measured by the most they can cost: neither quota nor free credits are overrun
        #[arg(long, value_name = "true|false")]
        hard_quota: Option<bool>,
    },
    /// List the accounts
    List {
        #[command(flatten)]
        settings: SettingsArgs,
    },
}

pub async fn run(args: AccountArgs) -> anyhow::Result<()> {
    match args.command {
        AccountCommand::Create { settings, email, plan, free_credits, daily_quota } => {
            let (config, db, _) = settings.open().await?;
            let terms = config.plans.get(&plan).with_context(|| {
                let names: Vec<&str> = config.plans.keys().map(String::as_str).collect();
                format!("there is no plan {plan}; the plans are {}", names.join(", "))
            })?;
            let (clock, ids) = (Clock::system(), Ids::random());
            let new = NewAccount {
                email: &email,
                plan_name: &plan,
                plan: terms,
                free_credits,
                daily_quota,
                creations_per_minute: None,
            };
            let id = create_account(&db, &clock, new).await?;
            let label = TokenLabel { label: "first", scopes: "*" };
            println!("{}", create_token(&db, &clock, &ids, id, label, None).await?);
            db.close().await;
        }
        AccountCommand::Set { settings, email, daily_quota, hard_quota } => {
            let (_, db, _) = settings.open().await?;
            let found = account::find_by_email(&db, &email).await?;
            let owner = found.with_context(|| format!("there is no account with the e-mail address {email}"))?.id;
            if let Some(quota) = daily_quota {
                set_daily_quota(&db, owner, quota).await?;
            }
            if let Some(is_hard) = hard_quota {
                set_hard_quota(&db, owner, is_hard).await?;
            }
            db.close().await;
        }
        AccountCommand::List { settings } => {
            let (_, db, _) = settings.open().await?;
            println!("{:<32} {:<10} {:>12} {:>12} {:<4}", "EMAIL", "PLAN", "FREE LEFT", "DAILY QUOTA", "HARD");
            for account in account::list(&db).await? {
                let row =
                    (account.free_credits_left, account.daily_quota, if account.hard_quota { "yes" } else { "no" });
                println!("{:<32} {:<10} {:>12} {:>12} {:<4}", account.email, account.plan, row.0, row.1, row.2);
            }
            db.close().await;
        }
    }
    Ok(())
}
