//! What a crash, a lost ticket or a passed wait left lying is taken up again.

use super::create::{batches, ring};
use super::finish;
use super::slots::Slots;
use crate::app::App;
use crate::storage::{bulk_item, bulk_job};

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// One round: settles jobs whose values are all done, and rings for values that could be begun but for which no ticket
/// waits. A ticket rung twice finds nothing to do and does no harm.
pub async fn reconcile(app: &App, slots: &Slots) -> Result<(), AnyError> {
    for seq in bulk_job::list_finishing(&app.db).await? {
        // One job that cannot be settled must not keep the values of all others from being rung for.
        if let Err(error) = finish(app, seq).await {
            tracing::error!(%error, job_seq = seq, "not settled yet");
        }
    }
    // While tickets wait the workers are busy and will see these values when they answer them.
    if app.queue.count_waiting().await? > 0 {
        return Ok(());
    }
    // Whoever answers one goes on until nothing is left to begin, so there are no more tickets than workers; and none for a
    // source that holds its share, since it would be answered with nothing, round after round.
    let mut workers = app.config.jobs.batches.max(1);
    for (seq, values) in bulk_item::count_ready(&app.db, app.clock.lease_now(), &slots.passed_over()).await? {
        let batches = batches(app, usize::try_from(values).unwrap_or(usize::MAX)).min(workers);
        ring(app, seq, batches).await?;
        workers -= batches;
        if workers == 0 {
            break;
        }
    }
    Ok(())
}
