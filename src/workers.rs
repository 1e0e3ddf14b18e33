//! Every queue and every periodic task on one screen.
//!
//! | what | how often | concurrency | does |
//! |---|---|---|---|
//! | queue `bulk_batch` | when rung | `jobs.batches` | [`jobs::run_batches`] |
//! | reconcile | `jobs.reconcile_ms` | 1 | [`jobs::reconcile`] |
//! | deadlines | `jobs.reconcile_ms` | 1 | [`jobs::end_overdue`] |
//! | sweep | 60 s | 1 | deletes answered tickets, and webhook messages that ended long ago |
//! | expire | 60 s | 1 | [`jobs::expire`] |
//! | keys | 10 min | 1 | [`jobs::forget_keys`] |
//! | schedules | `schedules.poll_ms` | 1 | [`jobs::run_schedules`] |
//! | webhooks | when rung, and `webhooks.poll_ms` | `webhooks.concurrency` | [`Webhooks::deliver`](crate::notifications::Webhooks::deliver) |
//! | health | `health.flush_ms`, and at the end | 1 | [`health::flush`] |

use crate::app::SharedApp;
use crate::health;
use crate::jobs;
use crate::queue::QueueSettings;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// After the signal to stop: how long the queue's worker has for tickets that are nearly answered.
const LAST_TICKETS: Duration = Duration::from_millis(200);
const SWEEP_EVERY: Duration = Duration::from_secs(60);
const FORGET_KEYS_EVERY: Duration = Duration::from_secs(600);

/// Starts all of them; they end after `app.stop` is cancelled.
pub fn start(app: &SharedApp) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    let slots = Arc::new(jobs::Slots::new(app.config.jobs.batches));
    workers.spawn(answer_tickets(app.clone(), Arc::clone(&slots)));
    let reconcile_every = Duration::from_millis(app.config.jobs.reconcile_ms.max(10));
    workers.spawn(periodically(app.clone(), "reconcile", reconcile_every, move |app| {
        let slots = Arc::clone(&slots);
        async move { jobs::reconcile(&app, &slots).await }
    }));
    workers.spawn(periodically(app.clone(), "deadlines", reconcile_every, |app| async move {
        jobs::end_overdue(&app).await?;
        Ok(())
    }));
    workers.spawn(periodically(app.clone(), "expire", SWEEP_EVERY, |app| async move {
        jobs::expire(&app).await?;
        Ok(())
    }));
    workers.spawn(periodically(app.clone(), "sweep", SWEEP_EVERY, |app| async move {
        app.queue.sweep().await?;
        app.webhooks.sweep().await?;
        Ok(())
    }));
    let schedules_every = Duration::from_millis(app.config.schedules.poll_ms.max(10));
    workers.spawn(periodically(app.clone(), "schedules", schedules_every, |app| async move {
        jobs::run_schedules(&app).await?;
        Ok(())
    }));
    let delivering = app.clone();
    workers.spawn(async move { Arc::clone(&delivering.webhooks).deliver(&delivering.stop).await });
    workers.spawn(periodically(app.clone(), "keys", FORGET_KEYS_EVERY, |app| async move {
        jobs::forget_keys(&app).await?;
        Ok(())
    }));
    let flush_every = Duration::from_millis(app.config.health.flush_ms.max(100));
    workers.spawn(periodically(app.clone(), "health", flush_every, |app| async move {
        health::flush(&app.db, &app.health, &app.config.health, app.clock.now()).await?;
        Ok(())
    }));
    workers
}

async fn answer_tickets(app: SharedApp, slots: Arc<jobs::Slots>) {
    let settings = QueueSettings {
        concurrency: app.config.jobs.batches.max(1),
        shutdown: Duration::from_millis(app.config.server.shutdown_ms),
    };
    // A name of its own for each start: under the old name apalis refuses a worker that comes back within a heartbeat.
    let name = format!("pricemill-{}", app.ids.request_id());
    let worker = app.clone();
    let answering = Arc::clone(&slots);
    let handle = move |_ticket| {
        let (app, slots) = (worker.clone(), answering.clone());
        async move {
            if let Err(error) = jobs::run_batches(&app, &slots).await {
                tracing::error!(%error, "batch not written; its values are begun again when the lease runs out");
            }
        }
    };
    let answering = app.queue.answer(&name, settings, handle, app.stop.clone().cancelled_owned());
    // A worker told to stop no longer moves its own fetching on, and may hold the write connection in the middle of it: the
    // batches, which wait for that connection to give their values back, would wait for the worker that waits for them.
    // Batches run on their own; a ticket whose answer is lost comes back and finds nothing to do.
    let left_alone = async {
        app.stop.cancelled().await;
        tokio::time::sleep(LAST_TICKETS).await;
    };
    tokio::select! {
        ended = answering => if let Err(error) = ended {
            tracing::error!(%error, "the queue's worker ended");
        },
        () = left_alone => {}
    }
    slots.all_returned().await;
}

async fn periodically<F>(app: SharedApp, name: &'static str, every: Duration, task: impl Fn(SharedApp) -> F)
where
    F: Future<Output = Result<(), Box<dyn std::error::Error + Send + Sync>>>,
{
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = app.stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        if let Err(error) = task(app.clone()).await {
            tracing::error!(%error, task = name, "will be tried again");
        }
    }
}
