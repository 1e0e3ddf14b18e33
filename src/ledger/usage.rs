//! What was used, from the sums that are written together with the ledger's lines: the jobs add up to the days and the days to
//! the month.

use crate::app::App;
use crate::domain::{Month, UsageDay, UsageMonth, UsageToday};
use crate::storage::account::Account;
use crate::storage::{StorageError, ledger};

/// Credits of the current UTC day.
pub async fn usage_today(app: &App, account: &Account) -> Result<UsageToday, StorageError> {
    let today = app.clock.now().day();
    let found = ledger::usage_by_day(&app.db, account.id, &today, &today).await?.pop();
    let day = found.unwrap_or(UsageDay { date: today, free_credits: 0, paid_credits: 0 });
    Ok(UsageToday {
        date: day.date,
        free_credits: day.free_credits,
        paid_credits: day.paid_credits,
        quota: account.daily_quota,
    })
}

/// Credits of a month, of the current one up to today (UTC).
pub async fn usage_month(app: &App, account: &Account, month: Month) -> Result<UsageMonth, StorageError> {
    let (from, to) = (month.first_day(), month.last_day().min(app.clock.now().day()));
    let days = ledger::usage_by_day(&app.db, account.id, &from, &to).await?;
    Ok(UsageMonth { from, to, included_credits: app.plan(&account.plan).included_credits, days })
}
