//! Results are kept for a while, and pages for a longer one.

use crate::app::App;
use crate::lookup::LONGEST_RENEWED;
use crate::storage::{StorageError, retention};
use std::time::Duration;

/// Jobs whose results one round deletes, each in a transaction of its own: the rest waits for the next round.
const JOBS_A_ROUND: u32 = 500;
/// Pages one statement deletes, and statements of one round: nobody waits long for the write connection.
const PAGES_A_STEP: u32 = 200;
const STEPS_A_ROUND: u32 = 50;
/// Other writers come in between.
const BETWEEN_STEPS: Duration = Duration::from_millis(20);

/// One round: deletes results of jobs whose time is over, then pages that no result needs and no lookup would take.
pub async fn expire(app: &App) -> Result<(), StorageError> {
    let now = app.clock.now();
    for seq in retention::list_expired(&app.db, now, JOBS_A_ROUND).await? {
        if app.stop.is_cancelled() {
            return Ok(());
        }
        if retention::expire(&app.db, seq, now).await? {
            tracing::debug!(job_seq = seq, "results expired");
        }
    }
    let Some(kept) = app.config.jobs.pages_kept() else { return Ok(()) };
    let before = now.minus(kept.max(LONGEST_RENEWED));
    for _ in 0..STEPS_A_ROUND {
        let deleted = retention::delete_unused_pages(&app.db, before, PAGES_A_STEP).await?;
        if deleted < u64::from(PAGES_A_STEP) || app.stop.is_cancelled() {
            return Ok(());
        }
        tokio::time::sleep(BETWEEN_STEPS).await;
    }
    Ok(())
}
