//! Recurring jobs: made, paused, resumed, deleted.

use crate::app::App;
use crate::domain::{AccountId, JobSpec, MOST_SCHEDULES, Recurrence};
use crate::storage::job_schedule::{self, Schedule};
use crate::storage::{StorageError, account, schedule_run};

/// A recurring job as it is asked for.
#[derive(Debug, Clone)]
pub struct NewSchedule {
    pub name: Option<String>,
    pub recurrence: Recurrence,
    pub spec: JobSpec,
}

/// Why a schedule is not made.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    #[error("the account has {MOST_SCHEDULES} schedules")]
    TooMany,
    #[error("no day ever matches the expression")]
    Never,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Stores a schedule; its first run is the first moment of its recurrence from now on.
pub async fn create_schedule(app: &App, owner: AccountId, new: NewSchedule) -> Result<Schedule, ScheduleError> {
    let now = app.clock.now();
    let next_run_at = Some(new.recurrence.next_after(now).ok_or(ScheduleError::Never)?);
    let schedule = Schedule {
        seq: 0,
        id: app.ids.schedule_id(),
        account_id: owner,
        name: new.name,
        spec: new.spec,
        recurrence: new.recurrence,
        paused: false,
        next_run_at,
        created_at: now,
    };
    let transaction = app.db.begin().await?;
    account::lock(&transaction, owner).await?;
    if job_schedule::count(&transaction, owner).await? >= MOST_SCHEDULES {
        return Err(ScheduleError::TooMany);
    }
    job_schedule::insert(&transaction, &schedule).await?;
    transaction.commit().await?;
    Ok(schedule)
}

/// Pauses a schedule or lets it go on; what was due in between is not made up for, and what ran already does not run again,
/// even if the clock was put back meanwhile. `None` when the account has none such.
pub async fn pause_schedule(
    app: &App,
    owner: AccountId,
    id: &str,
    paused: bool,
) -> Result<Option<Schedule>, StorageError> {
    let Some(schedule) = job_schedule::find(&app.db, owner, id).await? else { return Ok(None) };
    let last_runs = schedule_run::list_last(&app.db, &[schedule.seq]).await?;
    let now = app.clock.now();
    let after = last_runs.get(&schedule.seq).map_or(now, |last| last.due_at.max(now));
    let next = if paused { None } else { schedule.recurrence.next_after(after) };
    job_schedule::set_paused(&app.db, owner, schedule.seq, paused, next).await?;
    job_schedule::find(&app.db, owner, id).await
}

/// Deletes a schedule; its jobs stay. False when the account has none such.
pub async fn delete_schedule(app: &App, owner: AccountId, id: &str) -> Result<bool, StorageError> {
    job_schedule::delete(&app.db, owner, id).await
}
