//! A creation that may be asked for again: the key a caller gave it stands for its first answer.

use super::create::{CreateError, Draft};
use crate::app::App;
use crate::domain::{AccountId, Balance, IDEMPOTENCY_KEPT, IdempotencyKey, JobSpec, Switch, Timestamp};
use crate::storage::bulk_job::Job;
use crate::storage::idempotency_key::{self, FirstUse};
use crate::storage::{StorageError, account};
use std::time::Duration;

/// What a creation with a key needs beside the job.
pub struct Once<'a> {
    pub key: &'a IdempotencyKey,
    /// [`JobSpec::fingerprint`], or [`crate::domain::rerun_fingerprint`].
    pub fingerprint: String,
    /// Counts the creation against the account's rate, or says how long to wait; asked only when a job is to be created.
    pub admit: &'a (dyn Fn() -> Result<(), Duration> + Sync),
    /// Body of the answer.
    pub tell: &'a (dyn Fn(&Job, &Balance) -> String + Sync),
}

/// What a creation is answered, and whether that was answered before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnceAnswer {
    pub body: String,
    pub is_replay: bool,
}

/// What an account's key stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstAnswer(FirstUse);

impl FirstAnswer {
    /// Gives it again; refused when it answered another question.
    pub fn again(self, fingerprint: &str) -> Result<OnceAnswer, CreateError> {
        let FirstAnswer(first) = self;
        if first.fingerprint == fingerprint {
            Ok(OnceAnswer { body: first.answer, is_replay: true })
        } else {
            Err(CreateError::KeyReused)
        }
    }
}

/// The first answer under the account's key, if that was within the last 24 hours. Most that ask again ask later: they need
/// no switches, no write, and no job that may be gone; and what was found is the answer, though its time may end meanwhile.
pub async fn find_answer(
    app: &App,
    owner: AccountId,
    key: &IdempotencyKey,
) -> Result<Option<FirstAnswer>, StorageError> {
    Ok(idempotency_key::find(&app.db, owner, key, forgotten_at(app)).await?.map(FirstAnswer))
}

/// Creates a job unless the account's key was used within the last 24 hours, by a twin that [`find_answer`] did not see; then
/// the first answer is given again.
///
/// The key is kept in the job's own transaction, under the account's lock: of twins that come at the same time, to whatever
/// process, one creates the job; after a crash either both are there or neither. A refused creation keeps nothing.
pub async fn create_once(
    app: &App,
    owner: AccountId,
    spec: &JobSpec,
    switches: &[Switch],
    once: Once<'_>,
) -> Result<OnceAnswer, CreateError> {
    let draft = Draft::of(app, spec, switches)?;
    let transaction = app.db.begin().await?;
    let account = account::lock(&transaction, owner).await?;
    if let Some(first) = idempotency_key::find_in(&transaction, owner, once.key, forgotten_at(app)).await? {
        return FirstAnswer(first).again(&once.fingerprint);
    }
    (once.admit)().map_err(|wait| CreateError::TooFast { wait })?;
    let created = draft.store(app, &transaction, &account).await?;
    let body = (once.tell)(&created.job, &created.balance);
    let first = FirstUse { fingerprint: once.fingerprint, answer: body };
    idempotency_key::insert(&transaction, owner, once.key, &first, created.job.seq, app.clock.now()).await?;
    transaction.commit().await?;
    created.announce(app).await;
    Ok(OnceAnswer { body: first.answer, is_replay: false })
}

/// Forgets the keys whose time is over; answers how many.
pub async fn forget_keys(app: &App) -> Result<u64, StorageError> {
    idempotency_key::forget(&app.db, forgotten_at(app)).await
}

/// Keys used then or before stand for nothing any more.
fn forgotten_at(app: &App) -> Timestamp {
    app.clock.now().minus(IDEMPOTENCY_KEPT)
}
