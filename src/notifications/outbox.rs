//! A message is stored in the transaction of the event it tells: either both happened or neither.

use super::Webhooks;
use crate::domain::{Balance, Timestamp, Webhook, WebhookState};
use crate::storage::bulk_job::Job;
use crate::storage::webhook_message::{self, Message};
use crate::storage::{StorageError, Transaction, purse, webhook_gone};
use url::Url;

/// The event that a job ended with its results.
pub(super) const JOB_FINISHED: &str = "job.finished";

impl Webhooks {
    /// Stores what the job's webhook, if it has one, will be told; the caller rings after the commit. The account is locked.
    pub async fn tell_finished(
        &self,
        transaction: &Transaction,
        job: &Job,
        now: Timestamp,
    ) -> Result<bool, StorageError> {
        let Some(webhook) = &job.webhook else { return Ok(false) };
        self.ensure_secret(transaction, job.account_id, now).await?;
        // Of the moment after the end: the plan's terms do not change what is left.
        let balance = purse::load_in(transaction, job.account_id, &now.day()).await?.purse(false).balance();
        let is_gone = webhook_gone::is_gone(transaction, job.account_id, &webhook.url).await?;
        let state = if is_gone { WebhookState::Disabled } else { WebhookState::Open };
        let message = Message {
            seq: 0,
            id: self.ids.message_id(),
            account_id: job.account_id,
            job_seq: job.seq,
            job_id: job.id.clone(),
            event: JOB_FINISHED.to_owned(),
            method: webhook.method,
            url: webhook.url.clone(),
            host: host_of(&webhook.url),
            body: self.body(job, &balance, webhook, now),
            state,
            tries: 0,
            is_replay: false,
            next_attempt_at: now,
            lease: 0,
            lease_until: Timestamp::from_micros(0),
            created_at: now,
            ended_at: is_gone.then_some(now),
        };
        webhook_message::insert(transaction, &message).await?;
        Ok(true)
    }

    /// `{"event","timestamp",…the job's fields…,"job_download_url","download_url"}`; no token stands in it.
    fn body(&self, job: &Job, balance: &Balance, webhook: &Webhook, now: Timestamp) -> String {
        let described = (self.describe)(job, balance);
        let fields = described.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or_default();
        let suffix = webhook.download_format.as_ref().map(|format| format!(".{format}")).unwrap_or_default();
        let download = format!("{}/v2/jobs/{}/download{suffix}", self.public_url, job.id);
        // Two names for one address: client programs read either.
        let download = serde_json::Value::from(download);
        format!(
            r#"{{"event":"{JOB_FINISHED}","timestamp":"{now}",{fields},"job_download_url":{download},"download_url":{download}}}"#
        )
    }
}

/// Host and port, by which destinations take turns.
fn host_of(url: &str) -> String {
    let Ok(url) = Url::parse(url) else { return String::new() };
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default())
}
