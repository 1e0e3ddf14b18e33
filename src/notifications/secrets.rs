//! The account's secrets: made when first needed, told once, replaced with an overlap.

use super::Webhooks;
use crate::domain::{AccountId, Timestamp, WebhookSecret};
use crate::storage::{StorageError, Transaction, account, webhook_secret};
use std::time::Duration;

/// How long a replaced secret signs beside its successor.
pub const SECRET_OVERLAP: Duration = Duration::from_secs(24 * 3_600);

/// What may be told of a secret at any time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretFacts {
    /// The secret's last characters.
    pub hint: String,
    pub created_at: Timestamp,
    /// When the account was told it; `None` = it was made for a job, and nobody has seen it yet.
    pub shown_at: Option<Timestamp>,
    /// When it signs no more; `None` for the current one.
    pub expires_at: Option<Timestamp>,
}

/// A secret, told this once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownSecret {
    pub secret: WebhookSecret,
    pub created_at: Timestamp,
}

impl Webhooks {
    /// The secrets that sign at the moment, the current one first.
    pub async fn secrets(&self, owner: AccountId) -> Result<Vec<SecretFacts>, StorageError> {
        let signing = webhook_secret::list_signing(&self.db, owner, self.clock.now()).await?;
        let facts = signing.into_iter().map(|stored| SecretFacts {
            hint: stored.secret.hint(),
            created_at: stored.created_at,
            shown_at: stored.shown_at,
            expires_at: stored.expires_at,
        });
        Ok(facts.collect())
    }

    /// Tells the account a secret: the current one if nobody has seen it yet, else a new one, beside which the old one signs
    /// for [`SECRET_OVERLAP`].
    pub async fn rotate_secret(&self, owner: AccountId) -> Result<ShownSecret, StorageError> {
        let now = self.clock.now();
        let transaction = self.db.begin().await?;
        // Two who rotate at once: the second one replaces what the first one was told, and both sign.
        account::lock(&transaction, owner).await?;
        let current = webhook_secret::list_signing_locked(&transaction, owner, now)
            .await?
            .into_iter()
            .find(|stored| stored.expires_at.is_none());
        let shown = match current {
            Some(unseen) if unseen.shown_at.is_none() => {
                webhook_secret::mark_shown(&transaction, unseen.id, now).await?;
                ShownSecret { secret: unseen.secret, created_at: unseen.created_at }
            }
            _ => {
                webhook_secret::expire_current(&transaction, owner, now.plus(SECRET_OVERLAP)).await?;
                let secret = self.ids.webhook_secret();
                webhook_secret::insert(&transaction, owner, &secret, now, Some(now)).await?;
                ShownSecret { secret, created_at: now }
            }
        };
        transaction.commit().await?;
        Ok(shown)
    }

    /// An account whose first message is stored has a secret. The account is locked.
    pub(super) async fn ensure_secret(
        &self,
        transaction: &Transaction,
        owner: AccountId,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let signing = webhook_secret::list_signing_locked(transaction, owner, now).await?;
        if signing.iter().any(|stored| stored.expires_at.is_none()) {
            return Ok(());
        }
        webhook_secret::insert(transaction, owner, &self.ids.webhook_secret(), now, None).await
    }
}
