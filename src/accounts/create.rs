//! New accounts.

use crate::clock::Clock;
use crate::config::PlanConfig;
use crate::domain::{AccountId, Credits};
use crate::storage::account as row;
use crate::storage::{Db, StorageError, ledger};

/// What an account begins with; what is `None` comes from the plan.
#[derive(Debug, Clone)]
pub struct NewAccount<'a> {
    pub email: &'a str,
    pub plan_name: &'a str,
    pub plan: &'a PlanConfig,
    pub free_credits: Option<Credits>,
    pub daily_quota: Option<Credits>,
    /// 0 = no limit.
    pub creations_per_minute: Option<u32>,
}

#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("{0} is no e-mail address")]
    InvalidEmail(String),
    #[error("there is an account with the e-mail address {0} already")]
    EmailTaken(String),
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Creates an account; its free credits are granted in the same transaction.
pub async fn create_account(db: &Db, clock: &Clock, new: NewAccount<'_>) -> Result<AccountId, AccountError> {
    let email = new.email.trim();
    let looks_right = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    if !looks_right || email.chars().any(char::is_whitespace) {
        return Err(AccountError::InvalidEmail(email.to_owned()));
    }
    let free_credits = new.free_credits.unwrap_or(new.plan.free_credits);
    let now = clock.now();
    let transaction = db.begin().await?;
    let account = row::NewAccount {
        email,
        plan: new.plan_name,
        free_credits,
        daily_quota: new.daily_quota.unwrap_or(new.plan.daily_quota),
        creations_per_minute: new.creations_per_minute,
    };
    let id =
        row::insert(&transaction, &account, now).await?.ok_or_else(|| AccountError::EmailTaken(email.to_owned()))?;
    if free_credits > 0 {
        ledger::insert_grant(&transaction, id, free_credits, now).await?;
    }
    transaction.commit().await?;
    Ok(id)
}
