//! The ledger line by line, with what each job costs in money.

use crate::app::{App, SharedApp};
use crate::domain::{Credits, LedgerLine, Month, RunningCost};
use crate::storage::StorageError;
use crate::storage::account::Account;
use crate::storage::ledger::{self, Days, StoredLine};

/// Lines read at a time when a whole month is told.
const LINES_A_READ: u64 = 500;

/// A page of a month's lines, in the order in which jobs finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerPage {
    pub lines: Vec<LedgerLine>,
    /// Lines of the month.
    pub total: u64,
}

/// One page of a month; `page` counts from 1.
pub async fn ledger_page(
    app: &App,
    account: &Account,
    month: Month,
    page: u64,
    per_page: u64,
) -> Result<LedgerPage, StorageError> {
    let (first, last) = (month.first_day(), month.last_day());
    let days = Days { owner: account.id, first: &first, last: &last };
    let skip = page.saturating_sub(1).saturating_mul(per_page);
    let total = ledger::count_lines(&app.db, days).await?;
    let paid = ledger::paid_before(&app.db, days, skip).await?;
    let mut cost = running_cost(app, account, paid);
    let stored = ledger::list_lines(&app.db, days, 0, skip, per_page).await?;
    Ok(LedgerPage { lines: stored.into_iter().map(|line| costed(line, &mut cost)).collect(), total })
}

/// All lines of a month, some at a time, so that memory stays flat.
pub struct LedgerReader {
    app: SharedApp,
    account: Account,
    month: Month,
    after: i64,
    cost: RunningCost,
}

impl LedgerReader {
    pub fn new(app: SharedApp, account: Account, month: Month) -> LedgerReader {
        let cost = running_cost(&app, &account, 0);
        LedgerReader { app, account, month, after: 0, cost }
    }

    /// The next lines; none at the end.
    pub async fn next(&mut self) -> Result<Vec<LedgerLine>, StorageError> {
        let (first, last) = (self.month.first_day(), self.month.last_day());
        let days = Days { owner: self.account.id, first: &first, last: &last };
        let stored = ledger::list_lines(&self.app.db, days, self.after, 0, LINES_A_READ).await?;
        self.after = stored.last().map_or(self.after, |line| line.id);
        Ok(stored.into_iter().map(|line| costed(line, &mut self.cost)).collect())
    }
}

fn running_cost(app: &App, account: &Account, paid: Credits) -> RunningCost {
    let plan = app.plan(&account.plan);
    RunningCost::after(paid, plan.included_credits, plan.price_per_1000_credits)
}

fn costed(line: StoredLine, cost: &mut RunningCost) -> LedgerLine {
    let StoredLine { at, job, charge, granted, .. } = line;
    let cost = job.as_ref().and_then(|_| cost.add(charge.paid));
    LedgerLine { at, job, charge, granted, cost }
}
