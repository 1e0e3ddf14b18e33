//! Due messages are taken, sent, and ended or put back.

use super::Webhooks;
use super::in_flight::{InFlight, MOST_PER_HOST};
use super::send::{Sent, Verdict};
use crate::domain::{Timestamp, WEBHOOK_WAITS, WebhookState};
use crate::storage::retention::KEPT_AFTER_MESSAGE;
use crate::storage::webhook_attempt::{self, Attempt};
use crate::storage::webhook_message::{self, DueMessage, Message};
use crate::storage::{StorageError, webhook_gone, webhook_secret};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How much longer than an attempt may take a message is held: for writing down what came of it.
const LEASE_SPARE: Duration = Duration::from_secs(5);
/// How long attempts under way may go on once the server is told to stop.
const LAST_MOMENTS: Duration = Duration::from_secs(3);
/// Candidates read at a time, in places: hosts that may have none now are among them.
const CANDIDATES: usize = 4;

/// A leased message and the attempt at it that begins.
struct Taken {
    message: Message,
    attempt: i64,
}

impl Webhooks {
    /// Delivers whatever is due until the server stops: looks when the bell rings, when an attempt ended, and every
    /// `webhooks.poll_ms`.
    pub async fn deliver(self: Arc<Webhooks>, stop: &CancellationToken) {
        let mut places = InFlight::new(self.settings.concurrency);
        // Attempts run on their own: one that holds the write connection must go on while this loop waits for it.
        let mut running = JoinSet::new();
        let mut held: HashMap<tokio::task::Id, DueMessage> = HashMap::new();
        let mut ticks = tokio::time::interval(Duration::from_millis(self.settings.poll_ms.max(10)));
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while !stop.is_cancelled() {
            match self.take(&mut places).await {
                Ok(taken) => {
                    for (due, taken) in taken {
                        let webhooks = Arc::clone(&self);
                        let task = running.spawn(async move { webhooks.attempt(&taken).await });
                        held.insert(task.id(), due);
                    }
                }
                Err(error) => tracing::error!(%error, "webhook messages not taken; will be tried again"),
            }
            tokio::select! {
                Some(ended) = running.join_next_with_id() => {
                    // One that panicked gives its place back too; its message is sent again when the lease runs out.
                    let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
                    if let Some(due) = held.remove(&id) {
                        places.give_back(&due);
                    }
                }
                () = self.bell.notified() => {}
                _ = ticks.tick() => {}
                () = stop.cancelled() => {}
            }
        }
        let ending = async { while running.join_next().await.is_some() {} };
        // What is cut off here is held until its lease runs out, told as interrupted, and then sent again.
        let _ = tokio::time::timeout(LAST_MOMENTS, ending).await;
    }

    /// Leases as many due messages as there are places for.
    async fn take(&self, places: &mut InFlight) -> Result<Vec<(DueMessage, Taken)>, StorageError> {
        let mut taken = Vec::new();
        if places.free() == 0 {
            return Ok(taken);
        }
        let most = self.settings.concurrency.max(1) * CANDIDATES;
        let (now, lease_now) = (self.clock.now(), self.clock.lease_now());
        for due in webhook_message::list_due(&self.db, now, lease_now, MOST_PER_HOST, most).await? {
            if !places.take(&due) {
                continue;
            }
            match self.lease(due.seq, now, lease_now).await {
                Ok(Some(leased)) => taken.push((due, leased)),
                // Another process was first.
                Ok(None) => places.give_back(&due),
                Err(error) => {
                    places.give_back(&due);
                    tracing::error!(%error, "webhook message not taken; will be tried again");
                    break;
                }
            }
        }
        Ok(taken)
    }

    /// The lease and the beginning of the attempt, in one transaction: whatever ends this process, the attempt is told of.
    async fn lease(&self, seq: i64, now: Timestamp, lease_now: Timestamp) -> Result<Option<Taken>, StorageError> {
        let lease_for = Duration::from_millis(self.settings.timeout_ms) + LEASE_SPARE;
        let transaction = self.db.begin().await?;
        let leased = webhook_message::lease(&transaction, seq, self.ids.lease(), now, lease_now, lease_for).await?;
        let Some(message) = leased else { return Ok(None) };
        let attempt = webhook_attempt::begin(&transaction, seq, now, message.lease_until).await?;
        transaction.commit().await?;
        Ok(Some(Taken { message, attempt }))
    }

    async fn attempt(&self, taken: &Taken) {
        if let Err(error) = self.try_once(taken).await {
            // Its lease runs out and it is sent again: the receiver knows it by its id.
            tracing::error!(%error, message = %taken.message.id, "a webhook attempt's end is not written down");
        }
    }

    async fn try_once(&self, taken: &Taken) -> Result<(), StorageError> {
        let message = &taken.message;
        let now = self.clock.now();
        let signing = webhook_secret::list_signing(&self.db, message.account_id, now).await?;
        let secrets: Vec<_> = signing.into_iter().map(|stored| stored.secret).collect();
        let began = self.clock.steady();
        let sent = self.send(message, &secrets).await;
        let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.metrics.webhook_attempted(sent.error.unwrap_or("delivered"));
        tracing::info!(message = %message.id, job = %message.job_id, host = %message.host, status = sent.status,
            error = sent.error, duration_ms, "webhook attempt");
        self.write_down(taken, &sent, now, duration_ms).await
    }

    /// How the attempt ended and what it means for the message, in one transaction.
    async fn write_down(
        &self,
        taken: &Taken,
        sent: &Sent,
        at: Timestamp,
        duration_ms: u64,
    ) -> Result<(), StorageError> {
        let message = &taken.message;
        let now = self.clock.now();
        let transaction = self.db.begin().await?;
        let attempt = Attempt {
            at,
            duration_ms,
            status: sent.status,
            error: sent.error.map(str::to_owned),
            excerpt: sent.excerpt.clone(),
        };
        webhook_attempt::end(&transaction, taken.attempt, &attempt).await?;
        let (owner, url) = (message.account_id, message.url.as_str());
        let is_gone = async || webhook_gone::is_gone(&transaction, owner, url).await;
        let state = match (sent.verdict, next_attempt(message.tries, sent.verdict, now)) {
            (Verdict::Delivered, _) => Some(WebhookState::Delivered),
            (Verdict::Gone, _) => Some(WebhookState::Disabled),
            (Verdict::Refused { .. }, None) => Some(WebhookState::Failed),
            // Another message was told so while this one was under way.
            (Verdict::Refused { .. }, Some(_)) if !message.is_replay && is_gone().await? => {
                Some(WebhookState::Disabled)
            }
            (Verdict::Refused { .. }, Some(next)) => {
                webhook_message::put_back(&transaction, message.seq, message.lease, next).await?;
                None
            }
        };
        if let Some(state) = state {
            webhook_message::end(&transaction, message.seq, message.lease, state, now).await?;
        }
        match sent.verdict {
            Verdict::Delivered => webhook_gone::delete(&transaction, owner, url).await?,
            Verdict::Gone => {
                webhook_gone::insert(&transaction, owner, url, now).await?;
                let lease_now = self.clock.lease_now();
                webhook_message::disable_waiting(&transaction, owner, url, now, lease_now).await?;
            }
            Verdict::Refused { .. } => {}
        }
        transaction.commit().await
    }

    /// Deletes what nobody needs any more: messages that ended long ago and keep no results, secrets that sign no more.
    pub async fn sweep(&self) -> Result<(), StorageError> {
        let now = self.clock.now();
        let kept = Duration::from_secs(u64::from(self.settings.keep_days) * 86_400);
        webhook_message::delete_ended(&self.db, now.minus(kept.max(KEPT_AFTER_MESSAGE))).await?;
        webhook_secret::delete_expired(&self.db, now).await
    }
}

/// When a message that failed so often before is tried again; `None` after the last time of the table.
fn next_attempt(tries: u32, verdict: Verdict, now: Timestamp) -> Option<Timestamp> {
    let wait = WEBHOOK_WAITS.get(usize::try_from(tries).ok()?)?;
    let asked = match verdict {
        Verdict::Refused { retry_after } => retry_after.unwrap_or_default(),
        Verdict::Delivered | Verdict::Gone => Duration::ZERO,
    };
    Some(now.plus(asked.max(*wait)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_of_the_table_and_the_receivers_wish_counts() {
        let now = Timestamp(0);
        let next = |tries, seconds: Option<u64>| {
            let retry_after = seconds.map(Duration::from_secs);
            next_attempt(tries, Verdict::Refused { retry_after }, now).map(|at| at.as_micros() / 1_000_000)
        };
        let table = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
        for (tries, seconds) in (0..).zip(table) {
            assert_eq!(next(tries, None), Some(seconds));
        }
        assert_eq!(next(9, Some(1)), None, "ten attempts in all");
        assert_eq!(next(0, Some(120)), Some(120));
        assert_eq!(next(1, Some(120)), Some(300));
    }
}
