//! `token`: the secrets by which an account is known.

use super::settings::SettingsArgs;
use crate::accounts::{TokenLabel, create_token};
use crate::clock::Clock;
use crate::ids::Ids;
use crate::storage::account::Account;
use crate::storage::{Db, account, api_token};
use anyhow::{Context, bail};

#[derive(Debug, clap::Args)]
pub struct TokenArgs {
    #[command(subcommand)]
    command: TokenCommand,
}

#[derive(Debug, clap::Args)]
struct Owner {
    #[command(flatten)]
    settings: SettingsArgs,
    /// The account's e-mail address
    #[arg(long)]
    email: String,
}

#[derive(Debug, clap::Subcommand)]
enum TokenCommand {
    /// Make a token and print it; it is shown only this once
    Create {
        #[command(flatten)]
        owner: Owner,
        /// What it is for
        #[arg(long, default_value = "")]
        label: String,
    },
    /// List the tokens of an account, by their last letters
    List {
        #[command(flatten)]
        owner: Owner,
    },
    /// End a token
    Revoke {
        #[command(flatten)]
        owner: Owner,
        /// Its number in the list
        id: i64,
    },
}

async fn open(owner: &Owner) -> anyhow::Result<(Db, Account)> {
    let (_, db, _) = owner.settings.open().await?;
    let found = account::find_by_email(&db, owner.email.trim()).await?;
    let account = found.with_context(|| format!("there is no account {}", owner.email))?;
    Ok((db, account))
}

pub async fn run(args: TokenArgs) -> anyhow::Result<()> {
    let clock = Clock::system();
    match args.command {
        TokenCommand::Create { owner, label } => {
            let (db, account) = open(&owner).await?;
            let label = TokenLabel { label: &label, scopes: "*" };
            println!("{}", create_token(&db, &clock, &Ids::random(), account.id, label, None).await?);
        }
        TokenCommand::List { owner } => {
            let (db, account) = open(&owner).await?;
            println!("{:>6}  {:<8} {:<20} {:<21} REVOKED", "ID", "ENDS IN", "LABEL", "CREATED");
            for token in api_token::list(&db, account.id).await? {
                let revoked = token.revoked_at.map(|at| at.to_string()).unwrap_or_default();
                let (id, hint, label, created) = (token.id, token.hint, token.label, token.created_at.to_string());
                println!("{id:>6}  …{hint:<7} {label:<20} {created:<21} {revoked}");
            }
        }
        TokenCommand::Revoke { owner, id } => {
            let (db, account) = open(&owner).await?;
            if !api_token::revoke(&db, account.id, id, clock.now()).await? {
                bail!("{} has no token {id} in use", account.email);
            }
        }
    }
    Ok(())
}
