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
const NEVER: [(&str, &str); 31] = [
    ("an ended job with a value that is not done",
     "FROM bulk_item i JOIN bulk_job j ON j.seq = i.job_seq WHERE j.status = 'finished' AND i.state <> 2"),
    ("a job that counts more or fewer values than it has",
     "FROM bulk_job j WHERE j.deleted_at IS NULL AND j.requested <> (SELECT COUNT(*) FROM bulk_item i WHERE i.job_seq = j.seq)"),
    ("a job that counts more or fewer done values than it has",
     "FROM bulk_job j WHERE j.deleted_at IS NULL AND j.completed <> (SELECT COUNT(*) FROM bulk_item i WHERE i.job_seq = j.seq AND i.state = 2)"),
    ("a job that counts more or fewer values not found than it has",
     "FROM bulk_job j WHERE j.deleted_at IS NULL AND j.not_found <> (SELECT COUNT(*) FROM bulk_item i WHERE i.job_seq = j.seq AND i.reason = 'not found')"),
    ("a finished job whose credits are not its charged pages times its multiplier",
     "FROM bulk_job j WHERE j.status = 'finished' AND j.deleted_at IS NULL AND j.free_credits + j.paid_credits <> j.multiplier * \
      (SELECT COALESCE(SUM(i.charged_pages), 0) FROM bulk_item i WHERE i.job_seq = j.seq)"),
    ("a cancelled job that costs other than the values handed out before",
     "FROM bulk_job j WHERE j.status = 'cancelled' AND j.deleted_at IS NULL AND j.free_credits + j.paid_credits <> j.multiplier * \
      (SELECT COALESCE(SUM(i.charged_pages), 0) FROM bulk_item i WHERE i.job_seq = j.seq AND i.done_no <= j.handed_out)"),
    ("a cancelled job with values that may still be begun, or an uncancelled one with dropped values",
     "FROM bulk_item i JOIN bulk_job j ON j.seq = i.job_seq WHERE (j.status = 'cancelled' AND i.state < 2) \
      OR (j.status <> 'cancelled' AND i.state = 3)"),
    ("an ended job for which credits are still held back",
     "FROM bulk_job WHERE status IN ('finished', 'cancelled') AND reserved_credits > 0"),
    ("a deleted job that has not ended, or still has values",
     "FROM bulk_job j WHERE j.deleted_at IS NOT NULL AND (j.status NOT IN ('finished', 'cancelled') \
      OR EXISTS (SELECT 1 FROM bulk_item i WHERE i.job_seq = j.seq))"),
    ("a done value without its number in the order of ending, or a gap in that order",
     "FROM bulk_job j WHERE j.deleted_at IS NULL AND j.completed <> \
      (SELECT COUNT(DISTINCT i.done_no) FROM bulk_item i WHERE i.job_seq = j.seq AND i.state = 2 AND i.done_no BETWEEN 1 AND j.completed)"),
    ("a page that counts other than the values answered from it",
     "FROM lookup_page p WHERE p.uses <> (SELECT COUNT(*) FROM bulk_item i WHERE i.page_ids LIKE '%' || p.id || '%')"),
    ("a value that timed out without a deadline, or that costs something",
     "FROM bulk_item i JOIN bulk_job j ON j.seq = i.job_seq WHERE i.reason = 'timeout' AND (j.deadline_at IS NULL OR i.charged_pages > 0)"),
    ("a charged finished job without exactly its credits in the ledger",
     "FROM bulk_job j WHERE j.status IN ('finished', 'cancelled') AND j.is_charged AND j.free_credits + j.paid_credits > 0 AND 1 <> \
      (SELECT COUNT(*) FROM ledger_entry e WHERE e.kind = 'job' AND e.job_seq = j.seq AND e.account_id = j.account_id \
       AND e.free_credits = j.free_credits AND e.paid_credits = j.paid_credits AND e.at = j.finished_at)"),
    ("a ledger entry of a job that has not ended or is not charged",
     "FROM ledger_entry e LEFT JOIN bulk_job j ON j.seq = e.job_seq WHERE e.kind = 'job' \
      AND (j.seq IS NULL OR j.status NOT IN ('finished', 'cancelled') OR NOT j.is_charged)"),
    ("an account whose free credits are not those given less those used",
     "FROM account a WHERE a.free_credits_left <> \
      (SELECT COALESCE(SUM(e.free_granted - e.free_credits), 0) FROM ledger_entry e WHERE e.account_id = a.id)"),
    ("an account with fewer than no free credits", "FROM account WHERE free_credits_left < 0"),
    ("a charged value whose reason costs nothing",
     "FROM bulk_item WHERE charged_pages > 0 AND reason IS NOT NULL AND reason <> 'not found'"),
    ("a found value without pages, or one that costs other than its pages",
     "FROM bulk_item WHERE state = 2 AND reason IS NULL AND (page_ids IS NULL OR charged_pages <> \
      1 + LENGTH(page_ids) - LENGTH(REPLACE(page_ids, ',', '')))"),
    ("an ended job without its moment, or an open one with credits",
     "FROM bulk_job WHERE (status IN ('finished', 'cancelled')) <> (finished_at IS NOT NULL) \
      OR (status NOT IN ('finished', 'cancelled') AND free_credits + paid_credits > 0)"),
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
    ("a finished job with a webhook and without exactly one message",
     "FROM bulk_job j WHERE j.status = 'finished' AND j.webhook_url IS NOT NULL AND 1 <> \
      (SELECT COUNT(*) FROM webhook_message m WHERE m.job_seq = j.seq AND m.event = 'job.finished' AND m.job_id = j.id \
       AND m.account_id = j.account_id AND m.url = j.webhook_url AND m.method = j.webhook_method)"),
    ("a message of a job that is not finished or has no webhook",
     "FROM webhook_message m LEFT JOIN bulk_job j ON j.seq = m.job_seq WHERE j.seq IS NULL OR j.status <> 'finished' \
      OR j.webhook_url IS NULL"),
    ("a message that ended without its moment, or an open one with it",
     "FROM webhook_message WHERE (state = 'open') <> (ended_at IS NULL)"),
    ("a delivered message that no receiver took, or a failed one that was not tried ten times",
     "FROM webhook_message m WHERE (m.state = 'delivered' AND NOT EXISTS (SELECT 1 FROM webhook_attempt a \
      WHERE a.message_seq = m.seq AND a.status BETWEEN 200 AND 299)) \
      OR (m.state = 'failed' AND 10 > (SELECT COUNT(*) FROM webhook_attempt a WHERE a.message_seq = m.seq))"),
    ("a run of a schedule without exactly one job or one reason",
     "FROM schedule_run r WHERE (r.job_id IS NULL) = (r.skipped IS NULL) OR (r.job_id IS NOT NULL AND 1 <> \
      (SELECT COUNT(*) FROM bulk_job j WHERE j.id = r.job_id AND j.schedule_id = r.schedule_seq))"),
    ("a job of a schedule that no run tells of, of the schedules that are there and forgot none",
     "FROM bulk_job j JOIN job_schedule s ON s.seq = j.schedule_id WHERE \
      100 > (SELECT COUNT(*) FROM schedule_run r WHERE r.schedule_seq = s.seq) AND NOT EXISTS \
      (SELECT 1 FROM schedule_run r WHERE r.schedule_seq = s.seq AND r.job_id = j.id)"),
    ("an account with messages and without a secret that signs, or with two that do not end",
     "FROM account a WHERE (SELECT COUNT(*) FROM webhook_secret s WHERE s.account_id = a.id AND s.expires_at IS NULL) > 1 \
      OR (EXISTS (SELECT 1 FROM webhook_message m WHERE m.account_id = a.id) AND NOT EXISTS \
      (SELECT 1 FROM webhook_secret s WHERE s.account_id = a.id AND s.expires_at IS NULL))"),
];

/// Proves that jobs, values, ledger and accounts agree with each other, from their rows alone.
pub async fn check_rows(db: &DatabaseConnection) {
    for (what, rows) in NEVER {
        assert_eq!(number(db, &format!("SELECT COUNT(*) {rows}")).await, 0, "{what}");
    }
}

/// Proves that jobs, values, ledger and accounts agree with each other, and that the usage answers agree with them.
pub async fn close_books(db: &DatabaseConnection, app: &App) {
    check_rows(db).await;
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
