//! Due runs of recurring jobs become jobs, each once.

use super::answered::Unanswered;
use super::create::{CreateError, Draft};
use crate::app::App;
use crate::domain::{JobId, Skipped, Timestamp, Unaffordable};
use crate::storage::job_schedule::{self, Schedule};
use crate::storage::schedule_run::{self, Run};
use crate::storage::{StorageError, account, source_switch};

/// Schedules looked at in one round.
const MOST_A_ROUND: u64 = 200;

/// One round: every due run becomes an ordinary job, or is written down as skipped. Of runs that were missed only the first
/// is made up for, once.
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
    let due = Due { schedule: &schedule, due_at, next: schedule.recurrence.next_after(now) };
    match due.make_job(app).await? {
        None => {}
        Some(Ok(job_id)) => tracing::info!(schedule = %schedule.id, job = %job_id, "schedule run"),
        // What was tried is undone by now.
        Some(Err(skipped)) => due.skip(app, skipped).await?,
    }
    Ok(())
}

/// A run whose moment has come.
struct Due<'a> {
    schedule: &'a Schedule,
    due_at: Timestamp,
    next: Option<Timestamp>,
}

impl Due<'_> {
    /// The run's job, stored and begun, or why there is none; then nothing is stored. `None` when it ran already.
    async fn make_job(&self, app: &App) -> Result<Option<Result<JobId, Skipped>>, StorageError> {
        let Due { schedule, due_at, next } = *self;
        // Before the transaction, which keeps all others from writing.
        let switches = source_switch::list(&app.db).await?;
        let draft = match Draft::of(app, &schedule.spec, &switches) {
            Ok(draft) => draft,
            Err(refused) => return skipped(refused).map(|why| Some(Err(why))),
        };
        let transaction = app.db.begin().await?;
        if !job_schedule::claim(&transaction, schedule.seq, due_at, next).await? {
            return Ok(None);
        }
        if schedule_run::exists(&transaction, schedule.seq, due_at).await? {
            // The clock was put back: this moment came before. The schedule goes on to its next one.
            transaction.commit().await?;
            return Ok(None);
        }
        let account = account::lock(&transaction, schedule.account_id).await?;
        let created = match draft.store(app, &transaction, &account).await {
            Ok(created) => created,
            Err(refused) => return skipped(refused).map(|why| Some(Err(why))),
        };
        let run = Run { due_at, at: created.job.created_at, made: Ok(created.job.id.clone()) };
        schedule_run::insert(&transaction, schedule.seq, &run).await?;
        transaction.commit().await?;
        created.announce(app).await;
        Ok(Some(Ok(created.job.id)))
    }

    /// Writes down that there is no job.
    async fn skip(&self, app: &App, skipped: Skipped) -> Result<(), StorageError> {
        let Due { schedule, due_at, next } = *self;
        let transaction = app.db.begin().await?;
        if !job_schedule::claim(&transaction, schedule.seq, due_at, next).await? {
            return Ok(());
        }
        if schedule_run::exists(&transaction, schedule.seq, due_at).await? {
            return transaction.commit().await;
        }
        let run = Run { due_at, at: app.clock.now(), made: Err(skipped.wording().to_owned()) };
        schedule_run::insert(&transaction, schedule.seq, &run).await?;
        transaction.commit().await?;
        tracing::warn!(schedule = %schedule.id, reason = skipped.wording(), "schedule run skipped");
        Ok(())
    }
}

/// Why a run is skipped; trouble of our own is no reason, and the run stays due.
fn skipped(refused: CreateError) -> Result<Skipped, StorageError> {
    match refused {
        CreateError::Unanswered(why) => Ok(match why {
            Unanswered::UnknownSource => Skipped::UnknownSource,
            Unanswered::UnsupportedCountry => Skipped::UnsupportedCountry,
            Unanswered::SourceDisabled => Skipped::SourceDisabled,
            Unanswered::UnsupportedKey => Skipped::UnsupportedKey,
            Unanswered::KeyDisabled => Skipped::KeyDisabled,
            Unanswered::UnsupportedTopic => Skipped::UnsupportedTopic,
        }),
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
