//! Due runs of recurring jobs become jobs, each once.

use super::create::{CreateError, Draft};
use crate::app::App;
use crate::domain::{JobId, Skipped, Timestamp, Unaffordable};
use crate::storage::job_schedule::{self, Schedule};
use crate::storage::schedule_run::{self, Run};
use crate::storage::{StorageError, Transaction, account, source_switch};

/// Schedules looked at in one round.
const MOST_A_ROUND: u64 = 200;

/// One round: every due run becomes an ordinary job, or is written down as skipped. Of runs that were missed only the last
/// due moment is made up for, once.
pub async fn run_schedules(app: &App) -> Result<(), StorageError> {
    for seq in job_schedule::list_due(&app.db, app.clock.now(), MOST_A_ROUND).await? {
        if app.stop.is_cancelled() {
            break;
        }
        // One schedule that cannot be run must not keep the others from it.
        if let Err(error) = run(app, seq).await {
            tracing::error!(%error, schedule = seq, "not run yet");
        }
    }
    Ok(())
}

/// Runs a schedule once if it is due: job, run and next moment are one transaction, guarded by the moment that was due.
async fn run(app: &App, seq: i64) -> Result<(), StorageError> {
    let Some(schedule) = job_schedule::find_by_seq(&app.db, seq).await? else { return Ok(()) };
    let now = app.clock.now();
    let Some(due_at) = schedule.next_run_at.filter(|due_at| *due_at <= now && !schedule.paused) else { return Ok(()) };
    let next = schedule.recurrence.next_after(now);
    let transaction = app.db.begin().await?;
    if !job_schedule::claim(&transaction, seq, due_at, next).await? {
        return Ok(());
    }
    let made = match app.engine.registry().get(&schedule.spec.source) {
        Some(_) => make_job(app, transaction, &schedule, due_at).await,
        None => Ok(Err(Skipped::UnknownSource)),
    };
    match made? {
        Ok(job_id) => tracing::info!(schedule = %schedule.id, job = %job_id, "schedule run"),
        Err(skipped) => {
            // The first transaction is undone with all it tried.
            let transaction = app.db.begin().await?;
            if !job_schedule::claim(&transaction, seq, due_at, next).await? {
                return Ok(());
            }
            let run = Run { due_at, at: now, made: Err(skipped.wording().to_owned()) };
            schedule_run::insert(&transaction, seq, &run).await?;
            transaction.commit().await?;
            tracing::warn!(schedule = %schedule.id, reason = skipped.wording(), "schedule run skipped");
        }
    }
    Ok(())
}

/// The run's job, stored and begun, or why there is none; then nothing is stored.
async fn make_job(
    app: &App,
    transaction: Transaction,
    schedule: &Schedule,
    due_at: Timestamp,
) -> Result<Result<JobId, Skipped>, StorageError> {
    let switches = source_switch::list(&app.db).await?;
    let draft = match Draft::of(app, &schedule.spec, &switches) {
        Ok(draft) => draft,
        Err(refused) => return skipped(refused).map(Err),
    };
    let account = account::lock(&transaction, schedule.account_id).await?;
    let created = match draft.store(app, &transaction, &account).await {
        Ok(created) => created,
        Err(refused) => return skipped(refused).map(Err),
    };
    let run = Run { due_at, at: created.job.created_at, made: Ok(created.job.id.clone()) };
    schedule_run::insert(&transaction, schedule.seq, &run).await?;
    transaction.commit().await?;
    created.announce(app).await;
    Ok(Ok(created.job.id))
}

/// Why a run is skipped; trouble of our own is no reason, and the run stays due.
fn skipped(refused: CreateError) -> Result<Skipped, StorageError> {
    match refused {
        CreateError::ValuesDisabled => Ok(Skipped::ValuesDisabled),
        CreateError::Unaffordable { cause: Unaffordable::NotEnoughFreeCredits { .. }, .. } => {
            Ok(Skipped::NotEnoughFreeCredits)
        }
        CreateError::Unaffordable { cause: Unaffordable::DailyQuotaExceeded { .. }, .. } => {
            Ok(Skipped::DailyQuotaExceeded)
        }
        // Rates and keys are of requests; a run has neither.
        CreateError::TooManyInFlight { .. } | CreateError::TooFast { .. } | CreateError::KeyReused => {
            Ok(Skipped::TooManyInFlight)
        }
        CreateError::Storage(error) => Err(error),
    }
}
