//! Closing the books: what must hold once nothing is under way, whatever the test did.

use pricemill::app::App;
use pricemill::domain::{AccountId, Month};
use pricemill::ledger::{usage_month, usage_today};
use pricemill::storage::{account, bulk_job};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use std::time::{Duration, Instant};

/// Longest the workers may still need.
const PATIENCE: Duration = Duration::from_secs(240);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Waits until no job is open and no ticket waits.
pub async fn wait_until_idle(app: &App) {
    let begun = Instant::now();
    loop {
        let open = bulk_job::count_by_status(&app.db).await.unwrap();
        let tickets = app.queue.count_waiting().await.unwrap();
        if open.is_empty() && tickets == 0 {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "never idle: {open:?}, {tickets} tickets");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

async fn number(db: &DatabaseConnection, sql: &str) -> i64 {
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let row = db.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index::<Option<i64>>(0).unwrap().unwrap_or(0)
}

/// Each line counts rows that must not be.
#[rustfmt::skip]
const NEVER: [(&str, &str); 18] = [
    ("an ended job with a value that is not done",
     "FROM bulk_item i JOIN bulk_job j ON j.seq = i.job_seq WHERE j.status = 'finished' AND i.state <> 2"),
    ("a job that counts more or fewer values than it has",
     "FROM bulk_job j WHERE j.requested <> (SELECT COUNT(*) FROM bulk_item i WHERE i.job_seq = j.seq)"),
    ("a job that counts more or fewer done values than it has",
     "FROM bulk_job j WHERE j.completed <> (SELECT COUNT(*) FROM bulk_item i WHERE i.job_seq = j.seq AND i.state = 2)"),
    ("a job that counts more or fewer values not found than it has",
     "FROM bulk_job j WHERE j.not_found <> (SELECT COUNT(*) FROM bulk_item i WHERE i.job_seq = j.seq AND i.reason = 'not found')"),
    ("a finished job whose credits are not its charged pages times its multiplier",
     "FROM bulk_job j WHERE j.status = 'finished' AND j.free_credits + j.paid_credits <> j.multiplier * \
      (SELECT COALESCE(SUM(i.charged_pages), 0) FROM bulk_item i WHERE i.job_seq = j.seq)"),
    ("a charged finished job without exactly its credits in the ledger",
     "FROM bulk_job j WHERE j.status = 'finished' AND j.is_charged AND j.free_credits + j.paid_credits > 0 AND 1 <> \
      (SELECT COUNT(*) FROM ledger_entry e WHERE e.kind = 'job' AND e.job_seq = j.seq AND e.account_id = j.account_id \
       AND e.free_credits = j.free_credits AND e.paid_credits = j.paid_credits AND e.at = j.finished_at)"),
    ("a ledger entry of a job that is not finished or not charged",
     "FROM ledger_entry e LEFT JOIN bulk_job j ON j.seq = e.job_seq WHERE e.kind = 'job' \
      AND (j.seq IS NULL OR j.status <> 'finished' OR NOT j.is_charged)"),
    ("an account whose free credits are not those given less those used",
     "FROM account a WHERE a.free_credits_left <> \
      (SELECT COALESCE(SUM(e.free_granted - e.free_credits), 0) FROM ledger_entry e WHERE e.account_id = a.id)"),
    ("an account with fewer than no free credits", "FROM account WHERE free_credits_left < 0"),
    ("a charged value whose reason costs nothing",
     "FROM bulk_item WHERE charged_pages > 0 AND reason IS NOT NULL AND reason <> 'not found'"),
    ("a found value without pages, or one that costs other than its pages",
     "FROM bulk_item WHERE state = 2 AND reason IS NULL AND (page_ids IS NULL OR charged_pages <> \
      1 + LENGTH(page_ids) - LENGTH(REPLACE(page_ids, ',', '')))"),
    ("a finished job without its moment, or an open one with credits",
     "FROM bulk_job WHERE (status = 'finished') <> (finished_at IS NOT NULL) \
      OR (status <> 'finished' AND free_credits + paid_credits > 0)"),
    ("a day that is not the sum of its jobs",
     "FROM (SELECT account_id, day, free_credits, paid_credits FROM usage_day EXCEPT SELECT account_id, day, \
      SUM(free_credits), SUM(paid_credits) FROM ledger_entry WHERE kind = 'job' GROUP BY account_id, day) AS d"),
    ("an ended job for which credits are held back",
     "FROM bulk_job WHERE status IN ('finished', 'cancelled') AND reserved_credits <> 0"),
    ("a job that cost more than it was told it may", "FROM bulk_job WHERE free_credits + paid_credits > max_credits"),
    ("a day of an account with a hard quota beyond the quota",
     "FROM account a WHERE a.hard_quota AND EXISTS (SELECT 1 FROM ledger_entry e WHERE e.account_id = a.id \
      AND e.kind = 'job' GROUP BY e.day HAVING SUM(e.free_credits + e.paid_credits) > a.daily_quota)"),
    ("paid credits of an account with a hard quota and no subscription",
     "FROM account a JOIN ledger_entry e ON e.account_id = a.id \
      WHERE a.hard_quota AND a.plan = 'free' AND e.paid_credits > 0"),
    ("a job whose done values are not numbered in a row",
     "FROM bulk_job j WHERE j.completed <> (SELECT COUNT(DISTINCT i.done_no) FROM bulk_item i WHERE i.job_seq = j.seq) \
      OR j.completed <> (SELECT COALESCE(MAX(i.done_no), 0) FROM bulk_item i WHERE i.job_seq = j.seq)"),
];

/// Proves that jobs, values, ledger and accounts agree with each other, and that the usage answers agree with them.
pub async fn close_books(db: &DatabaseConnection, app: &App) {
    for (what, rows) in NEVER {
        assert_eq!(number(db, &format!("SELECT COUNT(*) {rows}")).await, 0, "{what}");
    }
    let now = app.clock.now();
    for account in account::list(&app.db).await.unwrap() {
        let AccountId(id) = account.id;
        let used = |days: String| {
            format!(
                "SELECT CAST(COALESCE(SUM(free_credits + paid_credits), 0) AS BIGINT) FROM ledger_entry \
                 WHERE account_id = {id} AND kind = 'job' AND {days}"
            )
        };
        let today = number(db, &used(format!("day = '{}'", now.day()))).await;
        let month = number(db, &used(format!("day LIKE '{}-%'", now.month()))).await;
        let told = usage_today(app, &account).await.unwrap();
        assert_eq!(i64::try_from(told.credits()).unwrap(), today, "today of {}", account.email);
        let told = usage_month(app, &account, Month::of(now)).await.unwrap();
        assert_eq!(i64::try_from(told.credits()).unwrap(), month, "month of {}", account.email);
    }
}
